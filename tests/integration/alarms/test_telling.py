"""From what is wrong to whoever is told: a whole exchange, a mail server and a webhook that can be bent."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.bootstrap.alarm_channels import ChannelMessenger, letter_context, posts
from gateway.bootstrap.exchange import Environment, exchange_on
from gateway.config.settings import Settings
from gateway.domain.alarms.kinds import AlarmKind, AlarmLimits
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.ports.alarms import AlarmQuery
from gateway.ports.parties import Switch
from gateway.service.alarms import acknowledge, probe_channels
from gateway.service.parties import switch
from gateway.workers.alarm_evaluator import AlarmEvaluator, DiskMonitor, EvaluatorSettings
from gateway.workers.alarm_notifier import LEASE, AlarmNotifier
from gateway.workers.inspector import Inspector
from tests.integration.alarms.mailroom import Mailroom, a_mailroom
from tests.integration.alarms.test_webhook import SECRET, WebhookReceiver
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.exchange.world import AKIMAT, JER, World, a_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def mailroom() -> AsyncIterator[Mailroom]:
    async with a_mailroom("none") as room:
        yield room


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    made, app = WebhookReceiver(), web.Application()
    app.router.add_route("*", "/{path:.*}", made.take)
    async with TestServer(app) as server:
        made.url = str(server.make_url("/pager"))
        yield made


@pytest.fixture
def stated_by(world: World, mailroom: Mailroom, receiver: WebhookReceiver) -> Settings:
    """Two addresses, one of which hears what is loud only, and a webhook."""
    secret = world.folder / "pager.secret"
    secret.write_text(f"whsec_{base64.b64encode(SECRET).decode()}\n", encoding="ascii")
    secret.chmod(0o600)
    to = [{"address": "duty@example.kz", "language": "kk"}, {"address": "head@example.kz", "level": "page"}]
    mail = {"host": "127.0.0.1", "port": mailroom.port, "security": "none", "sender": "d@example.kz", "to": to}
    hooks = [{"name": "pager", "url": receiver.url, "secret_file": "pager.secret", "language": "en", "level": "alarm"}]
    return Settings(home=world.folder, console=True, alarms={"mail": mail, "webhooks": hooks})


@pytest.fixture
def alarm_evaluator(world: World, stated_by: Settings) -> AlarmEvaluator:
    limits = replace(AlarmLimits(), seal_late_for=timedelta(days=9), certificate_days=())
    return AlarmEvaluator(
        world.exchange, EvaluatorSettings(limits, stated_by.alarms.rhythm(), letter_context(stated_by)), None
    )


@pytest.fixture
def alarm_notifier(world: World, stated_by: Settings) -> AlarmNotifier:
    return AlarmNotifier(world.exchange.store, posts(stated_by, world.http), world.clock)


async def until_notified(alarm_notifier: AlarmNotifier) -> None:
    while await alarm_notifier.run_once():
        pass


async def a_silent_akimat(world: World) -> ConsoleNetwork:
    world.relay._connector = network = ConsoleNetwork(world)
    for _ in range(4):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    return network


def subjects(mailroom: Mailroom) -> list[str]:
    return [f"{message['To']} {message['Subject']}" for message in mailroom.taken]


async def test_a_silent_party_is_told_louder_and_louder_and_that_it_is_back(
    world: World,
    alarm_evaluator: AlarmEvaluator,
    alarm_notifier: AlarmNotifier,
    mailroom: Mailroom,
    receiver: WebhookReceiver,
):
    network = await a_silent_akimat(world)
    await alarm_evaluator.run_once()
    await until_notified(alarm_notifier)
    assert subjects(mailroom) == [f"duty@example.kz [dalel] Дабыл, ескерту: Тараппен байланыс үзілді: {AKIMAT}"]
    assert receiver.taken == []

    world.clock.advance(minutes=25)
    await alarm_evaluator.run_once()
    await until_notified(alarm_notifier)
    assert f"duty@example.kz [dalel] Дабыл, дабыл: Тарап үнсіз: {AKIMAT}" in subjects(mailroom)
    (body,) = [json.loads(body) for _, body, _ in receiver.taken]
    assert (body["type"], body["data"]["kind"], body["data"]["subject"]) == ("alarm.raised", "party_silent", AKIMAT)
    assert body["data"]["link"].endswith(f"/console/alarms/{body['data']['alarm']}")

    world.clock.advance(minutes=30)
    await alarm_evaluator.run_once()
    await until_notified(alarm_notifier)
    assert f"head@example.kz [dalel] Никто не подтвердил, срочный вызов: Сторона молчит: {AKIMAT}" in subjects(mailroom)

    network.is_away = False
    world.clock.advance(minutes=60)
    await world.settle()
    for _ in range(2):
        await alarm_evaluator.run_once()
        world.clock.advance(minutes=6)
    await until_notified(alarm_notifier)
    assert f"head@example.kz [dalel] Прошло, срочный вызов: Сторона молчит: {AKIMAT}" in subjects(mailroom)
    texts = "".join(str(message.get_content()) for message in mailroom.taken)
    assert "900101300017" not in texts
    assert "Гүлнұр" not in texts


async def test_while_the_mail_server_is_away_messages_wait_and_everybody_can_see_that(
    world: World, alarm_evaluator: AlarmEvaluator, alarm_notifier: AlarmNotifier, mailroom: Mailroom
):
    await a_silent_akimat(world)
    mailroom.says = "452 4.3.1 out of room"
    await alarm_evaluator.run_once()
    for _ in range(4):
        await until_notified(alarm_notifier)
        world.clock.advance(minutes=2)
    await alarm_evaluator.run_once()
    assert "by mail since 2026-11-24" in await probe_channels(world.exchange)
    found = await world.exchange.store.run(AlarmQuery(is_open=True, kind=AlarmKind.UNHEARD))
    assert [one.subject for one in found] == ["mail"]

    mailroom.says = None
    world.clock.advance(minutes=30)
    await until_notified(alarm_notifier)
    assert any("Тараппен байланыс үзілді" in one for one in subjects(mailroom))
    assert await probe_channels(world.exchange) == "told"


async def test_how_many_tries_are_in_vain_is_what_the_settings_say_wherever_one_asks(
    world: World, alarm_evaluator: AlarmEvaluator, alarm_notifier: AlarmNotifier, mailroom: Mailroom
):
    await a_silent_akimat(world)
    mailroom.says = "452 4.3.1 out of room"
    await alarm_evaluator.run_once()
    for _ in range(4):
        await until_notified(alarm_notifier)
        world.clock.advance(minutes=2)

    for tries, answer in ((4, "messages that nobody takes"), (5, "told")):
        settings = Settings(home=world.folder, alarms={"limits": {"failing_tries": tries}})
        alike = exchange_on(
            settings, world.exchange.store, world.exchange.documents, world.exchange.directory, Environment.real()
        )
        assert (await probe_channels(replace(alike, clock=world.clock))).startswith(answer)


class Killed(Exception):
    """In the place of a node's death."""


async def test_when_a_node_dies_before_it_noted_the_answer_another_repeats_the_same_message(
    world: World, alarm_evaluator: AlarmEvaluator, stated_by: Settings, mailroom: Mailroom
):
    await a_silent_akimat(world)
    await alarm_evaluator.run_once()

    class Dying(ChannelMessenger):
        async def send(self, draft, *, letter_id, at):
            await posts(stated_by, world.http).send(draft, letter_id=letter_id, at=at)
            raise Killed

    with pytest.raises(Killed):
        await AlarmNotifier(world.exchange.store, Dying(None, {}, name="dalel"), world.clock).run_once()
    other = AlarmNotifier(world.exchange.store, posts(stated_by, world.http), world.clock)
    assert await other.run_once() == 0
    world.clock.advance(seconds=LEASE.total_seconds())
    assert await other.run_once() == 1
    first, second = mailroom.taken
    assert first["Message-ID"] == second["Message-ID"]
    world.clock.advance(days=9)
    assert await other.run_once() == 0


async def take_up_all(world: World) -> None:
    for alarm in await world.exchange.store.run(AlarmQuery(is_open=True)):
        await acknowledge(world.exchange, alarm.alarm_id, by="t", reason="they mend it")


async def test_who_is_acknowledged_is_left_alone_until_it_is_worse(
    world: World, alarm_evaluator: AlarmEvaluator, alarm_notifier: AlarmNotifier, mailroom: Mailroom
):
    def of(name: str) -> list[str]:
        return [one for one in subjects(mailroom) if one.endswith(f"{name}: {AKIMAT}")]

    await a_silent_akimat(world)
    world.clock.advance(minutes=25)
    await alarm_evaluator.run_once()
    await take_up_all(world)
    world.clock.advance(minutes=200)
    await alarm_evaluator.run_once()
    await until_notified(alarm_notifier)
    assert len(of("Тарап үнсіз")) == 1
    await take_up_all(world)
    world.clock.advance(days=3)
    await alarm_evaluator.run_once()
    await until_notified(alarm_notifier)
    assert len(of("Тарап үнсіз")) == 1
    assert any("Нашарлады" in one for one in of("Хабар келісілгеннен ұзақ күтуде"))


async def test_a_mailbox_that_nobody_empties_is_a_silent_party_unless_it_is_paused(
    world: World, alarm_evaluator: AlarmEvaluator
):
    await world.register(subject="LAND")
    world.clock.advance(minutes=31)
    await switch(world.exchange, Switch.PAUSE, JER, by="t", reason="moving")
    await alarm_evaluator.run_once()
    query = AlarmQuery(is_open=True, kind=AlarmKind.PARTY_SILENT)
    assert await world.exchange.store.run(query) == ()
    await switch(world.exchange, Switch.RESUME, JER, by="t", reason="moved")
    await alarm_evaluator.run_once()
    assert [one.subject for one in await world.exchange.store.run(query)] == [JER]


async def test_each_node_watches_its_own_disks_and_those_of_a_node_that_left_are_over(
    world: World, alarm_evaluator: AlarmEvaluator
):
    orders, free = EvaluatorSettings(rhythm=AlarmRhythm(quiet=timedelta(0))), {Path("/data"): 5 * 1024**2}
    disks = DiskMonitor(world.exchange, orders, "b", lambda: free, 10 * 1024**2)
    await disks.run_once()
    query = AlarmQuery(is_open=True, kind=AlarmKind.DISK_LOW)
    (alarm,) = await world.exchange.store.run(query)
    assert (alarm.subject, alarm.level, alarm.count) == ("b /data", "page", 5)
    other = DiskMonitor(world.exchange, orders, "a", lambda: {Path("/data"): 10**12}, 0)
    await other.run_once()
    assert len(await world.exchange.store.run(query)) == 1
    for _ in range(2):  # no node "b" is there
        await alarm_evaluator.run_once()
        world.clock.advance(minutes=6)
    assert await world.exchange.store.run(query) == ()


async def test_the_ledger_that_somebody_changed_is_told_at_the_loudest(world: World, alarm_evaluator: AlarmEvaluator):
    from sqlalchemy import text

    await world.register()
    inspector = Inspector(world.exchange.store, world.clock, records=1000)
    for _ in range(2):
        await inspector.run_once()
    await alarm_evaluator.run_once()
    query = AlarmQuery(is_open=True, kind=AlarmKind.LEDGER_BROKEN)
    assert await world.exchange.store.run(query) == ()

    def spoil(connection, jobs):
        connection.execute(text("UPDATE events SET actor = 'somebody' WHERE seq = 1"))
        return [None] * len(jobs)

    await world.exchange.store.write(spoil, None)
    await inspector.run_once()
    await alarm_evaluator.run_once()
    (alarm,) = await world.exchange.store.run(query)
    assert alarm.level == "page"
