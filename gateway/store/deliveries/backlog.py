"""What is open, party by party, what is dead, by cause, and what ended in a stretch of time: counted off indexes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, case, func, select, type_coerce

from contracts.party import PartyId
from gateway.domain.delivery.latency import BOUNDS
from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.ports.console import CountEnded, DeadGroup, EndedCount, ListDeadGroups
from gateway.ports.deliveries import Backlog, ListBacklog
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, AnySelect
from gateway.store.tables import deliveries
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import HAS_ENDED, IS_DEAD, IS_OPEN

S = DeliveryState
_PARKED: Final = {S.PARKED}  # set aside on purpose: its age alarms nobody


def _counted() -> AnySelect:
    """By party and state, each with one look into the index of receipts: a thousand parties are one statement."""
    count, oldest = func.count().label("count_"), func.min(deliveries.c.created_at).label("oldest")
    by = (deliveries.c.recipient, deliveries.c.state)
    counted = select(*by, count, oldest).where(IS_OPEN).group_by(*by).subquery()
    receipts = deliveries.alias("receipts")
    newest = select(func.max(receipts.c.finished_at)).where(
        receipts.c.recipient == counted.c.recipient, is_any(receipts.c.state, [S.ACKNOWLEDGED])
    )
    return select(counted, newest.scalar_subquery().label("last_receipt_at"))


_COUNTED: Final = _counted()


@serves(ListBacklog)
def backlog(connection: Connection, _: ListBacklog) -> tuple[Backlog, ...]:
    """Parties for which something is open, the one with the oldest first."""
    by_party: dict[PartyId, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(_COUNTED):
        by_party[row.recipient].append(row)
    found = [_of(party, rows) for party, rows in by_party.items()]
    return tuple(sorted(found, key=lambda one: (one.oldest_at is None, one.oldest_at, one.recipient)))


def _of(party: PartyId, rows: list[AnyRow]) -> Backlog:
    count = {row.state: row.count_ for row in rows}
    oldest = [row.oldest for row in rows if row.state not in _PARKED]
    return Backlog(
        recipient=party,
        waiting=count.get(S.PENDING, 0) + count.get(S.RETRY_SCHEDULED, 0),
        in_flight=count.get(S.IN_FLIGHT, 0),
        handed_out=count.get(S.DELIVERED, 0),
        parked=count.get(S.PARKED, 0),
        dead_lettered=count.get(S.DEAD_LETTERED, 0),
        oldest_at=min(oldest, default=None),
        last_receipt_at=rows[0].last_receipt_at,
    )


@serves(ListDeadGroups)
def dead_groups(connection: Connection, wanted: ListDeadGroups) -> tuple[DeadGroup, ...]:
    """The group with the oldest first."""
    by = (deliveries.c.recipient, deliveries.c.code)
    first, last = func.min(deliveries.c.delivery_id), func.max(deliveries.c.delivery_id)
    counted = select(*by, func.count(), first.label("first"), last.label("last")).where(IS_DEAD).group_by(*by)
    rows = connection.execute(counted.order_by("first").limit(wanted.limit)).all()
    ends = {one for row in rows for one in (row.first, row.last)}
    columns = (deliveries.c.delivery_id, deliveries.c.created_at, deliveries.c.detail)
    found = {one.delivery_id: one for one in connection.execute(select(*columns).where(columns[0].in_(ends)))}
    return tuple(
        DeadGroup(
            row.recipient,
            row.code or "",
            row[2],
            found[row.first].created_at,
            found[row.last].created_at,
            found[row.last].detail or "",
        )
        for row in rows
    )


_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_FINISHED: Final = type_coerce(deliveries.c.finished_at, BigInteger)
_TOOK: Final = _FINISHED - type_coerce(deliveries.c.created_at, BigInteger)


def _class() -> ColumnElement[int]:
    bounds = ((bound // _MICROSECOND >= _TOOK, place) for place, bound in enumerate(BOUNDS))
    return case(*bounds, else_=len(BOUNDS))


_CLASS: Final = _class()


@serves(CountEnded)
def ended(connection: Connection, wanted: CountEnded) -> tuple[EndedCount, ...]:
    """One row for each stretch of ``width``, state and class of time that has any."""
    stretch = (_FINISHED - _FINISHED % (wanted.width // _MICROSECOND)).label("stretch")
    by = (stretch, deliveries.c.state, _CLASS.label("took"))
    counted = select(*by, func.count()).group_by("stretch", deliveries.c.state, "took")
    statement = counted.where(HAS_ENDED, is_any(deliveries.c.state, FINAL))
    if wanted.period.start is not None:
        statement = statement.where(deliveries.c.finished_at >= wanted.period.start)
    if wanted.period.end is not None:
        statement = statement.where(deliveries.c.finished_at < wanted.period.end)
    return tuple(EndedCount(_EPOCH + row[0] * _MICROSECOND, *row[1:]) for row in connection.execute(statement))
