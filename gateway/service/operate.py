"""What operators do: each act has a name and a reason, and is recorded whether it worked or not."""

from __future__ import annotations

from contracts.party import Registry
from gateway.domain.acts import Act
from gateway.ports.deliveries import Moved, MoveJob, Selection
from gateway.service.exchange import Exchange


async def move(
    exchange: Exchange, act: Act, of: tuple[int, ...] | Selection, *, by: str, reason: str, after: int = 0
) -> Moved:
    """One commit of an act on deliveries: those with these numbers, or the next of a selection after ``after``.

    What the table of moves does not let go stays as it is, and is told with its reason.
    """
    return await exchange.store.move(MoveJob(act, of, by, reason, exchange.clock.now(), after))


async def apply_registry(exchange: Exchange, registry: Registry, *, by: str) -> int:
    """Put a new registry version in force; returns its number."""
    return await exchange.store.apply_registry(registry, by=by, at=exchange.clock.now())
