"""Steps of escalation in rows: each taken once for each delivery, by one loop, a bounded batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import CTE, ColumnElement, Connection, FromClause, func, select, update

from contracts.party import PartyId
from gateway.domain.delivery.escalation import STEPS, Escalated, Escalation, EscalationStep, due_after
from gateway.domain.delivery.sharing import Terms
from gateway.ports.deliveries import Escalate, ListEscalations
from gateway.store.engine.operations import Transactions, each, serves, steps
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import deliveries, escalations
from gateway.store.tables.delivery import MAY_ESCALATE, may_escalate


@steps(Escalate)
async def escalate(store: Transactions, wanted: Escalate) -> tuple[Escalated, ...]:
    """Take the next step of what is due, a row each."""
    return await store.write(take_steps, wanted) if await store.read(has_due, wanted) else ()


def has_due(connection: Connection, wanted: Escalate) -> bool:
    """Whether any step is due; one look per party and step, however many wait."""
    return any(True for _ in _due_groups(connection, wanted.now, wanted.terms))


@each
def take_steps(connection: Connection, job: Escalate) -> tuple[Escalated, ...]:
    """A row for each step, in the commit that counts it."""
    groups: dict[tuple[EscalationStep, datetime], list[PartyId]] = {}
    for party_id, step in _due_groups(connection, job.now, job.terms):
        created_before = job.now - due_after(step, job.terms(party_id))
        groups.setdefault((step, created_before), []).append(party_id)
    escalated: list[Escalated] = []
    for (step, created_before), party_ids in groups.items():
        if (left := job.limit - len(escalated)) > 0:
            escalated += _taken(connection, step, party_ids, created_before, left)
    rows = [{"delivery_id": one.delivery_id, "step": one.step, "at": job.now} for one in escalated]
    add_proven(connection, escalations, rows)
    return tuple(escalated)


@serves(ListEscalations)
def escalations_of(connection: Connection, wanted: ListEscalations) -> tuple[Escalation, ...]:
    """The steps taken, in their order."""
    of = escalations.c.delivery_id == wanted.delivery_id
    taken = [Escalation(*row) for row in connection.execute(select(escalations).where(of))]
    return tuple(sorted(taken, key=lambda one: STEPS.index(one.step)))


def _due_groups(connection: Connection, now: datetime, terms: Terms) -> Iterator[tuple[PartyId, EscalationStep]]:
    for row in connection.execute(select(_oldest())):
        step = STEPS[row.escalated]
        if row.created_at + due_after(step, terms(row.recipient)) <= now:
            yield row.recipient, step


def _taken(
    connection: Connection, step: EscalationStep, party_ids: Sequence[PartyId], created_before: datetime, limit: int
) -> list[Escalated]:
    columns = (
        deliveries.c.delivery_id,
        deliveries.c.message_id,
        deliveries.c.conversation_id,
        deliveries.c.recipient,
        deliveries.c.state,
        deliveries.c.created_at,
    )
    before = STEPS.index(step)
    waiting = (
        select(*columns)
        .where(
            MAY_ESCALATE,
            deliveries.c.recipient.in_(party_ids),
            deliveries.c.escalated == before,
            deliveries.c.created_at <= created_before,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    escalated = [Escalated(first, step, *rest) for first, *rest in connection.execute(waiting)]
    ids = [one.delivery_id for one in escalated]
    connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values(escalated=before + 1))
    return escalated


def _oldest() -> CTE:
    """The oldest delivery of each party and number of steps taken: each found by one leap along the index."""
    one = deliveries.alias("one")
    columns = (one.c.delivery_id, one.c.recipient, one.c.escalated, one.c.created_at)
    oldest = (
        select(*columns).where(one.c.delivery_id == _first(deliveries.alias("first"))).cte("oldest", recursive=True)
    )
    later, other = deliveries.alias("later"), deliveries.alias("other")
    leap = one.c.delivery_id == func.coalesce(
        _first(later, later.c.recipient == oldest.c.recipient, later.c.escalated > oldest.c.escalated),
        _first(other, other.c.recipient > oldest.c.recipient),
    )
    return oldest.union_all(select(*columns).select_from(oldest.join(one, leap)))


def _first(table: FromClause, *where: ColumnElement[bool]) -> ColumnElement[int]:
    order = (table.c.recipient, table.c.escalated, table.c.created_at, table.c.delivery_id)
    statement = select(table.c.delivery_id).where(may_escalate(table), *where).order_by(*order).limit(1)
    return statement.scalar_subquery()
