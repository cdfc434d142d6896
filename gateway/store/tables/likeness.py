"""What replies are compared with: the sketch of every reply that is long enough, and the buckets to find it by."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from gateway.store.tables.base import RowNumber, metadata
from gateway.store.tables.case import conversations
from gateway.store.tables.message import messages

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
