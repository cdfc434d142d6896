"""Parties through the API: how each stands and why, their certificates, pauses, test pings."""

from __future__ import annotations

import re

from gateway.domain.people.access import UserRole
from tests.worlds.api_program import Program
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.exchange.world import AKIMAT, COURT, JER, ME

REASON = {"reason": "they move house"}


async def a_silent_akimat(program: Program) -> None:
    world = program.seat.world
    world.relay._connector = ConsoleNetwork(world)
    for _ in range(4):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()


async def test_parties_are_listed_by_id_page_by_page_with_what_is_wrong_and_what_helps(program: Program):
    await a_silent_akimat(program)
    await program.given(UserRole.VIEWER)
    path, read = "/parties?limit=2&order=id", []
    while path:
        answered = (await program.get(path)).json
        read += answered["items"]
        path = (answered["next"] or "").removeprefix("/api/v1")
    known = [one.party_id for one in program.seat.world.in_force[0].registry.parties]
    assert [one["party_id"] for one in read] == sorted(known)
    (akimat,) = [one for one in read if one["party_id"] == AKIMAT]
    assert (akimat["circuit"]["state"], akimat["waiting"]) == ("open", 4)
    assert akimat["troubles"][0]["trouble"] == "silent"
    assert akimat["troubles"][0]["what"] == "Nobody answers there"
    russian = (await program.get(f"/parties/{AKIMAT}", **{"Accept-Language": "ru"})).json
    assert re.search("[а-я]", russian["party"]["troubles"][0]["cure"])


async def test_the_list_is_narrowed_by_what_is_asked(program: Program):
    await a_silent_akimat(program)
    await program.given(UserRole.VIEWER)
    for requested, found in (
        ("words=ALMATY&limit=9", [AKIMAT, JER, COURT]),
        ("role=court", [COURT]),
        ("channel=mailbox", [ME, JER]),
        ("trouble=silent", [AKIMAT]),
        ("words=nobody", []),
    ):
        listed = (await program.get(f"/parties?{requested}")).json["items"]
        assert sorted(one["party_id"] for one in listed) == sorted(found), requested


async def test_one_party_is_shown_with_its_terms_its_attempts_and_its_certificates(program: Program):
    await a_silent_akimat(program)
    await program.given(UserRole.VIEWER)
    shown = (await program.get(f"/parties/{AKIMAT}")).json
    assert shown["endpoint"].startswith("http://")
    assert shown["terms"]["breaker_after"] == 5
    assert shown["terms"]["attempt_timeout"] == 30.0
    assert "connection refused" in shown["tried"][0]["detail"]
    assert shown["certificates"][0]["standing"] in {"good", "nearing", "soon"}


async def test_certificates_are_listed_page_by_page_each_once(program: Program):
    await program.given(UserRole.VIEWER)
    path, read = "/certificates?limit=2", []
    while path:
        answered = (await program.get(path)).json
        read += [one["sha256"] for one in answered["items"]]
        path = (answered["next"] or "").removeprefix("/api/v1")
    every = [der for one in program.seat.world.in_force[0].registry.parties for der in one.certificates]
    assert len(read) == len(set(read)) == len(every)
    of_court = (await program.get(f"/certificates?party_id={COURT}")).json["items"]
    assert {one["party_id"] for one in of_court} == {COURT}


async def test_a_party_is_paused_once_and_resumed_and_the_log_says_by_which_token(program: Program):
    await program.given(UserRole.OPERATOR, "night")
    paused = await program.post(f"/parties/{AKIMAT}/pause", REASON)
    assert (paused.json["pause"]["by"], paused.json["pause"]["reason"]) == ("token:night", REASON["reason"])
    again = await program.post(f"/parties/{AKIMAT}/pause", REASON)
    assert again.problem == "refused"
    assert "paused" in again.json["reason"]
    assert (await program.get(f"/parties/{AKIMAT}")).json["party"]["pause"] is not None
    assert (await program.post(f"/parties/{AKIMAT}/resume", REASON)).json["pause"] is None
    assert [line[0] for line in await program.seat.audit("party.paused")] == ["token:night", "token:night"]
    assert [line[0] for line in await program.seat.audit("party.resumed")] == ["token:night"]


async def test_the_exchange_itself_is_never_paused(program: Program):
    await program.given(UserRole.ADMIN)
    assert (await program.post(f"/parties/{ME}/pause", REASON)).json["reason"] == "it is the exchange itself"


async def test_a_ping_says_how_far_it_came_and_whom_to_call_and_is_in_the_audit_log(program: Program):
    await program.given(UserRole.SUPPORT, "desk")
    ping = (await program.post(f"/parties/{AKIMAT}/ping")).json
    assert not ping["is_good"]
    assert ping["steps"][-1]["cure"]
    assert [step["is_good"] for step in ping["steps"]][-1] is False
    ((by, subject, _, result),) = await program.seat.audit("party.probed")
    assert (by, subject) == ("token:desk", AKIMAT)
    assert result.startswith("not reached")
    assert (await program.post(f"/parties/{JER}/ping")).problem == "refused"


async def test_a_role_that_may_not_is_refused_and_the_log_says_who_tried(program: Program):
    await program.given(UserRole.VIEWER, "curious")
    assert (await program.post(f"/parties/{AKIMAT}/pause", REASON)).json["right"] == "pause"
    assert (await program.post(f"/parties/{AKIMAT}/ping")).json["right"] == "probe"
    refused = ("token:curious", "api", "pause_party", "refused: the role viewer may not")
    assert await program.seat.audit("party.paused") == [refused]
