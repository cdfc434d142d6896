"""The directory in force: follows the registry that other processes apply, and what is known of revocations."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from connectors.ports.clock import Clock
from contracts.party import Registry
from gateway.domain.registry.directory import Directory, bars_of
from gateway.domain.registry.revocation import KnownRevocation
from gateway.ports.parties import ListRevocations, LoadRegistry, LoadRegistryVersion
from gateway.ports.store import Store

log = structlog.get_logger()


class LiveDirectory:
    """The directory of the newest registry version, less what is barred; replaced as a whole."""

    def __init__(self, store: Store, clock: Clock, registry: Registry, known: Mapping[str, KnownRevocation]) -> None:
        self._store, self._clock, self._known = store, clock, known
        self._current = self._of(registry)

    @classmethod
    async def open(cls, store: Store, clock: Clock) -> LiveDirectory:
        """What the store holds: a certificate that was revoked before a restart is barred after it."""
        known = {one.latest.certificate_sha256: one for one in await store.run(ListRevocations())}
        return cls(store, clock, await store.run(LoadRegistry()), known)

    def __call__(self) -> Directory:
        return self._current

    async def reload(self) -> None:
        """Take the newest version, if there is a newer one."""
        if await self._store.run(LoadRegistryVersion()) != self._current.registry.version:
            self._current = self._of(await self._store.run(LoadRegistry()))
            log.info("registry.in_force", version=self._current.registry.version)

    def learn(self, known: Mapping[str, KnownRevocation]) -> None:
        """Bar certificates by what is known of them now, and by how long it has not been known."""
        self._known = known
        fresh = bars_of(self._current.registry, known, now=self._clock.now())
        if fresh != self._current.barred:
            self._current = Directory.of(self._current.registry, barred=fresh)
            log.warning("certificates.barred", codes={sha256[:16]: code.value for sha256, code in fresh.items()})

    def _of(self, registry: Registry) -> Directory:
        return Directory.of(registry, barred=bars_of(registry, self._known, now=self._clock.now()))

    async def look(self) -> int:
        """One look, as a loop's piece of work."""
        await self.reload()
        return 0
