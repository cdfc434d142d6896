"""What people do to deliveries: named ones, or whatever a selection finds, a bounded number in each commit.

Progress is what remains: a delivery that was moved is no longer found by the same selection, so an act that was
interrupted goes on where it stopped when it is asked for again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from gateway.domain.delivery.acts import PAST, RESULT, SELECTED, SOURCES, Act, refusal
from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.domain.people.audit_result import refused as refused_line
from gateway.ports.deliveries import CountMovable, Moved, MoveJob, RefusedMove, Selection
from gateway.store.deliveries.held import free_followers
from gateway.store.deliveries.lanes import probe_now
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.statements import AnySelect, Values, select_among
from gateway.store.engine.wake import note_work
from gateway.store.ledger.leaves import add_proven, stage
from gateway.store.ledger.records import DELIVERY_ENDS
from gateway.store.tables import audit_log, conversations, deliveries
from gateway.store.tables.base import is_any

MOST_AT_ONCE = 1_000
"""Deliveries per commit: a longer one would keep messages waiting."""


@writes(MoveJob)
@each
def move(connection: Connection, job: MoveJob) -> Moved:
    """Move each delivery that the table of moves lets go; each gets a line in the audit log, refused ones too."""
    if isinstance(job.of, Selection):
        states = _selected(connection, job, job.of)
        is_whole = len(states) < min(job.limit, MOST_AT_ONCE)
    else:
        states, is_whole = _named(connection, job.of), True
    refused = tuple(_refusals(job, states))
    moving = sorted(set(states) - {one.delivery_id for one in refused})
    _write(connection, job, moving)
    audit = [_audit_row(job, one, f"{PAST[job.act]}, was {states[one].value}") for one in moving]
    audit += [_audit_row(job, one.delivery_id, refused_line(one.reason)) for one in refused]
    add_proven(connection, audit_log, audit)
    return Moved(tuple(moving), refused, None if is_whole else max(states))


@serves(CountMovable)
def count_movable(connection: Connection, wanted: CountMovable) -> int:
    """How many deliveries the act would move; of a selection it counts no further than ``most``."""
    if isinstance(wanted.of, Selection):
        found = _narrowed(select(deliveries.c.delivery_id), wanted.act, wanted.of).limit(wanted.most).subquery()
        counted: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
        return counted
    columns = (deliveries.c.delivery_id, deliveries.c.state)
    rows = select_among(connection, select(*columns), [deliveries.c.delivery_id], wanted.of)
    return sum(row.state in SOURCES[wanted.act] for row in rows)


def _named(connection: Connection, ids: Iterable[int]) -> dict[int, DeliveryState]:
    columns = (deliveries.c.delivery_id, deliveries.c.state)
    rows = select_among(connection, select(*columns).with_for_update(), [deliveries.c.delivery_id], ids)
    return {row.delivery_id: row.state for row in rows}


def _selected(connection: Connection, job: MoveJob, selection: Selection) -> dict[int, DeliveryState]:
    statement = _narrowed(select(deliveries.c.delivery_id, deliveries.c.state), job.act, selection)
    statement = statement.where(deliveries.c.delivery_id > job.after).order_by(deliveries.c.delivery_id)
    limited = statement.limit(min(job.limit, MOST_AT_ONCE)).with_for_update(of=deliveries)
    return {row.delivery_id: row.state for row in connection.execute(limited)}


def _narrowed(statement: Any, act: Act, selection: Selection) -> AnySelect:  # noqa: ANN401 - of whatever columns
    """Deliveries that are selected and that the act moves; the open ones lie together in their own indexes."""
    states = SELECTED[act] if selection.state is None else SOURCES[act] & {selection.state}
    if selection.among is not None:
        states &= selection.among
    statement = statement.select_from(deliveries).where(is_any(deliveries.c.state, states))
    if selection.appeal is not None:
        of_appeal = select(conversations.c.conversation_id).where(conversations.c.appeal_number == selection.appeal)
        statement = statement.where(deliveries.c.conversation_id == of_appeal.scalar_subquery())
    narrowed: AnySelect = statement.where(*_conditions(selection))
    return narrowed


def _conditions(selection: Selection) -> Iterable[ColumnElement[bool]]:
    if selection.recipient is not None:
        yield deliveries.c.recipient == selection.recipient
    if selection.action is not None:
        yield deliveries.c.action == selection.action
    if selection.created_before is not None:
        yield deliveries.c.created_at <= selection.created_before
    if selection.created_from is not None:
        yield deliveries.c.created_at >= selection.created_from
    if selection.code is not None:
        yield deliveries.c.code == selection.code if selection.code else deliveries.c.code.is_(None)


def _refusals(job: MoveJob, states: Mapping[int, DeliveryState]) -> Iterable[RefusedMove]:
    if not isinstance(job.of, Selection):
        for one in sorted(set(job.of) - set(states)):
            yield RefusedMove(one, "there is no such delivery")
    for one, state in states.items():
        if (why := refusal(job.act, state)) is not None:
            yield RefusedMove(one, why)


def _write(connection: Connection, job: MoveJob, moving: Sequence[int]) -> None:
    """One statement for all; a cancelled one ends here, and its end gets its leaf."""
    if not moving:
        return
    to = RESULT[job.act]
    values: dict[str, Any] = {"state": to, "lease_until": None}
    values["next_attempt_at"] = job.at if to is DeliveryState.PENDING else None
    if to in FINAL:
        values |= {"finished_at": job.at, "code": None, "detail": f"{job.by}: {job.reason}", "receipt_sha256": None}
        stage(connection, DELIVERY_ENDS, [{"delivery_id": one, **values} for one in moving])
        free_followers(connection, moving)
    connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(moving)).values(values))
    if to is DeliveryState.PENDING:
        probe_now(connection, moving, job.at)
        note_work(connection)


def _audit_row(job: MoveJob, delivery_id: int, result: str) -> Values:
    entry = {"at": job.at, "by": job.by, "act": f"delivery.{PAST[job.act]}", "subject": str(delivery_id)}
    return {**entry, "reason": job.reason, "result": result}
