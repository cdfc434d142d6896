"""Tokens of programs, and their acts that may come twice: working state. What was done stands in the audit log."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from gateway.domain.people.access import UserRole
from gateway.store.tables.base import FreeText, Instant, OneOf, RowNumber, in_set, metadata

# Only the SHA-256 of a token lies here: who reads the database cannot act by it. Rows stay for good: the ledger and the
# log of accesses say "token:7" and not a name.
tokens = Table(
    "tokens",
    metadata,
    Column("token_id", RowNumber, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", OneOf(UserRole), nullable=False),
    Column("token_sha256", String(64), nullable=False, unique=True),
    Column("hint", String, nullable=False),
    Column("created_by", FreeText, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
    in_set("role", UserRole),
)

# ``status`` and ``answer``: NULL while the act is in hand, and for good when its process ended meanwhile.
requests = Table(
    "requests",
    metadata,
    Column("token_id", ForeignKey(tokens.c.token_id), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Index("ix_requests_at", "at"),
)
