"""What is counted over all parties, once in a while for everybody who looks, and certificates read once a version."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.ports.clock import Clock
from contracts.party import Party, PartyId, Registry
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.registry.directory import Directory
from gateway.ports.deliveries import Backlog
from gateway.ports.operations import Reads
from gateway.ports.parties import (
    AttemptCounts,
    CountRecentAttempts,
    LastContacts,
    ListRevocations,
    LoadLastContacts,
    Pause,
    RecentAttemptCounts,
)
from gateway.reading.certificates import CertificateLine, PartyCertificateHeld, held_by_all, lines_of, nearest
from gateway.reading.counts import CountCache, OverviewCounts
from gateway.reading.party_trouble import PartyKnowledge, PartyTrouble, TroubleKind, troubles_of

FRESH_S: Final = 10.0
"""How old rates may be; counting them takes some hundredths of a second, whatever was tried before."""
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """Everything about all parties as of ``at``. ``tried``: over what rates are counted."""

    at: datetime
    directory: Directory
    counted: OverviewCounts
    tried: RecentAttemptCounts
    heard: LastContacts
    certificates: Mapping[PartyId, tuple[CertificateLine, ...]]
    circuits: Mapping[PartyId, Circuit]
    pauses: Mapping[PartyId, Pause]
    backlog: Mapping[PartyId, Backlog]

    def of(self, party: Party) -> PartyKnowledge:
        """What is known of one."""
        one = party.party_id
        return PartyKnowledge(
            party,
            self.directory.agreement_of(one),
            self.circuits.get(one),
            self.pauses.get(one),
            self.backlog.get(one),
            self.tried.by_party.get(one, AttemptCounts()),
            self.heard.receipts.get(one),
            self.heard.fetches.get(one),
            self.certificates.get(one, ()),
        )


@dataclass(frozen=True, slots=True)
class _RecentCounts:
    at: datetime
    tried: RecentAttemptCounts
    heard: LastContacts


class Figures:
    """Asks the store for rates at most once in ``FRESH_S``, and reads certificates once for each registry version."""

    def __init__(self, reads: Reads, counts: CountCache, directory: Callable[[], Directory], clock: Clock) -> None:
        self._reads, self._counts, self._directory, self._clock = reads, counts, directory, clock
        self._lock = asyncio.Lock()
        self._lately: _RecentCounts | None = None
        self._checked_s = 0.0
        self._held: tuple[Registry, tuple[PartyCertificateHeld, ...]] | None = None

    async def current(self) -> PartyFigures:
        """All parties of the registry in force, as they stand now or nearly so."""
        directory, counted, now = self._directory(), await self._counts.current(), self._clock.now()
        async with self._lock:
            lately = await self._rates(now)
            held = await self._certificates(directory.registry)
        known = {one.latest.certificate_sha256: one for one in await self._reads.run(ListRevocations())}
        return PartyFigures(
            now,
            directory,
            counted,
            lately.tried,
            lately.heard,
            await asyncio.to_thread(lines_of, held, known, now=now),
            {one.party_id: one for one in counted.circuits},
            {one.party_id: one for one in counted.pauses},
            {one.recipient: one for one in counted.backlog},
        )

    def forget(self) -> None:
        """Whoever looks next sees what was just done."""
        self._lately = None

    async def _rates(self, now: datetime) -> _RecentCounts:
        now_s = asyncio.get_running_loop().time()
        if self._lately is None or now_s - self._checked_s >= FRESH_S:
            tried = await self._reads.run(CountRecentAttempts(hour_from=now - HOUR, day_from=now - DAY))
            self._lately, self._checked_s = _RecentCounts(now, tried, await self._reads.run(LoadLastContacts())), now_s
        return self._lately

    async def _certificates(self, registry: Registry) -> tuple[PartyCertificateHeld, ...]:
        if self._held is None or self._held[0] is not registry:
            self._held = registry, await asyncio.to_thread(held_by_all, registry)
        return self._held[1]


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party of the list. ``ends``: the certificate whose end comes first."""

    known: PartyKnowledge
    troubles: tuple[PartyTrouble, ...]
    ends: CertificateLine | None


def line_of(parties: PartyFigures, party: Party) -> PartyLine:
    """One party as it stands."""
    known = parties.of(party)
    return PartyLine(known, troubles_of(known, now=parties.at), nearest(known.certificates))


def worst_first(parties: PartyFigures) -> list[PartyLine]:
    """All of the registry, by trouble, then by the age of what waits."""
    return sorted((line_of(parties, party) for party in parties.directory.registry.parties), key=_rank)


_ORDER: Final = list(TroubleKind)


def _rank(line: PartyLine) -> tuple[int, float, str]:
    worst = _ORDER.index(line.troubles[0].trouble) if line.troubles else len(_ORDER)
    oldest = line.known.oldest_at
    return worst, oldest.timestamp() if oldest else float("inf"), line.known.party.party_id


def found_in(registry: Registry, party_id: str) -> Party | None:
    """The party of that id."""
    return next((party for party in registry.parties if party.party_id == party_id), None)
