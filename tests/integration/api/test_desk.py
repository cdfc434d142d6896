"""The support desk through the API: incidents taken and closed, notes written, handed on and closed."""

from __future__ import annotations

import pytest

from contracts.codes import Code
from contracts.operations import Service
from contracts.payloads import ReportIncident
from gateway.domain.people.access import UserRole
from gateway.domain.people.desk import number_of
from tests.worlds.api_program import Program
from tests.worlds.console.appeals_day import IIN
from tests.worlds.console.tour import a_note, an_incident
from tests.worlds.exchange.world import AKIMAT

REASON = {"reason": "their ticket says so"}


async def read_all(program: Program, path: str) -> list[dict]:
    read = []
    while path:
        answered = (await program.get(path)).json
        read += answered["items"]
        path = (answered["next"] or "").removeprefix("/api/v1")
    return read


# --- incidents ------------------------------------------------------------------------------------------------------


async def test_an_incident_is_taken_and_closed_with_words_that_the_party_is_told(program: Program):
    number = await an_incident(program.seat.world)
    await program.given(UserRole.SUPPORT, "tickets")
    taken = (await program.post(f"/incidents/{number}/take", REASON)).json["incident"]
    assert (taken["state"], taken["moved_by"], taken["words"]) == ("taken", "token:tickets", None)
    closed = await program.post(f"/incidents/{number}/close", {"reason": "Register the new certificate."})
    assert closed.json["incident"]["words"] == "Register the new certificate."
    again = await program.post(f"/incidents/{number}/take", REASON)
    assert (again.problem, again.json["reason"]) == ("refused", "it is closed, which is final")
    assert await program.seat.audit("incident.taken") == [
        ("token:tickets", f"incident {number}", REASON["reason"], "taken"),
        ("token:tickets", f"incident {number}", REASON["reason"], "refused: it is closed, which is final"),
    ]


async def test_incidents_are_listed_by_state_and_party_page_by_page_the_newest_first(program: Program):
    numbers = [await an_incident(program.seat.world) for _ in range(3)]
    await program.given(UserRole.SUPPORT)
    await program.post(f"/incidents/{numbers[0]}/close", REASON)
    listed = await read_all(program, "/incidents?state=open&limit=1")
    assert [one["number"] for one in listed] == [numbers[2], numbers[1]]
    assert listed[0]["severity"] == "high"
    assert listed[0]["todo"] == "Take it, call the contact below, close it with what was found."
    assert len(await read_all(program, f"/incidents?party={AKIMAT}")) == 3
    assert await read_all(program, "/incidents?party=nobody") == []


async def test_how_severe_an_incident_is_a_program_changes_with_a_reason_until_it_is_closed(program: Program):
    number = await an_incident(program.seat.world)
    await program.given(UserRole.SUPPORT, "tickets")
    requested = {"severity": "normal", "reason": "one clerk only"}
    weighed = (await program.post(f"/incidents/{number}/severity", requested)).json["incident"]
    assert (weighed["severity"], weighed["severity_by"], weighed["severity_why"]) == (
        "normal",
        "token:tickets",
        "one clerk only",
    )
    again = await program.post(f"/incidents/{number}/severity", requested)
    assert (again.problem, again.json["reason"]) == ("refused", "it has that severity already")
    assert [one["number"] for one in await read_all(program, "/incidents?severity=normal")] == [number]
    assert await read_all(program, "/incidents?severity=high&state=open") == []
    assert [line[3] for line in await program.seat.audit("incident.severity_changed")] == [
        "normal, was high",
        "refused: it has that severity already",
    ]


async def test_a_persons_number_in_a_partys_words_is_blotted_out_for_who_need_not_read_it(program: Program):
    report = ReportIncident(None, Code.UNKNOWN_SIGNER, f"Өтініш иесі {IIN}", "Нұрлан")
    answered = await program.seat.world.call(Service.AGENCY, AKIMAT, report)
    number = number_of(answered.message.payload.receipt.conversation_id)
    for role, is_whole in ((UserRole.OPERATOR, False), (UserRole.AUDITOR, True)):
        await program.given(role)
        for path in ("/incidents", f"/incidents/{number}"):
            assert (IIN in (await program.get(path)).body.decode()) is is_whole, (role, path)


async def test_who_only_looks_takes_no_incident_and_that_it_was_tried_is_in_the_audit_log(program: Program):
    number = await an_incident(program.seat.world)
    await program.given(UserRole.VIEWER)
    assert (await program.get(f"/incidents/{number}")).status == 200
    assert (await program.post(f"/incidents/{number}/take", REASON)).json["right"] == "handle"
    assert [line[3] for line in await program.seat.audit("incident.taken")] == ["refused: the role viewer may not"]


# --- notes ----------------------------------------------------------------------------------------------------------


async def test_a_note_is_written_handed_to_a_role_handed_on_to_a_user_and_closed(program: Program):
    seat = program.seat
    _, number = await seat.world.register()
    await seat.user("nurlan", UserRole.OPERATOR)
    await program.given(UserRole.SUPPORT, "tickets")
    body = {"text": "She calls on Monday.\nIn the morning.", "to_role": "operator"}
    written = (await program.post(f"/notes/about/appeal/{number}", body)).json
    assert (written["author"], written["text"], written["to_role"]) == ("token:tickets", body["text"], "operator")
    assert await read_all(program, "/notes?to_role=operator") == [written]

    handed = (await program.post(f"/notes/{written['note_id']}/hand", REASON | {"to_user": "nurlan"})).json
    assert (handed["to_role"], handed["to_user"]) == (None, "nurlan")
    assert await read_all(program, "/notes?to_role=operator") == []
    assert await read_all(program, "/notes?to_user=nurlan") == [handed]
    assert await read_all(program, "/notes?author=token%3Atickets") == [handed]

    closed = (await program.post(f"/notes/{written['note_id']}/close", REASON)).json
    assert closed["closed_by"] == "token:tickets"
    assert await read_all(program, "/notes") == []
    assert await read_all(program, "/notes?is_open=false") == [closed]
    assert (await program.get(f"/notes/about/appeal/{number}")).json["notes"] == [closed]
    again = await program.post(f"/notes/{written['note_id']}/close", REASON)
    assert (again.problem, again.json["reason"]) == ("refused", "it is closed already")
    assert [one[3] for act in ("written", "handed_on", "closed") for one in await seat.audit(f"note.{act}")] == [
        "note 1, to the role operator",
        "note 1, to nurlan",
        "note 1, closed",
        "refused: it is closed already",
    ]


async def test_a_note_that_is_sent_twice_under_one_key_is_written_once(program: Program):
    _, number = await program.seat.world.register()
    await program.given(UserRole.SUPPORT)
    sent = [await program.post(f"/notes/about/appeal/{number}", {"text": "Once."}, key="note-0001") for _ in range(2)]
    assert sent[0].body == sent[1].body
    assert len(await read_all(program, "/notes")) == 1


async def test_notes_are_read_page_by_page(program: Program):
    _, number = await program.seat.world.register()
    for _ in range(3):
        await a_note(program.seat.world, number)
    await program.given(UserRole.VIEWER)
    assert [one["note_id"] for one in await read_all(program, "/notes?limit=1")] == [3, 2, 1]


@pytest.mark.parametrize(
    "body",
    [
        {"text": f"IIN {IIN} calls"},
        {"text": ""},
        {"text": "x" * 2_001},
        {"text": "a\u0007b"},
        {"text": "x", "to_user": "nobody"},
        {"text": "x", "to_user": "nurlan", "to_role": "support"},
        {"text": "x", "to_role": "boss"},
    ],
)
async def test_a_note_that_names_a_citizen_or_waits_for_nobody_there_is_not_written(program: Program, body: dict):
    _, number = await program.seat.world.register()
    await program.seat.user("nurlan", UserRole.OPERATOR)
    await program.given(UserRole.SUPPORT)
    answered = await program.post(f"/notes/about/appeal/{number}", body)
    assert answered.problem == "invalid-request"
    assert IIN not in answered.body.decode()
    assert await program.seat.audit("note.written") == []


@pytest.mark.parametrize(
    "path", ["appeal/nothing", "delivery/9", f"delivery/{'9' * 200}", "party/nobody", "incident/IN-0", "x/1"]
)
async def test_there_are_no_notes_about_nothing(program: Program, path: str):
    await program.given(UserRole.SUPPORT)
    assert (await program.get(f"/notes/about/{path}")).problem == "not-found"
    assert (await program.post(f"/notes/about/{path}", {"text": "x"})).problem == "not-found"


@pytest.mark.parametrize(
    "requested", ["to_role=support&to_user=nurlan", "is_open=false&author=nurlan", f"to_user={IIN}"]
)
async def test_notes_are_asked_for_in_one_way_only(program: Program, requested: str):
    await program.given(UserRole.SUPPORT)
    assert (await program.get(f"/notes?{requested}")).problem == "invalid-request"
