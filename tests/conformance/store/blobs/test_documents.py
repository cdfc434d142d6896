"""Documents: parts in any order, once by digest, given only to those a message names them to."""

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.ports.documents import FindDocuments, FindGranted, UploadProblem, UploadQuota
from gateway.ports.store import Unavailable
from gateway.store.blobs.bucket import BlobBucket
from gateway.store.blobs.documents import FileDocuments, PutResult
from gateway.store.database import SqlStore
from gateway.store.engine.errors import NoSuchDocument
from tests.worlds.blobs import BlobPlace, place
from tests.worlds.buckets import bucket_service, running_bucket_service
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    EXCHANGE,
    NOON,
    PLATFORM,
    conversation_id,
    document_id,
    opening,
    outgoing,
    sha256,
)

__all__ = ["bucket_service", "place"]  # fixtures

WHOLE = "".join(f"{line}. Жауап хат. Ответ заявителю.\n" for line in range(40)).encode()
PARTS = [WHOLE[:500], WHOLE[500:1000], WHOLE[1000:]]


@pytest.fixture
def documents(store: SqlStore, place: BlobPlace) -> FileDocuments:
    return FileDocuments(store, place.blobs)


async def put(documents: FileDocuments, part: int, content: bytes, **changes: object) -> PutResult:
    count = {
        "owner": AKIMAT,
        "upload_id": "upload-1",
        "parts": 3,
        "size": len(WHOLE),
        "sha256": sha256(WHOLE),
        "file_name": "жауап.pdf",
        "media_type": "application/pdf",
        "document_id": document_id(),
        "at": NOON,
    }
    return await documents.put_part(part=part, content=content, **{**count, **changes})


async def put_all(documents: FileDocuments, **changes: object) -> str:
    for number, content in enumerate(PARTS, start=1):
        result = await put(documents, number, content, **changes)
        assert not isinstance(result, UploadProblem)
    minted, is_complete = result
    assert is_complete
    return minted


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_parts_may_come_in_any_order(documents: FileDocuments, place: BlobPlace, order: tuple[int, ...]):
    results = [await put(documents, number + 1, PARTS[number]) for number in order]
    ids, flags = zip(*results, strict=True)
    assert len(set(ids)) == 1
    assert flags == (False, False, True)
    assert await documents.read(ids[0], offset=0, length=len(WHOLE)) == WHOLE
    assert place.wholes() == [sha256(WHOLE)]
    assert place.staged() == []


async def begin(documents: FileDocuments, number: int, **changes: object) -> PutResult:
    """The first part of another upload."""
    return await put(documents, 1, PARTS[0], upload_id=f"upload-{number}", document_id=document_id(), **changes)


async def test_a_party_begins_no_more_uploads_than_it_may_have_unfinished(store: SqlStore, place: BlobPlace):
    documents = FileDocuments(store, place.blobs, UploadQuota(uploads=2))
    begun = [await begin(documents, number) for number in (1, 2)]

    assert await begin(documents, 3) is UploadProblem.UNFINISHED
    assert len(place.staged()) == 2
    assert not any(isinstance(one, UploadProblem) for one in [*begun, await begin(documents, 3, owner=COURT)])


async def test_what_was_begun_goes_on_and_makes_room_once_it_is_whole(store: SqlStore, place: BlobPlace):
    documents = FileDocuments(store, place.blobs, UploadQuota(uploads=1))
    await put_all(documents)

    assert not isinstance(await begin(documents, 2), UploadProblem)


async def test_uploads_count_with_the_bytes_they_announce(store: SqlStore, place: BlobPlace):
    documents = FileDocuments(store, place.blobs, UploadQuota(size_bytes=2 * len(WHOLE)))
    for number in (1, 2):
        assert not isinstance(await begin(documents, number), UploadProblem)

    assert await begin(documents, 3) is UploadProblem.UNFINISHED
    assert (await put(documents, 1, b"x", upload_id="small", parts=1, size=1, sha256=sha256(b"x")))[1]  # at once whole


async def test_uploads_that_were_never_finished_are_removed_and_may_be_begun_anew(
    documents: FileDocuments, place: BlobPlace
):
    for number in (1, 2, 3):
        await begin(documents, number, at=NOON + timedelta(days=number))
    finished = await put_all(documents, upload_id="done", document_id=document_id())
    before = NOON + timedelta(days=3)

    removed = [await documents.discard_uploads(before=before, limit=1) for _ in range(3)]

    assert removed == [1, 1, 0]
    assert len(place.staged()) == 1
    assert await documents.read(finished, offset=0, length=len(WHOLE)) == WHOLE
    assert await put_all(documents, upload_id="upload-1", document_id=document_id())


async def test_a_repeated_part_is_harmless_before_and_after_the_end(documents: FileDocuments):
    first = await put(documents, 1, PARTS[0])
    assert await put(documents, 1, PARTS[0]) == first
    minted = await put_all(documents)
    assert await put(documents, 2, PARTS[1]) == (minted, True)


async def test_the_last_part_many_times_at_once_completes_once(documents: FileDocuments, place: BlobPlace):
    await put(documents, 1, PARTS[0])
    await put(documents, 2, PARTS[1])
    results = await asyncio.gather(*(put(documents, 3, PARTS[2]) for _ in range(5)))
    assert len(set(results)) == 1
    assert results[0][1] is True
    assert place.wholes() == [sha256(WHOLE)]


@pytest.mark.parametrize(
    "changes", [{"size": 7}, {"sha256": "0" * 64}, {"file_name": "b.pdf"}, {"media_type": "text/plain"}, {"parts": 4}]
)
async def test_a_part_that_says_otherwise_than_the_first_contradicts(documents: FileDocuments, changes: dict):
    await put(documents, 1, PARTS[0])
    assert await put(documents, 2, PARTS[1], **changes) is UploadProblem.CONTRADICTS
    assert (await put_all(documents)) is not None


async def test_a_part_with_other_bytes_than_before_contradicts_and_does_no_harm(
    documents: FileDocuments, place: BlobPlace
):
    await put(documents, 1, PARTS[0])
    assert await put(documents, 1, b"x" * 500) is UploadProblem.CONTRADICTS
    assert len(place.staged()) == 1  # or a party could fill the disk with one small upload
    minted = await put_all(documents)
    assert await documents.read(minted, offset=0, length=len(WHOLE)) == WHOLE


@pytest.mark.parametrize("part", [0, 4, -1])
async def test_a_part_outside_its_upload_contradicts(documents: FileDocuments, part: int):
    assert await put(documents, part, PARTS[0]) is UploadProblem.CONTRADICTS


async def test_a_whole_that_is_not_what_was_announced_is_discarded(documents: FileDocuments, place: BlobPlace):
    await put(documents, 1, PARTS[0])
    await put(documents, 2, PARTS[0])
    assert await put(documents, 3, PARTS[2]) is UploadProblem.MISMATCH
    assert place.staged() == []
    assert place.wholes() == []
    assert (await put_all(documents)) is not None


async def test_parts_cannot_grow_past_the_announced_size(documents: FileDocuments, place: BlobPlace):
    await put(documents, 1, WHOLE)
    assert await put(documents, 2, PARTS[1]) is UploadProblem.MISMATCH
    assert place.staged() == []


async def test_a_document_in_one_part_is_complete_at_once(documents: FileDocuments):
    minted, is_complete = await put(documents, 1, WHOLE, parts=1)
    assert is_complete
    assert await put(documents, 1, WHOLE, parts=1) == (minted, True)


async def test_one_part_with_another_digest_is_refused_and_leaves_nothing(documents: FileDocuments, place: BlobPlace):
    assert await put(documents, 1, WHOLE + b".", parts=1) is UploadProblem.MISMATCH
    assert place.wholes() == []
    assert await put(documents, 1, WHOLE, parts=1) is not UploadProblem.CONTRADICTS


async def test_the_same_content_lies_once_under_as_many_ids_as_uploads(documents: FileDocuments, place: BlobPlace):
    mine = await put_all(documents, owner=AKIMAT)
    theirs = await put_all(documents, owner=COURT)
    assert mine != theirs
    assert place.wholes() == [sha256(WHOLE)]


async def test_upload_names_are_each_owners_own_and_never_paths(documents: FileDocuments, place: BlobPlace):
    await put(documents, 1, PARTS[0], upload_id="../../../escape")
    await put(documents, 1, PARTS[1], upload_id="../../../escape", owner=COURT)
    assert len(place.staged()) == 2


async def test_find_tells_what_is_complete_only(store: SqlStore, documents: FileDocuments):
    minted = await put_all(documents)
    unfinished, _ = await put(documents, 1, PARTS[0], upload_id="upload-2")
    found = await store.run(FindDocuments([minted, unfinished, document_id()]))
    assert list(found) == [minted]
    known = found[minted]
    assert (known.owner, known.size, known.sha256, known.file_name) == (AKIMAT, len(WHOLE), sha256(WHOLE), "жауап.pdf")


async def test_a_document_is_read_by_ranges_and_as_a_file(store: SqlStore, documents: FileDocuments):
    minted = await put_all(documents)
    assert await documents.read(minted, offset=10, length=20) == WHOLE[10:30]
    assert await documents.read(minted, offset=len(WHOLE) - 3, length=100) == WHOLE[-3:]
    found = await store.run(FindDocuments([minted]))
    with await asyncio.to_thread(documents.open, found[minted]) as file:
        assert file.read() == WHOLE
    with pytest.raises(NoSuchDocument):
        await documents.read(document_id(), offset=0, length=1)


async def test_its_owner_and_those_it_was_sent_to_may_read_it(documents: FileDocuments, store: SqlStore):
    minted = await put_all(documents)
    assert await store.run(FindGranted(AKIMAT, [minted])) == {minted}
    assert await store.run(FindGranted(PLATFORM, [minted])) == frozenset()
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, PLATFORM, documents=(minted, minted))))
    await store.run(opening(outgoing(conversation_id(), PLATFORM, documents=(minted,))))
    assert await store.run(FindGranted(PLATFORM, [minted, document_id()])) == {minted}
    assert await store.run(FindGranted(COURT, [minted])) == frozenset()


async def test_a_finished_file_is_taken_over(store: SqlStore, documents: FileDocuments, tmp_path: Path):
    made = tmp_path / "dossier.asice"
    made.write_bytes(WHOLE)
    minted = document_id()
    stored = await documents.add_file(
        owner=EXCHANGE, path=str(made), file_name="d.asice", media_type="application/zip", document_id=minted, at=NOON
    )
    assert (stored.document_id, stored.size, stored.sha256) == (minted, len(WHOLE), sha256(WHOLE))
    assert not made.exists()
    assert await documents.read(minted, offset=0, length=10**6) == WHOLE
    assert await store.run(FindDocuments([minted])) == {minted: stored}


async def test_an_empty_document_is_a_document(documents: FileDocuments):
    minted, is_complete = await put(documents, 1, b"", parts=1, size=0, sha256=sha256(b""))
    assert is_complete
    assert await documents.read(minted, offset=0, length=10) == b""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.binary(max_size=64), min_size=1, max_size=6), order=st.randoms(use_true_random=False))
async def test_any_cut_of_any_content_comes_back_whole(documents: FileDocuments, parts: list[bytes], order):
    whole = b"".join(parts)
    numbered = list(enumerate(parts, start=1))
    order.shuffle(numbered)
    upload = document_id()
    for number, content in numbered:
        result = await put(
            documents, number, content, upload_id=upload, parts=len(parts), size=len(whole), sha256=sha256(whole)
        )
    minted, is_complete = result
    assert is_complete
    assert await documents.read(minted, offset=0, length=10**6) == whole


async def test_an_upload_goes_on_where_it_was_when_the_bucket_is_back(store: SqlStore):
    with running_bucket_service() as service:
        access = service.access("away")
        documents = FileDocuments(store, BlobBucket.at(access))
        await put(documents, 1, PARTS[0])
    for part, content in ((2, PARTS[1]), (3, PARTS[2])):
        with pytest.raises(Unavailable):  # which senders are told as busy
            await put(documents, part, content)
    with running_bucket_service(port=int(access.endpoint.rpartition(":")[2])):  # what it was given is still there
        assert isinstance(await put(documents, 2, PARTS[1]), tuple)
        minted, is_complete = await put(documents, 3, PARTS[2])
        assert is_complete
        assert await documents.read(minted, offset=0, length=len(WHOLE)) == WHOLE
