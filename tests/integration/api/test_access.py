"""Who gets in by which token, for how long, and what each role may do: asked over HTTP."""

from __future__ import annotations

import asyncio

import pytest

from gateway.api.operations import OPERATIONS
from gateway.domain.people.access import RIGHTS, Right, UserRole
from gateway.domain.people.tokens import token_text
from gateway.ports.people.tokens import ListTokens, RevokeToken
from gateway.service.people.bearer_tokens import FAILURES_A_MINUTE
from gateway.service.people.login import STRANGERS_AN_HOUR
from tests.integration.console.test_access import a_stuck_delivery
from tests.worlds.api_program import Program

REASON = {"reason": "they say they are back"}


async def test_a_token_opens_and_says_what_it_may(program: Program):
    await program.given(UserRole.OPERATOR, "night")
    answered = await program.get("/token")
    assert answered.status == 200
    assert answered.json["name"] == "night"
    assert set(answered.json["rights"]) == {right.value for right in RIGHTS[UserRole.OPERATOR]}
    assert answered.headers["Cache-Control"] == "no-store"


async def test_whoever_has_no_token_that_opens_is_told_how_to_get_one(program: Program):
    for shown in ("", "Bearer", "Bearer x", "Basic YWRtaW4=", f"Bearer {token_text(b'x' * 32)}", "Bearer dalel_"):
        answered = await program.get("/deliveries", Authorization=shown)
        assert (answered.status, answered.problem) == (401, "no-token"), shown
        assert answered.headers["WWW-Authenticate"].startswith('Bearer realm="dalel"')
        assert "dalel tokens add" in answered.json["detail"]


async def test_an_expired_token_opens_nothing(program: Program):
    await program.given(UserRole.VIEWER, days=1)
    assert (await program.get("/token")).status == 200
    program.seat.world.clock.advance(minutes=24 * 60)
    assert (await program.get("/token")).status == 401
    (line,) = await program.seat.audit("token.shown")
    assert line == ("token:the-viewer", "token:1", "from 127.0.0.1", "refused: the token has expired")


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(program: Program):
    await program.given(UserRole.VIEWER, "night")
    assert (await program.get("/token")).status == 200
    world = program.seat.world
    await world.exchange.store.run(RevokeToken("night", "leaked", "root", world.clock.now()))
    assert (await program.get("/token")).status == 401


async def test_when_a_token_was_used_last_is_known_to_ten_minutes(program: Program):
    await program.given(UserRole.VIEWER)
    clock, store, used = program.seat.world.clock, program.seat.world.exchange.store, []
    for _ in range(3):
        await program.get("/token")
        used.append((await store.run(ListTokens()))[0].used_at)
        clock.advance(minutes=6)
    assert used[0] == used[1] < used[2]


# --- failures -------------------------------------------------------------------------------------------------------


async def test_whoever_fails_too_often_is_not_heard_and_who_got_in_before_is(program: Program):
    known = await program.given(UserRole.VIEWER, "known")
    await program.get("/token")
    fresh = await program.another(UserRole.VIEWER, "fresh")
    program.token = "dalel_nonsense"
    answers = [(await program.get("/token")).status for _ in range(FAILURES_A_MINUTE + 2)]
    assert answers == [401] * FAILURES_A_MINUTE + [429] * 2

    program.token = fresh
    assert (await program.get("/token")).problem == "too-many-failures"
    program.token = known
    assert (await program.get("/token")).status == 200
    program.seat.world.clock.advance(minutes=1)
    program.token = fresh
    assert (await program.get("/token")).status == 200


async def test_failures_fill_no_log(program: Program):
    clock, program.token = program.seat.world.clock, token_text(b"x" * 32)
    for _ in range(STRANGERS_AN_HOUR // FAILURES_A_MINUTE + 2):
        await asyncio.gather(*(program.get("/token") for _ in range(FAILURES_A_MINUTE)))
        clock.advance(seconds=60)
    lines = await program.seat.audit("token.shown")
    assert len(lines) == STRANGERS_AN_HOUR
    assert lines[0] == ("api", "token:none", "from 127.0.0.1", "refused: no such token")


async def test_what_was_shown_is_told_nowhere(program: Program, capsys: pytest.CaptureFixture[str]):
    program.token = token_text(b"secret" * 5 + b"12")
    answered = await program.get("/token")
    assert program.token not in answered.body.decode() + capsys.readouterr().out


# --- roles ----------------------------------------------------------------------------------------------------------


async def test_no_role_does_by_a_token_what_it_may_not_do(program: Program):
    """Every role at every operation. Where it has the right, what is asked for is nonsense, and is told to be."""
    filled = {
        "{delivery_id}": "999999",
        "{sha256}": "0" * 64,
        "{party_id}": "nobody",
        "{appeal_number}": "nothing",
        "{position}": "999999",
        "{alarm_id}": "9",
        "{number}": "IN-00000000-0000",
        "{note_id}": "9",
        "{about}": "appeal",
        "{key}": "nothing",
        "{dossier_no}": "1",
        "{name}": "nobody",
    }
    for role in UserRole:
        await program.given(role)
        for operation in OPERATIONS:
            path = "/".join(filled.get(part, part) for part in operation.path.split("/"))
            answered = await program.call(operation.method, path + "?nonsense=1")
            if operation.right in RIGHTS[role]:
                assert answered.problem == "invalid-request", (role, operation.name)
                continue
            assert answered.problem == "no-right", (role, operation.name)
            assert answered.json["right"] == operation.right.value
            assert f'scope="{operation.right}"' in answered.headers["WWW-Authenticate"]


async def test_an_act_that_was_not_allowed_is_in_the_audit_log(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.VIEWER, "curious")
    answered = await program.post(f"/deliveries/{number}/cancel", REASON)
    assert answered.json["right"] == Right.CANCEL
    assert await program.seat.audit("delivery.cancelled") == [
        ("token:curious", "api", "cancel_delivery", "refused: the role viewer may not")
    ]


# --- every answer ---------------------------------------------------------------------------------------------------


async def test_a_request_is_known_by_one_number_everywhere(program: Program):
    await program.given(UserRole.VIEWER)
    answered = await program.get("/nothing", **{"X-Request-Id": "ticket-4711"})
    assert answered.headers["X-Request-Id"] == answered.json["request_id"] == "ticket-4711"
    assert answered.json["instance"] == "urn:dalel:request:ticket-4711"
    answered = await program.get("/token", **{"X-Request-Id": "x\ty"})
    assert len(answered.headers["X-Request-Id"]) == 36


async def test_problems_are_told_in_the_language_asked_for(program: Program):
    kazakh, russian, english = (
        "Жарамды токен жоқ.",
        "Нет действующего токена.",
        "There is no token that opens anything.",
    )
    for requested, language, title in (
        ("kk", "kk", kazakh),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru", russian),
        ("de, en;q=0.5, kk;q=0.7", "kk", kazakh),
        ("en-GB", "en", english),
        ("", "ru", russian),
        ("en;q=x, kk;q=0", "ru", russian),
    ):
        answered = await program.get("/token", **{"Accept-Language": requested, "Authorization": ""})
        assert (answered.json["title"], answered.headers["Content-Language"]) == (title, language), requested


async def test_what_is_not_there_and_what_has_no_such_method_are_problems_like_others(program: Program):
    await program.given(UserRole.VIEWER)
    assert (await program.get("/nothing")).problem == "not-found"
    answered = await program.call("DELETE", "/deliveries")
    assert (answered.problem, answered.headers["Allow"]) == ("no-such-method", "GET")
    assert (await program.get("/deliveries/not-a-number")).problem == "not-found"
