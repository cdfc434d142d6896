"""Leases of a process that is gone: the lock of the embedded store proves it, so nobody waits for them to end.

Where several nodes share a database nothing proves that, and a lease ends by its time alone.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, update

from gateway.store.tables import assemblies, deliveries
from gateway.store.tables.delivery import IS_DUE, IS_IN_FLIGHT


def end_leases(connection: Connection) -> None:
    """The rescuer and the collector find them at their next look. What a mailbox leased is its party's, and stands."""
    ended = func.coalesce(deliveries.c.claimed_at, deliveries.c.lease_until)
    connection.execute(update(deliveries).where(IS_IN_FLIGHT).values(lease_until=ended))
    connection.execute(update(assemblies).where(IS_DUE, assemblies.c.lease_until.is_not(None)).values(lease_until=None))
