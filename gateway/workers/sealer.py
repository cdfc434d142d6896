"""The sealer: closes the ledger over what waits, and asks for time-stamp tokens until each seal has one."""

from __future__ import annotations

import structlog

from gateway.ports.ledger import LedgerBroken
from gateway.service.evidence.seal import seal_waiting, stamp_waiting
from gateway.service.exchange import Exchange
from signing.keys.keypair import KeySource

log = structlog.get_logger()


class Sealer:
    """Whatever befalls it, traffic goes on: leaves wait, seals wait, and both are told."""

    def __init__(self, exchange: Exchange, key: KeySource, *, limit: int) -> None:
        self._exchange, self._key, self._limit = exchange, key, limit

    async def run_once(self) -> int:
        """Seal ``limit`` leaves at most, then stamp; returns how many seals were made or stamped."""
        return await self._seal() + await self._stamp()

    async def _seal(self) -> int:
        exchange = self._exchange
        done = await seal_waiting(exchange.store, self._key, me=exchange.me, clock=exchange.clock, limit=self._limit)
        match done:
            case None:
                return 0
            case LedgerBroken():
                exchange.meter.ledger_broke()
                log.error("ledger.broken", detail=done.detail, cure="dalel ledger verify")
                return 0
        exchange.meter.sealed(done.leaves)
        log.info("ledger.sealed", tree_size=done.tree_size, leaves=done.leaves)
        return 1

    async def _stamp(self) -> int:
        authority = self._exchange.time_stamps
        if authority is None:
            return 0
        stamped = await stamp_waiting(self._exchange.store, authority)
        if stamped.tokens:
            self._exchange.meter.stamped(stamped.tokens)
            log.info("ledger.stamped", seals=stamped.tokens)
        if stamped.waiting is not None:
            log.warning("ledger.token_late", tree_size=stamped.waiting)
            return 0  # asking again at once would only knock on a closed door
        return stamped.tokens
