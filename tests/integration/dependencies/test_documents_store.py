"""The place of the documents is away: who needs it is told to come again, nothing is written beside it, it heals."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

import pytest

from contracts.codes import Code
from contracts.operations import Service
from contracts.payloads import PART_BYTES, GetDocumentPart, PutDocument
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from gateway.store.engine.errors import DocumentsUnavailable
from tests.worlds.exchange.world import PLATFORM, World, an_appeal

CONTENT = "Тұрғын үй кезегі туралы өтініш".encode()


def whole(content: bytes = CONTENT) -> PutDocument:
    sha256 = hashlib.sha256(content).hexdigest()
    return PutDocument(str(uuid.uuid4()), 1, 1, len(content), sha256, "өтініш.pdf", "application/pdf", content)


async def test_a_volume_that_goes_and_comes_back_costs_no_document_and_nothing_is_written_in_its_place(world: World):
    folder, elsewhere = world.folder / "documents", world.folder / "unmounted"
    kept = (await world.call(Service.DOCUMENTS, PLATFORM, whole())).message.payload.document_id
    put = world.envelope(PLATFORM, whole(b"meanwhile"))
    get = GetDocumentPart(kept, 1)

    folder.rename(elsewhere)
    folder.mkdir()  # what is left of a mount point
    away = [await world.post(Service.DOCUMENTS, put), await world.call(Service.DOCUMENTS, PLATFORM, get)]
    appeal = await world.call(Service.APPEALS, PLATFORM, an_appeal(world.clock))
    left = list(folder.rglob("*"))
    folder.rmdir()
    elsewhere.rename(folder)
    back = [await world.post(Service.DOCUMENTS, put), await world.call(Service.DOCUMENTS, PLATFORM, get)]

    assert {(answer.status, answer.fault.code) for answer in away} == {(503, Code.SERVER_BUSY)}
    assert (appeal.status, left) == (200, [])
    assert [answer.status for answer in back] == [200, 200]
    assert back[1].message.payload.content == CONTENT


async def test_an_upload_goes_on_where_it_was_when_the_place_took_no_part(world: World):
    first, second = bytes(PART_BYTES), b"the rest"
    sha256 = hashlib.sha256(first + second).hexdigest()
    name = str(uuid.uuid4())

    def part(number: int, content: bytes) -> PutDocument:
        size = len(first) + len(second)
        return PutDocument(name, number, 2, size, sha256, "құжат.pdf", "application/pdf", content)

    uploads = world.folder / "documents" / "uploads"
    begun = await world.call(Service.DOCUMENTS, PLATFORM, part(1, first))
    uploads.rename(world.folder / "aside")
    uploads.write_bytes(b"")  # no folder: whatever is written below it is refused, also to root
    refused = await world.call(Service.DOCUMENTS, PLATFORM, part(2, second))
    uploads.unlink()
    (world.folder / "aside").rename(uploads)
    finished = await world.call(Service.DOCUMENTS, PLATFORM, part(2, second))

    assert begun.status == 200
    assert (refused.status, refused.fault.code) == (503, Code.SERVER_BUSY)
    assert finished.message.payload.complete


async def test_nothing_starts_on_an_empty_folder_when_documents_are_known(world: World, tmp_path: Path):
    await world.call(Service.DOCUMENTS, PLATFORM, whole())
    unmounted = FileDocuments(world.exchange.store, BlobFolder(tmp_path / "unmounted"))

    with pytest.raises(DocumentsUnavailable, match="is the volume mounted"):
        await unmounted.require_home()
    await world.exchange.documents.require_home()
