"""Replies that are nearly identical are found among those of the same body, and go with their case."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.case.events import AppealWithdrawn
from dossier.case.likeness import VERSION, Sketch, likeness, sketch_of
from dossier.procedure.decision import Resembling
from gateway.domain.retention import RetentionKind
from gateway.ports.intake import Acceptance, FindSimilarReplies, SketchedReply
from gateway.ports.results import AlreadyRecorded, Recorded
from gateway.service.retain import Sweep
from gateway.store.cases import likeness as likeness_rows
from gateway.store.database import SqlStore
from gateway.store.engine.connect import writing_engine
from tests.conformance.store.conftest import SecondConnection
from tests.conformance.store.retention.test_retention import CASES, LATER
from tests.worlds.builders import AKIMAT, JER, NOON, conversation_id, incoming, opening, writing
from tests.worlds.sqlite import migrated

WORDS = [f"{start}{end}" for start in ("жер", "акт", "шешім", "учасок", "орган", "құқық") for end in "абвгдежзикл"]


def letter(seed: int = 1, *, changed: int = 0) -> Sketch:
    """Two hundred words; ``changed`` of them at the end are others."""
    words = random.Random(seed).choices(WORDS, k=200)
    sketch = sketch_of(" ".join([*words[: 200 - changed], *(f"басқа{word}" for word in words[200 - changed :])]))
    assert sketch is not None
    return sketch


def reply(
    sketch: Sketch, *, body: PartyId = AKIMAT, of: ConversationId | None = None, seq: int = 0, at: datetime = NOON
) -> Acceptance:
    """A reply that comes with its case; ``seq``: that of its case if that is open."""
    conversation = of or conversation_id()
    write = writing(conversation, seq, AppealWithdrawn()) if seq else opening(conversation_id=conversation, at=at)
    message = incoming(sender=body, conversation_id=conversation, received_at=at)
    return Acceptance(message, (write,), sketched=SketchedReply(body, conversation, sketch))


def number_of(acceptance: Acceptance) -> str | None:
    return acceptance.cases[0].appeal_number


async def like(
    store: SqlStore, sketch: Sketch, *, body: PartyId = AKIMAT, of: ConversationId | None = None
) -> Resembling:
    return await store.run(FindSimilarReplies(SketchedReply(body, of or conversation_id(), sketch)))


async def test_none_is_like_the_first(store: SqlStore):
    assert await like(store, letter()) == Resembling(0, ())


async def test_those_that_are_nearly_identical_are_counted_and_the_newest_named_first(store: SqlStore):
    sent = [reply(letter()), reply(letter(2)), reply(letter(changed=6)), reply(letter())]
    for one in sent:
        assert await store.run(one) == Recorded()
    assert likeness(letter(), letter(changed=6)) >= 0.9
    assert await like(store, letter()) == Resembling(3, tuple(number_of(sent[n]) for n in (3, 2, 0)))


async def test_what_is_less_alike_than_the_threshold_does_not_count_though_it_shares_a_bucket(store: SqlStore):
    near = letter(changed=14)
    assert 0.8 < likeness(letter(), near) < 0.9
    await store.run(reply(near))
    assert await like(store, letter()) == Resembling(0, ())


async def test_another_body_is_another_matter(store: SqlStore):
    await store.run(reply(letter(), body=JER))
    assert (await like(store, letter())).count == 0
    assert (await like(store, letter(), body=JER)).count == 1


async def test_a_reply_of_the_same_appeal_never_counts_as_another(store: SqlStore):
    first = reply(letter())
    await store.run(first)
    own = first.cases[0].conversation_id
    await store.run(reply(letter(), of=own, seq=1))
    assert await like(store, letter(), of=own) == Resembling(0, ())
    assert await like(store, letter()) == Resembling(2, (str(number_of(first)),))  # two replies of one appeal


async def test_sketches_of_another_version_are_never_compared(store: SqlStore):
    await store.run(reply(Sketch(VERSION + 1, letter().content)))
    assert (await like(store, letter())).count == 0


async def test_of_many_the_newest_are_named_and_no_more_are_counted_than_a_reader_needs(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
):
    sent = [reply(letter()) for _ in range(30)]
    for one in sent:
        await store.run(one)
    named = tuple(number_of(one) for one in reversed(sent[10:]))
    assert await like(store, letter()) == Resembling(30, named)
    monkeypatch.setattr(likeness_rows, "SCANNED_AT_ONCE", 25)
    likeness_rows._candidates.cache_clear()
    assert await like(store, letter()) == Resembling(25, named)
    likeness_rows._candidates.cache_clear()


async def test_a_repeat_is_kept_once_and_what_has_no_sketch_not_at_all(store: SqlStore, look: SecondConnection):
    taken = reply(letter())
    assert await store.run(taken) == Recorded()
    assert isinstance(await store.run(taken), AlreadyRecorded)
    await store.run(Acceptance(incoming(), (opening(),)))
    assert (look.count("reply_sketches"), look.count("reply_buckets")) == (1, 12)


async def test_a_sketch_goes_with_its_case_and_the_others_stay(store: SqlStore, look: SecondConnection):
    old, kept = reply(letter()), reply(letter())
    for one in (old, kept):
        await store.run(one)
    await store.run(writing(old.cases[0].conversation_id, 1, AppealWithdrawn()))
    sweep = Sweep(CASES, by="cleaner")
    erased = [one.count async for one in _steps(sweep, store) if one.kept is RetentionKind.CASES]
    assert sum(erased) == 1
    assert await like(store, letter()) == Resembling(1, (str(number_of(kept)),))
    assert (look.count("reply_sketches"), look.count("reply_buckets")) == (1, 12)


async def _steps(sweep: Sweep, store: SqlStore):
    while (erased := await sweep.step(store, LATER)) is not None:
        yield erased


def test_they_are_found_by_bucket_and_number_however_many_there_are(tmp_path: Path):
    """The plan on SQLite: no table is read through, no bucket is sorted. PostgreSQL plans by what is in it."""
    engine, plans = writing_engine(migrated(tmp_path), connections=1), []

    @event.listens_for(engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, executemany):
        if "reply_" in statement:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    with engine.begin() as connection:
        likeness_rows.find(connection, FindSimilarReplies(SketchedReply(AKIMAT, conversation_id(), letter())))
        likeness_rows.forget(connection, [conversation_id()])
    engine.dispose()
    assert sum("(bucket=?)" in plan for plan in plans) == 12, plans
    assert any("ix_reply_buckets_message" in plan for plan in plans), plans
    assert not [plan for plan in plans if plan.startswith("SCAN reply_")], plans
