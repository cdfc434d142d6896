"""The outbox: one delivery per message and recipient, its attempts, and dossiers that are due."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    FromClause,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    and_,
    false,
    literal_column,
    not_,
    true,
)

from contracts.header import Action
from contracts.party import Channel
from contracts.payloads import ClaimKind
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.escalation import STEPS, EscalationStep
from gateway.domain.delivery.states import CLAIMABLE, FINAL, DeliveryState
from gateway.store.tables.base import (
    FreeText,
    InstantColumn,
    OneOf,
    RowNumber,
    SpanColumn,
    Trace,
    in_set,
    is_any,
    metadata,
)
from gateway.store.tables.case import conversations
from gateway.store.tables.message import envelopes, messages


class AssemblyState(StrEnum):
    """Where a dossier's assembly stands."""

    DUE = "due"  # the collector claims it
    FILED = "filed"  # final: DossierFiled is in the history


# ``delivery_id`` is the order of sending within (recipient, conversation). ``channel`` and what it means for a claim,
# ``is_called``, follow the registry while the delivery is not final. ``receipt_sha256`` is the envelope that ended it.
# ``held_by``: the delivery before it in its pair, as a claim last found it open; set so that no claim looks at it again
# before that one ends (order itself never rests on it). ``fetched_by``: message_id of the request that took it out of
# the mailbox last. ``escalated``: how many steps of escalation were taken. ``trace``: of what caused the message; no
# record of the ledger has it.
deliveries = Table(
    "deliveries",
    metadata,
    Column("delivery_id", RowNumber, primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), nullable=False),
    Column("sender", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("action", OneOf(Action), nullable=False),
    Column("channel", OneOf(Channel), nullable=False),
    Column("is_called", Boolean, nullable=False, server_default=false()),
    Column("priority", Integer, nullable=False),
    Column("state", OneOf(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", InstantColumn),
    Column("claimed_at", InstantColumn),
    Column("lease_until", InstantColumn),
    Column("fence", BigInteger, nullable=False),
    Column("code", FreeText),
    Column("detail", FreeText),
    Column("receipt_sha256", ForeignKey(envelopes.c.sha256)),
    Column("created_at", InstantColumn, nullable=False),
    Column("finished_at", InstantColumn),
    Column("held_by", RowNumber),
    Column("fetched_by", String),
    Column("escalated", Integer, nullable=False, server_default="0"),
    Column("trace", Trace),
    ForeignKeyConstraint(["sender", "message_id"], [messages.c.sender, messages.c.message_id]),
    UniqueConstraint("recipient", "message_id"),
    in_set("state", DeliveryState),
    CheckConstraint("state != 'in_flight' OR lease_until IS NOT NULL", name="lease"),
    CheckConstraint(
        "state NOT IN ('pending', 'retry_scheduled', 'delivered') OR next_attempt_at IS NOT NULL", name="due"
    ),
    CheckConstraint(
        "(state IN ('acknowledged', 'rejected', 'cancelled')) = (finished_at IS NOT NULL)", name="finished"
    ),
)
IS_CLAIMABLE = is_any(deliveries.c.state, CLAIMABLE)


def is_called(table: FromClause) -> ColumnElement[bool]:
    """The exchange calls the recipient; ``table`` is ``deliveries`` or an alias of it."""
    return table.c.is_called == true()  # with ``=``, so that both databases find it in an index


IS_CALLED = is_called(deliveries)
IS_FETCHED = deliveries.c.is_called == false()


def is_open(table: FromClause) -> ColumnElement[bool]:
    """Not in a final state; ``table`` is ``deliveries`` or an alias of it."""
    return not_(is_any(table.c.state, FINAL))


IS_OPEN = is_open(deliveries)
IS_IN_FLIGHT = is_any(deliveries.c.state, [DeliveryState.IN_FLIGHT])
IS_DELIVERED = is_any(deliveries.c.state, [DeliveryState.DELIVERED])


def is_waiting(table: FromClause) -> ColumnElement[bool]:
    """Claimable, and nobody found it behind another of its pair; ``table`` is ``deliveries`` or an alias of it."""
    return and_(is_any(table.c.state, CLAIMABLE), table.c.held_by.is_(None))


IS_WAITING = is_waiting(deliveries)
_waiting = (deliveries.c.is_called, deliveries.c.recipient, deliveries.c.priority, deliveries.c.next_attempt_at)
Index(
    "ix_deliveries_waiting", *_waiting, deliveries.c.delivery_id, sqlite_where=IS_WAITING, postgresql_where=IS_WAITING
)
IS_HELD = deliveries.c.held_by.is_not(None)
Index("ix_deliveries_held", deliveries.c.held_by, sqlite_where=IS_HELD, postgresql_where=IS_HELD)


def may_escalate(table: FromClause) -> ColumnElement[bool]:
    """Not final, and a step is left; ``table`` is ``deliveries`` or an alias of it."""
    return and_(is_open(table), table.c.escalated < literal_column(str(len(STEPS))))


MAY_ESCALATE = may_escalate(deliveries)
_aging = (deliveries.c.recipient, deliveries.c.escalated, deliveries.c.created_at, deliveries.c.delivery_id)
Index("ix_deliveries_aging", *_aging, sqlite_where=MAY_ESCALATE, postgresql_where=MAY_ESCALATE)
_pair = (deliveries.c.recipient, deliveries.c.conversation_id, deliveries.c.delivery_id)
Index("ix_deliveries_open", *_pair, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
# with the state in front, a planner without statistics prefers these two to ix_deliveries_state
_leased = (deliveries.c.state, deliveries.c.lease_until)
Index("ix_deliveries_leased", *_leased, sqlite_where=IS_IN_FLIGHT, postgresql_where=IS_IN_FLIGHT)
_awaited = (deliveries.c.state, deliveries.c.next_attempt_at)
Index("ix_deliveries_awaited", *_awaited, sqlite_where=IS_DELIVERED, postgresql_where=IS_DELIVERED)
_handed_out = (deliveries.c.is_called, deliveries.c.recipient, deliveries.c.fetched_by, deliveries.c.lease_until)
Index("ix_deliveries_handed_out", *_handed_out, sqlite_where=IS_DELIVERED, postgresql_where=IS_DELIVERED)
_backlog = (deliveries.c.recipient, deliveries.c.state, deliveries.c.created_at)
Index("ix_deliveries_backlog", *_backlog, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
IS_ACKNOWLEDGED = is_any(deliveries.c.state, [DeliveryState.ACKNOWLEDGED])
_receipts = (deliveries.c.recipient, deliveries.c.finished_at)
Index("ix_deliveries_receipts", *_receipts, sqlite_where=IS_ACKNOWLEDGED, postgresql_where=IS_ACKNOWLEDGED)
IS_UNACKNOWLEDGED = not_(IS_ACKNOWLEDGED)  # of what a party ever got, the few that one may have to look for
_listed = (deliveries.c.recipient, deliveries.c.state, deliveries.c.delivery_id)
Index("ix_deliveries_listed", *_listed, sqlite_where=IS_UNACKNOWLEDGED, postgresql_where=IS_UNACKNOWLEDGED)
Index("ix_deliveries_conversation", deliveries.c.conversation_id, deliveries.c.delivery_id)
Index("ix_deliveries_recipient", deliveries.c.recipient, deliveries.c.delivery_id)
Index("ix_deliveries_state", deliveries.c.state, deliveries.c.delivery_id)
Index("ix_deliveries_message", deliveries.c.sender, deliveries.c.message_id)
Index("ix_deliveries_action", deliveries.c.action, deliveries.c.delivery_id)
HAS_CODE = deliveries.c.code.is_not(None)
_code = (deliveries.c.code, deliveries.c.delivery_id)
Index("ix_deliveries_code", *_code, sqlite_where=HAS_CODE, postgresql_where=HAS_CODE)
IS_DEAD = is_any(deliveries.c.state, [DeliveryState.DEAD_LETTERED])
_dead = (deliveries.c.state, deliveries.c.recipient, deliveries.c.code, deliveries.c.delivery_id)
Index("ix_deliveries_dead", *_dead, sqlite_where=IS_DEAD, postgresql_where=IS_DEAD)
HAS_ENDED = deliveries.c.finished_at.is_not(None)
_ended = (deliveries.c.state, deliveries.c.finished_at, deliveries.c.delivery_id, deliveries.c.created_at)
Index("ix_deliveries_ended", *_ended, sqlite_where=HAS_ENDED, postgresql_where=HAS_ENDED)

# A mailbox hands the same attempt out again when asked again, so a number may stand here more than once.
attempts = Table(
    "attempts",
    metadata,
    Column("attempt_id", RowNumber, primary_key=True),
    Column("delivery_id", ForeignKey(deliveries.c.delivery_id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", InstantColumn, nullable=False),
    Column("finished_at", InstantColumn),
    Column("outcome", String, nullable=False),
    Column("code", FreeText),
    Column("detail", FreeText),
    Column("http_status", Integer),
    Column("request_sha256", ForeignKey(envelopes.c.sha256)),
    Column("response_sha256", ForeignKey(envelopes.c.sha256)),
    Index("ix_attempts_delivery", "delivery_id", "attempt_id"),
)

_FAILED = ("Deferred", "Poison", "Rejected", "Unknown")
IS_FAILED = attempts.c.outcome.in_([literal_column(f"'{outcome}'") for outcome in _FAILED])
Index("ix_attempts_failed", attempts.c.started_at, sqlite_where=IS_FAILED, postgresql_where=IS_FAILED)

# Receipts and error signals that came through Acknowledge, each with the message that brought it; also those for a
# delivery that had ended already. What came in the answer to an attempt stands in ``attempts``.
signals = Table(
    "signals",
    metadata,
    Column("signal_id", RowNumber, primary_key=True),
    Column("delivery_id", ForeignKey(deliveries.c.delivery_id), nullable=False),
    Column("sender", String, nullable=False),
    Column("message_id", String, nullable=False),
    Column("state", OneOf(DeliveryState), nullable=False),
    Column("code", FreeText),
    Column("detail", FreeText),
    Column("at", InstantColumn, nullable=False),
    ForeignKeyConstraint(["sender", "message_id"], [messages.c.sender, messages.c.message_id]),
    CheckConstraint("state IN ('acknowledged', 'rejected')", name="state"),
    Index("ix_signals_delivery", "delivery_id", "signal_id"),
)

IS_SIGNALLED = is_any(signals.c.state, [DeliveryState.REJECTED])
Index("ix_signals_rejected", signals.c.at, sqlite_where=IS_SIGNALLED, postgresql_where=IS_SIGNALLED)

# Each step once for each delivery; that people were told is a fact like any other.
escalations = Table(
    "escalations",
    metadata,
    Column("delivery_id", ForeignKey(deliveries.c.delivery_id), primary_key=True, autoincrement=False),
    Column("step", OneOf(EscalationStep), primary_key=True),
    Column("at", InstantColumn, nullable=False),
    in_set("step", EscalationStep),
)

assemblies = Table(
    "assemblies",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("dossier_no", Integer, primary_key=True, autoincrement=False),
    Column("court", String, nullable=False),
    Column("claim", OneOf(ClaimKind), nullable=False),
    Column("state", OneOf(AssemblyState), nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("lease_until", InstantColumn),
    Column("ordered_at", InstantColumn, nullable=False),
    Column("filed_at", InstantColumn),
    Column("trace", Trace),
    in_set("claim", ClaimKind),
    in_set("state", AssemblyState),
)
IS_DUE = is_any(assemblies.c.state, [AssemblyState.DUE])
Index("ix_assemblies_due", assemblies.c.ordered_at, sqlite_where=IS_DUE, postgresql_where=IS_DUE)


# The lane to each party that was ever called: its circuit, its pace, and until when it is let rest.
# Whoever claims for a party holds its row meanwhile. ``rests_until``: no claim looks before, for quiet hours or pace.
# ``paused_at``, ``paused_by``, ``pause_reason``: a person wants nothing new to go out; of a party in a mailbox, too.
lanes = Table(
    "lanes",
    metadata,
    Column("party_id", String, primary_key=True),
    Column("state", OneOf(CircuitState), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("since", InstantColumn),
    Column("rest", SpanColumn),
    Column("probe_at", InstantColumn),
    Column("probe", RowNumber),
    Column("paced_until", InstantColumn),
    Column("rests_until", InstantColumn),
    Column("paused_at", InstantColumn),
    Column("paused_by", FreeText),
    Column("pause_reason", FreeText),
    in_set("state", CircuitState),
    CheckConstraint("(state = 'closed') = (probe_at IS NULL)", name="probe"),
)
