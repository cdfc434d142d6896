"""Cases that ran in another system go on here: watched, contested, filed, and told for what they are."""

import asyncio
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from contracts.header import Action, ConversationId
from contracts.operations import Service
from contracts.payloads import (
    AssignAppeal,
    ClaimKind,
    Disagree,
    DocumentKind,
    GetDocumentPart,
    GetHistory,
    Ground,
    NotifiedStep,
    PositionKind,
    RequestPosition,
    RoadKind,
    SubmitMaterials,
    SubmitPosition,
)
from dossier.case import events as e
from dossier.case.appeal import Status, TermState
from dossier.case.history import fold
from dossier.check.inspection import inspect_container
from dossier.importing.record import ImportedAppeal
from gateway.cli.importing.files import wholes_of
from gateway.ports.case import FindConversation
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportOrder, ImportRejected, take_in
from gateway.service.cases.keeping import UploadedFile, keep_part
from gateway.store.tables import audit_log
from gateway.store.verify.whole import ProofVerifiers, verify_ledger
from tests.worlds.exchange.world import AKIMAT, COURT, JER, ME, PLATFORM, World, a_world
from tests.worlds.imports import ANSWERED, FILES, RUNNING, case_of, sample
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture


@pytest.fixture(params=["sqlite", "postgresql"])
async def world(request, tmp_path):
    """Under the law itself: what is imported has its own dates."""
    if request.param == "sqlite":
        async with a_world(tmp_path, rules="appk-2026") as made:
            yield made
    else:
        with request.getfixturevalue("postgres").database() as url:
            async with a_world(tmp_path, database_url=url, rules="appk-2026") as made:
                yield made


async def import_into(world: World, imported: ImportedAppeal) -> ImportAccepted | AlreadyImported | ImportRejected:
    """As the command does: the files part by part, then the case."""
    order = ImportOrder(PLATFORM, "aigul", "the portal is left", sample().exported_at)
    documents = []
    for whole in wholes_of(imported, FILES):
        assert isinstance(whole, UploadedFile), whole
        for part in whole.parts():
            document_id, _ = await keep_part(world.exchange, part)
        documents.append(document_id)
    return await take_in(world.exchange, imported, order, documents, lambda: world.keys[ME])


async def contest(world: World) -> ConversationId:
    """The imported answer is disagreed with, both bodies hand over, the dossier is filed."""
    history = (await world.call(Service.APPEALS, PLATFORM, GetHistory(ANSWERED))).message.payload
    pressed = Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)
    await world.call(Service.APPEALS, PLATFORM, pressed, conversation_id=history.conversation_id)
    for body in (AKIMAT, JER):
        file = await world.upload(body, f"file of {body}".encode(), DocumentKind.ADMINISTRATIVE_FILE)
        materials = SubmitMaterials("Іс", (file,))
        await world.call(Service.AGENCY, body, materials, conversation_id=history.conversation_id)
    return history.conversation_id


async def filed(world: World) -> Path:
    """The dossier that the court got last, as it fetched it."""
    assert await world.collector.run_once() == 1
    await world.settle()
    sent = [m for m in world.connector.messages(COURT) if m.header.action is Action.FILE_DOSSIER]
    dossier = sent[-1].payload.payload.dossier
    part = (await world.call(Service.DOCUMENTS, COURT, GetDocumentPart(dossier.document_id, 1))).message.payload
    path = world.folder / f"dossier-{len(sent)}.asice"
    path.write_bytes(part.content)
    return path


async def test_an_imported_answer_is_contested_and_its_dossier_says_what_was_imported(world):
    taken = await import_into(world, case_of(ANSWERED))
    assert isinstance(taken, ImportAccepted), taken
    assert (taken.status, taken.refused) == (Status.REPLIED, ())
    await world.settle()
    await contest(world)

    path = await filed(world)
    report = inspect_container(path, (world.anchor,), now=world.clock.now())
    assert report.indication.value == "TOTAL-PASSED", report
    stated = report.steps[11].text
    assert ANSWERED in stated.kk
    assert "eOtinish" in stated.ru
    assert "rests on that system's word" in stated.en
    with zipfile.ZipFile(path) as container:
        held = {container.read(name) for name in container.namelist() if name.startswith("documents/")}
        pages = PdfReader(io.BytesIO(container.read("dossier.pdf"))).pages
    reported = " ".join("".join(page.extract_text() for page in pages).replace("\u200b", "").split())
    assert "Дело перенесено из системы «eOtinish»" in reported
    assert "Текст ответа — среди документов" in reported
    assert case_of(ANSWERED).record[0].content in held
    assert (FILES / "жауап.pdf").read_bytes() in held


async def test_no_ground_of_a_position_is_called_new_against_an_act_that_is_not_at_hand(world):
    await import_into(world, case_of(ANSWERED))
    await world.settle()
    conversation_id = await contest(world)
    await filed(world)
    requested = RequestPosition((JER,), "Неге бас тартылды?", None)
    await world.call(Service.COURT, COURT, requested, conversation_id=conversation_id)
    for kind in PositionKind:
        ground = Ground("Жер кодексі, 43-бап", "құжат жоқ")
        position = SubmitPosition(kind, "Пікір", (ground,), "Б. Сұлтанов", ())
        await world.call(Service.AGENCY, JER, position, conversation_id=conversation_id)

    report = inspect_container(await filed(world), (world.anchor,), now=world.clock.now())

    assert report.indication.value == "TOTAL-PASSED", report
    facts = [event.fact for event in (await world.case(conversation_id)).events]
    assert [fact.new_grounds for fact in facts if isinstance(fact, e.PositionReceived)] == [0, 0]


async def test_nothing_is_back_dated_and_terms_are_those_of_the_law_then(world):
    taken = await import_into(world, case_of(ANSWERED))
    case = await world.case(taken.conversation_id)
    assert {event.at for event in case.events} == {world.clock.now()}
    assert {event.actor for event in case.events} == {ME}
    assert isinstance(case.events[1].fact, e.CaseImported)
    replied = next(event for event in case.events if isinstance(event.fact, e.Replied))
    assert replied.happened_at == datetime(2026, 10, 26, 11, 40, tzinfo=UTC)
    terms = [(t.opened.duty, t.opened.party, t.state, t.late) for t in fold(case.events).terms.values()]
    assert ("consideration", AKIMAT, TermState.LAPSED, False) in terms
    assert ("redirect", AKIMAT, TermState.MET, False) in terms
    assert ("consideration", JER, TermState.MET, False) in terms
    complaint = next(t for t in fold(case.events).terms.values() if t.is_open)
    assert complaint.opened.party == PLATFORM
    assert complaint.opened.started_at == replied.happened_at


async def test_a_running_term_is_the_clocks_at_once_and_nobody_is_reminded_of_the_past(world):
    world.clock.advance(days=9)  # the third of December: the reminder of 2 December is past, the term is not
    taken = await import_into(world, case_of(RUNNING))
    assert taken.status is Status.WITH_BODY
    await world.term_clock.run_once()
    facts = [type(event.fact) for event in (await world.case(taken.conversation_id)).events]
    assert e.TermReminded not in facts
    assert e.TermBreached not in facts
    world.clock.advance(days=5)
    await world.term_clock.run_once()
    facts = [type(event.fact) for event in (await world.case(taken.conversation_id)).events]
    assert e.TermBreached in facts


async def test_the_body_and_the_applicant_hear_that_it_goes_on_here(world):
    taken = await import_into(world, case_of(RUNNING))
    await world.settle()
    assigned = [m for m in world.connector.messages(AKIMAT) if m.header.conversation_id == taken.conversation_id]
    assert isinstance(assigned[0].payload.payload, AssignAppeal)
    assert assigned[0].payload.payload.appeal_number == RUNNING
    (reported,) = [m.payload.payload for m in world.connector.messages(PLATFORM)]
    assert reported.step is NotifiedStep.REGISTERED
    assert "eOtinish" in reported.text.kk


async def test_the_same_number_twice_is_taken_in_once(world):
    first = await import_into(world, case_of(ANSWERED))
    assert await import_into(world, case_of(ANSWERED)) == AlreadyImported(ANSWERED)
    case = await world.case(first.conversation_id)
    assert len(case.events) == first.events
    assert case.opened_by == PLATFORM


async def test_what_an_import_wrote_is_what_the_ledger_proves(world):
    await import_into(world, case_of(ANSWERED))
    proof_verifiers = ProofVerifiers(ME, lambda *_: "", lambda _: "")
    report = await world.exchange.store.read(
        lambda connection: verify_ledger(connection, proof_verifiers, lambda _: None)
    )
    assert report.findings == ()


async def test_a_person_stands_in_the_audit_log_for_it(world):
    await import_into(world, case_of(RUNNING))
    rows = await world.exchange.store.read(lambda connection: connection.execute(select(audit_log)).all())
    row = next(row for row in rows if row.act == "case.imported")
    assert (row.by, row.subject, row.reason) == ("aigul", RUNNING, "the portal is left")


async def test_a_case_of_a_body_that_is_not_here_is_not_taken_and_leaves_nothing(world):
    refused = await import_into(world, replace(case_of(RUNNING), body="nobody"))
    assert isinstance(refused, ImportRejected)
    assert "nobody is no agency" in refused.troubles[0].detail
    assert await world.exchange.store.run(FindConversation(RUNNING)) is None


async def test_an_applicant_with_a_wrong_number_is_told_by_field(world):
    imported = case_of(RUNNING)
    applicant = replace(imported.appeal.applicant, iin_bin="900101300018")
    refused = await import_into(world, replace(imported, appeal=replace(imported.appeal, applicant=applicant)))
    assert [trouble.field for trouble in refused.troubles] == ["RegisterAppeal/applicant/iinBin"]
    assert "900101300018" not in refused.troubles[0].detail


async def test_a_case_that_nobody_answered_in_time_is_silence_since_its_own_day(world):
    world.clock.advance(days=60)
    taken = await import_into(world, case_of(RUNNING))
    case = await world.case(taken.conversation_id)
    breach = next(event for event in case.events if isinstance(event.fact, e.TermBreached))
    assert breach.happened_at < world.clock.now() - timedelta(days=30)
    pressed = Disagree(ClaimKind.COMPEL, "Келіспеймін", world.clock.now(), (), None)
    answered = await world.call(Service.APPEALS, PLATFORM, pressed, conversation_id=taken.conversation_id)
    assert answered.message.payload.road.kind is RoadKind.COURT


async def test_two_that_import_the_same_case_at_once_take_it_in_once(world):
    results = await asyncio.gather(*(import_into(world, case_of(ANSWERED)) for _ in range(3)))
    names = sorted(type(result).__name__ for result in results)
    assert names == ["AlreadyImported", "AlreadyImported", "ImportAccepted"]


async def test_what_lies_in_the_future_or_before_the_law_is_not_taken(world):
    running = case_of(RUNNING)
    ahead = replace(running, appeal=replace(running.appeal, lodged_at=world.clock.now() + timedelta(days=1)))
    assert [one.field for one in (await import_into(world, ahead)).troubles] == ["start_date"]
    ancient = replace(running, appeal=replace(running.appeal, lodged_at=datetime(2019, 1, 9, tzinfo=UTC)))
    (trouble,) = (await import_into(world, ancient)).troubles
    assert trouble.field == "start_date"
    assert "row" in trouble.cure
