"""What was refused, what was read, and what people did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from gateway.store.tables.base import Instant, RowNumber, metadata

refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("path", String, nullable=False),
    Column("remote", String, nullable=False),
    Column("code", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("sender", String),
    Column("message_id", String),
    Column("request_sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Index("ix_refusals_at", "at"),
    Index("ix_refusals_message", "message_id"),
)

accesses = Table(
    "accesses",
    metadata,
    Column("access_id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("reader", String, nullable=False),
    Column("what", String, nullable=False),
    Column("subject", String, nullable=False),
    Index("ix_accesses_subject", "subject"),
    Index("ix_accesses_at", "at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("result", String, nullable=False),
    Index("ix_audit_log_at", "at"),
)
