"""Back-pressure at intake: how much may be in hand at once, and when nothing is taken at all.

Pure accounting; who refuses, answers and looks at the disk stands elsewhere. A request is refused before its body is
read, so that a flood costs neither memory nor a signature. A body holds what it announces from the start, one of
unknown length what has come of it; so the bound is exact, and a sender that chunks small messages is not taken for one
that sends large ones. A body that has been coming for long makes room for a newcomer: who only holds a place never
shuts out those who speak. Whoever sends is known once the signature is verified, no earlier (behind a proxy all have
one address, and a name in an unread body is forged at will); from then on no party may have more than its share.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from contracts.party import PartyId

_MIB: Final = 1024 * 1024


NOTED_AT_ONCE: Final = 1_000
NOTED_EVERY: Final = timedelta(seconds=1)
"""Refusals of strangers that are written down: some hundred megabytes a day at most, whatever comes."""


class ShedCause(StrEnum):
    """Why a request is turned away."""

    STORE = "store"  # the database does not answer, or does not keep up
    DISK = "disk"  # what is left of the disk is kept for what has been taken already
    MEMORY = "memory"  # bodies in hand
    REQUESTS = "requests"  # requests in hand
    PARTY = "party"  # this party's own share of them


class CapacityExceeded(Exception):
    """There is no room."""

    def __init__(self, cause: ShedCause) -> None:
        super().__init__(cause.value)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """What may be in hand at once. ``slow``: a body that has been coming for longer gives way to a newcomer."""

    body_bytes: int = 256 * _MIB
    requests: int = 400
    party_requests: int = 300
    slow: timedelta = timedelta(seconds=5)


class Allowance:
    """So many at once, and one more for each span that goes by. ``seconds``: a clock that only goes forward."""

    def __init__(self, most: int, every: timedelta, *, seconds: Callable[[], float]) -> None:
        self._most, self._every_s, self._seconds = most, every.total_seconds(), seconds
        self._left, self._at_s = float(most), seconds()

    def take(self) -> bool:
        """Whether there is one left."""
        now_s = self._seconds()
        self._left = min(float(self._most), self._left + (now_s - self._at_s) / self._every_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True


class RequestPlace:
    """What one request holds: memory for its body, and its part of its sender's share."""

    def __init__(self, gate: IntakeGate, since_s: float) -> None:
        self._gate, self.since_s = gate, since_s
        self.held_bytes = 0
        self.party: PartyId | None = None
        self.let_go: Callable[[], None] | None = None

    def hold(self, body_bytes: int) -> None:
        """Hold so much for the body, if it does not yet. Raises Full."""
        if body_bytes > self.held_bytes:
            self._gate.grow(self, body_bytes - self.held_bytes)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """While its body is coming. Raises Full when that took so long that another was given the place."""
        try:
            async with asyncio.timeout(None) as patience:
                self.let_go = lambda: patience.reschedule(0)
                yield
        except TimeoutError:
            if patience.expired():
                raise CapacityExceeded(ShedCause.MEMORY) from None
            raise
        finally:
            self.let_go = None

    def belongs_to(self, party: PartyId) -> None:
        """The signature is verified. Raises Full when the party has its share in hand already."""
        self._gate.count(self, party)


class IntakeGate:
    """Accounts for the requests in hand. ``seconds``: a clock that only goes forward. One event loop, no threads."""

    def __init__(self, limits: IntakeLimits, *, seconds: Callable[[], float]) -> None:
        self.limits, self._seconds = limits, seconds
        self._places: dict[RequestPlace, None] = {}  # in the order in which they came
        self._held_bytes = 0
        self._of_party: Counter[PartyId] = Counter()
        self._closed: dict[ShedCause, str] = {}
        self.refused: Counter[ShedCause] = Counter()
        self.latest: str | None = None  # what befell one that was let in
        self._strangers = Allowance(NOTED_AT_ONCE, NOTED_EVERY, seconds=seconds)
        self.unnoted = 0  # refusals of strangers

    @contextmanager
    def enter(self, announced_bytes: int) -> Iterator[RequestPlace]:
        """A place for one request, for as long as the block lasts. Raises Full, before anything of the body is read."""
        self.require_open()
        if len(self._places) >= self.limits.requests:
            self._make_room(ShedCause.REQUESTS)
        place = RequestPlace(self, self._seconds())
        self._places[place] = None
        try:
            place.hold(announced_bytes)
            yield place
        finally:
            self._free(place)

    def require_open(self) -> None:
        """Raises Full while nothing is taken."""
        for cause in self._closed:
            raise self._full(cause)

    def close(self, cause: ShedCause, words: str) -> None:
        """Take nothing, until it is opened again. ``words`` are for the operator."""
        self._closed[cause] = words

    def open(self, cause: ShedCause) -> None:
        """For this cause no longer."""
        self._closed.pop(cause, None)

    @property
    def closed(self) -> Mapping[ShedCause, str]:
        """Why nothing is taken; empty while it is."""
        return dict(self._closed)

    def rejected(self, cause: ShedCause, words: str) -> CapacityExceeded:
        """For one that was let in and cannot be served; ``words`` are for the operator."""
        self.latest = words
        return self._full(cause)

    def may_note_stranger(self) -> bool:
        """Whether one more refusal of somebody unproven goes to log and store; those that do not are counted."""
        if self._strangers.take():
            return True
        self.unnoted += 1
        return False

    @property
    def held_bytes(self) -> int:
        """How many bytes of bodies are in hand, as announced or as they came."""
        return self._held_bytes

    @property
    def in_hand(self) -> int:
        """How many requests are."""
        return len(self._places)

    def __str__(self) -> str:
        return f"{self.in_hand} requests and {self._held_bytes / _MIB:.1f} MiB of bodies in hand"

    def grow(self, place: RequestPlace, by_bytes: int) -> None:
        """For ``Place.hold``."""
        while self._held_bytes + by_bytes > self.limits.body_bytes:
            self._make_room(ShedCause.MEMORY, besides=place)
        if place not in self._places:  # another was given its room, and its reader has not noticed yet
            raise CapacityExceeded(ShedCause.MEMORY)
        place.held_bytes += by_bytes
        self._held_bytes += by_bytes

    def count(self, place: RequestPlace, party: PartyId) -> None:
        """For ``Place.belongs_to``."""
        if self._of_party[party] >= self.limits.party_requests:
            raise self._full(ShedCause.PARTY)
        place.party = party
        self._of_party[party] += 1

    def _make_room(self, cause: ShedCause, *, besides: RequestPlace | None = None) -> None:
        """At the cost of the oldest body that is still coming, if it has had its time. Raises Full."""
        slow_since = self._seconds() - self.limits.slow.total_seconds()
        for place in self._places:
            if place.let_go and place is not besides and place.since_s <= slow_since:
                place.let_go()
                self._free(place)
                self.refused[cause] += 1
                return
        raise self._full(cause)

    def _free(self, place: RequestPlace) -> None:
        if place not in self._places:
            return
        del self._places[place]
        self._held_bytes -= place.held_bytes
        if place.party is not None:
            self._of_party[place.party] -= 1
            if not self._of_party[place.party]:
                del self._of_party[place.party]

    def _full(self, cause: ShedCause) -> CapacityExceeded:
        self.refused[cause] += 1
        return CapacityExceeded(cause)
