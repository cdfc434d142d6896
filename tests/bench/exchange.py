"""The whole exchange on loopback, without its loops, as it serves: real keys, real store, real documents."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aiohttp import web

from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry, Route
from dossier.procedure.decide import load_law
from gateway.domain.registry.directory import Directory
from gateway.http.soap import Endpoint, add_routes
from gateway.ports.parties import ApplyRegistry, LoadRegistry
from gateway.process.ambient import RandomIds, RandomJitter, SystemClock
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmissionContext
from gateway.store import open_store
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from signing.keys.keypair import SoftwareKey
from tests.bench.cast import AGENCY, ME, ROLES


@dataclass(frozen=True, slots=True)
class ListeningExchange:
    """An exchange that listens at ``url``."""

    exchange: Exchange
    url: str


@asynccontextmanager
async def running_exchange(
    database_url: str, keys: Mapping[PartyId, SoftwareKey], *, inbox_url: str = "http://127.0.0.1:9/inbox"
) -> AsyncIterator[ListeningExchange]:
    """Serve on a free port until the block ends; ``inbox_url`` is where every pushed party is called."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="dalel-bench-"))
        store = await open_store(database_url, exchange=ME)
        stack.push_async_callback(store.close)
        await store.run(ApplyRegistry(_registry(keys, inbox_url), by="bench", at=clock.now()))
        directory = Directory.of(await store.run(LoadRegistry()))
        exchange = Exchange(
            me=ME,
            store=store,
            documents=FileDocuments(store, BlobFolder(Path(folder))),
            law=load_law("sandbox-seconds"),
            directory=lambda: directory,
            clock=clock,
            ids=RandomIds(),
            jitter=RandomJitter(),
            document_limit_bytes=10_000_000,
            lease=timedelta(seconds=60),
        )
        app = web.Application()
        admission = AdmissionContext(ME, timedelta(minutes=5), 8 * 1024 * 1024)
        add_routes(app, Endpoint(exchange, admission, lambda: keys[ME], "", timedelta(seconds=60)))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        await web.SockSite(runner, listening).start()
        yield ListeningExchange(exchange, f"http://127.0.0.1:{listening.getsockname()[1]}")


def _registry(keys: Mapping[PartyId, SoftwareKey], inbox_url: str) -> Registry:
    parties = tuple(
        Party(
            party_id,
            role,
            "000000000000",
            LocalText(party_id, party_id, party_id),
            Channel.MAILBOX if party_id == ME else Channel.PUSH,
            None if party_id == ME else inbox_url,
            (keys[party_id].certificate.der,),
        )
        for party_id, role in ROLES.items()
    )
    return Registry(0, parties, tuple(map(Agreement, ROLES)), (Route(PartyRole.AGENCY, "*", "75", AGENCY),))
