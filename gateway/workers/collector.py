"""The collector: assembles the dossiers that are due, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from gateway.ports.case import ClaimAssembly, ClaimedAssembly, PostponeAssembly
from gateway.ports.tracing import SpanAttributes, SpanName
from gateway.process.log import reason_of
from gateway.service.cases.assemble import assemble_due
from gateway.service.cases.vouch import SignatureJudge
from gateway.service.evidence.proofs import Awaited, ProofRules
from gateway.service.exchange import Exchange
from signing.keys.keypair import KeySource

log = structlog.get_logger()

NO_WAIT: Final = ProofRules()
"""File with what is there at once."""


class Collector:
    """Builds containers in ``folder`` (on the documents' file system, so that taking over is a rename).

    ``sealing`` is called when dossiers are due, so that their events are sealed at once. ``at_once``: most of an
    assembly is waiting, for the disk and for a processor, in which others can go on. ``judge``: of the citizen's own
    signatures.
    """

    def __init__(
        self,
        exchange: Exchange,
        key: KeySource,
        folder: Path,
        *,
        sealing: Callable[[], None],
        rules: ProofRules = NO_WAIT,
        judge: SignatureJudge | None = None,
        at_once: int = 4,
    ) -> None:
        self._exchange, self._key, self._folder, self._at_once = exchange, key, folder, at_once
        self._rules, self._judge = rules, judge
        self._sealing = sealing

    async def run_once(self) -> int:
        """Assemble what is due, ``at_once`` at most; returns how many were filed."""
        orders: list[ClaimedAssembly] = []
        while len(orders) < self._at_once and (order := await self._claim()) is not None:
            orders.append(order)
        if orders:
            self._sealing()
        return sum(await asyncio.gather(*map(self._collect, orders)))

    async def _claim(self) -> ClaimedAssembly | None:
        now = self._exchange.clock.now()
        return await self._exchange.store.run(ClaimAssembly(now=now, lease_until=now + self._exchange.lease))

    async def _collect(self, order: ClaimedAssembly) -> bool:
        """Whether it was filed. One that fails keeps its lease and holds nobody else up."""
        ids: SpanAttributes = {"conversation_id": order.conversation_id, "dossier_no": order.dossier_no}
        with self._exchange.tracer.span(SpanName.DOSSIER, after=order.trace, **ids):
            return await self._try(order)

    async def _try(self, order: ClaimedAssembly) -> bool:
        try:
            return await self._assemble(order)
        except Exception as failure:  # noqa: BLE001 - whatever it is, it is this case's, and the others go on
            self._exchange.meter.dossier_failed()
            self._exchange.tracer.fail(type(failure).__name__)
            log.error(
                "dossier.failed",
                conversation_id=order.conversation_id,
                dossier_no=order.dossier_no,
                error=type(failure).__name__,
                reason=reason_of(failure),
            )
            return False

    async def _assemble(self, order: ClaimedAssembly) -> bool:
        """One that waits for its seal is given back, so that it burns no lease and the seal finds it due."""
        stored = await assemble_due(self._exchange, order, self._key(), self._folder, self._rules, self._judge)
        if isinstance(stored, Awaited):
            await self._exchange.store.run(PostponeAssembly(order, until=stored.until))
            return False
        log.info(
            "dossier.filed",
            conversation_id=order.conversation_id,
            dossier_no=order.dossier_no,
            document_id=stored.document_id,
            size=stored.size,
            sha256=stored.sha256,
        )
        return True
