"""What the console lists appeals by: read off histories by a loop, so that taking a message pays nothing for it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    literal_column,
)

from dossier.case.appeal import Status
from gateway.store.tables.base import InstantColumn, OneOf, RowNumber, metadata
from gateway.store.tables.case import conversations
from gateway.store.tables.message import messages

# ``seq``: of the history as it was when it was read. ``missed``: terms that whoever owed them let pass.
# ``persons_key``: which key the digests of its persons were made with; NULL where there was none.
listed_appeals = Table(
    "listed_appeals",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("opened_at", InstantColumn, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("status", OneOf(Status), nullable=False),
    Column("subject", String, nullable=False),
    Column("body", String),
    Column("case_number", String),
    Column("disagreed", Boolean, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("has_missed", Boolean, nullable=False),
    Column("persons_key", String),
)
# Spelled out, and in front of the columns: so both planners take the index, SQLite since a value is equal to its own.
HAS_MISSED = listed_appeals.c.has_missed == literal_column("true")
HAS_DISAGREED = listed_appeals.c.disagreed == literal_column("true")
ORDER = (listed_appeals.c.opened_at, listed_appeals.c.conversation_id)

_ALL = listed_appeals.c
Index("ix_listed_appeals_opened", *ORDER)
Index("ix_listed_appeals_body", _ALL.body, *ORDER)
Index("ix_listed_appeals_status", _ALL.status, *ORDER)
Index("ix_listed_appeals_body_status", _ALL.body, _ALL.status, *ORDER)
for _name, _columns, _where in (
    ("missed", (_ALL.has_missed,), HAS_MISSED),
    ("missed_body", (_ALL.has_missed, _ALL.body), HAS_MISSED),
    ("missed_status", (_ALL.has_missed, _ALL.status), HAS_MISSED),
    ("missed_body_status", (_ALL.has_missed, _ALL.body, _ALL.status), HAS_MISSED),
    ("disagreed", (_ALL.disagreed,), HAS_DISAGREED),
    ("disagreed_body", (_ALL.disagreed, _ALL.body), HAS_DISAGREED),
):
    Index(f"ix_listed_appeals_{_name}", *_columns, *ORDER, sqlite_where=_where, postgresql_where=_where)
_HAS_CASE = _ALL.case_number.is_not(None)
Index("ix_listed_appeals_case", _ALL.case_number, sqlite_where=_HAS_CASE, postgresql_where=_HAS_CASE)

# ``digest``: HMAC-SHA256 of an IIN or BIN, hex, by a key that lies in no database. They go with the case.
appeal_persons = Table(
    "appeal_persons",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Index("ix_appeal_persons_conversation", "conversation_id"),
)

# How far the loop has come. ``leaf_id``: events before it are all listed, but for those that came late.
# ``persons_key``: which key whoever leads makes digests with.
listings = Table(
    "listings",
    metadata,
    Column("name", String, primary_key=True),
    Column("leaf_id", RowNumber, nullable=False),
    Column("persons_key", String),
)


# Both are derived from the reply, which is kept, and go with it: whoever guesses a text could tell by them that this
# was it. ``message_no``: the reply.
reply_sketches = Table(
    "reply_sketches",
    metadata,
    Column("message_no", ForeignKey(messages.c.message_no), primary_key=True, autoincrement=False),
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), nullable=False),
    Column("body", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# A bucket is a digest of version, body and one band of the sketch; in it, replies are in the order of recording.
reply_buckets = Table(
    "reply_buckets",
    metadata,
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("message_no", RowNumber, primary_key=True, autoincrement=False),
    Index("ix_reply_buckets_message", "message_no"),  # by which they go with the case
)
