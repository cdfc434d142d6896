"""The support desk: notes that people hand over, and incidents that parties report."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint, and_

from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import About, IncidentState, Severity
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, RowNumber, in_set, metadata
from gateway.store.tables.case import conversations

# ``key``: the number or id of what it is about. ``author``: a user's name, or ``party:``, ``token:`` and a name.
# ``erased_at``: since when ``text`` is empty.
notes = Table(
    "notes",
    metadata,
    Column("note_id", RowNumber, primary_key=True),
    Column("at", InstantColumn, nullable=False),
    Column("about", OneOf(About), nullable=False),
    Column("key", String, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("author", String, nullable=False),
    Column("to_role", OneOf(UserRole)),
    Column("to_user", String),
    Column("closed_at", InstantColumn),
    Column("closed_by", String),
    Column("erased_at", InstantColumn),
    in_set("about", About),
    Index("ix_notes_about", "about", "key", "note_id"),
)
IS_UNDONE = notes.c.closed_at.is_(None)
IS_DONE = notes.c.closed_at.is_not(None)
IS_KEPT_NOTE = and_(IS_DONE, notes.c.erased_at.is_(None))
for _name, _columns, _where in (
    ("undone", (), IS_UNDONE),
    ("undone_about", (notes.c.about, notes.c.key), IS_UNDONE),
    ("undone_role", (notes.c.to_role,), IS_UNDONE),
    ("undone_user", (notes.c.to_user,), IS_UNDONE),
    ("undone_author", (notes.c.author,), IS_UNDONE),
    ("done", (), IS_DONE),
    ("kept", (notes.c.closed_at,), IS_KEPT_NOTE),
):
    Index(f"ix_notes_{_name}", *_columns, notes.c.note_id, sqlite_where=_where, postgresql_where=_where)

# ``thread``: minted for it, in the receipt of the report; ``number``: its beginning, as people say it. ``words``: what
# was found, once it is closed. ``severity_by``, ``severity_at``, ``severity_why``: of whoever changed it last, by hand.
# ``erased_at``: since when all its words are empty. That it was reported is in the inbox; what people did is in the
# audit log.
incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", RowNumber, primary_key=True),
    Column("thread", String, nullable=False),
    Column("number", String, nullable=False),
    Column("party", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("about_message_id", String),
    Column("conversation_id", ForeignKey(conversations.c.conversation_id)),
    Column("code", String),
    Column("severity", OneOf(Severity), nullable=False),
    Column("text", FreeText, nullable=False),
    Column("contact", FreeText, nullable=False),
    Column("reported_at", InstantColumn, nullable=False),
    Column("state", OneOf(IncidentState), nullable=False),
    Column("moved_by", String),
    Column("moved_at", InstantColumn),
    Column("words", FreeText),
    Column("severity_by", String),
    Column("severity_at", InstantColumn),
    Column("severity_why", FreeText),
    Column("erased_at", InstantColumn),
    UniqueConstraint("number"),
    in_set("severity", Severity),
    in_set("state", IncidentState),
    Index("ix_incidents_state", "state", "incident_id"),
    Index("ix_incidents_party", "party", "incident_id"),
    Index("ix_incidents_party_state", "party", "state", "incident_id"),
    Index("ix_incidents_severity", "severity", "incident_id"),
    Index("ix_incidents_severity_state", "severity", "state", "incident_id"),
    Index("ix_incidents_party_severity", "party", "severity", "incident_id"),
    Index("ix_incidents_party_severity_state", "party", "severity", "state", "incident_id"),
    Index("ix_incidents_message", "message_id"),
    Index("ix_incidents_about", "about_message_id"),
    Index("ix_incidents_conversation", "conversation_id"),
)
IS_KEPT_INCIDENT = incidents.c.words.is_not(None)  # which it has from its end until they are erased
Index(
    "ix_incidents_kept",
    incidents.c.moved_at,
    incidents.c.incident_id,
    sqlite_where=IS_KEPT_INCIDENT,
    postgresql_where=IS_KEPT_INCIDENT,
)
