"""A party reports over SOAP that something does not work, adds to it, and is told once it is closed."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from contracts.codes import Code
from contracts.header import MessageId
from contracts.operations import Service
from contracts.payloads import ReportIncident
from gateway.domain.people.access import LoginStanding, UserRole
from gateway.domain.people.desk import About, IncidentAct, IncidentState, Severity
from gateway.domain.retention import RetentionKind
from gateway.ports.people.desk import IncidentQuery, ListNotesAbout, NoteSubject
from gateway.ports.people.users import User
from gateway.service.authorise import NotAllowed
from gateway.service.people.desk import move_incident
from gateway.service.retain import Sweep
from tests.worlds.exchange.world import AKIMAT, COURT, JER, World

pytestmark = pytest.mark.databases

TEXT = "Жүйе жауап бермейді"
CONTACT = "Нұрлан, +7 727 000 00 00"


def somebody(world: World, role: UserRole) -> User:
    return User(7, "aigerim", role, world.clock.now(), None, LoginStanding())


async def reported(world: World, payload: ReportIncident | None = None, *, by=AKIMAT, **header):
    payload = payload or ReportIncident(None, None, TEXT, CONTACT)
    return await world.call(Service.AGENCY, by, payload, **header)


async def all_of_them(world: World):
    return await world.exchange.store.run(IncidentQuery())


async def test_a_report_opens_an_incident_by_whose_thread_the_receipt_calls_it(world):
    about = MessageId(str(uuid.uuid4()))
    answered = await reported(world, ReportIncident(about, Code.UNKNOWN_SIGNER, TEXT, CONTACT))

    (incident,) = await all_of_them(world)
    assert answered.status == 200
    assert answered.message.payload.receipt.conversation_id == incident.thread
    assert incident.number == f"IN-{incident.thread[:13]}"
    assert (incident.party, incident.text, incident.contact) == (AKIMAT, TEXT, CONTACT)
    assert (incident.about_message_id, incident.code) == (about, "UnknownSigner")
    assert (incident.state, incident.severity) == (IncidentState.OPEN, Severity.HIGH)


async def test_it_belongs_to_the_appeal_that_its_header_names(world):
    conversation_id, number = await world.register()
    await reported(world, conversation_id=conversation_id)
    (incident,) = await all_of_them(world)
    assert (incident.conversation_id, incident.appeal_number) == (conversation_id, number)
    assert incident.severity is Severity.NORMAL


async def test_the_same_report_again_gets_the_same_receipt_and_is_one_incident(world):
    envelope = world.envelope(AKIMAT, ReportIncident(None, None, TEXT, CONTACT))
    first, again = [await world.post(Service.AGENCY, envelope) for _ in range(2)]
    assert first.message.payload == again.message.payload
    assert len(await all_of_them(world)) == 1


async def test_a_report_that_names_the_thread_adds_to_the_incident(world):
    thread = (await reported(world)).message.payload.receipt.conversation_id
    world.clock.advance(minutes=5)
    again = await reported(world, ReportIncident(None, None, "Әлі жауап жоқ", CONTACT), conversation_id=thread)

    (incident,) = await all_of_them(world)
    (note,) = await world.exchange.store.run(ListNotesAbout(NoteSubject(About.INCIDENT, incident.number)))
    assert again.message.payload.receipt.conversation_id == thread
    assert (note.author, note.text) == (f"party:{AKIMAT}", f"Әлі жауап жоқ\n{CONTACT}")


async def test_once_it_is_closed_its_party_is_told_what_was_found_and_nobody_else_is(world):
    thread = (await reported(world)).message.payload.receipt.conversation_id
    (incident,) = await all_of_them(world)
    support = somebody(world, UserRole.SUPPORT)
    await move_incident(world.exchange, support, IncidentAct.TAKE, incident.number, reason="")
    await move_incident(world.exchange, support, IncidentAct.CLOSE, incident.number, reason="Your clock was off.")

    notified = await reported(world, conversation_id=thread)
    other = await reported(world, by=JER, conversation_id=thread)
    assert notified.fault.code == Code.WRONG_STATE.value
    assert "Your clock was off." in notified.fault.detail
    assert other.fault.code == Code.UNKNOWN_CONVERSATION.value
    assert "clock" not in other.fault.detail


async def test_once_its_words_are_erased_its_party_is_told_that_too(world):
    thread = (await reported(world)).message.payload.receipt.conversation_id
    (incident,) = await all_of_them(world)
    support = somebody(world, UserRole.SUPPORT)
    await move_incident(world.exchange, support, IncidentAct.CLOSE, incident.number, reason="Your clock was off.")
    world.clock.advance(days=2)
    sweep = Sweep({RetentionKind.DESK: timedelta(days=1)}, by="cleaner")
    while await sweep.step(world.exchange.store, world.clock.now()):
        pass
    notified = await reported(world, conversation_id=thread)
    assert notified.fault.code == Code.WRONG_STATE.value
    assert notified.fault.detail.endswith("what was found is not kept any more")


async def test_an_appeal_that_there_is_not_is_refused(world):
    answered = await reported(world, conversation_id=str(uuid.uuid4()))
    assert answered.fault.code == Code.UNKNOWN_CONVERSATION.value
    assert await all_of_them(world) == ()


async def test_only_agencies_report(world):
    answered = await reported(world, by=COURT)
    assert answered.fault.code == Code.NOT_PERMITTED.value


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.AUDITOR])
async def test_who_looks_on_takes_and_closes_nothing(world, role):
    await reported(world)
    (incident,) = await all_of_them(world)
    for act in IncidentAct:
        with pytest.raises(NotAllowed):
            await move_incident(world.exchange, somebody(world, role), act, incident.number, reason="why")
    assert (await all_of_them(world)) == (incident,)


async def test_what_is_closed_stays_closed(world):
    await reported(world)
    (incident,) = await all_of_them(world)
    support = somebody(world, UserRole.SUPPORT)
    assert await move_incident(world.exchange, support, IncidentAct.CLOSE, incident.number, reason="done") is None
    against = await move_incident(world.exchange, support, IncidentAct.TAKE, incident.number, reason="again")
    assert against is not None
    assert against.text.en == "it is closed, which is final"
    assert await move_incident(world.exchange, support, IncidentAct.TAKE, "IN-nothing", reason="x") is not None
