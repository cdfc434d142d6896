"""Taking messages: one effect per key, conflicts seen, a receipt only for what is committed."""

import asyncio
from dataclasses import replace

import pytest

from contracts.header import Action
from dossier.case.event_form import event_bytes, leaf_digest
from gateway.ports.audit import RecordAccess
from gateway.ports.case import FindConversation, ListSalts, LoadCase
from gateway.ports.intake import FindAnswer
from gateway.ports.results import AlreadyRecorded, Conflict, Recorded
from gateway.store.database import SqlStore
from gateway.store.engine.errors import WriteFailed
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    PLATFORM,
    acceptance,
    conversation_id,
    document_id,
    incoming,
    opening,
    outgoing,
    refusal,
    registration,
    salted,
    sha256,
    writing,
)


async def test_a_new_message_is_recorded_with_all_it_causes(store: SqlStore, look: SecondConnection):
    conversation = conversation_id()
    taken = registration(outgoing(conversation), salted=(salted("letter"), salted("annex")))
    assert await store.run(taken) == Recorded()
    counts = {name: look.count(name) for name in ("inbox", "messages", "envelopes", "events", "leaves", "deliveries")}
    assert counts == {"inbox": 1, "messages": 2, "envelopes": 1, "events": 1, "leaves": 5, "deliveries": 1}
    assert look.count("commitments") == look.count("salts") == 2


async def test_it_is_committed_before_the_caller_hears_of_it(store: SqlStore, look: SecondConnection):
    for expected in range(1, 4):
        await store.run(registration())
        assert look.count("inbox") == expected


async def test_the_same_message_again_gets_the_same_answer_and_has_no_effect(store: SqlStore, look: SecondConnection):
    first = registration()
    await store.run(first)
    again = await store.run(first)
    assert again == AlreadyRecorded(first.incoming.digest, first.incoming.answer)
    assert look.count("events") == 1


async def test_another_digest_under_a_known_key_is_told_from_the_first(store: SqlStore, look: SecondConnection):
    first = registration()
    await store.run(first)
    other = replace(registration(), incoming=replace(first.incoming, digest=sha256(b"other"), answer=b"other"))
    assert await store.run(other) == AlreadyRecorded(first.incoming.digest, first.incoming.answer)
    assert look.count("conversations") == 1


async def test_the_same_message_many_times_at_once_acts_once(store: SqlStore, look: SecondConnection):
    same = registration()
    results = await asyncio.gather(*(store.run(same) for _ in range(20)))
    assert results.count(Recorded()) == 1
    assert results.count(AlreadyRecorded(same.incoming.digest, same.incoming.answer)) == 19
    assert look.count("events") == 1


async def test_two_senders_may_use_the_same_message_id(store: SqlStore):
    mine = incoming(sender=AKIMAT)
    theirs = incoming(sender=COURT, message_id=mine.message_id)
    assert await store.run(replace(acceptance(), incoming=mine)) == Recorded()
    assert await store.run(replace(acceptance(), incoming=theirs)) == Recorded()


async def test_find_answer_knows_what_was_accepted_and_nothing_else(store: SqlStore):
    taken = registration()
    await store.run(taken)
    key = (taken.incoming.sender, taken.incoming.message_id)
    assert await store.run(FindAnswer(*key)) == AlreadyRecorded(taken.incoming.digest, taken.incoming.answer)
    assert await store.run(FindAnswer(AKIMAT, taken.incoming.message_id)) is None


async def test_a_decision_on_a_past_state_conflicts_and_writes_nothing(store: SqlStore, look: SecondConnection):
    case = opening()
    await store.run(case)
    await store.run(writing(case.conversation_id, 1))
    assert await store.run(acceptance(writing(case.conversation_id, 1))) == Conflict()
    assert look.count("inbox") == 0
    assert look.count("events") == 2


async def test_of_many_decisions_on_one_state_exactly_one_is_written(store: SqlStore, look: SecondConnection):
    case = opening()
    await store.run(case)
    racing = [acceptance(writing(case.conversation_id, 1)) for _ in range(12)]
    results = await asyncio.gather(*(store.run(one) for one in racing))
    assert results.count(Recorded()) == 1
    assert results.count(Conflict()) == 11
    assert look.count("events") == 2
    assert look.count("inbox") == 1


async def test_a_repeat_of_what_conflicts_gets_no_receipt(store: SqlStore, look: SecondConnection):
    case = opening()
    await store.run(case)
    await store.run(writing(case.conversation_id, 1))
    stale = acceptance(writing(case.conversation_id, 1))
    results = await asyncio.gather(*(store.run(stale) for _ in range(6)))
    assert results == [Conflict()] * 6
    assert look.count("inbox") == 0


async def test_a_taken_appeal_number_conflicts(store: SqlStore, look: SecondConnection):
    await store.run(registration(appeal_number="DL-2026-0000000007"))
    assert await store.run(registration(appeal_number="DL-2026-0000000007")) == Conflict()
    assert look.count("conversations") == 1


async def test_of_two_new_appeals_with_one_number_in_one_batch_the_second_conflicts(store: SqlStore):
    racing = [registration(appeal_number="DL-2026-0000000007") for _ in range(2)]
    results = await asyncio.gather(*(store.run(one) for one in racing))
    assert sorted(map(repr, results)) == ["Conflict()", "Recorded()"]


async def test_one_stale_case_refuses_the_whole_acceptance(store: SqlStore, look: SecondConnection):
    first, second = opening(), opening()
    await store.run(first)
    await store.run(second)
    both = acceptance(writing(first.conversation_id, 1), writing(second.conversation_id, 7))
    assert await store.run(both) == Conflict()
    assert look.count("events") == 2


async def test_a_message_that_cannot_be_written_fails_alone(store: SqlStore, look: SecondConnection):
    poison = registration(outgoing(conversation_id(), documents=(document_id(),)))  # names no stored document
    good = [registration() for _ in range(9)]
    results = await asyncio.gather(*(store.run(one) for one in [*good, poison]), return_exceptions=True)
    assert results[:9] == [Recorded()] * 9
    assert isinstance(results[9], WriteFailed)
    assert look.count("conversations") == 9


async def test_an_error_carries_no_personal_data(store: SqlStore):
    poison = registration(outgoing(conversation_id(), documents=(document_id(),), operation=b"IIN 900101300123"))
    with pytest.raises(WriteFailed) as caught:
        await store.run(poison)
    assert "900101300123" not in f"{caught.value!r} {caught.value.__cause__}"


async def test_a_case_comes_back_as_it_was_written(store: SqlStore):
    taken = registration(salted=(salted("letter"),))
    case = taken.cases[0]
    await store.run(taken)
    await store.run(writing(case.conversation_id, 1))
    loaded = await store.run(LoadCase(case.conversation_id))
    assert loaded is not None
    assert (loaded.appeal_number, loaded.opened_by, loaded.seq) == (case.appeal_number, PLATFORM, 2)
    assert loaded.registration == taken.incoming.operation
    assert [event.seq for event in loaded.events] == [1, 2]
    assert loaded.events[0].fact == case.facts[0]
    assert loaded.events[0].message_id == taken.incoming.message_id
    assert [one.subject for one in loaded.events[0].commitments] == ["letter"]
    assert loaded.events[1].commitments == ()
    assert await store.run(FindConversation(str(case.appeal_number))) == case.conversation_id
    assert await store.run(LoadCase(conversation_id())) is None


async def test_leaves_are_digests_of_the_events_as_they_come_back(store: SqlStore, look: SecondConnection):
    case = opening(salted=(salted("letter"),))
    await store.run(case)
    loaded = await store.run(LoadCase(case.conversation_id))
    assert loaded is not None
    of_events = [row for row in look.rows("leaves") if row["record"] == "events"]
    assert [row["digest"] for row in of_events] == [leaf_digest(event_bytes(e)) for e in loaded.events]
    assert of_events[0]["position"] is None


async def test_a_commitment_opens_with_its_salt(store: SqlStore):
    case = opening(salted=(salted("letter", b"text"),))
    await store.run(case)
    (kept,) = await store.run(ListSalts(case.conversation_id))
    loaded = await store.run(LoadCase(case.conversation_id))
    assert loaded is not None
    assert kept == salted("letter", b"text")
    assert loaded.events[0].commitments[0].digest == sha256(kept.salt + bytes.fromhex(kept.content_sha256))


async def test_a_subject_named_twice_is_committed_to_once(store: SqlStore):
    case = opening(salted=(salted("letter"), salted("letter")))
    assert await store.run(case) == Recorded()
    assert len(await store.run(ListSalts(case.conversation_id))) == 1


async def test_a_message_without_bytes_is_keyed_and_answered_all_the_same(store: SqlStore, look: SecondConnection):
    part = acceptance(action=Action.PUT_DOCUMENT, operation=None, envelope=None)
    assert await store.run(part) == Recorded()
    assert isinstance(await store.run(part), AlreadyRecorded)
    assert look.count("envelopes") == 0


async def test_refusals_and_accesses_are_logged(store: SqlStore, look: SecondConnection):
    stated = refusal(detail="odd\0bytes \ud800", path="/soap/\0")
    await store.run(stated)
    await store.run(RecordAccess(COURT, "document", "abc#1", stated.at))
    (row,) = look.rows("refusals")
    assert (row["code"], row["request_sha256"], row["at"]) == (stated.code, stated.request_sha256, stated.at)
    assert (row["detail"], row["path"]) == ("odd\ufffdbytes \ufffd", "/soap/\ufffd")
    assert [row["subject"] for row in look.rows("accesses")] == ["abc#1"]
