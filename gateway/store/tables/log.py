"""What was refused, what was read, and what people did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from gateway.store.tables.base import Instant, RowNumber, Words, metadata

refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("path", Words, nullable=False),
    Column("remote", Words, nullable=False),
    Column("code", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("sender", Words),
    Column("message_id", Words),
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
    Column("reader", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Index("ix_accesses_subject", "subject"),
    Index("ix_accesses_at", "at"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", RowNumber, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
    Column("act", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("result", Words, nullable=False),
    Index("ix_audit_log_at", "at"),
)
