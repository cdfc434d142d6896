"""Deliveries through the API: listed page by page, shown whole but for people's words, moved one or many at a time."""

from __future__ import annotations

import re

from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.ports.deliveries import DeliveryPageQuery
from tests.integration.console.test_access import a_stuck_delivery
from tests.worlds.api_program import ApiAnswer, Program
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.exchange.world import AKIMAT

REASON = {"reason": "they say they are back"}


def numbers(answered: ApiAnswer) -> list[int]:
    return [one["delivery_id"] for one in answered.json["items"]]


async def some_stuck(program: Program, count: int = 4) -> list[int]:
    world = program.seat.world
    world.relay._connector = ConsoleNetwork(world)
    for _ in range(count):
        await world.register()
        await world.settle()
    return sorted(row.delivery_id for row in await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT)))


# --- reading --------------------------------------------------------------------------------------------------------


async def test_a_list_is_read_page_by_page_by_its_next_and_holds_each_once(program: Program):
    await some_stuck(program)
    await program.given(UserRole.VIEWER)
    read, path, pages = [], "/deliveries?limit=3&order=oldest", 0
    while path:
        answered = await program.get(path)
        read, pages = read + numbers(answered), pages + 1
        path = (answered.json["next"] or "").removeprefix("/api/v1")
        assert (f'<{answered.json["next"]}>; rel="next"' == answered.headers.get("Link")) is bool(path)
    every = [row.delivery_id for row in await program.seat.world.exchange.store.run(DeliveryPageQuery(limit=1000))]
    assert read == sorted(every)
    assert pages == -(-len(every) // 3)


async def test_a_list_is_narrowed_by_what_is_asked(program: Program):
    await some_stuck(program)
    await program.given(UserRole.VIEWER)
    for rows, count in (
        ("recipient=akimat-almaty", 4),
        ("group=waiting", 4),
        ("state=retry_scheduled&recipient=jer-almaty", 0),
        ("state=dead_lettered", 0),
        ("created_before=2001-01-01T00:00:00Z", 0),
        ("number=nothing", 0),
    ):
        assert len(numbers(await program.get(f"/deliveries?{rows}"))) == count, rows


async def test_what_is_not_as_described_is_refused_and_named_and_not_repeated(program: Program):
    await program.given(UserRole.VIEWER)
    for rows, name in (
        ("recipiant=akimat-almaty", "recipiant"),
        ("limit=201", "limit"),
        ("limit=0", "limit"),
        ("state=open", "state"),
        ("state=parked&group=open", ""),
        ("created_before=yesterday", "created_before"),
        ("created_before=2026-11-27T00:00:00", "created_before"),
        ("after=x", "after"),
        ("limit=5&limit=6", "limit"),
        ("number=900101300017", "number"),
        ("recipient=%00", "recipient"),
    ):
        answered = await program.get(f"/deliveries?{rows}")
        assert answered.problem == "invalid-request", rows
        assert [(one["place"], one["name"]) for one in answered.json["wrong"]] == [("query", name)]
        assert "900101300017" not in answered.body.decode()


async def test_one_delivery_is_shown_with_its_attempts_in_the_peers_words_and_whose_turn_it_is(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    shown = (await program.get(f"/deliveries/{number}")).json
    assert shown["delivery"]["state"] == "retry_scheduled"
    assert "connection refused" in shown["tried"][0]["detail"]
    assert shown["turn"] == "The relay tries again by itself at the time of the next attempt."
    assert set(shown["acts"]) == {"resend", "park", "cancel"}
    kazakh = (await program.get(f"/deliveries/{number}", **{"Accept-Language": "kk"})).json
    assert re.search("[әғқңөұүі]", kazakh["turn"])
    await program.given(UserRole.VIEWER)
    assert (await program.get(f"/deliveries/{number}")).json["acts"] == []


async def test_an_envelope_is_masked_but_for_who_may_read_it_and_each_reading_is_logged(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    sha256 = (await program.get(f"/deliveries/{number}")).json["tried"][0]["request_sha256"]
    path = f"/deliveries/{number}/envelopes/{sha256}"
    masked = (await program.get(path)).json
    assert masked["is_masked"]
    assert "900101300017" not in masked["text"]
    await program.given(UserRole.AUDITOR)
    whole = (await program.get(path)).json
    assert not whole["is_masked"]
    assert "900101300017" in whole["text"]
    read = await program.seat.accesses()
    assert read == [("token:2", "envelope", f"{number} {sha256}")]


# --- acting ---------------------------------------------------------------------------------------------------------


async def test_a_delivery_is_resent_and_the_loops_are_woken(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR, "night")
    answered = await program.post(f"/deliveries/{number}/resend", REASON)
    assert answered.json == {"delivery_id": number, "act": "resend", "state": "pending"}
    assert program.seat.woken == [True]
    assert await program.seat.audit("delivery.resent") == [
        ("token:night", str(number), "they say they are back", "resent, was retry_scheduled")
    ]


async def test_what_the_state_does_not_allow_is_refused_with_its_reason_and_is_in_the_log(program: Program):
    number = await a_stuck_delivery(program.seat)
    await program.given(UserRole.OPERATOR)
    await program.post(f"/deliveries/{number}/cancel", REASON)
    answered = await program.post(f"/deliveries/{number}/resend", REASON)
    assert (answered.status, answered.problem) == (409, "refused")
    assert answered.json["reason"] == "it is cancelled, which is final"
    assert [line[3] for line in await program.seat.audit("delivery.resent")] == [
        "refused: it is cancelled, which is final"
    ]


async def test_many_are_moved_by_number_and_those_that_stay_are_named(program: Program):
    stuck = await some_stuck(program)
    await program.given(UserRole.OPERATOR)
    answered = await program.post("/deliveries/park", REASON | {"deliveries": [*stuck[:2], 999999]})
    assert answered.json["moved"] == stuck[:2]
    assert answered.json["refused"] == [{"delivery_id": 999999, "reason": "there is no such delivery"}]
    assert answered.json["go_on_after"] is None


async def test_many_are_moved_by_what_they_have_in_common_and_a_dry_run_moves_none(program: Program):
    stuck = await some_stuck(program)
    await program.given(UserRole.OPERATOR)
    rows = REASON | {"selection": {"recipient": "akimat-almaty"}}
    assert (await program.post("/deliveries/park", rows | {"dry_run": True})).json["would_move"] == len(stuck)
    assert await program.seat.audit("delivery.parked") == []
    assert (await program.post("/deliveries/park", rows)).json["moved"] == stuck
    again = await program.post("/deliveries/release", REASON | {"all": True})
    assert again.json["moved"] == stuck
    states = {row.state for row in await program.seat.world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))}
    assert states == {DeliveryState.PENDING}


async def test_an_act_that_does_not_say_which_or_why_moves_nothing(program: Program):
    await some_stuck(program, 1)
    await program.given(UserRole.ADMIN)
    for body in (
        REASON,
        REASON | {"selection": {}},
        REASON | {"deliveries": []},
        REASON | {"deliveries": list(range(1, 1_002))},
        REASON | {"deliveries": [1], "all": True},
        REASON | {"deliveries": ["x"]},
        REASON | {"selection": {"recipiant": "akimat-almaty"}},
        {"reason": "  ", "all": True},
        {"all": True},
        {"reason": "x" * 501, "all": True},
        {"reason": "a\u0000b", "all": True},
        [],
        b"{",
        b"",
    ):
        assert (await program.post("/deliveries/cancel", body)).problem == "invalid-request", body
    assert await program.seat.audit("delivery.cancelled") == []
