"""Retention: only what is over goes, in bounded steps that resume, each with its proven line; the ledger holds."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from contracts.header import ConversationId
from dossier.case.events import AppealWithdrawn, TermLapsed
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.ledger import LedgerReport
from gateway.domain.retention import Retention, RetentionKind
from gateway.ports.audit import RecordAccess
from gateway.ports.case import EraseCases, FindCasesOver, LoadCase
from gateway.ports.deliveries import ClaimDeliveries
from gateway.ports.documents import FindDocuments
from gateway.ports.intake import FindAnswer
from gateway.service.retain import Sweep, plan
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from gateway.store.database import SqlStore
from gateway.store.retention import case_erasure, log_erasure
from gateway.store.verify.whole import ProofVerifiers, verify_ledger
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    EXCHANGE,
    MINUTE,
    NOON,
    PLATFORM,
    attempt,
    conversation_id,
    document_id,
    opening,
    outgoing,
    refusal,
    registration,
    salted,
    sha256,
    term,
    writing,
)
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import seal_all

DAY = timedelta(days=1)
LATER = NOON + 400 * DAY
CASES: Retention = {RetentionKind.CASES: 365 * DAY}


async def ended(store: SqlStore, *, at: datetime = NOON, documents: tuple[str, ...] = ()) -> ConversationId:
    """A case that was registered, sent on, acknowledged and withdrawn."""
    conversation = conversation_id()
    salts = (salted("message"), *map(salted, documents))
    await store.run(registration(outgoing(conversation, AKIMAT, created_at=at), at=at, salted=salts))
    (claimed,) = await store.run(ClaimDeliveries(now=at, limit=1, lease_until=at + MINUTE))
    await store.run(attempt(claimed, finished_at=at))
    await store.run(writing(conversation, 1, AppealWithdrawn(), at=at))
    return conversation


async def swept(store: SqlStore, retention: Retention, now: datetime = LATER) -> dict[RetentionKind, int]:
    """A whole pass; how much it erased of each."""
    sweep, counted = Sweep(retention, by="cleaner"), dict.fromkeys(retention, 0)
    while (erased := await sweep.step(store, now)) is not None:
        counted[erased.kept] += erased.count
    return counted


def grown_old(folder: Path) -> None:
    """Nobody has put any of these bytes for years."""
    for path in folder.glob("blobs/*/*/*"):
        os.utime(path, (0, 0))


def holds(connection: Connection) -> LedgerReport:
    return verify_ledger(connection, ProofVerifiers(EXCHANGE, lambda *_: "", lambda _: ""), lambda _: None)


async def test_of_a_case_that_is_over_the_words_go_and_the_proofs_stay(store: SqlStore, look: SecondConnection):
    conversation = await ended(store)
    await seal_all(store, SteppedClock(NOON))
    assert await plan(store, CASES, LATER) == {RetentionKind.CASES: 1}
    assert await swept(store, CASES) == {RetentionKind.CASES: 1}
    assert {row["operation"] for row in look.rows("messages")} == {None}
    assert {row["content"] for row in look.rows("envelopes")} == {b""}
    assert look.count("salts") == 0
    case = await store.run(LoadCase(conversation))
    assert case is not None
    assert (case.registration, len(case.events)) == (b"", 2)
    erased = {row["subject"] for row in look.rows("audit_log") if row["act"] == "payload.erased"}
    assert len(erased) == look.count("messages") + look.count("envelopes") + 1
    report = await store.read(holds)
    assert report.findings == ()
    assert report.counts.erased == len(erased)
    assert await plan(store, CASES, LATER) == {RetentionKind.CASES: 0}


async def test_a_repeat_of_an_erased_message_is_still_known(store: SqlStore):
    """The inbox keys are kept for ever: no message takes effect a second time, however late it comes again."""
    taken = registration()
    await store.run(taken)
    await store.run(writing(taken.cases[0].conversation_id, 1, AppealWithdrawn()))
    assert await swept(store, CASES) == {RetentionKind.CASES: 1}
    known = await store.run(FindAnswer(PLATFORM, taken.incoming.message_id))
    assert known is not None
    assert (known.digest, known.answer) == (taken.incoming.digest, taken.incoming.answer)


async def test_a_case_that_is_not_over_is_never_touched(store: SqlStore):
    await store.run(opening())  # nobody withdrew or answered
    assert await swept(store, CASES) == {RetentionKind.CASES: 0}


@pytest.mark.parametrize("state", [DeliveryState.RETRY_SCHEDULED, DeliveryState.DEAD_LETTERED, DeliveryState.DELIVERED])
async def test_a_case_with_an_open_delivery_is_never_touched(store: SqlStore, state: DeliveryState):
    conversation = conversation_id()
    await store.run(opening(outgoing(conversation, AKIMAT)))
    (claimed,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    await store.run(attempt(claimed, state))
    await store.run(writing(conversation, 1, AppealWithdrawn()))
    assert await swept(store, CASES) == {RetentionKind.CASES: 0}


async def test_a_case_with_an_open_term_is_never_touched(store: SqlStore):
    conversation = conversation_id()
    await store.run(opening(conversation_id=conversation))
    await store.run(writing(conversation, 1, term(), AppealWithdrawn()))
    assert await swept(store, CASES) == {RetentionKind.CASES: 0}
    await store.run(writing(conversation, 3, TermLapsed("reply-1", "withdrawn")))
    assert await swept(store, CASES) == {RetentionKind.CASES: 1}


async def test_the_last_event_counts_and_not_the_first(store: SqlStore):
    conversation = conversation_id()
    await store.run(opening(conversation_id=conversation))
    await store.run(writing(conversation, 1, AppealWithdrawn(), at=LATER - 30 * DAY))
    assert await swept(store, CASES) == {RetentionKind.CASES: 0}
    assert await swept(store, CASES, LATER + 400 * DAY) == {RetentionKind.CASES: 1}


async def test_a_pass_that_is_killed_between_two_commits_goes_on(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch, look: SecondConnection
):
    monkeypatch.setattr(case_erasure.cases_over, "__defaults__", (2,))
    for _ in range(7):
        await ended(store)
    killed = Sweep(CASES, by="cleaner")
    for _ in range(2):
        erased = await killed.step(store, LATER)
        assert erased is not None
        assert erased.count == 2
    assert await plan(store, CASES, LATER) == {RetentionKind.CASES: 3}
    assert await swept(store, CASES) == {RetentionKind.CASES: 3}
    subjects = [row["subject"] for row in look.rows("audit_log") if row["act"] == "payload.erased"]
    assert len(subjects) == len(set(subjects))  # nothing was erased twice
    assert (await store.read(holds)).findings == ()


async def test_a_case_that_moved_after_it_was_found_stays(store: SqlStore):
    conversation = await ended(store)
    found, _ = await store.run(FindCasesOver(LATER - 365 * DAY, None))
    assert found == (conversation,)
    await store.run(writing(conversation, 2, at=LATER))
    erased = await store.run(EraseCases(found, LATER - 365 * DAY, by="cleaner", reason="why", at=LATER))
    assert erased.count == 0


async def test_documents_go_when_the_last_case_that_rests_on_them_goes(
    store: SqlStore, tmp_path: Path, look: SecondConnection
):
    documents = FileDocuments(store, BlobFolder(tmp_path))
    minted, content = document_id(), b"%PDF-1.7 a decision"
    await documents.put_part(
        owner=PLATFORM, upload_id="u", part=1, parts=1, size=len(content), sha256=sha256(content),
        file_name="шешім.pdf", media_type="application/pdf", content=content, document_id=minted, at=NOON,
    )  # fmt: skip
    await ended(store, documents=(minted,))
    other = await ended(store, at=NOON + 300 * DAY, documents=(minted,))
    assert await swept(store, CASES) == {RetentionKind.CASES: 1}
    assert await documents.discard_lost(limit=9) == 0
    assert minted in await store.run(FindDocuments([minted]))
    assert await swept(store, CASES, NOON + 700 * DAY) == {RetentionKind.CASES: 1}
    assert await store.run(FindDocuments([minted])) == {}
    assert "шешім.pdf" not in str(look.rows("documents"))
    grown_old(tmp_path)
    assert await documents.discard_lost(limit=9) == 1
    assert not BlobFolder(tmp_path).exists(sha256(content))
    assert look.count("lost_blobs") == 0
    assert (await store.read(holds)).findings == ()
    assert other


async def test_bytes_that_came_anew_after_their_document_was_erased_stay(store: SqlStore, tmp_path: Path):
    documents = FileDocuments(store, BlobFolder(tmp_path))
    content, first, second = b"%PDF-1.7 a form", document_id(), document_id()

    async def put(upload_id: str, minted: str) -> None:
        await documents.put_part(
            owner=PLATFORM, upload_id=upload_id, part=1, parts=1, size=len(content), sha256=sha256(content),
            file_name="a.pdf", media_type="application/pdf", content=content, document_id=minted, at=NOON,
        )  # fmt: skip

    await put("one", first)
    await ended(store, documents=(first,))
    assert await swept(store, CASES) == {RetentionKind.CASES: 1}
    await put("two", second)
    grown_old(tmp_path)
    assert await documents.discard_lost(limit=9) == 1
    assert await documents.read(second, offset=0, length=99) == content


async def test_what_a_crash_left_on_the_disk_is_found_and_removed_once_it_is_old(store: SqlStore, tmp_path: Path):
    blobs = BlobFolder(tmp_path)
    documents = FileDocuments(store, blobs)
    left, named = b"%PDF-1.7 left", b"%PDF-1.7 named"
    for content in (left, named):
        blobs.put(content, sha256(content))
    await documents.put_part(
        owner=PLATFORM, upload_id="u", part=1, parts=1, size=len(named), sha256=sha256(named), file_name="a.pdf",
        media_type="application/pdf", content=named, document_id=document_id(), at=NOON,
    )  # fmt: skip
    prefixes = {sha256(content)[:2] for content in (left, named)}
    assert [await documents.discard_leftovers(prefix) for prefix in sorted(prefixes)] == [0] * len(prefixes)
    grown_old(tmp_path)
    assert sum([await documents.discard_leftovers(prefix) for prefix in sorted(prefixes)]) == 1
    assert (blobs.exists(sha256(left)), blobs.exists(sha256(named))) == (False, True)


def test_bytes_that_were_put_again_a_moment_ago_are_not_taken_for_leftovers(tmp_path: Path):
    blobs = BlobFolder(tmp_path)
    blobs.put(b"again", sha256(b"again"))
    grown_old(tmp_path)
    blobs.put(b"again", sha256(b"again"))
    assert not blobs.delete_unused(sha256(b"again"))
    assert blobs.exists(sha256(b"again"))


async def test_of_old_refusals_only_that_there_was_one_stays(store: SqlStore, look: SecondConnection, monkeypatch):
    monkeypatch.setattr(log_erasure, "ROWS_AT_ONCE", 2)
    for _ in range(3):
        await store.run(refusal(signer=AKIMAT, answer=b"<fault/>"))
    await store.run(refusal(at=LATER))
    await seal_all(store, SteppedClock(NOON))
    kept = {RetentionKind.REFUSALS: 30 * DAY}
    assert await plan(store, kept, LATER) == {RetentionKind.REFUSALS: 3}
    assert await swept(store, kept) == {RetentionKind.REFUSALS: 3}
    *old, new = look.rows("refusals")
    assert {(row["remote"], row["detail"], row["message_id"], row["digest"]) for row in old} == {("", "", None, None)}
    assert new["remote"] != ""
    assert (await store.read(holds)).findings == ()
    assert await swept(store, kept) == {RetentionKind.REFUSALS: 0}


async def test_old_accesses_go_a_few_at_a_time_with_one_line_for_each_step(
    store: SqlStore, look: SecondConnection, monkeypatch
):
    monkeypatch.setattr(log_erasure, "ROWS_AT_ONCE", 2)
    for number in range(5):
        await store.run(RecordAccess(AKIMAT, "history", str(number), NOON + number * DAY))
    await seal_all(store, SteppedClock(NOON))
    kept = {RetentionKind.ACCESSES: 100 * DAY}
    first = Sweep(kept, by="cleaner")
    await first.step(store, NOON + 103 * DAY + MINUTE)  # and is killed
    assert await swept(store, kept, NOON + 103 * DAY + MINUTE) == {RetentionKind.ACCESSES: 2}
    assert [row["subject"] for row in look.rows("accesses")] == ["4"]
    lines = [(row["subject"], row["result"]) for row in look.rows("audit_log")]
    assert lines == [("accesses 1-2", "2 rows"), ("accesses 3-4", "2 rows")]
    assert (await store.read(holds)).findings == ()


async def test_a_row_that_goes_without_a_line_is_still_found(store: SqlStore):
    for number in range(3):
        await store.run(RecordAccess(AKIMAT, "history", str(number), NOON + number * DAY))

    def take_one_away(connection: Connection, jobs: list[int]) -> list[None]:
        for number in jobs:
            connection.exec_driver_sql(f"DELETE FROM accesses WHERE access_id = {number}")
        return [None] * len(jobs)

    await store.write(take_one_away, 3)
    await swept(store, {RetentionKind.ACCESSES: 399 * DAY})  # erases the first alone
    found = (await store.read(holds)).findings
    assert [(one.problem.value, one.table, one.key) for one in found] == [("missing", "accesses", "[3]")]


async def test_what_is_kept_for_ever_is_not_looked_at(store: SqlStore):
    await ended(store)
    assert await plan(store, {}, LATER) == {}
    assert await Sweep({}, by="cleaner").step(store, LATER) is None
