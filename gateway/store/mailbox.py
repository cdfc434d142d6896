"""The mailbox: what waits for a party that cannot be called, handed out under lease until it acknowledges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from contracts.party import Channel, PartyId
from gateway.domain.delivery import DeliveryState
from gateway.ports import ClaimedDelivery
from gateway.store.outbox import claims_among, is_head, leased
from gateway.store.tables import deliveries
from gateway.store.tables.delivery import IS_CLAIMABLE, IS_DELIVERED


@dataclass(frozen=True, slots=True)
class FetchJob:
    """One party asks for its messages."""

    recipient: PartyId
    now: datetime
    limit: int
    lease_until: datetime


Fetched = tuple[Sequence[ClaimedDelivery], int]


def fetch(connection: Connection, jobs: Sequence[FetchJob]) -> list[Fetched]:
    """The batch that is leased to the party, else a new one, and how many more wait."""
    return [_fetch(connection, job) for job in jobs]


def is_empty(connection: Connection, recipient: PartyId, now: datetime) -> bool:
    """Whether nothing is leased or due: then a fetch needs no write, and most fetches find nothing."""
    something = or_(_is_leased(now), _is_due(now))
    statement = select(deliveries.c.delivery_id).where(*_of(recipient), something).limit(1)
    return connection.execute(statement).first() is None


def _fetch(connection: Connection, job: FetchJob) -> Fetched:
    batch = _leased_batch(connection, job) or _new_batch(connection, job)
    return batch, _waiting(connection, job)


def _leased_batch(connection: Connection, job: FetchJob) -> list[ClaimedDelivery]:
    statement = (
        select(deliveries.c.delivery_id)
        .where(*_of(job.recipient), _is_leased(job.now))
        .order_by(deliveries.c.delivery_id)
        .limit(job.limit)
    )
    return list(claims_among(connection, list(connection.scalars(statement))))


def _new_batch(connection: Connection, job: FetchJob) -> list[ClaimedDelivery]:
    chosen = (
        select(deliveries.c.delivery_id)
        .where(*_of(job.recipient), _is_due(job.now), is_head())
        .order_by(deliveries.c.priority, deliveries.c.next_attempt_at, deliveries.c.delivery_id)
        .limit(job.limit)
    )
    to = {
        "state": DeliveryState.DELIVERED,
        "claimed_at": job.now,
        "lease_until": job.lease_until,
        "next_attempt_at": job.lease_until,  # not acknowledged by then: the rescuer takes it back
    }
    return leased(connection, chosen, to)


def _waiting(connection: Connection, job: FetchJob) -> int:
    statement = select(func.count()).select_from(deliveries).where(*_of(job.recipient), _is_due(job.now))
    return connection.execute(statement).scalar_one()


def _of(recipient: PartyId) -> tuple[ColumnElement[bool], ...]:
    return deliveries.c.recipient == recipient, deliveries.c.channel == Channel.MAILBOX


def _is_leased(now: datetime) -> ColumnElement[bool]:
    return and_(IS_DELIVERED, deliveries.c.lease_until > now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Waits and its time has come, or was handed out and not acknowledged within its lease."""
    return or_(
        and_(IS_CLAIMABLE, deliveries.c.next_attempt_at <= now), and_(IS_DELIVERED, deliveries.c.lease_until <= now)
    )
