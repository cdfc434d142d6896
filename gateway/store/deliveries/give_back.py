"""Giving leases back: what a stopping node has claimed and not begun, another takes at once and not at its rescue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select, update

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimedDelivery, GiveBack
from gateway.store.deliveries.lanes import take_back_probes
from gateway.store.engine.operations import Transactions, steps
from gateway.store.engine.statements import select_among
from gateway.store.engine.wake import note_work
from gateway.store.tables import assemblies, deliveries
from gateway.store.tables.delivery import IS_DUE, IS_IN_FLIGHT


@steps(GiveBack)
async def give_back(store: Transactions, wanted: GiveBack) -> int:
    """A relay that stops most often has nothing to give back, and writes nothing."""
    return await store.write(end_leases, wanted) if wanted.claims else 0


def end_leases(connection: Connection, jobs: Sequence[GiveBack]) -> list[int]:
    """Undo claims under their fences; returns how many for each job. A lease that was lost meanwhile is not ours.

    Nothing was attempted, so nothing counts as an attempt. The fence stays: it only ever grows.
    """
    claims = [claim for job in jobs for claim in job.claims]
    held = _held(connection, claims) & {_lease(claim) for claim in claims}
    if held:
        ids = [delivery_id for delivery_id, _ in held]
        back = {
            "state": DeliveryState.RETRY_SCHEDULED,
            "next_attempt_at": deliveries.c.claimed_at,  # it was due then
            "attempts": deliveries.c.attempts - 1,
            "lease_until": None,
        }
        connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values(back))
        take_back_probes(connection, ids)
        note_work(connection)
    return [sum(_lease(claim) in held for claim in job.claims) for job in jobs]


def _lease(claim: ClaimedDelivery) -> tuple[int, int]:
    return claim.delivery_id, claim.fence


def _held(connection: Connection, claims: Sequence[ClaimedDelivery]) -> set[tuple[int, int]]:
    """Leases that stand, their deliveries locked."""
    statement = select(deliveries.c.delivery_id, deliveries.c.fence, deliveries.c.state).with_for_update()
    rows = select_among(connection, statement, [deliveries.c.delivery_id], (claim.delivery_id for claim in claims))
    return {(row.delivery_id, row.fence) for row in rows if row.state is DeliveryState.IN_FLIGHT}


def end_left_leases(connection: Connection) -> None:
    """Of a process that is gone: the lock of the embedded store proves it, so nobody waits for its leases to end.

    Where several nodes share a database nothing proves that, and a lease ends by its time alone. The rescuer and
    the collector find them at their next look. What a mailbox leased is its party's, and stands.
    """
    ended = func.coalesce(deliveries.c.claimed_at, deliveries.c.lease_until)
    connection.execute(update(deliveries).where(IS_IN_FLIGHT).values(lease_until=ended))
    connection.execute(update(assemblies).where(IS_DUE, assemblies.c.lease_until.is_not(None)).values(lease_until=None))
