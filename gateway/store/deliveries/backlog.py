"""What is open, party by party, counted from indexes alone."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from sqlalchemy import Connection, func, select

from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import Backlog, ListBacklog
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, AnySelect
from gateway.store.tables import deliveries
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import IS_OPEN

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
