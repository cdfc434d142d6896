"""The path of an appeal through one exchange, on a clock that the test steps."""

import asyncio
import hashlib
import uuid
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from connectors.ports.outcome import Deferred, Reach, Transmission, Unknown
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.codes import Code
from contracts.header import Action, MessageId
from contracts.operations import Service
from contracts.party import Agreement
from contracts.payloads import (
    Acknowledge,
    CaseStage,
    ClaimKind,
    DecisionKind,
    Disagree,
    DocumentKind,
    FetchMessages,
    GetDocumentPart,
    GetHistory,
    Ground,
    NotifiedStep,
    Redirected,
    Registered,
    Reply,
    ReportCase,
    ReportProgress,
    RoadKind,
    SubmitMaterials,
)
from contracts.receipt import Receipt
from dossier.case.events import AppealUnrouted, DefaultRecorded, DossierFiled, MessageAcknowledged, TermBreached
from dossier.case.history import fold
from dossier.check.inspection import inspect_container
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import ClaimAssembly, ListUnrouted
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery, FindDelivery
from gateway.ports.parties import LoadRegistry
from tests.worlds.exchange.world import AKIMAT, COURT, JER, PLATFORM, World, a_registry, an_appeal

S = Service


@pytest.fixture
def world(either_world):
    """Every sentence here holds over either database."""
    return either_world


def a_reply(world: World, *documents) -> Reply:
    return Reply(
        DecisionKind.REFUSED, "№ 15-7/123", world.clock.now().date(), "Өтініш қанағаттандырылмады",
        (Ground("Жилищный закон, ст. 71", "нет оснований"),), "СМАС г. Алматы", None, "А. Серіков", documents,
    )  # fmt: skip


async def test_an_appeal_that_no_route_fits_goes_to_the_duty_body_and_an_operator_hears_of_it(world):
    await world.apply(replace(a_registry(world.keys), duty_body=AKIMAT))
    with capture_logs() as logged:
        conversation_id, _ = await world.register(kato="110000000")
    case = await world.case(conversation_id)
    assert [event.fact for event in case.events if isinstance(event.fact, AppealUnrouted)] == [AppealUnrouted(AKIMAT)]
    assert fold(case.events).considering == (AKIMAT,)
    assert [entry["duty_body"] for entry in logged if entry["event"] == "appeal.unrouted"] == [AKIMAT]
    (row,) = await world.exchange.store.run(ListUnrouted(limit=10))
    assert row.kato == "110000000"


def a_disagreement(world: World) -> Disagree:
    return Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)


def steps_notified(world: World) -> list[NotifiedStep]:
    return [
        message.payload.payload.step
        for message in world.connector.messages(PLATFORM)
        if message.header.action is Action.NOTIFY_APPLICANT
    ]


async def say(world: World, service: Service, sender, payload, conversation_id):
    answered = await world.call(service, sender, payload, conversation_id=conversation_id)
    message = answered.message
    await world.settle()
    return message


async def test_from_registration_to_the_courts_case_number(world):
    document = await world.upload(PLATFORM, b"%PDF-1.7 appeal")
    conversation_id, number = await world.register(documents=(document,))
    await world.settle()
    await say(world, S.AGENCY, AKIMAT, ReportProgress(Registered("ЖТ-1", world.clock.now()), ()), conversation_id)
    act = await world.upload(AKIMAT, b"%PDF-1.7 act", DocumentKind.ACT)
    await say(world, S.AGENCY, AKIMAT, a_reply(world, act), conversation_id)
    accepted = await say(world, S.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
    assert accepted.payload.road.kind is RoadKind.COURT
    assert accepted.payload.road.article
    file = await world.upload(AKIMAT, b"%PDF-1.7 administrative file", DocumentKind.ADMINISTRATIVE_FILE)
    await say(world, S.AGENCY, AKIMAT, SubmitMaterials("Толық іс", (file,)), conversation_id)

    assert await world.collector.run_once() == 1
    assert await world.collector.run_once() == 0
    await world.settle()
    filed = [m for m in world.connector.messages(COURT) if m.header.action is Action.FILE_DOSSIER]
    assert len(filed) == 1
    dossier = filed[0].payload.payload.dossier
    part = (await world.call(S.DOCUMENTS, COURT, GetDocumentPart(dossier.document_id, 1))).message.payload
    path = world.folder / "dossier.asice"
    path.write_bytes(part.content)
    report = inspect_container(path, (), now=world.clock.now())
    assert report.indication.value == "INDETERMINATE", report  # no trust anchor was given; nothing else is open
    with zipfile.ZipFile(path) as container:
        held = [container.read(name) for name in container.namelist() if name.startswith("documents/")]
    assert sorted(held) == sorted([b"%PDF-1.7 appeal", b"%PDF-1.7 act", b"%PDF-1.7 administrative file"])

    stage = ReportCase(CaseStage.REGISTERED, "7594-26-00-4/17", world.clock.now(), None, "Зарегистрировано", ())
    await say(world, S.COURT, COURT, stage, conversation_id)
    history = (await world.call(S.APPEALS, PLATFORM, GetHistory(number))).message.payload
    assert history.case_number == "7594-26-00-4/17"
    assert {NotifiedStep.REGISTERED, NotifiedStep.REPLIED, NotifiedStep.COURT_RECEIVED, NotifiedStep.CASE_STEP} <= set(
        steps_notified(world)
    )


async def test_silence_is_recorded_when_the_term_falls_due_and_the_dossier_goes_without(world):
    conversation_id, _ = await world.register()
    await world.settle()
    world.clock.advance(days=1)
    await world.term_clock.run_once()
    await say(world, S.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
    world.clock.advance(days=1)
    await world.term_clock.run_once()
    assert await world.term_clock.run_once() == 0
    await world.collector.run_once()
    await world.settle()

    facts = [type(event.fact) for event in (await world.case(conversation_id)).events]
    assert facts.count(TermBreached) == 1
    assert facts.count(DefaultRecorded) == 1
    assert facts.count(DossierFiled) == 1
    assert NotifiedStep.BODY_SILENT in steps_notified(world)


async def test_a_mailbox_body_that_repeats_its_request_gets_the_same_batch_until_it_acknowledges(world):
    conversation_id, _ = await world.register()
    await world.settle()
    redirect = ReportProgress(Redirected(JER, False, "жер мәселесі", world.clock.now()), ())
    await say(world, S.AGENCY, AKIMAT, redirect, conversation_id)

    requested = MessageId(str(uuid.uuid4()))
    first = (await world.call(S.AGENCY, JER, FetchMessages(10), message_id=requested)).message.payload
    again = (await world.call(S.AGENCY, JER, FetchMessages(10), message_id=requested)).message.payload
    assert [item.message_id for item in first.items] == [item.message_id for item in again.items]
    assert (await world.call(S.AGENCY, JER, FetchMessages(10))).message.payload.items == ()  # another request
    assert len(first.items) == 1
    row = await world.exchange.store.run(FindDelivery(JER, first.items[0].message_id))
    signal = Receipt(row.message_id, row.digest, world.clock.now())
    assert (await world.call(S.AGENCY, JER, Acknowledge((signal,)))).message.payload.receipt
    assert (await world.call(S.AGENCY, JER, FetchMessages(10))).message.payload.items == ()

    row = await world.exchange.store.run(FindDelivery(JER, row.message_id))
    assert row.state is DeliveryState.ACKNOWLEDGED
    acknowledged = [
        e.fact for e in (await world.case(conversation_id)).events if isinstance(e.fact, MessageAcknowledged)
    ]
    assert row.message_id in {fact.acknowledged_message_id for fact in acknowledged}


async def test_a_body_redirected_to_gets_what_the_applicant_added_before(world):
    conversation_id, _ = await world.register()
    ref = await world.upload(PLATFORM, b"%PDF-1.7 added later")
    await say(world, S.APPEALS, PLATFORM, an_added_document(ref), conversation_id)
    redirect = ReportProgress(Redirected(JER, True, "жер мәселесі", world.clock.now()), ())
    await say(world, S.AGENCY, AKIMAT, redirect, conversation_id)
    fetched = []
    while items := (await world.call(S.AGENCY, JER, FetchMessages(10))).message.payload.items:
        rows = [await world.exchange.store.run(FindDelivery(JER, item.message_id)) for item in items]
        fetched += [row.action for row in rows]
        signals = tuple(Receipt(row.message_id, row.digest, world.clock.now()) for row in rows)
        await world.call(S.AGENCY, JER, Acknowledge(signals))
    assert fetched == [Action.ASSIGN_APPEAL, Action.FORWARD_DOCUMENTS]
    assert (await world.call(S.DOCUMENTS, JER, GetDocumentPart(ref.document_id, 1))).message.payload.size == ref.size


async def test_an_appeal_cannot_be_redirected_to_a_party_that_is_no_agency(world):
    conversation_id, _ = await world.register()
    for nobody in (COURT, PLATFORM, "nobody"):
        redirect = ReportProgress(Redirected(nobody, True, "себебі", world.clock.now()), ())
        fault = (await world.call(S.AGENCY, AKIMAT, redirect, conversation_id=conversation_id)).fault
        assert fault.code == Code.UNKNOWN_PARTY.value


async def test_an_unacknowledged_mailbox_message_returns_after_its_lease(world):
    await world.register(subject="LAND-LEASE")
    first = (await world.call(S.AGENCY, JER, FetchMessages(1))).message.payload
    world.clock.advance(minutes=6)
    await world.rescuer.run_once()
    again = (await world.call(S.AGENCY, JER, FetchMessages(1))).message.payload
    assert first.items[0].message_id == again.items[0].message_id
    assert first.items[0].lease_until < again.items[0].lease_until


async def test_a_receipt_for_a_message_that_was_never_ours_is_refused_with_every_problem(world):
    signals = tuple(Receipt(f"{n}1111111-1111-4111-8111-111111111111", "0" * 64, world.clock.now()) for n in (1, 2))
    fault = (await world.call(S.AGENCY, JER, Acknowledge(signals))).fault
    assert fault.code == Code.UNKNOWN_DELIVERY.value
    assert len(fault.violations) == 2


async def test_a_receipt_that_names_another_digest_is_refused_whole_and_ends_no_delivery(world):
    for number in range(2):
        await world.register(subject="LAND-LEASE", text=f"Appeal {number}")
    handed = (await world.call(S.AGENCY, JER, FetchMessages(2))).message.payload.items
    rows = {row.message_id: row for row in await world.exchange.store.run(DeliveryPageQuery(recipient=JER))}
    right, wrong = (Receipt(item.message_id, rows[item.message_id].digest, world.clock.now()) for item in handed)
    wrong = replace(wrong, digest="0" * 64)

    fault = (await world.call(S.AGENCY, JER, Acknowledge((right, wrong)))).fault

    assert (fault.code, len(fault.violations)) == (Code.DIGEST_MISMATCH.value, 1)
    assert fault.violations[0].path == "signals[2]"
    after = await world.exchange.store.run(DeliveryPageQuery(recipient=JER))
    assert {row.state for row in after} == {DeliveryState.DELIVERED}


async def test_a_document_of_the_named_size_with_another_digest_is_refused(world):
    kept = await world.upload(PLATFORM, b"%PDF-1.7 appeal")
    named = replace(kept, sha256=hashlib.sha256(b"%PDF-1.7 lavash").hexdigest())

    fault = (await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock, documents=(named,)))).fault

    assert fault.code == Code.DOCUMENT_MISMATCH.value
    assert kept.sha256 in fault.violations[0].message


async def test_an_attempt_ends_before_its_lease_does_whatever_the_agreement_says(world):
    patient = replace(a_registry(world.keys), agreements=(Agreement(AKIMAT, attempt_timeout=timedelta(minutes=30)),))
    await world.apply(patient)
    await world.register()
    await world.settle()

    (sent,) = [envelope for envelope in world.connector.sent if envelope.party.party_id == AKIMAT]

    assert sent.agreement.attempt_timeout < world.exchange.lease


async def test_a_silent_court_is_asked_again_with_the_same_message(world):
    world.connector.script[Action.ASSIGN_APPEAL] = [
        Deferred("connection refused", Transmission(b"")),
        Unknown("timed out", Transmission(b"<sent/>")),
    ]
    await world.register()
    for _ in range(3):
        await world.settle()
        world.clock.advance(minutes=1)
    await world.settle()
    requested = [m for m in world.connector.messages(AKIMAT) if m.header.action is Action.ASSIGN_APPEAL]
    assert len(requested) == 3
    assert len({m.header.message_id for m in requested}) == 1
    bodies = {out.digest for out in world.connector.sent if out.party.party_id == AKIMAT}
    assert len(bodies) == 1
    row = await world.exchange.store.run(FindDelivery(AKIMAT, requested[0].header.message_id))
    assert (row.state, row.attempts) == (DeliveryState.ACKNOWLEDGED, 3)


async def test_a_later_message_waits_for_the_former_of_its_pair_and_others_do_not(world):
    busy = Deferred("busy", Transmission(b"<sent/>", b"<fault/>", 500), reach=Reach.ANSWERED)
    world.connector.script[Action.ASSIGN_APPEAL] = [busy]
    first, _ = await world.register()
    await world.settle()
    await say(world, S.APPEALS, PLATFORM, an_added_document(await world.upload(PLATFORM, b"more")), first)
    await world.register()
    await world.settle()
    to_akimat = [(m.header.conversation_id == first, m.header.action) for m in world.connector.messages(AKIMAT)]
    assert (True, Action.FORWARD_DOCUMENTS) not in to_akimat
    assert (False, Action.ASSIGN_APPEAL) in to_akimat
    world.clock.advance(minutes=1)
    await world.settle()
    of_first = [m.header.action for m in world.connector.messages(AKIMAT) if m.header.conversation_id == first]
    assert of_first == [Action.ASSIGN_APPEAL, Action.ASSIGN_APPEAL, Action.FORWARD_DOCUMENTS]


def an_added_document(ref):
    from contracts.payloads import AddDocuments

    return AddDocuments("толықтыру", (ref,))


async def test_a_killed_relays_claim_comes_back_after_its_lease(world):
    await world.register()
    now = world.clock.now()
    taken = await world.exchange.store.run(ClaimDeliveries(now=now, limit=50, lease_until=now + timedelta(seconds=60)))
    assert taken
    assert await world.relay.run_once() == 0
    world.clock.advance(seconds=61)
    await world.rescuer.run_once()
    assert await world.relay.run_once() == len(taken)


async def test_disagreeing_before_any_answer_or_breach_is_refused_with_what_is_possible(world):
    conversation_id, _ = await world.register()
    fault = (await world.call(S.APPEALS, PLATFORM, a_disagreement(world), conversation_id=conversation_id)).fault
    assert fault.code == Code.WRONG_STATE.value
    assert fold((await world.case(conversation_id)).events).disagreement is None


async def test_a_body_that_was_never_assigned_may_not_reply(world):
    conversation_id, _ = await world.register()
    fault = (await world.call(S.AGENCY, JER, a_reply(world), conversation_id=conversation_id)).fault
    assert fault.code == Code.NOT_YOUR_APPEAL.value


async def test_many_writers_on_one_appeal_all_get_their_receipt(world):
    conversation_id, _ = await world.register()
    refs = [await world.upload(PLATFORM, bytes([n])) for n in range(8)]
    answers = await asyncio.gather(
        *(world.call(S.APPEALS, PLATFORM, an_added_document(ref), conversation_id=conversation_id) for ref in refs)
    )
    assert all(answer.message.payload.receipt for answer in answers)
    seqs = [event.seq for event in (await world.case(conversation_id)).events]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_what_a_killed_assembly_left_is_cleared_by_the_next_claim(world):
    conversation_id, _ = await world.register()
    await say(world, S.AGENCY, AKIMAT, a_reply(world), conversation_id)
    await say(world, S.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
    await say(world, S.AGENCY, AKIMAT, SubmitMaterials("Іс жоқ", ()), conversation_id)
    now = world.clock.now()
    killed = await world.exchange.store.run(ClaimAssembly(now=now, lease_until=now + timedelta(seconds=60)))
    leftover = world.folder / "documents" / "assembly" / f"{conversation_id}-1-{killed.fence}.asice"
    leftover.parent.mkdir(parents=True, exist_ok=True)
    leftover.write_bytes(b"half a contain")

    assert await world.collector.run_once() == 0  # still leased
    world.clock.advance(seconds=61)
    assert await world.collector.run_once() == 1

    assert list(leftover.parent.iterdir()) == []
    filed = [e.fact for e in (await world.case(conversation_id)).events if isinstance(e.fact, DossierFiled)]
    assert len(filed) == 1


async def test_a_dossier_that_cannot_be_assembled_holds_no_other_up(world):
    document = await world.upload(PLATFORM, b"%PDF-1.7 lost")
    broken, whole = [(await world.register(documents=refs))[0] for refs in ((document,), ())]
    for conversation_id in (broken, whole):
        await say(world, S.AGENCY, AKIMAT, a_reply(world), conversation_id)
        await say(world, S.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
        await say(world, S.AGENCY, AKIMAT, SubmitMaterials("Іс жоқ", ()), conversation_id)
    (world.folder / "documents" / "blobs" / document.sha256[:2] / document.sha256[2:4] / document.sha256).unlink()

    assert await world.collector.run_once() == 1

    filed = [m.header.conversation_id for m in await filed_with_the_court(world)]
    assert filed == [whole]


async def filed_with_the_court(world):
    await world.settle()
    return [m for m in world.connector.messages(COURT) if m.header.action is Action.FILE_DOSSIER]


async def test_a_dossier_verifies_after_a_body_has_replaced_its_key(world):
    conversation_id, _ = await world.register()
    await say(world, S.AGENCY, AKIMAT, a_reply(world), conversation_id)
    registry = await world.exchange.store.run(LoadRegistry())
    renewed = SandboxAuthority.create("Other", now=world.clock.now()).issue(
        AKIMAT, bin="050740004819", usage=Usage.MESSAGE, now=world.clock.now()
    )
    parties = tuple(
        replace(party, certificates=(renewed.certificate.der,)) if party.party_id == AKIMAT else party
        for party in registry.parties
    )
    await world.apply(replace(registry, parties=parties))
    await say(world, S.APPEALS, PLATFORM, a_disagreement(world), conversation_id)
    world.clock.advance(days=1)
    await world.term_clock.run_once()
    await world.collector.run_once()
    await world.settle()

    (filed,) = [m for m in world.connector.messages(COURT) if m.header.action is Action.FILE_DOSSIER]
    path = world.folder / "dossier.asice"
    requested = GetDocumentPart(filed.payload.payload.dossier.document_id, 1)
    path.write_bytes((await world.call(S.DOCUMENTS, COURT, requested)).message.payload.content)
    report = inspect_container(path, (), now=world.clock.now())
    unsettled = [finding.part for step in report.steps for finding in step.findings if step.number == 13]
    assert unsettled == []
