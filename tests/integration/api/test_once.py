"""An act asked for twice is done once, whatever broke off between."""

from __future__ import annotations

import asyncio

import pytest

from gateway.api.once import IN_HAND_FOR
from gateway.domain.people.access import UserRole
from gateway.ports.people.tokens import EndRequest
from gateway.ports.store import Unavailable
from tests.integration.console.test_access import a_stuck_delivery
from tests.worlds.api_program import Program

REASON = {"reason": "they say they are back"}
KEY = "resend-2026-11-27-01"


async def resent(program: Program) -> list[tuple[str, str, str, str]]:
    return await program.seat.audit("delivery.resent")


async def test_the_same_key_gets_the_same_answer_and_no_second_act(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    first = await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)
    again = await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)
    assert first.status == again.status == 200
    assert first.body == again.body
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert await resent(program) == [
        ("token:the-operator", str(number), REASON["reason"], "resent, was retry_scheduled")
    ]


async def test_many_at_once_under_one_key_act_once(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    body = (program.post(f"/deliveries/{number}/resend", REASON, key=KEY) for _ in range(6))
    answers = await asyncio.gather(*body)
    assert {answer.status for answer in answers} <= {200, 409}
    assert [answer.problem for answer in answers if answer.status == 409] == ["in-hand"] * sum(
        answer.status == 409 for answer in answers
    )
    assert len(await resent(program)) == 1


async def test_a_refusal_is_an_answer_like_another(program: Program):
    await program.given(UserRole.OPERATOR)
    first = await program.post("/deliveries/999999/resend", REASON, key=KEY)
    again = await program.post("/deliveries/999999/resend", REASON, key=KEY)
    assert (first.problem, again.problem) == ("not-found", "not-found")
    assert first.json["reason"] == "there is no such delivery"
    assert first.body == again.body
    assert len(await resent(program)) == 1


async def test_a_key_is_for_one_request_alone_and_of_one_token_alone(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)
    assert (await program.post(f"/deliveries/{number}/park", REASON, key=KEY)).problem == "key-reused"
    assert (await program.post(f"/deliveries/{number}/resend", {"reason": "other"}, key=KEY)).problem == "key-reused"
    await program.given(UserRole.ADMIN)
    assert (await program.post(f"/deliveries/{number}/park", REASON, key=KEY)).status == 200


async def test_what_broke_off_says_so_and_is_not_done_again(program: Program, monkeypatch: pytest.MonkeyPatch):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    store = program.seat.world.exchange.store

    run = store.run

    async def breaks_off(operation: object) -> object:
        if isinstance(operation, EndRequest):
            raise Unavailable("the process ends here")
        return await run(operation)

    with monkeypatch.context() as broken:
        broken.setattr(store, "run", breaks_off)
        assert (await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)).problem == "store-away"
    assert (await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)).problem == "in-hand"
    program.seat.world.clock.advance(seconds=IN_HAND_FOR.total_seconds())
    assert (await program.post(f"/deliveries/{number}/resend", REASON, key=KEY)).problem == "outcome-unknown"
    assert len(await resent(program)) == 1


@pytest.mark.parametrize("key", ["short", "with space", "ключ-ключ"])
async def test_an_act_without_a_key_that_is_one_is_not_done(program: Program, key: str):
    await program.given(UserRole.OPERATOR)
    answered = await program.post("/deliveries/1/resend", REASON, key=key)
    assert answered.json["wrong"][0]["name"] == "Idempotency-Key"
    answered = await program.call("POST", "/deliveries/1/resend", REASON)
    assert answered.json["wrong"] == [{"place": "header", "name": "Idempotency-Key", "what": "is missing"}]
    assert await resent(program) == []
