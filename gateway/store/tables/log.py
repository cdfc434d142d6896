"""What was refused, what was read, and what people did."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, String, Table, func, literal_column

from gateway.store.tables.base import FreeText, InstantColumn, RowNumber, metadata
from gateway.store.tables.message import envelopes

# ``sender`` is what the request said of itself. ``signer`` is whose signature it proved to carry, with the ``digest``
# that was signed; only then is our signed fault kept (``answer_sha256``), and only so many a day.
refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", RowNumber, primary_key=True),
    Column("at", InstantColumn, nullable=False),
    Column("path", FreeText, nullable=False),
    Column("remote", FreeText, nullable=False),
    Column("code", FreeText, nullable=False),
    Column("detail", FreeText, nullable=False),
    Column("sender", FreeText),
    Column("message_id", FreeText),
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
    Column("kept_at", InstantColumn, nullable=False),
    Index("ix_refused_requests_signer", "signer", "kept_at"),
    Index("ix_refused_requests_kept", "kept_at"),
)

# ``about``: number of the appeal that was read, where whoever wrote the line knew it.
accesses = Table(
    "accesses",
    metadata,
    Column("access_id", RowNumber, primary_key=True),
    Column("at", InstantColumn, nullable=False),
    Column("reader", FreeText, nullable=False),
    Column("what", FreeText, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("about", String),
    Index("ix_accesses_subject", "subject"),
    Index("ix_accesses_at", "at"),
)
IS_FETCH = accesses.c.what == literal_column("'mailbox'")  # spelled out, as in the index
Index("ix_accesses_fetches", accesses.c.reader, accesses.c.at, sqlite_where=IS_FETCH, postgresql_where=IS_FETCH)

# Fetches of mailboxes are many, and no look at anybody's words. People and programs of the house are few, and called
# ``user:7`` or the like; no party has a colon in its id.
IS_LOOK = accesses.c.what != literal_column("'mailbox'")
IS_OURS = func.replace(accesses.c.reader, literal_column("':'"), literal_column("''")) != accesses.c.reader
IS_ABOUT = accesses.c.about.is_not(None)
_NUMBER = accesses.c.access_id
for _name, _columns, _where in (
    ("looks", (_NUMBER,), IS_LOOK),
    ("what", (accesses.c.what, _NUMBER), IS_LOOK),
    ("reader", (accesses.c.reader, _NUMBER), IS_LOOK),
    ("reader_what", (accesses.c.reader, accesses.c.what, _NUMBER), IS_LOOK),
    ("ours", (_NUMBER,), IS_OURS),
    ("ours_what", (accesses.c.what, _NUMBER), IS_OURS),
    ("about", (accesses.c.about, _NUMBER), IS_ABOUT),
):
    Index(f"ix_accesses_{_name}", *_columns, sqlite_where=_where, postgresql_where=_where)

audit_log = Table(
    "audit_log",
    metadata,
    Column("audit_id", RowNumber, primary_key=True),
    Column("at", InstantColumn, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("act", FreeText, nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("result", FreeText, nullable=False),
    Index("ix_audit_log_at", "at"),
)
_how_it_begins = func.substr(audit_log.c.result, literal_column("1"), literal_column("7"))
IS_REFUSED = _how_it_begins == literal_column("'refused'")  # in this order: SQLite compares the index's words to it
_ENTRY = audit_log.c.audit_id
Index("ix_audit_log_by", audit_log.c.by, _ENTRY)
Index("ix_audit_log_act", audit_log.c.act, _ENTRY)
Index("ix_audit_log_by_act", audit_log.c.by, audit_log.c.act, _ENTRY)
Index("ix_audit_log_about", audit_log.c.subject, _ENTRY)
Index("ix_audit_log_about_act", audit_log.c.subject, audit_log.c.act, _ENTRY)
for _entry_name, _entry_columns in (
    ("refused", (_ENTRY,)),
    ("refused_by", (audit_log.c.by, _ENTRY)),
    ("refused_act", (audit_log.c.act, _ENTRY)),
    ("refused_by_act", (audit_log.c.by, audit_log.c.act, _ENTRY)),
):
    Index(f"ix_audit_log_{_entry_name}", *_entry_columns, sqlite_where=IS_REFUSED, postgresql_where=IS_REFUSED)
