"""The support desk over HTTP: any number is answered, persons are found by who may, notes and incidents are handed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import NOBODY, About
from gateway.domain.retention import RetentionKind
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.people.desk import NoteSubject, NoteWrite
from gateway.service.retain import Sweep
from gateway.store.tables import accesses
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.integration.console.test_parties import registered, signed_in
from tests.worlds.console.appeals_day import IIN, a_case_in_court, list_all
from tests.worlds.console.seat import ConsoleNetwork, Seat
from tests.worlds.console.tour import a_note, a_refused_request, an_incident
from tests.worlds.exchange.world import AKIMAT


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def requested_by(client: ConsoleClient, number: str) -> tuple[int, str]:
    await client.get("/desk")
    status, text = await client.post("/find", number=number)
    return await client.get(text.removeprefix("/console")) if status == 303 else (status, text)


def answered(text: str) -> list[str]:
    return re.findall(r'<section class="card answer(?: (\w+))?"', text)


# --- any number -----------------------------------------------------------------------------------------------------


async def test_an_appeal_that_waits_for_a_silent_body_is_told_with_whom_to_call(client: ConsoleClient):
    seat = client.seat
    await registered(seat, AKIMAT, contact="Кезекші: +7 727 111 22 33")
    seat.world.relay._connector = ConsoleNetwork(seat.world)
    for _ in range(4):
        _, number = await seat.world.register()
        await seat.world.settle()
        seat.world.clock.advance(minutes=7)
    await seat.world.settle()
    await signed_in(client, UserRole.SUPPORT)

    status, text = await requested_by(client, number)
    assert status == 200
    assert answered(text) == ["appeal"]
    assert "Held up:" in text
    assert "The party does not answer at all, and the message waits." in text
    assert "+7 727 111 22 33" in text
    assert "To the applicant:" in text


async def test_terms_stand_with_their_article(client: ConsoleClient):
    case = await a_case_in_court(client.seat.world)
    await signed_in(client, UserRole.SUPPORT)
    _, text = await requested_by(client, case.number)
    assert "A court case is open." in text
    assert "missed:" in text
    assert "76" in text


@pytest.mark.parametrize("kind", ["delivery", "message", "case", "conversation"])
async def test_any_number_of_a_case_is_answered(client: ConsoleClient, kind: str):
    case = await a_case_in_court(client.seat.world)
    (row, *_) = await client.seat.world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    numbers = {
        "delivery": str(row.delivery_id),
        "message": row.message_id,
        "case": "7594-26-00-4/123",
        "conversation": case.conversation_id,
    }
    await signed_in(client, UserRole.VIEWER)
    _, text = await requested_by(client, numbers[kind])
    assert answered(text) == (["appeal", "delivery"] if kind in {"delivery", "message"} else ["appeal"])
    assert case.number in text


async def test_a_fault_code_a_party_an_incident_and_a_refused_message_are_answered(client: ConsoleClient):
    world = client.seat.world
    number = await an_incident(world)
    await a_refused_request(world)
    await signed_in(client, UserRole.SUPPORT)
    assert answered((await requested_by(client, "unknownsigner"))[1]) == [""]
    assert answered((await requested_by(client, AKIMAT))[1]) == ["party"]
    assert answered((await requested_by(client, number))[1]) == ["incident"]
    _, text = await requested_by(client, "nothing")
    assert answered(text) == []
    assert "Nothing here has that number." in text


async def test_a_person_is_found_by_a_form_only_with_the_right_and_logged(client: ConsoleClient):
    seat = client.seat
    case = await a_case_in_court(seat.world)
    await list_all(seat.world)
    await signed_in(client, UserRole.SUPPORT)
    await client.get("/desk")
    status, text = await client.post("/find", number=IIN)
    assert status == 200
    assert answered(text) == ["appeal"]
    assert IIN not in text
    logged = select(accesses.c.what, accesses.c.subject).where(accesses.c.what.startswith("search"))
    rows = await seat.world.exchange.store.read(lambda c: [tuple(row) for row in c.execute(logged)])
    assert rows == [("search by IIN or BIN", case.number)]
    assert (await client.get(f"/find?number={IIN}")) == (303, "/console/desk")


async def test_who_may_not_look_for_persons_finds_none_and_that_is_in_the_audit_log(client: ConsoleClient):
    await signed_in(client, UserRole.OPERATOR)
    await client.get("/desk")
    assert (await client.post("/find", number=IIN))[0] == 403
    ((by, subject, _, result),) = await client.seat.audit("person.looked_for")
    assert (by, subject) == ("console:the-operator", "IIN or BIN")
    assert result.startswith("refused")


# --- notes ----------------------------------------------------------------------------------------------------------


async def test_a_note_is_written_handed_to_a_role_found_there_handed_on_and_closed(client: ConsoleClient):
    seat = client.seat
    _, number = await seat.world.register()
    await seat.user("nurlan", UserRole.OPERATOR)
    await signed_in(client, UserRole.SUPPORT)
    place = f"/notes/appeal/{number}"
    await client.get(place)
    assert (await client.post(place, text="She calls on Monday.", to="role:operator"))[0] == 303
    _, text = await client.get("/notes?which=written")
    assert number in text

    client.http.cookie_jar.clear()
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/notes?which=role")
    assert "She calls on Monday." in text
    await client.get(place)
    assert (await client.post("/notes/1/hand", reason="he knows her", to="user:nurlan"))[0] == 303
    assert "She calls" not in (await client.get("/notes?which=role"))[1]
    assert (await client.post("/notes/1/close", reason="she was told"))[0] == 303
    assert "She calls" in (await client.get("/notes?which=closed"))[1]
    assert [one[3] for act in ("written", "handed_on", "closed") for one in await seat.audit(f"note.{act}")] == [
        "note 1, to the role operator",
        "note 1, to nurlan",
        "note 1, closed",
    ]


@pytest.mark.parametrize("about", ["appeal", "delivery", "party"])
async def test_open_notes_stand_on_the_page_of_what_they_are_about_the_newest_few_of_them(
    client: ConsoleClient, about: str
):
    _, number = await client.seat.world.register()
    key, page = {
        "appeal": (number, f"/appeals/{number}"),
        "delivery": ("1", "/deliveries/1"),
        "party": (AKIMAT, f"/parties/{AKIMAT}"),
    }[about]
    await signed_in(client, UserRole.SUPPORT)
    assert noted((await client.get(page))[1]) == []
    place = f"/notes/{about}/{key}"
    await client.get(place)
    for n in range(7):
        assert (await client.post(place, text=f"She calls again, {n}.", to="role:operator"))[0] == 303
    assert (await client.post("/notes/7/close", reason="done"))[0] == 303
    _, text = await client.get(page)
    assert noted(text) == [f"She calls again, {n}." for n in (5, 4, 3, 2, 1)]
    assert "→ operator" in text
    assert "Older ones are open, too" in text
    assert f'href="/console{place}"' in text
    assert (await client.post("/notes/1/close", reason="done"))[0] == 303
    assert "Older ones are open, too" not in (await client.get(page))[1]
    _, text = await client.get("/appeals/" + number if about != "appeal" else "/deliveries/1")
    assert noted(text) == []


def noted(text: str) -> list[str]:
    """Words of the notes on a page."""
    return re.findall(r'<article class="noted">.*?<p class="text">(.*?)</p>', text, flags=re.DOTALL)


async def test_a_note_names_no_citizen(client: ConsoleClient):
    _, number = await client.seat.world.register()
    await signed_in(client, UserRole.SUPPORT)
    place = f"/notes/appeal/{number}"
    await client.get(place)
    status, text = await client.post(place, text=f"IIN {IIN} calls", to="")
    assert status == 400
    assert "a note names no citizen" in text
    assert await client.seat.audit("note.written") == []


async def test_what_a_party_adds_to_its_incident_is_listed_without_persons_numbers_but_for_who_may_read_them(
    client: ConsoleClient,
):
    world = client.seat.world
    subject = NoteSubject(About.INCIDENT, await an_incident(world))
    added = NoteWrite(subject, f"It is about {IIN}", f"party:{AKIMAT}", NOBODY, f"party:{AKIMAT}", world.clock.now())
    await world.exchange.store.run(added)
    for role, is_whole in ((UserRole.OPERATOR, False), (UserRole.AUDITOR, True)):
        client.http.cookie_jar.clear()
        await signed_in(client, role)
        _, text = await client.get("/notes?which=open")
        assert "It is about" in text
        assert (IIN in text) is is_whole


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.AUDITOR])
async def test_who_looks_on_reads_notes_and_writes_none(client: ConsoleClient, role: UserRole):
    world = client.seat.world
    _, number = await world.register()
    await a_note(world, number)
    incident = await an_incident(world)
    await signed_in(client, role)
    _, text = await client.get(f"/notes/appeal/{number}")
    assert "calls again on Monday" in text
    assert "<textarea" not in text
    for path in (f"/notes/appeal/{number}", "/notes/1/close", "/notes/1/hand", f"/incidents/{incident}/close"):
        assert (await client.post(path, text="x", reason="x", to=""))[0] == 403, path
    assert [one[3] for one in await client.seat.audit("note.closed")] == [f"refused: the role {role} may not"]


@pytest.mark.parametrize(
    "path",
    [
        "/notes/appeal/nothing",
        "/notes/delivery/9",
        "/notes/party/nobody",
        "/notes/incident/IN-x",
        "/incidents/IN-0",
        "/x",
    ],
)
async def test_there_are_no_notes_about_nothing(client: ConsoleClient, path: str):
    await signed_in(client, UserRole.SUPPORT)
    assert (await client.get(path))[0] == 404


# --- incidents ------------------------------------------------------------------------------------------------------


async def test_an_incident_lands_is_taken_and_closed_with_words(client: ConsoleClient):
    seat = client.seat
    number = await an_incident(seat.world)
    await signed_in(client, UserRole.SUPPORT)
    _, text = await client.get("/desk")
    assert number in text
    _, text = await client.get("/incidents?state=open")
    assert "stops everything" in text
    _, text = await client.get(f"/incidents/{number}")
    assert "Жаңа кілтпен ештеңе өтпейді" in text
    assert (await client.post(f"/incidents/{number}/take"))[0] == 303
    assert (await client.post(f"/incidents/{number}/close", reason=""))[0] == 400
    assert (await client.post(f"/incidents/{number}/close", reason="Register the new certificate."))[0] == 303
    _, text = await client.get(f"/incidents/{number}")
    assert "settled: the-support" in text
    assert "Register the new certificate." in text
    assert [one[3] for act in ("taken", "closed") for one in await seat.audit(f"incident.{act}")] == ["taken", "closed"]


async def test_how_severe_an_incident_is_a_person_changes_with_a_reason_that_stands_on_its_page(client: ConsoleClient):
    number = await an_incident(client.seat.world)
    await signed_in(client, UserRole.SUPPORT)
    _, text = await client.get(f"/incidents/{number}")
    (was,) = re.findall(r'class="severity (\w+)"', text)
    to = "normal" if was == "high" else "high"
    for form in ({"to": to, "reason": ""}, {"to": "fatal", "reason": "x"}, {"to": to, "reason": f"of {IIN}"}):
        assert (await client.post(f"/incidents/{number}/severity", **form))[0] == 400
    assert (await client.post(f"/incidents/{number}/severity", to=to, reason="two thousand wait"))[0] == 303
    _, text = await client.get(f"/incidents/{number}")
    assert f'class="severity {to}"' in text
    assert "changed by the-support" in text
    assert "two thousand wait" in text
    assert await client.seat.audit("incident.severity_changed") == [
        ("console:the-support", f"incident {number}", "two thousand wait", f"{to}, was {was}")
    ]
    assert number in (await client.get(f"/incidents?severity={to}&state=open"))[1]
    assert number not in (await client.get(f"/incidents?severity={was}"))[1]


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.AUDITOR])
async def test_who_looks_on_changes_no_severity(client: ConsoleClient, role: UserRole):
    number = await an_incident(client.seat.world)
    await signed_in(client, role)
    assert "Change the severity" not in (await client.get(f"/incidents/{number}"))[1]
    assert (await client.post(f"/incidents/{number}/severity", to="high", reason="x"))[0] == 403
    ((_, subject, _, result),) = await client.seat.audit("incident.severity_changed")
    assert (subject, result) == (f"incident {number}", f"refused: the role {role} may not")


async def test_where_words_were_erased_the_pages_say_so_and_when(client: ConsoleClient):
    world = client.seat.world
    number = await an_incident(world)
    await signed_in(client, UserRole.SUPPORT)
    place = f"/notes/incident/{number}"
    await client.get(f"/incidents/{number}")
    await client.post(f"/incidents/{number}/severity", to="normal", reason="one clerk only")
    await client.post(place, text="They call at nine.", to="role:support")
    assert (await client.post("/notes/1/close", reason="they did"))[0] == 303
    assert (await client.post(f"/incidents/{number}/close", reason="Their clock."))[0] == 303
    sweep = Sweep({RetentionKind.DESK: timedelta(0)}, by="cleaner")
    while await sweep.step(world.exchange.store, world.clock.now() + timedelta(minutes=1)):
        pass
    _, text = await client.get(f"/incidents/{number}")
    assert text.count("Its words were erased when their time of retention was over:") == 2
    for words in ("Жаңа кілтпен", "+7 727 000", "They call at nine.", "Their clock.", "one clerk only"):
        assert words not in text, words
    for path in ("/incidents", "/notes?which=closed"):
        assert '<span class="empty">erased</span>' in (await client.get(path))[1], path


async def test_a_delivery_in_a_state_of_its_own_is_told_so(client: ConsoleClient):
    seat = client.seat
    seat.world.relay._connector = ConsoleNetwork(seat.world)
    await seat.world.register()
    await seat.world.settle()
    (row,) = await seat.world.exchange.store.run(DeliveryPageQuery(state=DeliveryState.RETRY_SCHEDULED))
    await signed_in(client, UserRole.VIEWER)
    _, text = await requested_by(client, str(row.delivery_id))
    assert "The last attempt failed." in text
    assert "no contact in the registry" in text
    assert "the akimat&#39;s gateway is down" in text
