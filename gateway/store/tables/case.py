"""One appeal: its conversation, its events, what they commit to, and its terms.

Every key begins with ``conversation_id``, so that appeals can be spread over several databases later.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
)

from gateway.store.tables.base import InstantColumn, OneOf, in_set, is_any, metadata


class TermRowState(StrEnum):
    """Where a legal deadline stands; the facts of the case move it on."""

    OPEN = "open"  # the clock or a fact moves it on
    MET = "met"  # final; with ``breached_at`` it was met late, at ``closed_at``
    BREACHED = "breached"  # the deed itself moves it on to met, late
    LAPSED = "lapsed"  # final: the duty fell away
    DEFAULTED = "defaulted"  # the body stayed silent; the deed itself moves it on to met, late


# ``erased_at``: when retention took what people wrote; then nothing is left of the case but its proofs.
conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("appeal_number", String, nullable=False),
    Column("opened_by", String, nullable=False),
    Column("opened_at", InstantColumn, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("erased_at", InstantColumn),
    UniqueConstraint("appeal_number"),
)
IS_KEPT = conversations.c.erased_at.is_(None)
Index("ix_conversations_kept", conversations.c.opened_at, sqlite_where=IS_KEPT, postgresql_where=IS_KEPT)

# ``content``: the canonical bytes that the leaf is the digest of, kept as written, so that no later change of code
# can change evidence. The other columns repeat what one searches by.
events = Table(
    "events",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", InstantColumn, nullable=False),
    Column("actor", String, nullable=False),
    Column("message_id", String),
    Column("kind", String, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

IS_UNROUTED = events.c.kind == literal_column("'appeal_unrouted'")  # few, looked for among all that happened
_NEWEST = (events.c.at, events.c.conversation_id)
Index("ix_events_unrouted", *_NEWEST, sqlite_where=IS_UNROUTED, postgresql_where=IS_UNROUTED)

_EVENT = [events.c.conversation_id, events.c.seq]

commitments = Table(
    "commitments",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("subject", String, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    ForeignKeyConstraint(["conversation_id", "seq"], _EVENT),
)

# Erasable: without its salt a commitment tells nothing about its content, and the ledger still verifies.
salts = Table(
    "salts",
    metadata,
    Column("conversation_id", String, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("subject", String, primary_key=True),
    Column("content_sha256", String(64), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["conversation_id", "seq", "subject"],
        [commitments.c.conversation_id, commitments.c.seq, commitments.c.subject],
    ),
    Index("ix_salts_subject", "subject"),  # which cases rest on a document
)

# ``remind_at``: until whoever is bound was reminded; then NULL, as where the law knows no reminder.
terms = Table(
    "terms",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("term_id", String, primary_key=True),
    Column("duty", String, nullable=False),
    Column("party", String, nullable=False),
    Column("due_at", InstantColumn, nullable=False),
    Column("remind_at", InstantColumn),
    Column("state", OneOf(TermRowState), nullable=False),
    Column("breached_at", InstantColumn),
    Column("closed_at", InstantColumn),
    in_set("state", TermRowState),
)
_OPEN = is_any(terms.c.state, [TermRowState.OPEN])
Index("ix_terms_due", terms.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_terms_due_party", terms.c.party, terms.c.due_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
IS_TO_REMIND = and_(_OPEN, terms.c.remind_at.is_not(None))
IS_BREACHED = is_any(terms.c.state, [TermRowState.BREACHED, TermRowState.DEFAULTED])
Index("ix_terms_breached", terms.c.breached_at, sqlite_where=IS_BREACHED, postgresql_where=IS_BREACHED)
_OF_PARTY = (terms.c.party, terms.c.breached_at)
Index("ix_terms_breached_party", *_OF_PARTY, sqlite_where=IS_BREACHED, postgresql_where=IS_BREACHED)
IS_MET_LATE = and_(is_any(terms.c.state, [TermRowState.MET]), terms.c.breached_at.is_not(None))
Index("ix_terms_late", terms.c.breached_at, sqlite_where=IS_MET_LATE, postgresql_where=IS_MET_LATE)
Index("ix_terms_late_party", *_OF_PARTY, sqlite_where=IS_MET_LATE, postgresql_where=IS_MET_LATE)
Index("ix_terms_remind", terms.c.remind_at, sqlite_where=IS_TO_REMIND, postgresql_where=IS_TO_REMIND)
