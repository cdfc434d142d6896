"""What is open, party by party, counted from indexes alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from contracts.party import PartyId
from gateway.domain.delivery import DeliveryState
from gateway.ports.deliveries import Backlog
from gateway.store.statements import AnyRow
from gateway.store.tables import deliveries
from gateway.store.tables.delivery import IS_ACKNOWLEDGED, IS_OPEN

S = DeliveryState
_PARKED: Final = {S.PARKED}  # set aside on purpose: its age alarms nobody


def backlog(connection: Connection) -> tuple[Backlog, ...]:
    """Parties for which something is open, the one with the oldest first."""
    state, recipient = deliveries.c.state, deliveries.c.recipient
    counted = select(recipient, state, func.count().label("count_"), func.min(deliveries.c.created_at).label("oldest"))
    by_party: dict[PartyId, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(counted.where(IS_OPEN).group_by(recipient, state)):
        by_party[row.recipient].append(row)
    found = [_of(party, rows, last_receipt(connection, party)) for party, rows in by_party.items()]
    return tuple(sorted(found, key=lambda one: (one.oldest_at is None, one.oldest_at, one.recipient)))


def _of(party: PartyId, rows: list[AnyRow], last_receipt_at: datetime | None) -> Backlog:
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
        last_receipt_at=last_receipt_at,
    )


def last_receipt(connection: Connection, party: PartyId) -> datetime | None:
    """One look into its index per party, of which there are tens."""
    newest = select(func.max(deliveries.c.finished_at)).where(deliveries.c.recipient == party, IS_ACKNOWLEDGED)
    found: datetime | None = connection.execute(newest).scalar_one()
    return found
