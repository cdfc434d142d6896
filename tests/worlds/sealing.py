"""A seal key, an authority that stamps, and the sealer's work in one call: for tests that need a sealed ledger."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from contracts.party import PartyId
from gateway.ports.store import Store
from gateway.service.evidence.seal import Sealed, StampingResult, seal_waiting, stamp_waiting
from signing.errors import TimestampUnavailable
from signing.keys.keypair import Certificate, SoftwareKey
from signing.timestamps.token import TimestampToken, read_token
from tests.worlds.clocks import SteppedClock

ME = PartyId("dalel")
BEGAN = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@cache
def root() -> SandboxAuthority:
    return SandboxAuthority.create("Test CA", now=BEGAN)


@cache
def seal_key() -> SoftwareKey:
    return root().issue("dalel seal", bin="050740004819", usage=Usage.SEAL, now=BEGAN)


@cache
def tsa_key() -> SoftwareKey:
    return root().issue("test tsa", bin="050740004819", usage=Usage.TIME_STAMPS, now=BEGAN)


def anchors() -> tuple[Certificate, ...]:
    return (root().key.certificate,)


class TestAuthority:
    """Stamps by the test's clock; may be told to be away."""

    __test__ = False

    def __init__(self, clock: SteppedClock) -> None:
        self.clock, self.away = clock, False

    async def stamp(self, digest: bytes) -> TimestampToken:
        if self.away:
            raise TimestampUnavailable("away")
        return read_token(TimeStampAuthority(tsa_key()).token(digest, now=self.clock.now()))

    def is_away(self) -> bool:
        return self.away


async def seal_all(store: Store, clock: SteppedClock, *, limit: int = 4096, key: SoftwareKey | None = None) -> int:
    """Seal until nothing waits; returns how many leaves were sealed."""
    count = 0
    while isinstance(
        done := await seal_waiting(store, lambda: key or seal_key(), me=ME, clock=clock, limit=limit), Sealed
    ):
        count += done.leaves
    assert done is None, done
    return count


async def stamp_all(store: Store, clock: SteppedClock) -> StampingResult:
    return await stamp_waiting(store, TestAuthority(clock))


def imprint(signature: bytes) -> bytes:
    return hashlib.sha256(signature).digest()
