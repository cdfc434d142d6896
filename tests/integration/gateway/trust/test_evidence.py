"""What proves a message: kept byte for byte, told in the terms of EN 319 522, sealed in one file, proven offline."""

import hashlib
import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import select

from contracts.codes import Code
from contracts.header import Action, MessageId
from contracts.operations import Service
from contracts.payloads import Acknowledge, FetchMessages, WithdrawAppeal
from contracts.receipt import Receipt
from contracts.soap import SOAP_ENV, WSU
from dossier.check.report import ContainerKind, Indication, StepVerdict
from dossier.check.verification import verify_container
from dossier.erds.derive import evidence_of
from dossier.erds.evidence_xml import SCHEMA, build_evidence
from dossier.erds.pack import pack
from dossier.erds.record_xml import RECORD, build_record, envelope_path
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import ListSenders
from gateway.ports.deliveries import AttemptRecord, DeliveryPageQuery, FindDelivery
from gateway.ports.outside import OutgoingEnvelope
from gateway.ports.results import Conflict
from gateway.store.tables import messages
from gateway.workers.relay import Relay
from signing.xades.container import XADES
from tests.worlds.exchange.evidence_files import (
    an_error,
    an_unsigned_fault,
    bent_relay,
    evidence,
    file_of,
    judged_by_xmlsec1,
    kinds,
    no_connection,
    refusal,
    silence,
    taken_without_receipt,
    traced,
    unpacked,
)
from tests.worlds.exchange.ledger_world import seal
from tests.worlds.exchange.world import AKIMAT, JER, ME, PLATFORM, STRANGER, World, an_appeal

S = Service


@pytest.fixture
def world(either_world):
    """Every sentence here holds over either database."""
    return either_world


async def assigned_to(world: World, party, **changes):
    """A registered appeal; the delivery that hands it to ``party``."""
    conversation_id, _ = await world.register(**changes)
    rows = await world.exchange.store.run(DeliveryPageQuery(recipient=party))
    (row,) = [row for row in rows if row.conversation_id == conversation_id and row.action is Action.ASSIGN_APPEAL]
    return row


async def to_jer(world: World):
    return await assigned_to(world, JER, subject="LAND-PLOT")


async def acknowledge(world: World, party, *signals):
    return await world.call(S.AGENCY, party, Acknowledge(signals))


async def proven(world: World, sender, message_id):
    report = verify_container(await file_of(world, sender, message_id), [world.anchor], now=world.clock.now())
    assert report.kind is ContainerKind.EVIDENCE
    assert report.is_passed, list(report.findings())
    return report


# --- what was submitted ---------------------------------------------------------------------------------------------


async def test_the_receipt_that_left_is_kept_byte_for_byte(world):
    message_id = MessageId(str(uuid.uuid4()))
    answered = await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock), message_id=message_id)
    (accepted,) = await evidence(world, PLATFORM, message_id)
    assert accepted.kind == "SubmissionAcceptance"
    kept = (await traced(world, PLATFORM, message_id)).envelopes
    assert kept[accepted.proofs[0]] == answered.envelope
    await proven(world, PLATFORM, message_id)


async def test_a_repeat_gets_the_same_receipt_and_the_first_one_stays_kept(world):
    appeal, message_id = an_appeal(world.clock), MessageId(str(uuid.uuid4()))
    envelope = world.envelope(PLATFORM, appeal, message_id=message_id)
    first = await world.post(S.APPEALS, envelope)
    world.clock.advance(seconds=5)
    again = await world.post(S.APPEALS, envelope)
    assert again.message == first.message
    assert again.envelope != first.envelope
    held = (await traced(world, PLATFORM, message_id)).envelopes.values()
    assert first.envelope in held
    assert again.envelope not in held
    assert await kinds(world, PLATFORM, message_id) == ["SubmissionAcceptance"]


async def test_the_receipt_for_a_document_part_is_kept_too(world):
    await world.upload(PLATFORM, b"%PDF-1.7")
    (row,) = await world.exchange.store.read(_document_parts)
    assert await kinds(world, PLATFORM, row.message_id) == ["SubmissionAcceptance"]
    await proven(world, PLATFORM, row.message_id)


def _document_parts(connection):
    return connection.execute(select(messages.c.message_id).where(messages.c.action == Action.PUT_DOCUMENT)).all()


async def test_a_refused_submission_leaves_our_signed_fault_as_evidence(world):
    message_id = MessageId(str(uuid.uuid4()))
    late = WithdrawAppeal("өзгерді", None)
    refused = await world.call(
        S.APPEALS, PLATFORM, late, message_id=message_id, conversation_id="00000000-0000-4000-8000-000000000000"
    )
    assert refused.fault.code is Code.UNKNOWN_CONVERSATION
    assert refused.fault.message_id == message_id
    (rejected,) = await evidence(world, PLATFORM, message_id)
    assert (rejected.kind, rejected.reason) == ("SubmissionRejection", "RefusedByExchange")
    assert rejected.detail.startswith("UnknownConversation: ")
    assert (await traced(world, PLATFORM, message_id)).envelopes[rejected.proofs[0]] == refused.envelope
    await proven(world, PLATFORM, message_id)


async def test_a_message_that_breaks_the_schema_is_refused_with_evidence_if_its_sender_signed_it(world):
    message_id = MessageId(str(uuid.uuid4()))
    broken = an_appeal(world.clock, subject="")
    refused = await world.call(S.APPEALS, PLATFORM, broken, message_id=message_id)
    assert refused.fault.code is Code.SCHEMA_VIOLATION
    assert await kinds(world, PLATFORM, message_id) == ["SubmissionRejection"]
    await proven(world, PLATFORM, message_id)


async def test_of_a_stranger_nothing_is_kept_but_a_line_in_the_log(world):
    message_id = MessageId(str(uuid.uuid4()))
    envelope = world.envelope(PLATFORM, an_appeal(world.clock), key=STRANGER, message_id=message_id)
    assert (await world.post(S.APPEALS, envelope)).fault.code is Code.UNKNOWN_SIGNER
    assert await world.exchange.store.run(ListSenders(message_id, ME)) == ()


async def test_a_refused_message_that_is_mended_under_the_same_id_shows_both(world):
    message_id = MessageId(str(uuid.uuid4()))
    await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock, subject=""), message_id=message_id)
    world.clock.advance(seconds=1)
    await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock), message_id=message_id)
    assert await kinds(world, PLATFORM, message_id) == ["SubmissionRejection", "SubmissionAcceptance"]
    await proven(world, PLATFORM, message_id)


# --- what was sent to a party that is called ------------------------------------------------------------------------


async def test_a_signed_receipt_shows_relay_and_consignment(world):
    row = await assigned_to(world, AKIMAT)
    await world.settle()
    accepted, consigned = await evidence(world, ME, row.message_id)
    assert (accepted.kind, consigned.kind) == ("RelayAcceptance", "ContentConsignment")
    assert len(accepted.proofs) == 2
    await proven(world, ME, row.message_id)


async def test_a_message_that_was_not_sent_yet_has_no_evidence_and_a_file_all_the_same(world):
    row = await assigned_to(world, AKIMAT)
    assert await kinds(world, ME, row.message_id) == []
    await proven(world, ME, row.message_id)


async def test_attempts_that_fail_are_told_one_by_one_with_what_was_heard(world):
    row = await assigned_to(world, AKIMAT)
    relay = bent_relay(world, Action.ASSIGN_APPEAL, no_connection, an_unsigned_fault, silence)
    for _ in range(4):
        await relay.run_once()
        world.clock.advance(hours=1)
    rows = await evidence(world, ME, row.message_id)
    assert [(one.kind.value, one.reason) for one in rows] == [
        ("RelayFailure", "NotTaken"),
        ("RelayFailure", "NotTaken"),
        ("RelayFailure", "OutcomeUnknown"),
        ("RelayAcceptance", None),
        ("ContentConsignment", None),
    ]
    held = (await traced(world, ME, row.message_id)).envelopes
    assert held[rows[1].proofs[1]] == b"<html>no</html>"  # kept as what it is
    await proven(world, ME, row.message_id)


async def test_a_signed_error_signal_shows_a_rejection_with_its_code(world):
    row = await assigned_to(world, AKIMAT)
    await bent_relay(world, Action.ASSIGN_APPEAL, refusal(world)).run_once()
    rejected, failed = await evidence(world, ME, row.message_id)
    assert (rejected.kind, failed.kind) == ("RelayRejection", "ContentConsignmentFailure")
    assert rejected.detail == "WrongState: не в нашей компетенции"
    await proven(world, ME, row.message_id)


async def test_a_late_receipt_is_evidence_though_a_bare_202_was_none(world):
    row = await assigned_to(world, AKIMAT)
    await bent_relay(world, Action.ASSIGN_APPEAL, taken_without_receipt).run_once()
    assert await kinds(world, ME, row.message_id) == []
    await acknowledge(world, AKIMAT, Receipt(row.message_id, row.digest, world.clock.now()))
    assert await kinds(world, ME, row.message_id) == ["RelayAcceptance", "ContentConsignment"]
    await proven(world, ME, row.message_id)


async def test_a_signed_answer_of_a_lost_lease_counts_and_is_tied_to_its_delivery(world):
    """The lease was taken back while the party was answering: what it signed ends the delivery all the same."""
    row = await assigned_to(world, AKIMAT)

    async def answered_too_late(outgoing: OutgoingEnvelope):
        world.clock.advance(minutes=5)
        await world.rescuer.run_once()
        return refusal(world)(outgoing)

    await bent_relay(world, Action.ASSIGN_APPEAL, answered_too_late).run_once()
    state = (await world.exchange.store.run(FindDelivery(AKIMAT, row.message_id))).state
    assert state is DeliveryState.REJECTED
    rows = await kinds(world, ME, row.message_id)
    assert "RelayRejection" in rows
    await proven(world, ME, row.message_id)


async def test_a_message_that_cannot_be_sent_is_a_relay_failure_without_envelopes(world):
    row = await assigned_to(world, AKIMAT)
    await world.apply(_without(world.in_force[0].registry, AKIMAT))
    await world.relay.run_once()
    (failed,) = await evidence(world, ME, row.message_id)
    assert (failed.kind, failed.reason, failed.proofs) == ("RelayFailure", "NotSendable", ())
    await proven(world, ME, row.message_id)


# --- what lies in a mailbox -----------------------------------------------------------------------------------------


async def test_a_mailbox_consigns_at_once_and_hands_over_when_it_is_acknowledged(world):
    row = await to_jer(world)
    assert await kinds(world, ME, row.message_id) == ["ContentConsignment"]
    await world.call(S.AGENCY, JER, FetchMessages(10))
    assert await kinds(world, ME, row.message_id) == ["ContentConsignment"]
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, Receipt(row.message_id, row.digest, world.clock.now()))
    assert await kinds(world, ME, row.message_id) == ["ContentConsignment", "ContentHandover"]
    await proven(world, ME, row.message_id)


async def test_a_mailbox_party_that_refuses_is_a_handover_failure(world):
    row = await to_jer(world)
    await world.call(S.AGENCY, JER, FetchMessages(10))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, an_error(world, row.message_id, row.digest))
    consigned, failed = await evidence(world, ME, row.message_id)
    assert (consigned.kind, failed.kind) == ("ContentConsignment", "ContentHandoverFailure")
    await proven(world, ME, row.message_id)


async def test_silence_after_a_fetch_is_told_as_silence_and_the_late_receipt_as_what_it_is(world):
    row = await to_jer(world)
    await world.call(S.AGENCY, JER, FetchMessages(10))
    world.clock.advance(minutes=6)  # past the lease
    await world.call(S.AGENCY, JER, FetchMessages(10))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, Receipt(row.message_id, row.digest, world.clock.now()))
    rows = await evidence(world, ME, row.message_id)
    assert [(one.kind.value, one.reason) for one in rows] == [
        ("ContentConsignment", None),
        ("ContentHandoverFailure", "NotAcknowledged"),
        ("ContentHandover", None),
    ]
    await proven(world, ME, row.message_id)


async def test_a_signal_after_the_end_moves_nothing_and_is_evidence(world):
    row = await to_jer(world)
    await world.call(S.AGENCY, JER, FetchMessages(10))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, Receipt(row.message_id, row.digest, world.clock.now()))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, an_error(world, row.message_id, row.digest))
    state = (await world.exchange.store.run(FindDelivery(JER, row.message_id))).state
    assert state is DeliveryState.ACKNOWLEDGED
    assert await kinds(world, ME, row.message_id) == ["ContentConsignment", "ContentHandover", "ContentHandoverFailure"]
    await proven(world, ME, row.message_id)


# --- the file -------------------------------------------------------------------------------------------------------


async def test_evidence_and_record_are_canonical_and_valid_by_their_schema(world):
    row, held = await assigned_to(world, AKIMAT), await to_jer(world)
    await bent_relay(world, Action.ASSIGN_APPEAL, silence, refusal(world)).run_once()
    await world.call(S.AGENCY, JER, FetchMessages(10))
    await acknowledge(world, JER, an_error(world, held.message_id, held.digest))
    refused = MessageId(str(uuid.uuid4()))
    await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock, subject=""), message_id=refused)
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    for sender, message_id in ((ME, row.message_id), (ME, held.message_id), (PLATFORM, refused)):
        record = (await traced(world, sender, message_id)).record
        for written in (build_evidence(record), build_record(record)):
            schema.assertValid(etree.fromstring(written))
            assert etree.tostring(etree.fromstring(written), method="c14n", exclusive=True) == written


async def test_what_was_heard_is_kept_though_the_case_moved_on_too_often_to_record_its_end(world):
    class AlwaysBehind:
        """A store over which somebody else writes to the case, every time."""

        def __getattr__(self, name):
            return getattr(world.exchange.store, name)

        async def run(self, operation):
            is_end = isinstance(operation, AttemptRecord)
            return Conflict() if is_end else await world.exchange.store.run(operation)

    row = await assigned_to(world, AKIMAT)
    behind = replace(world.exchange, store=AlwaysBehind())
    await Relay(behind, world.connector, lambda: world.keys[ME], batch=50, idle=timedelta(seconds=1)).run_once()
    state = (await world.exchange.store.run(FindDelivery(AKIMAT, row.message_id))).state
    assert state is DeliveryState.IN_FLIGHT  # the rescuer takes it back
    assert await kinds(world, ME, row.message_id) == ["RelayAcceptance", "ContentConsignment"]
    await proven(world, ME, row.message_id)


async def test_xmlsec1_verifies_the_seal_and_every_receipt_in_the_file(world):
    row = await assigned_to(world, AKIMAT)
    await world.settle()
    folder = unpacked(await file_of(world, ME, row.message_id))
    (folder / "seal.pem").write_bytes(world.seal.certificate.to_pem())
    sealed = judged_by_xmlsec1(
        "--pubkey-cert-pem", "seal.pem", "--id-attr:Id", f"{XADES}:SignedProperties", "META-INF/signatures0.xml",
        folder=folder,
    )  # fmt: skip
    assert sealed.returncode == 0, sealed.stderr
    for one in evidence_of((await traced(world, ME, row.message_id)).record):
        certificate = world.keys[AKIMAT].certificate
        receipt = judged_by_xmlsec1(
            "--pubkey-cert-pem", f"evidence/certificates/{certificate.sha256}.pem",
            "--id-attr:Id", f"{SOAP_ENV}:Body", "--id-attr:Id", f"{WSU}:Timestamp",
            envelope_path(one.proofs[0]), folder=folder,
        )  # fmt: skip
        assert receipt.returncode == 0, receipt.stderr


async def test_the_digest_in_the_file_name_is_that_of_the_envelope(world):
    row = await assigned_to(world, AKIMAT)
    await world.settle()
    folder = unpacked(await file_of(world, ME, row.message_id))
    for path in (folder / "envelopes").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


# --- under a seal of the ledger -------------------------------------------------------------------------------------


async def sealed_story(world: World):
    """Ours to a mailbox, refused late; and once more refused after the end; all of it sealed."""
    row = await to_jer(world)
    await world.call(S.AGENCY, JER, FetchMessages(10))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, Receipt(row.message_id, row.digest, world.clock.now()))
    world.clock.advance(seconds=1)
    await acknowledge(world, JER, an_error(world, row.message_id, row.digest))
    await seal(world)
    return row


async def test_what_the_ledger_recorded_of_the_message_is_in_the_file_and_proven(world):
    row = await sealed_story(world)
    report = await proven(world, ME, row.message_id)
    assert report.steps[10].verdict is StepVerdict.PASSED
    recorded = [json.loads(line).get("record") for line in (await traced(world, ME, row.message_id)).leaves]
    assert sorted(filter(None, recorded)) == [
        "attempts", "deliveries", "delivery_ends", "messages", "signals", "signals",
    ]  # fmt: skip


async def test_a_submission_is_in_the_ledger_with_its_answer(world):
    message_id = MessageId(str(uuid.uuid4()))
    await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock, subject=""), message_id=message_id)
    await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock), message_id=message_id)
    await seal(world)
    report = await proven(world, PLATFORM, message_id)
    assert report.steps[10].verdict is StepVerdict.PASSED
    recorded = [json.loads(line).get("record", "event") for line in (await traced(world, PLATFORM, message_id)).leaves]
    assert {"messages", "inbox", "refusals", "event"} == set(recorded)


LATER = timedelta(minutes=10)


@pytest.mark.parametrize(
    "differing",
    [
        lambda record: replace(record, message=replace(record.message, at=record.message.at + LATER)),
        lambda record: replace(
            record, attempts=(replace(record.attempts[0], started_at=record.attempts[0].started_at + LATER),)
        ),
        lambda record: replace(record, attempts=()),
        lambda record: replace(record, signals=record.signals[1:]),
        lambda record: replace(
            record, signals=(replace(record.signals[0], at=record.signals[0].at + LATER), *record.signals[1:])
        ),
        lambda record: replace(record, delivery=replace(record.delivery, ended_by=None)),
        lambda record: replace(
            record, delivery=replace(record.delivery, finished_at=record.delivery.finished_at + LATER)
        ),
    ],
    ids=[
        "made later",
        "handed out later",
        "never handed out",
        "never received",
        "received later",
        "by nobody",
        "ended later",
    ],
)
async def test_a_record_told_otherwise_under_the_true_seal_is_contradicted_by_the_ledger(world, differing):
    row = await sealed_story(world)
    honest = await traced(world, ME, row.message_id)
    path = world.folder / "forged.asice"
    with path.open("w+b") as stream:
        pack(stream, replace(honest, record=differing(honest.record)), world.seal)
    report = verify_container(path, [world.anchor], now=world.clock.now())
    assert report.indication is Indication.TOTAL_FAILED
    assert RECORD in {finding.part for finding in report.steps[10].findings}


def _without(registry, party_id):
    return replace(
        registry,
        parties=tuple(party for party in registry.parties if party.party_id != party_id),
        agreements=tuple(one for one in registry.agreements if one.party_id != party_id),
        routes=tuple(route for route in registry.routes if route.party_id != party_id),
    )
