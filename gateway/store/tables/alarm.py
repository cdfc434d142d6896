"""Alarms and what people were told of them: working state, read off what is proven."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, and_

from gateway.domain.alarms.kinds import AlarmKind
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.escalation import EscalationStep
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, RowNumber, in_set, is_any, metadata


class LetterState(StrEnum):
    """Where a message about an alarm stands."""

    WAITING = "waiting"  # the alarm notifier sends it, again and again
    TAKEN = "taken"  # final: a mail server or webhook has it
    GIVEN_UP = "given_up"  # final: it was refused for good, or nobody took it for days


# No check of ``kind``: a later release knows more of them, and an older node beside it lists what it knows.
alarms = Table(
    "alarms",
    metadata,
    Column("alarm_id", RowNumber, primary_key=True),
    Column("kind", OneOf(AlarmKind), nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("level", OneOf(EscalationStep), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("since", InstantColumn),
    Column("count", Integer),
    Column("until", InstantColumn),
    Column("raised_at", InstantColumn, nullable=False),
    Column("louder_at", InstantColumn, nullable=False),
    Column("notified_at", InstantColumn, nullable=False),
    Column("acknowledged_at", InstantColumn),
    Column("acknowledged_by", FreeText),
    Column("acknowledged_why", FreeText),
    Column("unseen_since", InstantColumn),
    Column("returns", Integer, nullable=False),
    Column("cleared_at", InstantColumn),
    in_set("level", EscalationStep),
)
IS_OPEN = alarms.c.cleared_at.is_(None)
IS_OVER = alarms.c.cleared_at.is_not(None)
IS_UNHEEDED = and_(IS_OPEN, alarms.c.acknowledged_at.is_(None))
IS_HEEDED = and_(IS_OPEN, alarms.c.acknowledged_at.is_not(None))
_ONE = (alarms.c.kind, alarms.c.subject)
Index("ux_alarms_open", *_ONE, unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
for _name, _columns, _where in (
    ("open", (), IS_OPEN),
    ("over", (), IS_OVER),
    ("unheeded", (alarms.c.level,), IS_UNHEEDED),
    ("heeded", (alarms.c.level,), IS_HEEDED),
):
    for _of, _first in (("", ()), ("_kind", (alarms.c.kind,))):
        Index(
            f"ix_alarms_{_name}{_of}",
            *_first,
            *_columns,
            alarms.c.alarm_id,
            sqlite_where=_where,
            postgresql_where=_where,
        )

# What happened to an alarm, in order. ``by``, ``why``: of a person.
alarm_steps = Table(
    "alarm_steps",
    metadata,
    Column("step_id", RowNumber, primary_key=True),
    Column("alarm_id", ForeignKey(alarms.c.alarm_id), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("happening", OneOf(AlarmEvent), nullable=False),
    Column("level", OneOf(EscalationStep), nullable=False),
    Column("by", FreeText),
    Column("why", FreeText),
    in_set("happening", AlarmEvent),
    in_set("level", EscalationStep),
    Index("ix_alarm_steps_alarm", "alarm_id", "step_id"),
)

# The outbox of alarms: written with the step that it tells of, kept until somebody takes it. Words as they go out, so
# that a repetition is the same message.
alarm_messages = Table(
    "alarm_messages",
    metadata,
    Column("letter_id", RowNumber, primary_key=True),
    Column("step_id", ForeignKey(alarm_steps.c.step_id), nullable=False),
    Column("channel", String, nullable=False),
    Column("recipient", FreeText, nullable=False),
    Column("title", FreeText, nullable=False),
    Column("body", FreeText, nullable=False),
    Column("state", OneOf(LetterState), nullable=False),
    Column("made_at", InstantColumn, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", InstantColumn, nullable=False),
    Column("result", FreeText),
    Column("ended_at", InstantColumn),
    UniqueConstraint("step_id", "channel", "recipient"),
    in_set("state", LetterState),
)
IS_WAITING = is_any(alarm_messages.c.state, [LetterState.WAITING])
Index(
    "ix_alarm_messages_waiting",
    alarm_messages.c.next_try_at,
    sqlite_where=IS_WAITING,
    postgresql_where=IS_WAITING,
)
IS_GIVEN_UP = is_any(alarm_messages.c.state, [LetterState.GIVEN_UP])
Index(
    "ix_alarm_messages_given_up",
    alarm_messages.c.ended_at,
    sqlite_where=IS_GIVEN_UP,
    postgresql_where=IS_GIVEN_UP,
)

# How far the check of the ledger has come; passes follow each other without an end. ``faults``: of this pass so far;
# ``former_faults``: of the pass before. ``first``: the first of these, in words.
ledger_walks = Table(
    "ledger_walks",
    metadata,
    Column("name", String, primary_key=True),
    Column("leaf_id", RowNumber, nullable=False),
    Column("began_at", InstantColumn, nullable=False),
    Column("ended_at", InstantColumn),
    Column("faults", Integer, nullable=False),
    Column("former_faults", Integer, nullable=False),
    Column("first", FreeText),
)
