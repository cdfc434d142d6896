"""The schema: one module per noun, one ``metadata``. ``migrations`` must lead to exactly this (a test compares)."""

from gateway.store.tables.account import requests, saved_views, sessions, tokens, users
from gateway.store.tables.alarm import alarm_messages, alarm_steps, alarms, ledger_walks
from gateway.store.tables.base import metadata
from gateway.store.tables.case import commitments, conversations, events, salts, terms
from gateway.store.tables.delivery import assemblies, attempts, deliveries, escalations, lanes, signals
from gateway.store.tables.desk import incidents, notes
from gateway.store.tables.document import document_grants, documents, lost_blobs, upload_parts, uploads
from gateway.store.tables.evidence import leaves, seals, tiles, tree_heads
from gateway.store.tables.listing import appeal_persons, listed_appeals, listings, reply_buckets, reply_sketches
from gateway.store.tables.log import accesses, audit_log, refusals, refused_requests
from gateway.store.tables.message import envelopes, inbox, messages
from gateway.store.tables.node import nodes, schema_steps
from gateway.store.tables.registry import (
    agreements,
    parties,
    party_certificates,
    registry_versions,
    revocation_checks,
    revocation_values,
    routes,
)
from gateway.store.tables.report import cause_counts, report_days, reported_appeals, reported_bodies

__all__ = [
    "accesses",
    "agreements",
    "alarm_messages",
    "alarm_steps",
    "alarms",
    "appeal_persons",
    "assemblies",
    "attempts",
    "audit_log",
    "cause_counts",
    "commitments",
    "conversations",
    "deliveries",
    "document_grants",
    "documents",
    "envelopes",
    "escalations",
    "events",
    "inbox",
    "incidents",
    "lanes",
    "leaves",
    "ledger_walks",
    "listed_appeals",
    "listings",
    "lost_blobs",
    "messages",
    "metadata",
    "nodes",
    "notes",
    "parties",
    "party_certificates",
    "refusals",
    "refused_requests",
    "registry_versions",
    "reply_buckets",
    "reply_sketches",
    "report_days",
    "reported_appeals",
    "reported_bodies",
    "requests",
    "revocation_checks",
    "revocation_values",
    "routes",
    "salts",
    "saved_views",
    "schema_steps",
    "seals",
    "sessions",
    "signals",
    "terms",
    "tiles",
    "tokens",
    "tree_heads",
    "upload_parts",
    "uploads",
    "users",
]
