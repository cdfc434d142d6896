"""Alarms over HTTP: what is open, what was, who takes it up, the number on every page, and who may."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import pytest

from gateway.console.alarms.badge import BADGE
from gateway.domain.alarms.kinds import AlarmKind, Condition
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.people.access import UserRole
from gateway.ports.alarms import WatchJob
from gateway.ports.parties import Switch
from gateway.service.alarms import acknowledge
from gateway.service.parties import switch
from gateway.workers.alarm_notifier import AlarmNotifier
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.worlds.console.alarms_day import AlarmPost, an_evaluator
from tests.worlds.console.seat import ConsoleNetwork, Seat
from tests.worlds.exchange.world import AKIMAT


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def signed_in(client: ConsoleClient, role: UserRole) -> ConsoleClient:
    await client.sign_in(await client.seat.user(f"the-{role}", role))
    await client.get("/language?to=en&back=/console/")
    return client


async def a_silent_akimat(seat: Seat) -> ConsoleNetwork:
    """Alarms 1 and more: its circuit is open, its messages wait too long."""
    seat.world.relay._connector = network = ConsoleNetwork(seat.world)
    for _ in range(8):
        await seat.world.register()
        await seat.world.settle()
        seat.world.clock.advance(minutes=7)
    await seat.world.settle()
    await look(seat)
    return network


async def look(seat: Seat) -> None:
    await an_evaluator(seat.world).run_once()
    seat.app[BADGE].forget()


async def take_up(client: ConsoleClient, *fields: tuple[str, str]) -> tuple[int, str]:
    """The page that the form leads to, or the refusal."""
    await client.get("/alarms")
    filled = [("form_token", client.form), *fields]
    async with client.http.post(f"{client.seat.url}/alarms/acknowledge", data=filled) as answer:
        return answer.status, await answer.text()


def badge(text: str) -> int:
    """The number beside the name of the section; 0 where it is hidden."""
    (found,) = re.findall(r'id="alarm-count" class="badge" (hidden)?>.*?<b>(\d+)</b>', text)
    assert (found[0] == "hidden") == (found[1] == "0")
    return int(found[1])


def listed(text: str) -> list[tuple[str, str]]:
    """Names and subjects of the table."""
    named = r'<th scope="row" class="named"><a href="[^"]+">([^<]+)</a><small class="under">([^<]+)'
    return re.findall(named, html.unescape(text))


async def test_what_is_wrong_with_a_party_is_listed_the_loudest_first(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.VIEWER)
    status, text = await client.get("/alarms")
    assert status == 200
    assert ("A party is silent", AKIMAT) in listed(text)
    assert ("A party's circuit is open", AKIMAT) in listed(text)
    levels = re.findall(r'class="level (\w+)"', text)
    assert levels == sorted(levels, key=["page", "alarm", "warn"].index)
    _, only = await client.get("/alarms?kind=breaker_open")
    assert listed(only) == [("A party's circuit is open", AKIMAT)]


async def test_a_paused_party_is_silent_by_a_wish_and_alarms_nobody(client: ConsoleClient):
    await switch(client.seat.world.exchange, Switch.PAUSE, AKIMAT, by="t", reason="moving")
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/alarms")
    assert AKIMAT not in {subject for name, subject in listed(text) if "term" not in name.lower()}


async def test_every_page_shows_how_many_nobody_has_taken_up(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    assert badge((await client.get("/"))[1]) == 0
    await a_silent_akimat(client.seat)
    _, text = await client.get("/alarms")
    count = len(listed(text))
    assert count >= 2
    for path in ("/", "/deliveries", "/parties", "/alarms/1", "/deliveries/999999"):
        assert badge((await client.get(path))[1]) == count
    await acknowledge(client.seat.world.exchange, 1, by="t", reason="x")
    client.seat.app[BADGE].forget()
    assert badge((await client.get("/"))[1]) == count - 1


async def test_those_selected_are_taken_up_with_a_reason_which_is_in_the_audit_log(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.SUPPORT)
    status, text = await take_up(client, ("alarm", "1"), ("alarm", "2"), ("reason", "they mend their gateway"))
    assert status == 200
    assert "<b>2 / 2</b>" in text
    assert "they mend their gateway" in text
    log = await client.seat.audit("alarm.acknowledged")
    assert log == [
        ("console:the-support", f"alarm:{n}", "they mend their gateway", "acknowledged") for n in (1, 2)
    ]  # fmt: skip
    _, text = await take_up(client, ("alarm", "1"), ("reason", "again"))
    assert "<b>0 / 1</b>" in text


@pytest.mark.parametrize(
    "form",
    [[("alarm", "1")], [("reason", "x")], [("alarm", "x"), ("reason", "x")], [("alarm", "9" * 30), ("reason", "x")]],
)
async def test_a_form_that_makes_no_sense_does_nothing(client: ConsoleClient, form: list[tuple[str, str]]):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    assert (await take_up(client, *form))[0] == 400
    assert await client.seat.audit("alarm.acknowledged") == []


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.AUDITOR])
async def test_who_may_not_is_not_offered_it_and_is_refused_which_is_in_the_audit_log(
    client: ConsoleClient, role: UserRole
):
    await a_silent_akimat(client.seat)
    await signed_in(client, role)
    for path in ("/alarms", "/alarms/1"):
        assert "Acknowledge" not in re.sub("Acknowledged", "", (await client.get(path))[1])
    assert (await take_up(client, ("alarm", "1"), ("reason", "x")))[0] == 403
    ((_, _, _, result),) = await client.seat.audit("alarm.acknowledged")
    assert result == f"refused: the role {role} may not"


async def test_the_page_of_one_tells_its_story_and_whom_it_was_told_with_what_result(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    world = client.seat.world
    await AlarmNotifier(world.exchange.store, AlarmPost(), world.clock).run_once()
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/alarms?kind=party_silent")
    (number,) = re.findall(r"/alarms/(\d+)\"", text)
    _, text = await client.get(f"/alarms/{number}")
    assert "duty@example.kz" in text
    assert "250 2.0.0 OK" in text
    assert "HTTP 503 the pager is down" in text
    assert "next try" in text
    assert "Make a test ping on the party" in text
    assert f'href="/console/parties/{AKIMAT}"' in text


async def test_that_messages_do_not_arrive_is_said_on_the_page(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    world = client.seat.world
    alarm_notifier = AlarmNotifier(world.exchange.store, AlarmPost(), world.clock)
    for _ in range(3):
        await alarm_notifier.run_once()
        world.clock.advance(minutes=5)
    await look(client.seat)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/alarms")
    assert "Messages about alarms do not arrive:" in text
    assert ("Messages about alarms do not arrive", "webhook") in listed(text)


async def test_what_is_over_goes_on_the_list_below_and_nothing_can_be_done_about_it(client: ConsoleClient):
    network = await a_silent_akimat(client.seat)
    network.is_away = False
    world = client.seat.world
    world.clock.advance(minutes=61)
    await world.settle()
    await look(client.seat)
    world.clock.advance(minutes=6)
    await look(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/alarms?kind=party_silent")
    assert "No alarm is open." in text
    assert listed(text) == [("A party is silent", AKIMAT)]
    (number,) = re.findall(r"/alarms/(\d+)\"", text)
    _, text = await client.get(f"/alarms/{number}")
    assert 'name="reason"' not in text


@pytest.mark.parametrize("path", ["/alarms/999", "/alarms/9999999999999999999"])
async def test_what_is_not_there_is_not_found(client: ConsoleClient, path: str):
    await signed_in(client, UserRole.VIEWER)
    assert (await client.get(path))[0] == 404


async def many_alarms(seat: Seat, count: int) -> None:
    seen = [
        Condition(AlarmKind.PARTY_SILENT, f"party-{n}", EscalationStep.PAGE if n == 0 else EscalationStep.WARN)
        for n in range(count)
    ]
    now = seat.world.clock.now()
    await seat.world.exchange.store.run(WatchJob(tuple(seen), lambda _: True, AlarmRhythm(), lambda *_: (), now))
    seat.app[BADGE].forget()


async def test_every_open_one_is_on_some_page_the_loudest_on_the_first(client: ConsoleClient):
    await many_alarms(client.seat, 120)
    await signed_in(client, UserRole.SUPPORT)
    address, pages = "/alarms?kind=party_silent", []
    while address:
        _, text = await client.get(address)
        pages.append([subject for _, subject in listed(text)])
        following = re.search(r'rel="next" href="/console([^"]+)"', text)
        address = html.unescape(following[1]) if following else ""
    assert [len(one) for one in pages] == [50, 50, 20]
    assert pages[0][0] == "party-0"
    assert len({subject for one in pages for subject in one}) == 120
    assert "First page" in text
    assert '<section id="over"' not in text
    _, text = await client.get("/alarms?after=5-1")
    assert "No alarm is open." in text


@pytest.mark.parametrize("place", ["9-1", "x", "1-", "-1", "0-" + "9" * 30])
async def test_a_place_that_makes_no_sense_is_refused(client: ConsoleClient, place: str):
    await many_alarms(client.seat, 1)
    await signed_in(client, UserRole.VIEWER)
    status, text = await client.get(f"/alarms?after={place}")
    assert status == 400
    assert listed(text) == []
    assert "the list does not know what the address says of:" in text


async def test_a_list_goes_on_on_the_next_page(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/alarms?is_open=false&after=1")
    assert "None was." in text
    assert "First page" not in text
