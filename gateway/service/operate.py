"""What operators do: each act has a name and a reason, and is recorded whether it worked or not."""

from __future__ import annotations

from contracts.party import Registry
from gateway.ports import DeliveryRow
from gateway.service.exchange import Exchange


async def resend(exchange: Exchange, delivery_id: int, *, by: str, reason: str) -> DeliveryRow | None:
    """Ask for another attempt of a delivery now; returns it as it then stands.

    A delivery that is final or in flight stays as it is. None when there is no such delivery.
    """
    return await exchange.store.resend(delivery_id, by=by, reason=reason, at=exchange.clock.now())


async def apply_registry(exchange: Exchange, registry: Registry, *, by: str) -> int:
    """Put a new registry version in force; returns its number."""
    return await exchange.store.apply_registry(registry, by=by, at=exchange.clock.now())
