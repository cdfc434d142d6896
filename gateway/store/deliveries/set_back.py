"""A clock that was set back: what it had dated while it was ahead waits as long as was meant, and no longer.

A delivery says when it was claimed, and when made; where that is still to come, the clock was ahead, by at least as
much, and its other moments are taken back by the same span. Small differences between the clocks of nodes are none.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import TakeBack
from gateway.store.engine.operations import each, writes
from gateway.store.engine.statements import AnyRow, Values
from gateway.store.engine.wake import note_work
from gateway.store.tables import assemblies, deliveries, lanes
from gateway.store.tables.delivery import IS_DUE, IS_OPEN

AT_ONCE: Final = 1_000
SKEW: Final = timedelta(minutes=1)
"""Less than that is how nodes' clocks differ."""
_MOMENTS: Final = ("next_attempt_at", "lease_until")


@writes(TakeBack)
@each
def take_back(connection: Connection, job: TakeBack) -> int:
    """Returns how many deliveries were taken back, ``AT_ONCE`` at most."""
    ahead = job.now + SKEW
    columns = [deliveries.c[name] for name in ("delivery_id", "claimed_at", "created_at", *_MOMENTS)]
    chosen = select(*columns).where(_is_ahead(ahead)).limit(AT_ONCE).with_for_update(skip_locked=True)
    rows = connection.execute(chosen).all()
    if rows:
        of_this = update(deliveries).where(deliveries.c.delivery_id == bindparam("of_delivery"))
        moved: Values = {name: bindparam(f"new_{name}") for name in ("claimed_at", *_MOMENTS)}
        connection.execute(of_this.values(moved), [_earlier(row, job.now) for row in rows])
        note_work(connection)
    _take_back_lanes(connection, job, ahead)
    until = job.now + job.lease
    held = (IS_DUE, assemblies.c.lease_until > until + SKEW)
    connection.execute(update(assemblies).where(*held).values(lease_until=until))
    return len(rows)


def _is_ahead(ahead: datetime) -> ColumnElement[bool]:
    """Claimed in time to come; or never claimed and made then; or made due then by a person."""
    waits = deliveries.c.next_attempt_at > ahead
    never_claimed = and_(deliveries.c.claimed_at.is_(None), deliveries.c.created_at > ahead, waits)
    pending = and_(deliveries.c.state == DeliveryState.PENDING, waits)
    return and_(IS_OPEN, or_(deliveries.c.claimed_at > ahead, never_claimed, pending))


def _earlier(row: AnyRow, now: datetime) -> Values:
    """As long after ``now`` as it was after the claim; who was never claimed, or is asked for by a person, is due."""
    dated = row.claimed_at
    by = dated - now if dated and dated > now else None
    moments = {name: getattr(row, name) for name in _MOMENTS}
    taken_back = {f"new_{name}": at and (at - by if by else min(at, now)) for name, at in moments.items()}
    return {"of_delivery": row.delivery_id, "new_claimed_at": dated and min(dated, now), **taken_back}


def _take_back_lanes(connection: Connection, job: TakeBack, ahead: datetime) -> None:
    """A party is left alone for its rest at most, a pace lasts a minute; other rests are found anew by a claim."""
    closed_to_us = select(lanes.c.party_id, lanes.c.rest, lanes.c.probe_at).where(lanes.c.probe_at > ahead)
    for party_id, rest, probe_at in connection.execute(closed_to_us).all():
        longest = job.now + max(rest or job.lease, job.lease)
        if probe_at > longest + SKEW:
            connection.execute(update(lanes).where(lanes.c.party_id == party_id).values(probe_at=longest))
    connection.execute(update(lanes).where(lanes.c.paced_until > ahead + SKEW).values(paced_until=None))
    resting = (lanes.c.rests_until > ahead, lanes.c.paused_at.is_(None))
    connection.execute(update(lanes).where(*resting).values(rests_until=None))
