"""One look at this process: its intake, keys, disks, documents and time-stamp authorities."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from gateway.http.drain_notice import DrainNotice
from gateway.http.load_shedder import LoadShedder
from gateway.keys.keyring import Keyring
from gateway.ports.health import KeyNow, ProcessState
from gateway.ports.outside import TimestampAuthority
from gateway.process.log import reason_of
from gateway.reading.probes import Probe


@dataclass(frozen=True, slots=True)
class ProcessVitals:
    """``gateway.ports.health.Vitals``. ``within``: for the documents' answer."""

    keys: Keyring
    intake: LoadShedder
    drain_notice: DrainNotice
    documents: Probe
    authorities: TimestampAuthority | None
    within: timedelta
    seal_every: timedelta
    leads_alone: frozenset[str]

    async def current(self) -> ProcessState:
        """Never raises."""
        return ProcessState(
            keys=tuple(KeyNow(key.name, key.not_after, key.trouble or "") for key in self.keys.states()),
            closed={cause.value: words for cause, words in self.intake.gate.closed.items()},
            documents=await self._documents(),
            free_bytes={str(folder): count for folder, count in self.intake.free_bytes.items()},
            reserve_bytes=self.intake.reserve_bytes,
            has_authorities=self.authorities is not None,
            authorities_away=self.authorities is not None and self.authorities.is_away(),
            leaving=self.drain_notice.leaving,
            seal_every=self.seal_every,
            leads_alone=self.leads_alone,
        )

    async def _documents(self) -> str:
        try:
            async with asyncio.timeout(self.within.total_seconds()):
                await self.documents()
        except Exception as failure:  # noqa: BLE001 - whatever it is, documents cannot be written
            return reason_of(failure) or type(failure).__name__
        return ""
