"""The collector: assembles the dossiers that are due, one at a time."""

from __future__ import annotations

from pathlib import Path

import structlog

from gateway.service.assemble import assemble_due
from gateway.service.exchange import Exchange
from signing.keys import SigningKey

log = structlog.get_logger()


class Collector:
    """Builds containers in ``folder`` (on the documents' file system, so that taking over is a rename)."""

    def __init__(self, exchange: Exchange, key: SigningKey, folder: Path) -> None:
        self._exchange, self._key, self._folder = exchange, key, folder

    async def run_once(self) -> int:
        """Assemble one dossier; 0 when none is due."""
        now = self._exchange.clock.now()
        order = await self._exchange.store.claim_assembly(now=now, lease_until=now + self._exchange.lease)
        if order is None:
            return 0
        stored = await assemble_due(self._exchange, order, self._key, self._folder)
        log.info(
            "dossier.filed",
            conversation_id=order.conversation_id,
            dossier_no=order.dossier_no,
            document_id=stored.document_id,
            size=stored.size,
            sha256=stored.sha256,
        )
        return 1
