"""Messages as taken and as made: the inbox key, the operation bytes, every envelope byte for byte."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from contracts.header import Action
from gateway.store.tables.base import InstantColumn, OneOf, RowNumber, metadata
from gateway.store.tables.case import conversations

# Keyed by what they are: an envelope that concerns several appeals lies once, and writing it again is harmless.
envelopes = Table(
    "envelopes",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("kept_at", InstantColumn, nullable=False),
)

# ``message_no`` is the order of recording. PutDocument and ReportIncident keep no
# operation: their content is the document, or the incident.
messages = Table(
    "messages",
    metadata,
    Column("message_no", RowNumber, primary_key=True),
    Column("sender", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("conversation_id", ForeignKey(conversations.c.conversation_id)),
    Column("ref_to_message_id", String),
    Column("action", OneOf(Action), nullable=False),
    Column("outgoing", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("operation", LargeBinary),
    Column("envelope_sha256", ForeignKey(envelopes.c.sha256)),
    Column("at", InstantColumn, nullable=False),
    UniqueConstraint("sender", "message_id"),
    Index("ix_messages_conversation", "conversation_id", "message_no"),
)

# One effect: the key of every message that was acted on, with the answer that goes out again for a repeat, and the
# envelope in which it first went out (NULL for what was taken before schema 0004).
inbox = Table(
    "inbox",
    metadata,
    Column("sender", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("received_at", InstantColumn, nullable=False),
    Column("answer_sha256", ForeignKey(envelopes.c.sha256)),
    ForeignKeyConstraint(
        ["sender", "message_id"],
        [messages.c.sender, messages.c.message_id],
        deferrable=True,  # the key is written first, since it decides races
        initially="DEFERRED",
    ),
)
