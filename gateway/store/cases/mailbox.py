"""The mailbox: what waits for a party that cannot be called, handed out under lease until it acknowledges.

Each request gets a batch of its own, so that several programs of one party may fetch at once and none gets what
another holds. The same request again, known by its message_id, gets the same batch: its answer was lost on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

from contracts.header import MessageId
from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimedDelivery, FetchMailbox
from gateway.store.deliveries.outbox import claims_among, is_head, leased
from gateway.store.deliveries.pauses import is_paused
from gateway.store.engine.operations import Transactions, each, steps
from gateway.store.engine.statements import AnySelect
from gateway.store.tables import deliveries
from gateway.store.tables.delivery import IS_DELIVERED, IS_FETCHED, IS_WAITING

COUNTED: Final = 1_000
"""Messages that wait are counted so far; COUNTED + 1 stands for «more»: nobody needs a million rows counted."""


Fetched = tuple[Sequence[ClaimedDelivery], int]


@steps(FetchMailbox)
async def fetch(store: Transactions, wanted: FetchMailbox) -> Fetched:
    """Most fetches find nothing, and need no write."""
    return ([], 0) if await store.read(is_empty, wanted) else await store.write(hand_out, wanted)


@each
def hand_out(connection: Connection, job: FetchMailbox) -> Fetched:
    """The batch that is leased to this request, else a new one, and how many more wait.

    To a paused party nothing waits that it could fetch; a count would have its programs ask again at once.
    """
    batch = _leased_batch(connection, job)
    if is_paused(connection, job.recipient):
        return batch, 0
    return batch or _new_batch(connection, job), _waiting(connection, job)


def is_empty(connection: Connection, wanted: FetchMailbox) -> bool:
    """Whether nothing is leased to the request or due."""
    column, recipient, now = deliveries.c.delivery_id, wanted.recipient, wanted.now
    looks = [_leased_to(recipient, wanted.request, now)]
    if not is_paused(connection, recipient):
        looks += [_due(recipient, now), _lapsed(recipient, now)]
    return not any(connection.execute(select(column).where(*look).limit(1)).first() for look in looks)


def _leased_batch(connection: Connection, job: FetchMailbox) -> list[ClaimedDelivery]:
    statement = (
        select(deliveries.c.delivery_id)
        .where(*_leased_to(job.recipient, job.request, job.now))
        .order_by(deliveries.c.delivery_id)
        .limit(job.limit)
    )
    return list(claims_among(connection, list(connection.scalars(statement))))


def _new_batch(connection: Connection, job: FetchMailbox) -> list[ClaimedDelivery]:
    """First what was handed out before and never acknowledged, then what is due: two indexes, no sorting."""
    to = {
        "state": DeliveryState.DELIVERED,
        "claimed_at": job.now,
        "lease_until": job.lease_until,
        "next_attempt_at": job.lease_until,  # not acknowledged by then: the rescuer takes it back
        "fetched_by": job.request,
    }
    lapsed = _ids(_lapsed(job.recipient, job.now)).order_by(deliveries.c.delivery_id)
    batch = leased(connection, lapsed.limit(job.limit), to)
    if len(batch) < job.limit:
        order = (deliveries.c.priority, deliveries.c.next_attempt_at, deliveries.c.delivery_id)
        due = _ids((*_due(job.recipient, job.now), is_head())).order_by(*order)
        batch += leased(connection, due.limit(job.limit - len(batch)), to)
    return batch


def _waiting(connection: Connection, job: FetchMailbox) -> int:
    """How many wait, up to COUNTED + 1."""
    looks = (_due(job.recipient, job.now), _lapsed(job.recipient, job.now))
    counted = (func.count().select().select_from(_ids(look).limit(COUNTED + 1).subquery()) for look in looks)
    return min(COUNTED + 1, sum(connection.execute(one).scalar_one() for one in counted))


def _ids(conditions: Sequence[ColumnElement[bool]]) -> AnySelect:
    return select(deliveries.c.delivery_id).where(*conditions)


def _leased_to(recipient: PartyId, request: MessageId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    of = (deliveries.c.fetched_by == request, deliveries.c.lease_until > now)
    return (*_handed_out(recipient), *of)


def _due(recipient: PartyId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Waits, and its time has come."""
    return (*_of(recipient), IS_WAITING, deliveries.c.next_attempt_at <= now)


def _lapsed(recipient: PartyId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Was handed out and not acknowledged within its lease."""
    return (*_handed_out(recipient), deliveries.c.lease_until <= now)


def _handed_out(recipient: PartyId) -> tuple[ColumnElement[bool], ...]:
    return (*_of(recipient), IS_DELIVERED)


def _of(recipient: PartyId) -> tuple[ColumnElement[bool], ...]:
    return IS_FETCHED, deliveries.c.recipient == recipient
