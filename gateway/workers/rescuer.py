"""The rescuer: takes back what a killed process held, and what is overdue for its receipt."""

from __future__ import annotations

import structlog

from gateway.service.exchange import Exchange

log = structlog.get_logger()


class Rescuer:
    """Returns expired leases and overdue receipts to the relay."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def run_once(self) -> int:
        """Rescue what is due; returns 0, since nothing more waits until the next look."""
        rescued = await self._exchange.store.rescue(now=self._exchange.clock.now())
        if rescued:
            log.warning("deliveries.rescued", count=rescued)
        return 0
