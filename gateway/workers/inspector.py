"""The inspector: holds the ledger's records against their leaves, bit by bit, pass after pass."""

from __future__ import annotations

import structlog

from connectors.ports.clock import Clock
from gateway.ports.alarms import LoadLedgerWalk, WalkStep
from gateway.ports.operations import Writes

log = structlog.get_logger()


class Inspector:
    """One on all nodes. That the tree leads to what was signed, the sealer sees with each seal."""

    def __init__(self, store: Writes, clock: Clock, *, records: int) -> None:
        self._store, self._clock, self._records = store, clock, records

    async def run_once(self) -> int:
        """One step; returns 0, so that it never takes more than its share."""
        before = await self._store.run(LoadLedgerWalk())
        walked = await self._store.run(WalkStep(self._clock.now(), self._records))
        if walked.faults > (before.faults if before else 0):
            log.error("ledger.fault", faults=walked.faults, first=walked.first, cure="dalel ledger verify")
        elif walked.ended_at == walked.began_at and walked.former_faults == 0:
            log.info("ledger.checked")
        return 0
