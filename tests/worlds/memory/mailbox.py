"""The mailbox in memory: a batch for each request, under lease until it is acknowledged."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.ports.deliveries import ClaimedDelivery, FetchMailbox
from gateway.store.cases import mailbox
from tests.worlds.memory.outbox import lease
from tests.worlds.memory.rows import Memory, StoredDelivery, serves

S = DeliveryState


@serves(FetchMailbox)
def fetch(memory: Memory, job: FetchMailbox) -> tuple[Sequence[ClaimedDelivery], int]:
    batch = [
        one
        for one in _handed_out(memory, job)
        if one.fetched_by == job.request and one.lease_until is not None and one.lease_until > job.now
    ][: job.limit]
    lane = memory.lanes.get(job.recipient)
    is_paused = lane is not None and lane.pause is not None
    if not batch and not is_paused:
        batch = _new_batch(memory, job)
    waiting = 0 if is_paused else min(mailbox.COUNTED + 1, len(_due(memory, job)) + len(_lapsed(memory, job)))
    return [one.claimed() for one in batch], waiting


def _new_batch(memory: Memory, job: FetchMailbox) -> list[StoredDelivery]:
    due = sorted(
        (one for one in _due(memory, job) if memory.is_head(one)),
        key=lambda one: (one.message.priority, one.next_attempt_at, one.delivery_id),
    )
    batch = [*_lapsed(memory, job), *due][: job.limit]
    for one in batch:
        lease(one, S.DELIVERED, job.now, job.lease_until)
        one.next_attempt_at, one.fetched_by = job.lease_until, job.request
    return batch


def _mine(memory: Memory, job: FetchMailbox) -> list[StoredDelivery]:
    return [
        one
        for one in memory.deliveries.values()
        if not one.channel.is_called and one.message.recipient == job.recipient
    ]


def _due(memory: Memory, job: FetchMailbox) -> list[StoredDelivery]:
    return [one for one in _mine(memory, job) if one.state in CLAIMABLE and one.next_attempt_at <= job.now]


def _handed_out(memory: Memory, job: FetchMailbox) -> list[StoredDelivery]:
    return [one for one in _mine(memory, job) if one.state is S.DELIVERED]


def _lapsed(memory: Memory, job: FetchMailbox) -> list[StoredDelivery]:
    """Handed out and not acknowledged within the lease."""
    return [one for one in _handed_out(memory, job) if one.lease_until is not None and one.lease_until <= job.now]
