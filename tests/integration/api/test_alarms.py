"""Alarms through the API: what is wrong, what it means, who was told, and taking it up."""

from __future__ import annotations

import re
from dataclasses import replace

from gateway.domain.people.access import UserRole
from gateway.workers.alarm_notifier import AlarmNotifier
from tests.worlds.api_program import Program
from tests.worlds.console.alarms_day import AlarmPost, an_evaluator
from tests.worlds.console.seat import ConsoleNetwork

REASON = {"reason": "they mend their gateway until six"}


async def some_alarms(program: Program) -> None:
    """An akimat does not answer."""
    world = program.seat.world
    world.relay._connector = ConsoleNetwork(world)
    for _ in range(8):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await an_evaluator(world).run_once()


async def test_alarms_are_listed_with_what_they_mean_and_what_helps_page_by_page(program: Program):
    await some_alarms(program)
    await program.given(UserRole.VIEWER)
    path, read = "/alarms?limit=1", []
    while path:
        answered = (await program.get(path)).json
        read += answered["items"]
        path = (answered["next"] or "").removeprefix("/api/v1")
    assert len({one["alarm_id"] for one in read}) == len(read) > 1
    (broken,) = [one for one in read if one["kind"] == "breaker_open"]
    assert (broken["subject"], broken["acknowledged"], broken["cleared_at"]) == ("akimat-almaty", None, None)
    kazakh = (await program.get("/alarms?kind=breaker_open", **{"Accept-Language": "kk"})).json["items"]
    assert re.search("[әғқңөұүі]", kazakh[0]["helps"])
    assert (await program.get("/alarms?is_open=false")).json["items"] == []


async def test_an_alarm_is_taken_up_once_and_the_story_says_by_whom(program: Program):
    await some_alarms(program)
    await program.given(UserRole.OPERATOR, "pager")
    taken = (await program.post("/alarms/1/acknowledge", REASON)).json
    assert (taken["alarm"]["acknowledged"]["by"], taken["alarm"]["acknowledged"]["reason"]) == (
        "token:pager",
        REASON["reason"],
    )
    assert [step["happening"] for step in taken["steps"]] == ["acknowledged", "raised"]
    assert (await program.post("/alarms/1/acknowledge", REASON)).problem == "refused"
    assert (await program.post("/alarms/999999/acknowledge", REASON)).problem == "not-found"
    assert [line[0] for line in await program.seat.audit("alarm.acknowledged")] == ["token:pager", "token:pager"]


async def test_that_messages_about_alarms_do_not_arrive_is_said(program: Program):
    await some_alarms(program)
    await program.given(UserRole.VIEWER)
    assert (await program.get("/alarms/unheard")).json == {"channels": []}
    world = program.seat.world
    alarm_notifier = AlarmNotifier(world.exchange.store, AlarmPost(), world.clock)
    for _ in range(3):
        await alarm_notifier.run_once()
        world.clock.advance(minutes=5)
    (channel,) = (await program.get("/alarms/unheard")).json["channels"]
    assert channel["channel"] == "webhook"
    assert "the pager is down" in channel["words"]


async def test_how_many_tries_are_in_vain_is_what_the_settings_say(program: Program):
    await some_alarms(program)
    await program.given(UserRole.VIEWER)
    world = program.seat.world
    await AlarmNotifier(world.exchange.store, AlarmPost(), world.clock).run_once()
    assert (await program.get("/alarms/unheard")).json == {"channels": []}

    limits = replace(world.exchange.alarm_limits, failing_tries=1)
    object.__setattr__(world.exchange, "alarm_limits", limits)

    (channel,) = (await program.get("/alarms/unheard")).json["channels"]
    assert channel["channel"] == "webhook"


async def test_who_only_looks_takes_nothing_up(program: Program):
    await some_alarms(program)
    await program.given(UserRole.VIEWER)
    assert (await program.post("/alarms/1/acknowledge", REASON)).json["right"] == "acknowledge"
