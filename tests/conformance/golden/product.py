"""The product as this suite knows it: the one place to change when a module or a name of the product moves."""

from __future__ import annotations

from contracts.codec import build_answer, build_request, parse_operation
from contracts.codes import Code
from contracts.errors import NotValid
from contracts.header import ConversationId, Header, MessageId
from contracts.operations import ADMITTED, OPERATIONS, Message, Service, action_of
from contracts.party import PartyId, PartyRole
from contracts.payloads import Deliver
from contracts.soap import build_fault
from contracts.texts import text_of
from contracts.validate import validate_operation
from contracts.wsdl import schema_bytes, wsdl_of
from contracts.xmlsafe import parse
from dossier.assembly import assemble
from dossier.container import Container
from dossier.description_xml import SCHEMA as DOSSIER_XSD
from dossier.erds.evidence_xml import SCHEMA as EVIDENCE_XSD
from dossier.erds.pack import pack
from dossier.eventform import event_bytes, fact_kind, leaf_digest
from dossier.inspection import inspect_container
from dossier.ledger import tree_head_bytes
from dossier.ledgerform import ledger_files
from dossier.report import report_json
from gateway.domain.trace import TraceContext
from gateway.store.leaf_text import leaf_of
from gateway.store.records import RECORDS
from gateway.store.tables.base import FreeText, Instant, OneOf, SpanColumn, Trace
from gateway.workers.relay import Relay
from signing.authority import SandboxAuthority, Usage
from signing.keys import Certificate, SoftwareKey
from signing.policy import CertificateNaming
from signing.wss import sign_envelope

__all__ = [
    "ADMITTED",
    "DOSSIER_XSD",
    "EVIDENCE_XSD",
    "OPERATIONS",
    "RECORDS",
    "Certificate",
    "CertificateNaming",
    "Code",
    "Container",
    "ConversationId",
    "Deliver",
    "FreeText",
    "Header",
    "Instant",
    "Message",
    "MessageId",
    "NotValid",
    "OneOf",
    "PartyId",
    "PartyRole",
    "Relay",
    "SandboxAuthority",
    "Service",
    "SoftwareKey",
    "SpanColumn",
    "Trace",
    "TraceContext",
    "Usage",
    "action_of",
    "assemble",
    "build_answer",
    "build_fault",
    "build_request",
    "event_bytes",
    "fact_kind",
    "inspect_container",
    "leaf_digest",
    "leaf_of",
    "ledger_files",
    "pack",
    "parse",
    "parse_operation",
    "report_json",
    "schema_bytes",
    "sign_envelope",
    "text_of",
    "tree_head_bytes",
    "validate_operation",
    "wsdl_of",
]
