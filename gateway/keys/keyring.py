"""The keys in force in this process: replaced while it runs, and never by anything worse than what is there.

A new pair is put in force only when it is whole, belongs together, is valid now and is registered as ours: otherwise
peers would be sent what they cannot verify. Until then the old pair goes on signing, and the trouble is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from connectors.ports.clock import Clock
from gateway.keys.place import KeyName, KeyPlace
from signing.errors import KeyUnusable, SigningError
from signing.keys.keypair import Certificate, SigningKey

log = structlog.get_logger()

NOT_REGISTERED: Final = (
    "its certificate is not registered as ours: list it beside the old one in the parties file and apply that"
)


@dataclass(frozen=True, slots=True)
class KeyState:
    """One key in force, for operators. ``trouble``: why what now lies in its place is not in force; None when it is."""

    name: KeyName
    place: str
    subject: str
    sha256: str  # of the certificate, lower-case hex
    algorithm: str
    not_after: datetime
    trouble: str | None


def state_of(place: KeyPlace, key: SigningKey, trouble: str | None) -> KeyState:
    """What operators see of a key."""
    held = key.certificate
    return KeyState(place.name, str(place), held.subject, held.sha256, key.algorithm.value, held.not_after, trouble)


class HeldKey:
    """A ``KeySource``: one key, loaded once and again when its files change. Raises at first what loading raises."""

    def __init__(
        self, place: KeyPlace, *, clock: Clock, is_ours: Callable[[Certificate], bool] = lambda _: True
    ) -> None:
        """``is_ours``: whether peers can know the certificate; not asked of the first, which may be all there is."""
        self._place, self._clock, self._is_ours = place, clock, is_ours
        self._seen = place.fingerprint()
        self._key = place.load(clock.now())
        self._trouble: str | None = None

    def __call__(self) -> SigningKey:
        return self._key

    @property
    def state(self) -> KeyState:
        return state_of(self._place, self._key, self._trouble)

    async def look(self) -> None:
        """Take what now lies in the place, if its files changed or were no good the last time."""
        if self._trouble is not None or self._place.fingerprint() != self._seen:
            await self.reload()

    async def reload(self) -> None:
        """Take what now lies in the place, or keep the old and say why. Never raises for the key."""
        self._seen = self._place.fingerprint()  # before reading: a change meanwhile is seen at the next look
        try:
            fresh = await asyncio.to_thread(self._place.load, self._clock.now())
            self._require_fit(fresh.certificate)
        except SigningError as problem:
            self._keep(str(problem))
            return
        self._trouble = None
        if fresh.certificate != self._key.certificate:
            self._key = fresh
            log.info("key.replaced", key=self._place.name, certificate=fresh.certificate.sha256)

    def _require_fit(self, certificate: Certificate) -> None:
        if not certificate.is_in_force(self._clock.now()):
            span = f"{certificate.not_before:%Y-%m-%d} to {certificate.not_after:%Y-%m-%d}"
            raise KeyUnusable(f"{self._place}: its certificate is in force from {span}, not now")
        if certificate != self._key.certificate and not self._is_ours(certificate):
            raise KeyUnusable(f"{self._place}: {NOT_REGISTERED}")

    def _keep(self, trouble: str) -> None:
        """Said once for each trouble: the next look comes in seconds."""
        if trouble != self._trouble:
            log.error("key.not_replaced", key=self._place.name, reason=trouble)
        self._trouble = trouble


@dataclass(frozen=True, slots=True)
class Keyring:
    """Both keys of the exchange."""

    message: HeldKey
    seal: HeldKey

    async def look(self) -> int:
        """One look, as a loop's piece of work."""
        await self.message.look()
        await self.seal.look()
        return 0

    async def reload(self) -> tuple[KeyState, ...]:
        """Read both again now, tokens as well, which no look asks; returns how they stand then."""
        await self.message.reload()
        await self.seal.reload()
        return self.states()

    def states(self) -> tuple[KeyState, ...]:
        return self.message.state, self.seal.state
