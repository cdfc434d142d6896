"""Put the exchange together from its settings, run it, take it down; the only importer of connectors."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib import metadata

import aiohttp
import structlog
from aiohttp import web
from prometheus_client import CollectorRegistry

from connectors.authorities.revocation import HttpRevocationAuthorities
from connectors.authorities.timestamps import TimestampAuthorities
from connectors.by_channel import CallersByChannel
from connectors.channel import CallContext
from connectors.ias.form import read_form
from connectors.openid.provider import OidcClient, OpenIdProvider
from connectors.ports.clock import Clock
from connectors.soap.probe import SoapProber
from connectors.soap.session import open_session
from contracts.party import PartyId
from gateway.api.app import api_app
from gateway.api.context import ApiContext
from gateway.bootstrap.alarm_channels import letter_context, posts
from gateway.bootstrap.authorities import ncanode, places_of
from gateway.config.law_folder import law_in_force
from gateway.config.settings import Settings
from gateway.console.app import console_app
from gateway.console.context import PREFIX, ConsoleContext
from gateway.console.oidc_login import CALLBACK
from gateway.console.sign_out import SIGNED_OUT
from gateway.domain.people.oidc_account import OidcTerms
from gateway.domain.people.persons import PersonKey
from gateway.domain.registry.directory import Directory
from gateway.domain.registry.revocation import PollingRhythm
from gateway.http.connection_limiter import ConnectionLimiter
from gateway.http.drain_notice import DrainNotice
from gateway.http.listening import Served, listen
from gateway.http.load_shedder import IntakeConditions, LoadShedder
from gateway.http.pressure import IntakeGate, IntakeLimits, ShedCause
from gateway.http.request_pools import RequestPools, pool_limits
from gateway.http.vitals import ProcessVitals
from gateway.keys.keyring import HeldKey, Keyring
from gateway.keys.person_key import open_person_key
from gateway.metrics.counts import PrometheusMeter
from gateway.metrics.process import IntakeReading, PoolSeen, ScrapeContext
from gateway.metrics.scrape import Scrape
from gateway.pages.counter import with_page_counts
from gateway.ports.documents import Documents, UploadQuota
from gateway.ports.meter import Meter
from gateway.ports.nodes import Node
from gateway.ports.operations import Reads
from gateway.ports.request_pools import Area
from gateway.ports.store import CheckStore, Store
from gateway.ports.tracing import NO_TRACER, Tracer
from gateway.process.ambient import IdSource, Jitter, RandomIds, RandomJitter, SystemClock
from gateway.reading.counts import CountCache
from gateway.reading.parties import Figures
from gateway.service.cases.vouch import SignatureJudge
from gateway.service.exchange import Exchange
from gateway.service.people.bearer_tokens import TokenAuthenticator
from gateway.service.people.login import LoginService
from gateway.service.people.oidc import OidcLogin
from gateway.store import open_store
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder, Blobs
from gateway.store.blobs.traced import traced_blobs
from gateway.store.database import SqlStore
from gateway.store.engine.connect import is_sqlite, sqlite_path
from gateway.store.engine.nodes import NodeConnections
from gateway.store.engine.steps import Steps
from gateway.tracing.stamps import TracedStamps
from gateway.workers.alarm_evaluator import AlarmEvaluator, DiskMonitor, EvaluatorSettings
from gateway.workers.alarm_notifier import AlarmNotifier
from gateway.workers.alarms import AlarmLoops
from gateway.workers.appeal_projection import AppealProjection
from gateway.workers.directory import LiveDirectory
from gateway.workers.heartbeat import Heartbeat
from gateway.workers.inspector import Inspector
from gateway.workers.loop import StopRequest
from gateway.workers.loops import ALONE, Loops
from gateway.workers.revocation_poller import RevocationPoller, TrustFolder
from gateway.workers.shutdown import Drain, run_until_stopped
from signing.keys.keypair import Certificate
from signing.trust.path import load_anchors, load_intermediates

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Environment:
    """Time, ids and chance of this process."""

    clock: Clock
    ids: IdSource
    jitter: Jitter

    @classmethod
    def real(cls) -> Environment:
        return cls(SystemClock(), RandomIds(), RandomJitter())


@dataclass(frozen=True, slots=True)
class NodeFoundation:
    """What all parts of a node stand on. ``session``: HTTP to others. ``counted``: what ``/metrics`` tells."""

    settings: Settings
    store: SqlStore
    heartbeat: Heartbeat
    session: aiohttp.ClientSession
    directory: LiveDirectory
    keys: Keyring
    counted: CollectorRegistry
    blobs: Blobs
    exchange: Exchange


async def serve(settings: Settings, *, environment: Environment | None = None, stop: StopRequest | None = None) -> None:
    """Run one node until SIGTERM or SIGINT, or until ``stop`` is asked; then finish what it has in hand.

    Asked again, or when that takes longer than ``drain_s``, it leaves the rest to the leases and goes. Raises what
    opening the store, the keys or the port raises: nothing is half started.
    """
    environment, stop = environment or Environment.real(), stop or StopRequest()
    async with AsyncExitStack() as stack:
        ground = await open_ground(stack, settings, environment)
        persons = open_person_key(settings.person_key) if is_opened(settings) else None
        pools, drain_notice = request_pools(settings), DrainNotice()
        intake = load_shedder(ground.exchange, settings, pools)
        loops = loops_of(ground, intake, persons)
        served = served_by(ground, intake, pools, drain_notice, loops)
        if is_opened(settings):
            served = shown_to_people(stack, ground, served, persons)
        door = await listen(stack, settings, served)
        end_on_signals(stop)
        me = ground.exchange.me
        log.info("exchange.serving", party_id=me, url=settings.public_url, store=await ground.store.run(CheckStore()))
        running = loops.run(ground.directory, intake.run_once, stop)
        await run_until_stopped(running, stop, drain(settings, drain_notice, ground.heartbeat, door))
        log.info("exchange.stopped", party_id=me)


async def open_ground(stack: AsyncExitStack, settings: Settings, environment: Environment) -> NodeFoundation:
    """In this order, so that what was opened last is closed first; ``stack`` closes it."""
    store = await open_store(
        settings.database_url, exchange=PartyId(settings.party_id), connections=connections(settings)
    )
    stack.push_async_callback(store.close)
    heartbeat = await stack.enter_async_context(Heartbeat(store, this_node(settings, environment.clock)))
    session = await stack.enter_async_context(open_session())
    directory = await LiveDirectory.open(store, environment.clock)
    keys = open_keys(settings, environment.clock, directory)
    counted = CollectorRegistry()
    meter = PrometheusMeter(counted)
    tracer = tracer_of(stack, settings, meter, environment)
    blobs = traced_blobs(blobs_of(settings), tracer)
    documents = FileDocuments(store, blobs, upload_quota(settings))
    await documents.require_home()
    exchange = replace(
        exchange_on(settings, store, documents, directory, environment),
        meter=meter,
        tracer=tracer,
        time_stamps=TracedStamps(time_stamps(settings, session, environment), tracer)
        if settings.timestamp_urls
        else None,
    )
    return NodeFoundation(settings, store, heartbeat, session, directory, keys, counted, blobs, exchange)


def is_opened(settings: Settings) -> bool:
    """Whether people or their programs look in here."""
    return settings.console or settings.api


def loops_of(ground: NodeFoundation, intake: LoadShedder, persons: PersonKey | None) -> Loops:
    """What a node does by itself. ``persons``: as in ``Around``; without console and API nobody lists appeals."""
    settings, exchange, session, keys = ground.settings, ground.exchange, ground.session, ground.keys
    return Loops(
        exchange,
        CallersByChannel(
            CallContext(session, lambda: exchange.directory().pinned, me=exchange.me, clock=exchange.clock)
        ),
        settings,
        keys,
        revocation_poller(exchange, session, settings, keys, ground.directory),
        judge_of(settings, session, exchange.clock),
        AppealProjection(exchange, persons) if is_opened(settings) else None,
        alarm_loops(exchange, settings, session, keys, intake),
    )


def served_by(
    ground: NodeFoundation, intake: LoadShedder, pools: RequestPools, drain_notice: DrainNotice, loops: Loops
) -> Served:
    """What parties, operators and Prometheus meet."""
    return Served(
        exchange=ground.exchange,
        keys=ground.keys,
        intake=intake,
        pools=pools,
        drain_notice=drain_notice,
        documents_probe=partial(asyncio.to_thread, ground.blobs.probe),
        expose=scrape(ground.counted, ground.exchange, ground.keys, intake, pools),
        reload=ground.directory.reload,
        wake=loops.wake,
        read_record=read_form,
    )


def shown_to_people(stack: AsyncExitStack, ground: NodeFoundation, served: Served, persons: PersonKey | None) -> Served:
    """With console and API, as far as the settings turn them on."""
    settings, exchange = ground.settings, ground.exchange
    prober = SoapProber(ground.session, seconds=time.monotonic)
    stack.callback(prober.close)
    oidc_login = oidc_accounts(settings, ground.session, exchange.clock)
    context = context_of(exchange, ground.store, settings, served, prober, persons, oidc_login)
    return replace(
        served,
        console=console_app(context) if settings.console else None,
        api=api(context, settings, served) if settings.api else None,
    )


def end_on_signals(stop: StopRequest) -> None:
    """SIGTERM and SIGINT ask for the end."""
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop.request)


def drain(settings: Settings, drain_notice: DrainNotice, heartbeat: Heartbeat, door: ConnectionLimiter) -> Drain:
    """How this node goes."""

    def say() -> None:
        drain_notice.announce()
        heartbeat.drain()

    async def close() -> None:
        await door.stop()
        await drain_notice.quiet()

    notice, within = timedelta(seconds=settings.drain_notice_s), timedelta(seconds=settings.drain_s)
    return Drain(say, close, notice, within)


def tracer_of(stack: AsyncExitStack, settings: Settings, meter: Meter, environment: Environment) -> Tracer:
    """Whoever records spans, until ``stack`` ends; nobody, and nothing of it loaded, where no receiver is named."""
    if settings.otlp_endpoint is None:
        return NO_TRACER
    from gateway.tracing.opening import Tracing, open_tracer

    node, version = settings.node_name, metadata.version("dalel")
    tracing = Tracing(
        settings.otlp_endpoint, settings.trace_ratio, settings.trace_wishes_per_minute, node=node, version=version
    )
    return stack.enter_context(open_tracer(tracing, meter, now=environment.clock.now, chance=environment.jitter.next))


def exchange_on(
    settings: Settings, store: Store, documents: Documents, directory: Callable[[], Directory], environment: Environment
) -> Exchange:
    """The surroundings of the services, without time stamps, and with nobody who counts."""
    return Exchange(
        me=PartyId(settings.party_id),
        store=store,
        documents=documents,
        law=law_in_force(settings),
        directory=directory,
        clock=environment.clock,
        ids=environment.ids,
        jitter=environment.jitter,
        document_limit_bytes=settings.document_limit_bytes,
        lease=timedelta(seconds=settings.lease_s),
        alarm_limits=settings.alarms.limits.limits(),
        count_pages=with_page_counts,
    )


def context_of(
    exchange: Exchange,
    reads: Reads,
    settings: Settings,
    served: Served,
    prober: SoapProber,
    persons: PersonKey | None,
    oidc_login: OidcLogin | None = None,
) -> ConsoleContext:
    """What console and API are given. ``reads``: what they show is made from; it needs no more than to read."""
    counts = CountCache(reads, exchange.clock)
    return ConsoleContext(
        exchange=exchange,
        reads=reads,
        login=LoginService(exchange.store, exchange.clock, takes_passwords=not settings.oidc_only),
        counts=counts,
        figures=Figures(reads, counts, exchange.directory, exchange.clock),
        prober=prober,
        wake=served.wake,
        leaving=lambda: served.drain_notice.leaving,
        is_secure=settings.console_address.startswith("https://"),
        pools=served.pools,
        most_streams=settings.console_requests_at_once // 2,
        anchors=lambda: load_anchors(settings.trust_folder),
        persons=persons,
        seal_key=served.keys.seal,
        oidc_login=oidc_login,
        trace_url=settings.trace_url,
        vitals=vitals_of(settings, served),
    )


def vitals_of(settings: Settings, served: Served) -> ProcessVitals:
    """What the console's page of health asks this process."""
    return ProcessVitals(
        served.keys,
        served.intake,
        served.drain_notice,
        served.documents_probe,
        served.exchange.time_stamps,
        within=timedelta(seconds=settings.store_patience_s),
        seal_every=timedelta(seconds=settings.seal_every_s),
        leads_alone=ALONE,
    )


def api(context: ConsoleContext, settings: Settings, served: Served) -> web.Application:
    """The API for programs."""
    keeper = TokenAuthenticator(context.exchange.store, context.exchange.clock)
    within = timedelta(seconds=settings.store_patience_s)
    return api_app(ApiContext(context, keeper, served.probes, within))


def oidc_accounts(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> OidcLogin | None:
    """The identity provider that the settings name, and what its accounts are worth here. Raises KeyUnusable."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret, console = settings.oidc_secret.read(), f"{settings.console_address}{PREFIX}"
    client = OidcClient(
        settings.oidc_issuer,
        settings.oidc_client_id,
        redirect_uri=f"{console}{CALLBACK}",
        signed_out_uri=f"{console}{SIGNED_OUT}",
        secret=secret.decode() if secret else None,
    )
    named = (settings.oidc_admission, settings.oidc_name_claim, settings.oidc_role_claim, settings.oidc_roles)
    return OidcLogin(OpenIdProvider(session, client, now=clock.now), OidcTerms(*named))


def alarm_loops(
    exchange: Exchange, settings: Settings, session: aiohttp.ClientSession, keys: Keyring, intake: LoadShedder
) -> AlarmLoops:
    """Who looks for trouble, who tells people of it, who checks the ledger, who watches this node's disks."""
    alarm_settings = settings.alarms
    loops = ALONE if is_opened(settings) else ALONE - {"appeal_projection"}
    orders = EvaluatorSettings(alarm_settings.limits.limits(), alarm_settings.rhythm(), letter_context(settings), loops)
    disks = DiskMonitor(exchange, orders, settings.node_name, lambda: intake.free_bytes, intake.reserve_bytes)
    return AlarmLoops(
        AlarmEvaluator(exchange, orders, keys),
        AlarmNotifier(exchange.store, posts(settings, session), exchange.clock),
        Inspector(exchange.store, exchange.clock, records=alarm_settings.check_records),
        disks,
        alarm_settings,
    )


def judge_of(settings: Settings, session: aiohttp.ClientSession, clock: Clock) -> SignatureJudge | None:
    """NCANode, where the settings name it: nothing else knows every signature that a citizen may bring."""
    if settings.ncanode_url is None:
        return None
    return SignatureJudge("NCANode", ncanode(settings, settings.ncanode_url, session, clock.now))


def connections(settings: Settings) -> NodeConnections:
    """How this node stands among others."""
    statement = timedelta(seconds=settings.database_statement_s)
    return NodeConnections(settings.node_name, settings.database_connections, statement)


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


def time_stamps(settings: Settings, session: aiohttp.ClientSession, environment: Environment) -> TimestampAuthorities:
    """The authorities that the settings name; believed by the anchors that lie in the trust folder at that time."""
    return TimestampAuthorities(
        session,
        settings.timestamp_urls,
        anchors=lambda: load_anchors(settings.trust_folder),
        intermediates=lambda: load_intermediates(settings.trust_folder),
        within=timedelta(seconds=settings.stamp_wait_s),
        clock=environment.clock,
        nonce=lambda: int.from_bytes(environment.ids.salt()[:8]),
    )


def revocation_poller(
    exchange: Exchange,
    session: aiohttp.ClientSession,
    settings: Settings,
    keys: Keyring,
    directory: LiveDirectory,
) -> RevocationPoller:
    """Asks about the registry's certificates and our own, and tells the directory."""
    return RevocationPoller(
        exchange,
        revocation_authorities(settings, session, exchange.clock, exchange.ids),
        own=lambda: (keys.message().certificate, keys.seal().certificate),
        trust_folder=lambda: TrustFolder(
            load_anchors(settings.trust_folder), load_intermediates(settings.trust_folder)
        ),
        rhythm=PollingRhythm(
            timedelta(seconds=settings.revocation_every_s), timedelta(seconds=settings.revocation_rest_s)
        ),
        learn=directory.learn,
    )


def revocation_authorities(
    settings: Settings, session: aiohttp.ClientSession, clock: Clock, ids: IdSource
) -> HttpRevocationAuthorities:
    """Those that certificates or the settings name."""
    return HttpRevocationAuthorities(
        session,
        places_of(settings),
        within=timedelta(seconds=settings.revocation_timeout_s),
        clock=clock,
        nonce=lambda: ids.salt()[:16],
        nonce_must_repeat=settings.ocsp_nonce_required,
    )


def blobs_of(settings: Settings) -> Blobs:
    """Where the bytes of documents lie: in the bucket that is named, or in a folder. Raises KeyUnusable."""
    if settings.documents_url is None:
        return BlobFolder(settings.documents_folder)
    from gateway.store.blobs.bucket import BlobBucket, BucketAccess

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


def request_pools(settings: Settings) -> RequestPools:
    """The pools of console and API."""
    requests = {
        Area.SIGN_IN: settings.sign_in_requests_at_once,
        Area.CONSOLE: settings.console_requests_at_once,
        Area.API: settings.api_requests_at_once,
    }
    return RequestPools(pool_limits(requests, timedelta(seconds=settings.body_deadline_s)))


def load_shedder(exchange: Exchange, settings: Settings, pools: RequestPools) -> LoadShedder:
    """The gate of this process, and who opens and closes it."""
    limits = IntakeLimits(
        body_bytes=settings.body_memory_bytes,
        requests=settings.requests_at_once,
        party_requests=settings.party_requests_at_once,
    )
    database = [sqlite_path(settings.database_url).parent] if is_sqlite(settings.database_url) else []
    watched = IntakeConditions(
        exchange.store,
        (*database, settings.documents_folder),
        settings.disk_reserve_bytes,
        timedelta(seconds=settings.store_patience_s),
    )
    return LoadShedder(IntakeGate(limits, seconds=time.monotonic), watched, pools)


def scrape(
    counted: CollectorRegistry, exchange: Exchange, keys: Keyring, intake: LoadShedder, pools: RequestPools
) -> Scrape:
    """What is behind ``/metrics`` of this node."""

    def seen() -> IntakeReading:
        gate = intake.gate
        return IntakeReading(
            causes=tuple(ShedCause),
            closed=frozenset(gate.closed),
            rejected={cause.value: count for cause, count in gate.refused.items()},
            requests=gate.in_hand,
            body_bytes=gate.held_bytes,
            free_bytes=dict(intake.free_bytes),
            reserve_bytes=intake.reserve_bytes,
            pools=tuple(
                PoolSeen(area, pool.in_hand, pool.limits.requests, dict(pool.shed))
                for area, pool in pools.pools.items()
            ),
        )

    return Scrape(counted, ScrapeContext(exchange, keys, seen), version=metadata.version("dalel"))


def open_keys(settings: Settings, clock: Clock, directory: Callable[[], Directory]) -> Keyring:
    """Both keys, loaded; one that signs messages is followed only by one that the registry knows as ours."""

    def is_ours(certificate: Certificate) -> bool:
        us = directory().parties.get(PartyId(settings.party_id))
        return us is not None and certificate.der in us.certificates

    return Keyring(
        message=HeldKey(settings.message_key_place, clock=clock, is_ours=is_ours),
        seal=HeldKey(settings.seal_key_place, clock=clock),
    )
