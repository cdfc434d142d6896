"""Taking in one record after the other: its files first, then the case that names them, in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from contracts.header import DocumentId
from contracts.party import PartyId, PartyRole
from gateway.cli.frame import CommandFailed
from gateway.cli.importing.doors import Importer, ReadRecord, SocketImporter, StoreImporter
from gateway.cli.importing.files import wholes_of
from gateway.cli.importing.tally import ImportTally
from gateway.cli.store import act, call_server, read
from gateway.config.settings import Settings
from gateway.ports.case import FindConversation
from gateway.ports.documents import StoredDocument
from gateway.ports.parties import LoadRegistry
from gateway.service.cases.importing import AlreadyImported, ImportOrder, ImportPlan, ImportTrouble, plan
from gateway.service.cases.keeping import NotKept, UploadedFile
from gateway.service.exchange import Exchange

if TYPE_CHECKING:
    from gateway.store.database import SqlReader, SqlStore


def require_parties(settings: Settings, platform: PartyId, bodies: Iterable[PartyId]) -> None:
    """Every party that the command and the map name is one, as what they take it for. Raises CommandFailed."""
    registry = read(settings, lambda store: store.run(LoadRegistry()))
    roles = {party.party_id: party.role for party in registry.parties}
    wanted = [(platform, PartyRole.PLATFORM), *((body, PartyRole.AGENCY) for body in sorted(bodies))]
    wrong = [f"  {party} is no {role.value} on this exchange" for party, role in wanted if roles.get(party) != role]
    if wrong:
        listed = "\n".join(wrong)
        raise CommandFailed(f"Nothing was taken in; mend the map or --platform, or add the party first:\n{listed}")


def carry_out(
    settings: Settings, records: list[ReadRecord], order: ImportOrder, folder: Path | None, tally: ImportTally
) -> None:
    """Through the running exchange, else in its place; a dry run only reads."""
    fresh = read(settings, lambda store: _not_here(store, records, tally))
    if tally.dry_run:
        read(settings, lambda store: _try_all(settings, store, fresh, order, folder, tally))
    elif call_server(settings, "GET", "/status") is not None:
        asyncio.run(_take_all(SocketImporter(settings), fresh, order, folder, tally))
    else:
        act(settings, lambda store: _alone(settings, store, fresh, order, folder, tally))


async def _not_here(store: SqlReader, records: list[ReadRecord], tally: ImportTally) -> list[ReadRecord]:
    """Those whose files are worth reading: an interrupted import goes on where it was."""
    fresh = []
    for record in records:
        if await store.run(FindConversation(record.imported.number)) is None:
            fresh.append(record)
        else:
            tally.add(record.source, AlreadyImported(record.imported.number))
    return fresh


async def _alone(
    settings: Settings,
    store: SqlStore,
    records: list[ReadRecord],
    order: ImportOrder,
    folder: Path | None,
    tally: ImportTally,
) -> None:
    exchange = await _exchange(settings, store)
    key = settings.message_key_place.load(exchange.clock.now())
    us = exchange.directory().parties.get(exchange.me)
    if us is None or key.certificate.der not in us.certificates:
        raise CommandFailed("The registry does not know our message key: see dalel doctor. Nothing was taken in.")
    await _take_all(StoreImporter(exchange, lambda: key), records, order, folder, tally)


async def _exchange(settings: Settings, store: SqlReader) -> Exchange:
    """The services' surroundings on this store; one that only reads serves a dry run."""
    from gateway.bootstrap.exchange import Environment, blobs_of, exchange_on, upload_quota
    from gateway.domain.registry.directory import Directory
    from gateway.store.blobs.documents import FileDocuments

    writing = cast("SqlStore", store)
    directory = Directory.of(await store.run(LoadRegistry()))
    documents = FileDocuments(writing, blobs_of(settings), upload_quota(settings))
    return exchange_on(settings, writing, documents, lambda: directory, Environment.real())


async def _take_all(
    door: Importer, records: list[ReadRecord], order: ImportOrder, folder: Path | None, tally: ImportTally
) -> None:
    for record in records:
        wholes = _wholes(record, folder, tally)
        if wholes is None:
            continue
        try:
            documents = [await _keep(door, whole) for whole in wholes]
        except NotKept as refused:
            tally.refuse(record.source, [ImportTrouble("files", str(refused), "import it again")])
        else:
            tally.add(record.source, await door.take(record, order, documents))


async def _keep(door: Importer, whole: UploadedFile) -> DocumentId:
    """Every part of a file; they have one document."""
    kept = [await door.keep(part) for part in whole.parts()]
    return kept[-1]


async def _try_all(
    settings: Settings,
    store: SqlReader,
    records: list[ReadRecord],
    order: ImportOrder,
    folder: Path | None,
    tally: ImportTally,
) -> None:
    exchange = await _exchange(settings, store)
    for record in records:
        wholes = _wholes(record, folder, tally)
        if wholes is not None:
            stored = [_as_if_kept(exchange, whole) for whole in wholes]
            planned = await plan(exchange, record.imported, order, stored)
            tally.add(record.source, planned.taken if isinstance(planned, ImportPlan) else planned)


def _as_if_kept(exchange: Exchange, whole: UploadedFile) -> StoredDocument:
    document_id = exchange.ids.document_id()
    return StoredDocument(document_id, exchange.me, whole.size, whole.sha256, whole.file_name, whole.media_type)


def _wholes(record: ReadRecord, folder: Path | None, tally: ImportTally) -> list[UploadedFile] | None:
    """The files of a record; None when one is not to be had, which is noted."""
    found = list(wholes_of(record.imported, folder))
    wholes = [one for one in found if isinstance(one, UploadedFile)]
    if len(wholes) == len(found):
        return wholes
    tally.refuse(record.source, [one for one in found if isinstance(one, ImportTrouble)])
    return None
