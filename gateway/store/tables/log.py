"""What was refused, what was read, and what people did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, literal_column

from gateway.store.tables.base import Instant, RowNumber, Words, metadata
from gateway.store.tables.message import envelopes

# ``sender`` is what the request said of itself. ``signer`` is whose signature it proved to carry, with the ``digest``
# that was signed; only then is our signed fault kept (``answer_sha256``), and only so many a day.
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
    Column("signer", String),
    Column("digest", String(64)),
    Column("answer_sha256", ForeignKey(envelopes.c.sha256)),
    Index("ix_refusals_at", "at"),
    Index("ix_refusals_message", "message_id"),
    Index("ix_refusals_code", "code", "refusal_id"),
    Index("ix_refusals_sender", "sender", "refusal_id"),
    Index("ix_refusals_sender_code", "sender", "code", "refusal_id"),
)
_KEPT = refusals.c.answer_sha256.is_not(None)
Index("ix_refusals_kept", refusals.c.signer, refusals.c.at, sqlite_where=_KEPT, postgresql_where=_KEPT)

# What was refused, byte for byte, for a month and so many a day. ``signer``: as in the refusal; NULL for strangers.
refused_requests = Table(
    "refused_requests",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("signer", String),
    Column("kept_at", Instant, nullable=False),
    Index("ix_refused_requests_signer", "signer", "kept_at"),
    Index("ix_refused_requests_kept", "kept_at"),
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
IS_FETCH = accesses.c.what == literal_column("'mailbox'")  # spelled out, as in the index
Index("ix_accesses_fetches", accesses.c.reader, accesses.c.at, sqlite_where=IS_FETCH, postgresql_where=IS_FETCH)

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
    Index("ix_audit_log_subject", "subject"),
)
