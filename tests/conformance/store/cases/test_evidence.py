"""What is kept as evidence, tied to its message: first answers, faults within bounds, signals, all that is heard."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from connectors.ports.outcome import Transmission
from contracts.header import Action
from contracts.party import PartyId, PartyRole
from dossier.erds.record import Ending, Signalled
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import ListSenders, TraceQuery
from gateway.ports.deliveries import ClaimDeliveries, KeepAttempts, Rescue
from gateway.ports.parties import ApplyRegistry
from gateway.store.cases import intake, message_trace
from gateway.store.database import SqlStore
from gateway.store.engine.connect import writing_engine
from gateway.store.tables import envelopes, signals
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (  # fmt: skip
    AKIMAT,
    COURT,
    EXCHANGE,
    NOON,
    PLATFORM,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    message_id,
    outgoing,
    party,
    refusal,
    registration,
    registry,
    rejected,
    sha256,
)

LEASE = timedelta(minutes=1)


async def traced(store: SqlStore, sender: PartyId, of):
    return await store.run(TraceQuery(sender, of, EXCHANGE, NOON))


async def sent(store: SqlStore):
    """A message to the akimat, its delivery under lease."""
    await store.run(ApplyRegistry(registry(), by="test", at=NOON))
    conversation = conversation_id()
    message = outgoing(conversation)
    await store.run(registration(message, conversation_id=conversation))
    (claimed,) = await store.run(ClaimDeliveries(now=NOON, limit=9, lease_until=NOON + LEASE))
    return claimed


async def test_the_first_answer_is_kept_in_the_commit_of_the_message(store: SqlStore):
    taken = acceptance(answer_envelope=b"<signed/>")
    await store.run(taken)
    found = await traced(store, AKIMAT, taken.incoming.message_id)
    assert found.envelopes[found.record.receipt.envelope] == b"<signed/>"
    assert found.record.message.envelope == sha256(taken.incoming.envelope)


async def test_the_answer_to_a_document_part_is_kept_though_its_bytes_are_not(store: SqlStore):
    part = acceptance(action=Action.PUT_DOCUMENT, operation=None, envelope=None, answer_envelope=b"<signed/>")
    await store.run(part)
    found = await traced(store, AKIMAT, part.incoming.message_id)
    assert found.record.message.envelope is None
    assert list(found.envelopes.values()) == [b"<signed/>"]


async def test_a_message_of_before_answers_were_kept_says_that_it_has_none(store: SqlStore):
    taken = acceptance()
    await store.run(taken)
    found = await traced(store, AKIMAT, taken.incoming.message_id)
    assert found.record.receipt.at == NOON
    assert found.record.receipt.envelope is None


async def test_the_fault_of_a_known_sender_is_kept_and_a_strangers_is_not(store: SqlStore, look: SecondConnection):
    of = message_id()
    await store.run(refusal(message_id=of, signer=AKIMAT, digest=sha256(b"x"), answer=b"<fault/>"))
    await store.run(refusal(message_id=of, sender=COURT, answer=b"<fault to='a stranger'/>"))
    assert [row["content"] for row in look.rows("envelopes")] == [b"<fault/>"]
    assert await store.run(ListSenders(of, EXCHANGE)) == (AKIMAT,)
    (kept,) = (await traced(store, AKIMAT, of)).record.refusals
    assert kept.fault == sha256(b"<fault/>")
    assert await traced(store, COURT, of) is None


async def test_only_so_many_faults_are_kept_for_a_sender_and_day(
    store: SqlStore, look: SecondConnection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(intake, "KEPT_FAULTS_A_DAY", 2)

    def stated_by(number: int, signer=AKIMAT, at=NOON):
        return refusal(signer=signer, digest=sha256(b"x"), answer=f"<fault no='{number}'/>".encode(), at=at)

    for number in range(4):
        await store.run(stated_by(number))
    await store.run(stated_by(5, signer=COURT))
    await store.run(stated_by(6, at=NOON + timedelta(days=1)))
    kept = [row["answer_sha256"] is not None for row in look.rows("refusals")]
    assert kept == [True, True, False, False, True, True]


async def test_a_fault_that_is_too_long_is_not_kept(store: SqlStore, look: SecondConnection):
    long = b"<fault>" + b"x" * intake.KEPT_FAULT_BYTES
    await store.run(refusal(signer=AKIMAT, digest=sha256(b"x"), answer=long))
    assert look.count("envelopes") == 0
    assert look.count("refusals") == 1


async def test_every_signal_is_tied_to_its_delivery_also_one_that_comes_after_the_end(store: SqlStore):
    claimed = await sent(store)
    for signal in (acknowledged(claimed.message_id), rejected(claimed.message_id)):
        await store.run(acceptance(signals=(signal,)))
    found = await traced(store, EXCHANGE, claimed.message_id)
    assert [one.said for one in found.record.signals] == [Signalled.RECEIPT, Signalled.ERROR]
    assert all(one.envelope in found.envelopes for one in found.record.signals)
    assert found.record.delivery.ending is Ending.ACKNOWLEDGED
    assert found.record.delivery.ended_by == found.record.signals[0].envelope


async def test_a_signal_of_before_they_had_a_table_is_found_by_what_it_ended(url: str, store: SqlStore):
    claimed = await sent(store)
    await store.run(acceptance(signals=(rejected(claimed.message_id),), action=Action.ACKNOWLEDGE))
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        connection.execute(delete(signals))
    engine.dispose()
    (reported,) = (await traced(store, EXCHANGE, claimed.message_id)).record.signals
    assert (reported.said, reported.code) == (Signalled.ERROR, "NotCompetent")


async def test_a_receipt_heard_after_its_lease_counts_and_is_kept_with_its_attempt(store: SqlStore):
    claimed = await sent(store)
    await store.run(Rescue(now=NOON + 2 * LEASE))
    heard = Transmission(b"<sent/>", b"<receipt/>", 200)
    await store.run(attempt(claimed, DeliveryState.ACKNOWLEDGED, outcome="Acknowledged", transmission=heard))
    found = await traced(store, EXCHANGE, claimed.message_id)
    assert found.record.delivery.ending is Ending.ACKNOWLEDGED
    assert [one.outcome.value for one in found.record.attempts] == ["Unknown", "Acknowledged"]
    assert set(found.envelopes.values()) == {b"<sent/>", b"<receipt/>"}


async def test_of_very_many_attempts_the_first_and_the_newest_are_told(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(message_trace, "MOST_ATTEMPTS", 3)
    claimed = await sent(store)
    tried = [attempt(claimed, DeliveryState.DELIVERED, detail=f"try {number}") for number in range(6)]
    await store.run(KeepAttempts(tried))
    record = (await traced(store, EXCHANGE, claimed.message_id)).record
    assert [one.detail for one in record.attempts] == ["try 0", "try 4", "try 5"]
    assert record.left_out == 3


async def test_the_words_of_a_peer_cannot_keep_its_message_from_being_told(store: SqlStore):
    claimed = await sent(store)
    await store.run(KeepAttempts([attempt(claimed, DeliveryState.DELIVERED, detail="odd\x01\ufffewords\x00")]))
    (reported,) = (await traced(store, EXCHANGE, claimed.message_id)).record.attempts
    assert reported.detail == "odd\ufffd\ufffdwords\ufffd"


async def test_an_envelope_that_was_erased_is_told_as_absent(url: str, store: SqlStore):
    taken = acceptance(answer_envelope=b"<signed/>")
    await store.run(taken)
    engine = writing_engine(url, connections=1)
    with engine.begin() as connection:
        of = envelopes.c.sha256 == sha256(taken.incoming.envelope)
        connection.execute(update(envelopes).where(of).values(content=b""))
    engine.dispose()
    found = await traced(store, AKIMAT, taken.incoming.message_id)
    assert found.record.absent == (sha256(taken.incoming.envelope),)
    assert list(found.envelopes.values()) == [b"<signed/>"]


async def test_several_senders_of_one_message_id_are_told_apart(store: SqlStore):
    same = message_id()
    await store.run(ApplyRegistry(registry(), by="test", at=NOON))
    for sender in (AKIMAT, COURT):
        await store.run(acceptance(sender=sender, message_id=same))
    assert await store.run(ListSenders(same, EXCHANGE)) == (AKIMAT, COURT)
    assert (await traced(store, COURT, same)).record.sender == COURT
    assert await traced(store, PLATFORM, same) is None


async def test_the_exchange_and_a_party_that_left_are_among_the_senders(store: SqlStore):
    claimed = await sent(store)
    left = acceptance(sender=COURT, message_id=claimed.message_id)
    await store.run(left)
    staying = (party(AKIMAT), party(PLATFORM, role=PartyRole.PLATFORM))
    await store.run(ApplyRegistry(registry(*staying), by="test", at=NOON))
    assert await store.run(ListSenders(claimed.message_id, EXCHANGE)) == (EXCHANGE, COURT)
