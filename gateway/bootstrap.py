"""Put the exchange together from its settings, run it, take it down; the only importer of connectors."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import metadata

import aiohttp
import structlog
from aiohttp import web

from connectors.authorities.revocation import Places, RevocationAuthorities
from connectors.authorities.timestamps import TimestampAuthorities
from connectors.soap.push import PushConnector
from connectors.soap.session import open_session
from contracts.party import PartyId, Registry
from dossier.procedure.decide import load_law
from gateway.ambient import Clock, IdSource, Jitter, RandomIds, RandomJitter, SystemClock
from gateway.domain.directory import Directory, bars_of
from gateway.domain.revocation import KnownRevocation, Rhythm
from gateway.http import admin, health, soap
from gateway.http.door import Bounds, Door, mark_steps
from gateway.http.farewell import Farewell
from gateway.http.gatekeeper import Gatekeeper, Watched
from gateway.http.pressure import Gate, Limits
from gateway.keyring import HeldKey, Keyring
from gateway.ports import Node, Store, UploadQuota
from gateway.service.admit import Admission
from gateway.service.exchange import Exchange
from gateway.service.proofs import ProofRules
from gateway.settings import Settings
from gateway.store import open_store
from gateway.store.blobs import BlobFolder, Blobs
from gateway.store.documents import FileDocuments
from gateway.store.engine import is_sqlite, sqlite_path
from gateway.store.neighbours import Company
from gateway.store.steps import Steps
from gateway.workers.beacon import Beacon
from gateway.workers.bell import Bell
from gateway.workers.cleaner import Cleaner
from gateway.workers.clock import TermClock
from gateway.workers.collector import Collector
from gateway.workers.departure import Departure, run_until_told
from gateway.workers.escalator import Escalator
from gateway.workers.inquirer import Belief, Inquirer
from gateway.workers.loop import Stop, keep_doing
from gateway.workers.relay import Relay
from gateway.workers.rescuer import Rescuer
from gateway.workers.sealer import Sealer
from signing.keys import Certificate
from signing.trust import load_anchors, load_intermediates

log = structlog.get_logger()

REGISTRY_EVERY = timedelta(seconds=2)
"""How soon a registry version applied by another process is in force here."""


KEYS_EVERY = timedelta(seconds=2)
"""How soon a key that was replaced on disk signs; two calls of stat a look."""


INTAKE_LOOK = timedelta(seconds=1)
"""How soon the intake closes and opens; a look costs one read of the store and a call per disk."""


ESCALATION_LOOK = timedelta(seconds=20)
"""How late people may be told that a delivery waits too long; a look costs a leap per party."""


ALONE = frozenset({"cleaner", "clock", "escalator", "rescuer", "sealer"})
"""Loops that one node runs for all: twice would be work for nothing, and no harm. The inquirer is none of them, since
each node judges by what its own memory holds."""


CLEANUP_S = 1.0
"""For connections to end whose requests are over, or are left in haste."""


REVOCATION_LOOK = timedelta(seconds=1)
"""How soon what falls due is asked, and what runs out bars; a look without either reads memory only."""


class DirectoryInForce:
    """The directory of the newest registry version, less what is barred; replaced as a whole."""

    def __init__(self, store: Store, clock: Clock, registry: Registry, known: Mapping[str, KnownRevocation]) -> None:
        self._store, self._clock, self._known = store, clock, known
        self._current = self._of(registry)

    @classmethod
    async def open(cls, store: Store, clock: Clock) -> DirectoryInForce:
        """What the store holds: a certificate that was revoked before a restart is barred after it."""
        known = {one.latest.certificate_sha256: one for one in await store.known_revocations()}
        return cls(store, clock, await store.load_registry(), known)

    def __call__(self) -> Directory:
        return self._current

    async def reload(self) -> None:
        """Take the newest version, if there is a newer one."""
        if await self._store.registry_version() != self._current.registry.version:
            self._current = self._of(await self._store.load_registry())
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


@dataclass(frozen=True, slots=True)
class Ambient:
    """Time, ids and chance of this process."""

    clock: Clock
    ids: IdSource
    jitter: Jitter

    @classmethod
    def real(cls) -> Ambient:
        return cls(SystemClock(), RandomIds(), RandomJitter())


async def serve(settings: Settings, *, ambient: Ambient | None = None, stop: Stop | None = None) -> None:
    """Run one node until SIGTERM or SIGINT, or until ``stop`` is asked; then finish what it has in hand.

    Asked again, or when that takes longer than ``drain_s``, it leaves the rest to the leases and goes. Raises what
    opening the store, the keys or the port raises: nothing is half started.
    """
    ambient, stop = ambient or Ambient.real(), stop or Stop()
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database_url, exchange=PartyId(settings.party_id), company=company(settings))
        stack.push_async_callback(store.close)
        beacon = await stack.enter_async_context(Beacon(store, this_node(settings, ambient.clock)))
        session = await stack.enter_async_context(open_session())
        directory = await DirectoryInForce.open(store, ambient.clock)
        keys = open_keys(settings, ambient.clock, directory)
        blobs = blobs_of(settings)
        documents = FileDocuments(store, blobs, upload_quota(settings))
        await documents.require_home()
        exchange = Exchange(
            me=PartyId(settings.party_id),
            store=store,
            documents=documents,
            law=load_law(settings.rules),
            directory=directory,
            clock=ambient.clock,
            ids=ambient.ids,
            jitter=ambient.jitter,
            document_limit_bytes=settings.document_limit_bytes,
            lease=timedelta(seconds=settings.lease_s),
            time_stamps=time_stamps(settings, session, ambient) if settings.timestamp_urls else None,
        )
        loops = Loops(exchange, session, settings, keys, inquirer(exchange, session, settings, keys, directory))
        intake = gatekeeper(exchange, settings)
        farewell = Farewell()
        door = await _listen(stack, exchange, settings, keys, directory, loops, intake, farewell, blobs)
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(signal_number, stop.ask)
        log.info("exchange.serving", party_id=exchange.me, url=settings.public_url, store=await store.check())

        def say() -> None:
            farewell.say()
            beacon.drain()

        async def close() -> None:
            await door.stop()
            await farewell.quiet()

        notice, within = timedelta(seconds=settings.drain_notice_s), timedelta(seconds=settings.drain_s)
        await run_until_told(loops.run(directory, intake, stop), stop, Departure(say, close, notice, within))
        log.info("exchange.stopped", party_id=exchange.me)


def company(settings: Settings) -> Company:
    """How this node stands among others."""
    statement = timedelta(seconds=settings.database_statement_s)
    return Company(settings.node_name, settings.database_connections, statement)


def this_node(settings: Settings, clock: Clock) -> Node:
    """What this process says of itself."""
    return Node(
        name=settings.node_name,
        host=socket.gethostname(),
        pid=os.getpid(),
        version=metadata.version("dalel"),
        schema_step=Steps.of_release().newest,
        started_at=clock.now(),
    )


def time_stamps(settings: Settings, session: aiohttp.ClientSession, ambient: Ambient) -> TimestampAuthorities:
    """The authorities that the settings name; believed by the anchors that lie in the trust folder at that time."""
    return TimestampAuthorities(
        session,
        settings.timestamp_urls,
        anchors=lambda: load_anchors(settings.trust_folder),
        intermediates=lambda: load_intermediates(settings.trust_folder),
        within=timedelta(seconds=settings.stamp_wait_s),
        clock=ambient.clock,
        nonce=lambda: int.from_bytes(ambient.ids.salt()[:8]),
    )


def inquirer(
    exchange: Exchange,
    session: aiohttp.ClientSession,
    settings: Settings,
    keys: Keyring,
    directory: DirectoryInForce,
) -> Inquirer:
    """Asks about the registry's certificates and our own, and tells the directory."""
    return Inquirer(
        exchange,
        revocation_authorities(settings, session, exchange.clock, exchange.ids),
        own=lambda: (keys.message().certificate, keys.seal().certificate),
        belief=lambda: Belief(load_anchors(settings.trust_folder), load_intermediates(settings.trust_folder)),
        rhythm=Rhythm(timedelta(seconds=settings.revocation_every_s), timedelta(seconds=settings.revocation_rest_s)),
        learn=directory.learn,
    )


def revocation_authorities(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock, ids: IdSource
) -> RevocationAuthorities:
    """Those that certificates or the settings name."""
    return RevocationAuthorities(
        session,
        Places(settings.ocsp_urls, settings.crl_urls),
        within=timedelta(seconds=settings.revocation_timeout_s),
        clock=clock,
        nonce=lambda: ids.salt()[:16],
        nonce_must_repeat=settings.ocsp_nonce_required,
    )


def blobs_of(settings: Settings) -> Blobs:
    """Where the bytes of documents lie: in the bucket that is named, or in a folder. Raises KeyUnusable."""
    if settings.documents_url is None:
        return BlobFolder(settings.documents_folder)
    from gateway.store.bucket import BlobBucket, BucketAccess

    secret = settings.documents_secret.read()
    return BlobBucket.at(
        BucketAccess(
            settings.documents_url,
            settings.documents_endpoint,
            settings.documents_region,
            settings.documents_access_key,
            secret.decode() if secret else None,
        )
    )


def upload_quota(settings: Settings) -> UploadQuota:
    """What one party may have unfinished."""
    return UploadQuota(settings.unfinished_uploads, settings.unfinished_upload_bytes)


def gatekeeper(exchange: Exchange, settings: Settings) -> Gatekeeper:
    """The gate of this process, and who opens and closes it."""
    limits = Limits(
        body_bytes=settings.body_memory_bytes,
        requests=settings.requests_at_once,
        party_requests=settings.party_requests_at_once,
    )
    database = [sqlite_path(settings.database_url).parent] if is_sqlite(settings.database_url) else []
    watched = Watched(
        exchange.store,
        (*database, settings.documents_folder),
        settings.disk_reserve_bytes,
        timedelta(seconds=settings.store_patience_s),
    )
    return Gatekeeper(Gate(limits, seconds=time.monotonic), watched)


def open_keys(settings: Settings, clock: Clock, directory: Callable[[], Directory]) -> Keyring:
    """Both keys, loaded; one that signs messages is followed only by one that the registry knows as ours."""

    def is_ours(certificate: Certificate) -> bool:
        us = directory().parties.get(PartyId(settings.party_id))
        return us is not None and certificate.der in us.certificates

    return Keyring(
        message=HeldKey(settings.message_key_place, clock=clock, is_ours=is_ours),
        seal=HeldKey(settings.seal_key_place, clock=clock),
    )


class Loops:
    """The loops of one process and the bells that wake them."""

    def __init__(
        self,
        exchange: Exchange,
        session: aiohttp.ClientSession,
        settings: Settings,
        keys: Keyring,
        inquirer: Inquirer,
    ) -> None:
        connector = PushConnector(
            session, pinned=lambda: exchange.directory().pinned, me=exchange.me, clock=exchange.clock
        )
        self._settings, self._keys, self._inquirer = settings, keys, inquirer
        self.relay = Relay(
            exchange, connector, keys.message, batch=settings.relay_batch, idle=timedelta(seconds=settings.relay_idle_s)
        )
        self._sealer_bell = Bell()
        self._sealer = Sealer(exchange, keys.seal, limit=settings.seal_most)
        self._collector = Collector(
            exchange,
            keys.seal,
            settings.documents_folder / "assembly",
            sealing=exchange.store.want_seal,
            rules=ProofRules(
                seal_wait=timedelta(seconds=settings.seal_wait_s),
                stamp_wait=timedelta(seconds=settings.stamp_wait_s),
                anchors=lambda: load_anchors(settings.trust_folder),
            ),
        )
        self._clock, self._rescuer, self._escalator = TermClock(exchange), Rescuer(exchange), Escalator(exchange)
        unfinished = timedelta(days=settings.unfinished_upload_days)
        self._cleaner = Cleaner(exchange, settings.retention, unfinished=unfinished)
        self._collector_bell = Bell()
        self._store = exchange.store

    def wake(self) -> None:
        """There may be work for the relay and the collector."""
        self.relay.bell.ring()
        self._collector_bell.ring()

    async def run(self, directory: DirectoryInForce, intake: Gatekeeper, stop: Stop) -> None:
        """Run every loop until the stop is asked and the work in hand is done."""
        self._store.on_work(self.wake)
        self._store.on_seal_wanted(self._sealer_bell.ring)
        every = {
            "clock": (self._waking(self._clock.run_once), timedelta(seconds=self._settings.clock_every_s), Bell()),
            "rescuer": (self._rescuer.run_once, timedelta(seconds=self._settings.rescue_every_s), Bell()),
            "escalator": (self._escalator.run_once, ESCALATION_LOOK, Bell()),
            "registry": (directory.look, REGISTRY_EVERY, Bell()),
            "keys": (self._keys.look, KEYS_EVERY, Bell()),
            "gatekeeper": (intake.run_once, INTAKE_LOOK, Bell()),
            "inquirer": (self._inquirer.run_once, REVOCATION_LOOK, Bell()),
            "collector": (
                self._waking(self._collector.run_once),
                timedelta(seconds=self._settings.relay_idle_s),
                self._collector_bell,
            ),
            "cleaner": (self._cleaner.run_once, timedelta(seconds=self._settings.clean_every_s), Bell()),
            "sealer": (self._sealer.run_once, timedelta(seconds=self._settings.seal_every_s), self._sealer_bell),
        }
        async with asyncio.TaskGroup() as group:
            group.create_task(self.relay.run(stop))
            for name, (work, interval, bell) in every.items():
                alone = partial(self._store.lead, name) if name in ALONE else None
                loop = keep_doing(name, work, every=interval, bell=bell, stop=stop, alone=alone)
                group.create_task(loop if alone is None else self._then_follow(name, loop))

    async def _then_follow(self, name: str, loop: Coroutine[None, None, None]) -> None:
        """Another node goes on with it at once, also while this one still finishes something else."""
        try:
            await loop
        finally:
            await self._store.follow(name)

    def _waking(self, work: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
        async def work_then_wake() -> int:
            done = await work()
            if done:
                self.wake()
            return done

        return work_then_wake


async def _listen(
    stack: AsyncExitStack,
    exchange: Exchange,
    settings: Settings,
    keys: Keyring,
    directory: DirectoryInForce,
    loops: Loops,
    intake: Gatekeeper,
    farewell: Farewell,
    blobs: Blobs,
) -> Door:
    app = web.Application(middlewares=[mark_steps, farewell.middleware()])
    admission = Admission(exchange.me, timedelta(seconds=settings.skew_s), settings.request_limit_bytes)
    deadline = timedelta(seconds=settings.request_deadline_s)
    endpoint = soap.Endpoint(exchange, admission, keys.message, settings.public_url, deadline, loops.wake, intake.gate)
    soap.add_routes(app, endpoint)
    probes = {
        "store": exchange.store.check,
        "documents": _documents_probe(blobs),
        "intake": intake.probe,
        "node": farewell.probe,
    }
    health.add_routes(app, probes, within=timedelta(seconds=settings.store_patience_s))
    # Nothing is inflated: the endpoint refuses every Content-Encoding, and what aiohttp reads away must cost no memory.
    runner = web.AppRunner(app, access_log=None, auto_decompress=False, shutdown_timeout=CLEANUP_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    bounds = Bounds(settings.connections, timedelta(seconds=settings.header_deadline_s), deadline)
    door = Door(runner, settings.listen_host, settings.listen_port, bounds, shared_port=settings.shared_port)
    await door.start()
    acting = admin.Acts(exchange, keys, directory.reload, loops.wake, settings.retention)
    acts = web.AppRunner(admin.admin_app(acting), access_log=None)
    await acts.setup()
    stack.callback(settings.admin_socket.unlink, missing_ok=True)
    stack.push_async_callback(acts.cleanup)
    settings.admin_socket.unlink(missing_ok=True)  # a killed process leaves its socket; the node's name is ours
    with for_us_alone():
        await web.UnixSite(acts, str(settings.admin_socket)).start()
    settings.admin_socket.chmod(0o600)
    return door


@contextmanager
def for_us_alone() -> Iterator[None]:
    """Files made meanwhile are never open to others, as they would be between their making and a chmod."""
    before = os.umask(0o077)  # process-wide: a folder that another thread makes meanwhile must stay passable for us
    try:
        yield
    finally:
        os.umask(before)


def _documents_probe(blobs: Blobs) -> health.Probe:
    async def probe() -> str:
        return await asyncio.to_thread(blobs.probe)

    return probe
