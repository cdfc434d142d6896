"""The description is what is served: every operation answers as it says, with every status that it names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from gateway.api.operation import ApiOperation
from gateway.api.operations import OPERATIONS
from gateway.domain.people.access import RIGHTS, UserRole
from gateway.ports.appeals import LoadPersonsKey
from gateway.ports.people.tokens import EndRequest
from gateway.ports.request_pools import PoolCause, Shed
from gateway.ports.store import Unavailable
from gateway.service.people.bearer_tokens import FAILURES_A_MINUTE
from tests.docs.pages import ROOT
from tests.worlds.api_program import DOCUMENT, SOMEWHERE, Program, a_program
from tests.worlds.console.appeals_day import IIN
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import Day, a_bad_day, lock
from tests.worlds.exchange.world import AKIMAT, JER
from tests.worlds.sealing import seal_all

REASON = {"reason": "the contract says so"}
A_HEAD = {"log": "dalel", "tree_size": 1, "root": "0" * 64, "at": "2026-11-24T07:00:00Z"}
NAMES = [operation.name for operation in OPERATIONS]


def test_the_description_is_openapi_as_its_own_validator_reads_it():
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_the_description_in_the_manual_is_the_one_that_is_served():
    assert json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8")) == DOCUMENT


async def test_no_route_lacks_a_description_and_no_description_a_route(program: Program):
    served = {
        (route.method.lower(), route.resource.canonical.removeprefix("/api/v1"))
        for route in program.app.router.routes()
        if isinstance(route.resource, web.Resource)
    }
    described = {(method, path) for path, item in DOCUMENT["paths"].items() for method in item}
    assert served == described
    assert len(described) == len(OPERATIONS) + 1


def test_every_name_is_given_once():
    assert len(set(NAMES)) == len(NAMES)


async def test_the_description_is_open_to_whoever_reaches_the_port(program: Program):
    answered = await program.get("/openapi.json", Authorization="")
    assert answered.json == DOCUMENT


# --- every operation, every status ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExampleCall:
    """How an operation is called so that it works, so that there is nothing there, and so that the state forbids it.

    ``other``: what makes it another request.
    """

    path: str
    body: Any = None
    nowhere: str = ""
    refused: str = ""
    other: Mapping[str, str] = field(default_factory=lambda: {"reason": "another"})


def calls(day: Day) -> dict[str, ExampleCall]:
    return calls_of_work(day) | CALLS_OF_CONTROL | calls_of_the_desk(day) | CALLS_OF_USERS


def calls_of_work(day: Day) -> dict[str, ExampleCall]:
    """Deliveries, parties and appeals."""
    delivery, nothing = f"/deliveries/{day.delivery}", "/deliveries/999999"
    acts = ("resend", "park", "release", "cancel")
    return {
        "list_deliveries": ExampleCall("/deliveries?limit=2&order=oldest"),
        "list_dead_letters": ExampleCall("/dead-letters"),
        "show_delivery": ExampleCall(delivery, nowhere=nothing),
        "show_envelope": ExampleCall(
            f"{delivery}/envelopes/{day.request}", nowhere=f"{delivery}/envelopes/{'0' * 64}"
        ),
        **{
            f"{act}_delivery": ExampleCall(f"{delivery}/{act}", REASON, f"{nothing}/{act}")
            for act in acts
        },
        **{f"{act}_deliveries": ExampleCall(f"/deliveries/{act}",
        REASON | {"deliveries": [day.delivery]}) for act in acts},
        "list_parties": ExampleCall("/parties?limit=2"),
        "show_party": ExampleCall(f"/parties/{AKIMAT}", nowhere="/parties/nobody"),
        "pause_party": ExampleCall(f"/parties/{AKIMAT}/pause", REASON, "/parties/nobody/pause"),
        "resume_party": ExampleCall(f"/parties/{AKIMAT}/resume", REASON, "/parties/nobody/resume"),
        "ping_party": ExampleCall(f"/parties/{AKIMAT}/ping", None, "/parties/nobody/ping", f"/parties/{JER}/ping"),
        "list_certificates": ExampleCall("/certificates?limit=1"),
        "list_appeals": ExampleCall("/appeals?limit=1"),
        "find_appeals": ExampleCall("/appeals/find", {"number": day.appeal}),
        "show_appeal": ExampleCall(f"/appeals/{day.appeal}", nowhere="/appeals/nothing"),
        "show_words": ExampleCall(f"/appeals/{day.appeal}/words", nowhere="/appeals/nothing/words"),
        "prove_appeal": ExampleCall(f"/appeals/{day.appeal}/proof", nowhere="/appeals/nothing/proof"),
        "take_evidence": ExampleCall(f"{delivery}/evidence", nowhere=f"{nothing}/evidence"),
        "take_dossier": ExampleCall(
            f"/appeals/{day.appeal}/dossiers/1/container", nowhere=f"/appeals/{day.appeal}/dossiers/99/container"
        ),
        "list_terms": ExampleCall("/terms?which=open&limit=1"),
    }  # fmt: skip


CALLS_OF_CONTROL = {
    "show_ledger": ExampleCall("/ledger"),
    "continue_ledger": ExampleCall("/ledger/continues", A_HEAD),
    "show_leaf": ExampleCall("/ledger/leaves/0", nowhere="/ledger/leaves/999999"),
    "list_acts": ExampleCall("/audit/acts?limit=1"),
    "list_accesses": ExampleCall("/audit/accesses?limit=1"),
    "list_counted_appeals": ExampleCall("/reports/appeals?figure=received"),
    "list_refusals": ExampleCall("/refusals"),
    "list_alarms": ExampleCall("/alarms"),
    "list_unheard": ExampleCall("/alarms/unheard"),
    "list_causes": ExampleCall("/causes?period=7d"),
    "show_alarm": ExampleCall("/alarms/1", nowhere="/alarms/999999"),
    "acknowledge_alarm": ExampleCall("/alarms/2/acknowledge", REASON, "/alarms/999999/acknowledge"),
    "show_report": ExampleCall("/reports?since=2026-01-01&until=2026-12-31&by=body"),
    "show_health": ExampleCall("/health"),
    "show_overview": ExampleCall("/overview"),
    "list_nodes": ExampleCall("/nodes"),
    "show_token": ExampleCall("/token"),
}


def calls_of_the_desk(day: Day) -> dict[str, ExampleCall]:
    """Incidents and notes."""
    incident, no_incident = f"/incidents/{day.incident}", "/incidents/IN-00000000-0000"
    return {
        "list_incidents": ExampleCall("/incidents?state=open&limit=1"),
        "show_incident": ExampleCall(incident, nowhere=no_incident),
        "change_severity": ExampleCall(
            f"{incident}/severity", REASON | {"severity": "normal"}, f"{no_incident}/severity"
        ),
        "take_incident": ExampleCall(f"{incident}/take", REASON, f"{no_incident}/take"),
        "close_incident": ExampleCall(f"{incident}/close", REASON, f"{no_incident}/close"),
        "list_notes": ExampleCall("/notes?to_role=support"),
        "show_note": ExampleCall("/notes/1", nowhere="/notes/999999"),
        "hand_note": ExampleCall("/notes/1/hand", REASON | {"to_user": "nurlan"}, "/notes/999999/hand"),
        "close_note": ExampleCall("/notes/1/close", REASON, "/notes/999999/close"),
        "list_notes_about": ExampleCall(f"/notes/about/appeal/{day.appeal}", nowhere="/notes/about/appeal/nothing"),
        "add_note": ExampleCall(
            f"/notes/about/party/{AKIMAT}", {"text": "They move house."}, "/notes/about/party/nobody",
            other={"text": "They stay."},
        ),
    }  # fmt: skip


CALLS_OF_USERS = {
    "list_users": ExampleCall("/users?role=support"),
    "add_user": ExampleCall("/users", REASON | {"name": "aliya", "role": "viewer"}),
    "show_user": ExampleCall("/users/dana", nowhere="/users/nobody"),
    "change_role": ExampleCall("/users/saule/role", REASON | {"role": "viewer"}, "/users/nobody/role"),
    "link_user": ExampleCall("/users/dana/link", REASON, "/users/nobody/link"),
    "send_user_elsewhere": ExampleCall("/users/dana/elsewhere", REASON, "/users/nobody/elsewhere"),
    "unlock_user": ExampleCall("/users/saule/unlock", REASON, "/users/nobody/unlock"),
    "sign_user_out": ExampleCall("/users/nurlan/sign-out", REASON, "/users/nobody/sign-out"),
    "disable_user": ExampleCall("/users/nurlan/disable", REASON, "/users/nobody/disable"),
    "enable_user": ExampleCall("/users/timur/enable", REASON, "/users/nobody/enable"),
}


async def ask(program: Program, operation: ApiOperation[Any, Any, Any], path: str, body: Any, **headers: str) -> Any:
    if operation.method == "GET":
        return await program.get(path, **headers)
    return await program.post(path, body, **headers)


def roles_for(operation: ApiOperation[Any, Any, Any]) -> tuple[list[UserRole], list[UserRole]]:
    """Those that have the right, and those that lack it."""
    having = [role for role in UserRole if operation.right in RIGHTS[role]]
    return having, [role for role in UserRole if role not in having]


async def ready_for(program: Program, day: Day, name: str) -> None:
    """The state that an act needs."""
    if name == "release_delivery":
        await program.post(f"/deliveries/{day.delivery}/park", REASON)
    if name == "unlock_user":
        await lock(program.seat, "saule")


@pytest.fixture
async def program(seat: Seat) -> AsyncIterator[Program]:
    """With everything there that an operation needs."""
    async with a_program(seat, elsewhere=SOMEWHERE) as made:
        yield made


async def test_every_operation_answers_with_every_status_that_it_names_and_as_described(program: Program):
    day = await a_bad_day(program.seat)
    await seal_all(program.seat.world.exchange.store, program.seat.world.clock)
    known = calls(day)
    assert set(known) == set(NAMES)
    await program.given(UserRole.OPERATOR)
    tokens = {role: await program.another(role, f"a-{role}") for role in UserRole}

    for operation in sorted(OPERATIONS, key=lambda one: one.name.startswith("cancel")):
        call = known[operation.name]
        having, lacking = roles_for(operation)
        program.token = tokens[having[-1]]
        await ready_for(program, day, operation.name)
        assert (await ask(program, operation, call.path, call.body)).status == 200, operation.name
        mark = "&" if "?" in call.path else "?"
        assert (await ask(program, operation, f"{call.path}{mark}nonsense=1", call.body)).status == 400
        assert (await ask(program, operation, call.path, call.body, Authorization="")).status == 401
        if lacking:
            program.token = tokens[lacking[0]]
            assert (await ask(program, operation, call.path, call.body)).status == 403
        program.token = tokens[having[-1]]
        if call.nowhere:
            assert (await ask(program, operation, call.nowhere, call.body)).status == 404
        if call.refused:
            assert (await program.post(call.refused)).problem == "refused"
        if call.body is not None:
            assert (await program.post(call.path, b"x" * 65_537)).status == 413
            assert (await program.post(call.path, b"{}", **{"Content-Type": "text/plain"})).status == 415
        if operation.is_once:
            await program.post(call.path, call.body, key=f"key-of-{operation.name}")
            other = call.body | call.other
            assert (await program.post(call.path, other, key=f"key-of-{operation.name}")).status == 422
            await a_request_in_hand(program, operation, call)
    await a_person_searched(program, tokens)
    await those_who_fail_too_often(program, known)
    await when_we_fail(program.seat, program, known)

    described = {
        item["operationId"]: set(item["responses"]) for path in DOCUMENT["paths"].values() for item in path.values()
    }
    await program.get("/openapi.json")
    assert program.met == described


async def a_request_in_hand(program: Program, operation: ApiOperation[Any, Any, Any], call: ExampleCall) -> None:
    """Its first comer has not answered yet: the store knows the key and no answer."""
    store = program.seat.world.exchange.store

    run = store.run

    async def breaks_off(operation: object) -> object:
        if isinstance(operation, EndRequest):
            raise Unavailable("it breaks off")
        return await run(operation)

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "run", breaks_off)
        assert (await program.post(call.path, call.body, key=f"in-hand-{operation.name}")).status == 503
    assert (await program.post(call.path, call.body, key=f"in-hand-{operation.name}")).problem == "in-hand"


async def a_person_searched(program: Program, tokens: dict[UserRole, str]) -> None:
    program.token = tokens[UserRole.OPERATOR]
    assert (await program.post("/appeals/find", {"number": IIN})).json["right"] == "find_person"
    program.token = tokens[UserRole.SUPPORT]
    store = program.seat.world.exchange.store

    run = store.run

    async def another_key(operation: object) -> object:
        return "another" if operation == LoadPersonsKey() else await run(operation)

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(store, "run", another_key)
        assert (await program.post("/appeals/find", {"number": IIN})).problem == "refused"


async def those_who_fail_too_often(program: Program, known: dict[str, ExampleCall]) -> None:
    program.token = "dalel_nonsense"
    for _ in range(FAILURES_A_MINUTE):
        await program.get("/token")
    for operation in OPERATIONS:
        answered = await ask(program, operation, known[operation.name].path, known[operation.name].body)
        assert answered.status == 429
        assert 1 <= int(answered.headers["Retry-After"]) <= 60


class Broken:
    """A store that is away, or worse."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure

    async def run(self, _operation: object) -> None:
        raise self._failure


async def when_we_fail(seat: Seat, program: Program, known: dict[str, ExampleCall]) -> None:
    good = await program.another(UserRole.ADMIN, "another-admin")
    for status, failure in (
        (503, Unavailable("away")),
        (408, Shed(PoolCause.DEADLINE)),
        (500, ValueError("Айгерім 900101300017")),
    ):
        async with a_program(seat, tokens=Broken(failure)) as failing:  # type: ignore[arg-type]
            failing.token, failing.met = good, program.met
            for operation in OPERATIONS:
                answered = await ask(failing, operation, known[operation.name].path, known[operation.name].body)
                assert answered.status == status
                assert "900101300017" not in answered.body.decode()
