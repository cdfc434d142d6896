"""Parties, agreements and routes by registry version: the newest is in force, the older ones stay."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from contracts.party import BodyLevel, Channel, PartyRole, UnknownRevocation
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, RowNumber, SpanColumn, in_set, metadata
from signing.trust.answer import AnswerSource, RevocationStatus

# What may be NULL below was not known when the version was applied, or nobody said it: the default holds.

registry_versions = Table(
    "registry_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", InstantColumn, nullable=False),
    Column("applied_by", String, nullable=False),
    Column("duty_body", String),
)

parties = Table(
    "parties",
    metadata,
    Column("version", ForeignKey(registry_versions.c.version), primary_key=True, autoincrement=False),
    Column("party_id", String, primary_key=True),
    Column("role", OneOf(PartyRole), nullable=False),
    Column("bin", String, nullable=False),
    Column("name_kk", String, nullable=False),
    Column("name_ru", String, nullable=False),
    Column("name_en", String, nullable=False),
    Column("channel", OneOf(Channel), nullable=False),
    Column("endpoint", String),
    Column("higher", String),
    Column("kato", String),
    Column("contact", String),
    in_set("role", PartyRole),
)

party_certificates = Table(
    "party_certificates",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("party_id", String, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("der", LargeBinary, nullable=False),
    ForeignKeyConstraint(["version", "party_id"], [parties.c.version, parties.c.party_id]),
)

agreements = Table(
    "agreements",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("party_id", String, primary_key=True),
    Column("attempt_timeout", SpanColumn, nullable=False),
    Column("first_wait", SpanColumn, nullable=False),
    Column("longest_wait", SpanColumn, nullable=False),
    Column("receipt_within", SpanColumn, nullable=False),
    Column("mailbox_lease", SpanColumn, nullable=False),
    Column("on_unknown_revocation", OneOf(UnknownRevocation), nullable=False),
    Column("revocation_patience", SpanColumn, nullable=False),
    Column("certificate_without_bin", Boolean, nullable=False),
    Column("most_at_once", Integer),
    Column("most_per_minute", Integer),
    Column("quiet_hours", String),
    Column("breaker_after", Integer),
    Column("breaker_rest", SpanColumn),
    Column("warn_after", SpanColumn),
    Column("alarm_after", SpanColumn),
    Column("page_after", SpanColumn),
    ForeignKeyConstraint(["version", "party_id"], [parties.c.version, parties.c.party_id]),
    in_set("on_unknown_revocation", UnknownRevocation),
)

routes = Table(
    "routes",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("role", OneOf(PartyRole), nullable=False),
    Column("subject", String, nullable=False),
    Column("kato", String, nullable=False),
    Column("party_id", String, nullable=False),
    Column("level", OneOf(BodyLevel)),
    ForeignKeyConstraint(["version", "party_id"], [parties.c.version, parties.c.party_id]),
    in_set("role", PartyRole),
    in_set("level", BodyLevel),
)


# By digest: one list answers for many certificates, and a repeated answer is the same answer.
revocation_values = Table(
    "revocation_values",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("source", OneOf(AnswerSource), nullable=False),
    Column("url", String, nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("fetched_at", InstantColumn, nullable=False),
    in_set("source", AnswerSource),
)

# ``value_sha256``: the answer that was had at this look and decided; NULL when kept ones decided, or none.
# ``unanswered``: how many questions in a row brought no answer; a kept answer may still be fresh meanwhile.
revocation_checks = Table(
    "revocation_checks",
    metadata,
    Column("check_id", RowNumber, primary_key=True),
    Column("certificate_sha256", String, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("status", OneOf(RevocationStatus), nullable=False),
    Column("source", OneOf(AnswerSource)),
    Column("value_sha256", ForeignKey(revocation_values.c.sha256)),
    Column("this_update", InstantColumn),
    Column("next_update", InstantColumn),
    Column("revoked_at", InstantColumn),
    Column("reason", String),
    Column("detail", FreeText, nullable=False),
    Column("unanswered", Integer, nullable=False),
    in_set("status", RevocationStatus),
    in_set("source", AnswerSource),
    CheckConstraint("unanswered >= 0", name="unanswered"),
)
Index("ix_revocation_checks_certificate", revocation_checks.c.certificate_sha256, revocation_checks.c.check_id)
