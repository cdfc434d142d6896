"""Imports through the admin socket of an exchange that serves: parts of files, then the case."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
from aiohttp import web

from connectors.ias.form import read_form
from dossier.case.appeal import Status
from gateway.cli.frame import CommandFailed
from gateway.cli.importing.doors import ReadRecord, SocketImporter
from gateway.cli.importing.files import wholes_of
from gateway.http.admin import Acts, admin_app
from gateway.http.import_form import IMPORT, ImportRequest
from gateway.http.imports import Imports
from gateway.ports.case import ListMessages
from gateway.ports.documents import FindDocuments
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportOrder, ImportRejected
from gateway.service.cases.keeping import NotKept, UploadedFile
from tests.worlds.exchange.world import ME, PLATFORM, World
from tests.worlds.imports import ANSWERED, FILES, FOLDER, RUNNING, case_of, sample

pytestmark = pytest.mark.databases

KEY = (FOLDER / "orgs.yaml").read_text(encoding="utf-8")
ORDER = ImportOrder(PLATFORM, "aigul", "the portal is left")


@dataclass(frozen=True)
class Home:
    """As much of the settings as asking a socket needs."""

    home: Path

    @property
    def admin_socket(self) -> Path:
        return self.home / "admin.sock"


@pytest.fixture
def woken() -> list[bool]:
    return []


@pytest.fixture
async def door(world: World, tmp_path: Path, woken: list[bool]) -> AsyncIterator[SocketImporter]:
    """The command's door, with a real socket behind it."""
    imports = Imports(world.exchange, lambda: world.keys[ME], read_form, lambda: woken.append(True))
    acts = Acts(world.exchange, None, None, lambda: None, imports=imports)  # type: ignore[arg-type]
    runner = web.AppRunner(admin_app(acts))
    await runner.setup()
    home = Home(tmp_path)
    await web.UnixSite(runner, str(home.admin_socket)).start()
    yield SocketImporter(home)  # type: ignore[arg-type]
    await runner.cleanup()


async def take(
    door: SocketImporter, number: str, name: str = "export.json"
) -> ImportAccepted | AlreadyImported | ImportRejected:
    source = next(one for one in sample(name).records if one.number == number)
    imported = case_of(number, name)
    documents = []
    for whole in wholes_of(imported, FILES):
        assert isinstance(whole, UploadedFile)
        documents.append([await door.keep(part) for part in whole.parts()][-1])
    return await door.take(ReadRecord(source, imported, KEY), ORDER, documents)


async def test_a_case_is_taken_in_through_the_socket_and_wakes_the_loops(world, door, woken):
    taken = await take(door, ANSWERED)
    assert isinstance(taken, ImportAccepted), taken
    assert woken == [True]
    assert (await world.case(taken.conversation_id)).appeal_number == ANSWERED


async def test_what_the_socket_tells_comes_back_as_it_was(door):
    taken = await take(door, RUNNING)
    assert (taken.number, taken.status) == (RUNNING, Status.WITH_BODY)
    assert await take(door, RUNNING) == AlreadyImported(RUNNING)


async def test_a_csv_record_keeps_all_its_parts(world, door):
    taken = await take(door, "ЖТ-2026-00000071", "cards.csv")
    messages = await world.exchange.store.run(ListMessages(taken.conversation_id))
    assert all(name in messages[0].operation.decode() for name in ("card.csv", "history.csv", "files.csv"))


async def test_a_case_without_its_documents_is_not_taken(door):
    source = next(one for one in sample().records if one.number == RUNNING)
    refused = await door.take(ReadRecord(source, case_of(RUNNING), KEY), ORDER, [])
    assert isinstance(refused, ImportRejected)
    assert refused.troubles[0].field == "files"


async def test_the_same_file_again_is_kept_once(world, door):
    whole = UploadedFile.at_hand(RUNNING, "a.txt", "text/plain", b"once")
    (part,) = whole.parts()
    assert await door.keep(part) == await door.keep(part)


async def test_a_large_file_goes_by_parts(world, door):
    content = bytes(range(256)) * 20_000  # five megabytes
    parts = list(UploadedFile.at_hand(RUNNING, "large.bin", "application/octet-stream", content).parts())
    ids = [await door.keep(part) for part in parts]
    assert (len(parts), len(set(ids))) == (2, 1)
    (stored,) = (await world.exchange.store.run(FindDocuments(ids))).values()
    assert stored.size == len(content)
    assert stored.owner == ME


async def test_a_part_that_is_too_large_or_contradicts_is_refused_in_words(world, door):
    whole = UploadedFile.at_hand(RUNNING, "a.txt", "text/plain", b"once")
    (part,) = whole.parts()
    with pytest.raises(NotKept, match="the limit is"):
        await door.keep(replace(part, size=world.exchange.document_limit_bytes + 1))
    with pytest.raises(NotKept, match="cannot be kept"):
        await door.keep(replace(part, content=b"else"))


async def test_when_the_exchange_stops_meanwhile_the_command_says_how_to_go_on(tmp_path):
    gone = SocketImporter(Home(tmp_path))  # type: ignore[arg-type]
    (part,) = UploadedFile.at_hand(RUNNING, "a.txt", "text/plain", b"once").parts()
    with pytest.raises(CommandFailed, match="goes on with what remains"):
        await gone.keep(part)


@pytest.mark.parametrize("spoilt", [{"by": " "}, {"documents": None}, {"record": {}}])
async def test_a_request_that_asks_nothing_is_refused(world, door, spoilt):
    form = IMPORT.written(ImportRequest({"parts": []}, documents=(), **asdict(ORDER))) | spoilt
    with pytest.raises(CommandFailed, match="not an import"):
        await door._ask("/imports/case", json.loads(json.dumps(form)))
