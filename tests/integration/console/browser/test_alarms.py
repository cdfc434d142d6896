"""An alarm while somebody works on another page: the number appears by itself; they read why, and see it end."""

from __future__ import annotations

from playwright.async_api import expect

from gateway.domain.people.access import UserRole
from gateway.ports.alarms import CountUnacknowledged
from gateway.workers.alarm_notifier import AlarmNotifier
from tests.worlds.console.alarms_day import AlarmPost, an_evaluator
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.exchange.world import AKIMAT


async def test_an_alarm_shows_on_any_page_is_read_taken_up_and_ends_live(reader: Reader):
    seat, page, world = reader.seat, reader.page, reader.seat.world
    world.relay._connector = network = ConsoleNetwork(world)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/parties/{AKIMAT}/ping")  # which follows nothing of its own
    badge = page.locator("#alarm-count")
    await expect(badge).to_be_hidden()
    await expect(page.locator("#standing")).to_have_text("Live")

    for _ in range(4):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    alarm_evaluator = an_evaluator(world)
    await alarm_evaluator.run_once()
    count = await world.exchange.store.run(CountUnacknowledged())
    await expect(badge.locator("b")).to_have_text(str(count))

    await page.click("nav a:has-text('Alarms')")
    await page.select_option("#kind", "breaker_open")
    await page.click("form.filters button")
    await page.click('a:text-is("A party\'s circuit is open")')
    await expect(page.locator("main")).to_contain_text("The party did not answer several times in a row")
    story = page.locator("#story tbody tr")
    await expect(story.first).to_contain_text("duty@example.kz: waits")
    await AlarmNotifier(world.exchange.store, AlarmPost(), world.clock).run_once()
    await expect(story.first).to_contain_text("250 2.0.0 OK")

    await page.fill("#reason", "they mend their gateway until six")
    await page.click("#acts button")
    await expect(page.locator(".note.good")).to_contain_text("1 / 1")
    await expect(page.locator("#now")).to_contain_text("acknowledged")
    await expect(story.first).to_contain_text("console:aigerim: they mend their gateway until six")
    await expect(page.locator("#acts")).to_have_count(0)

    network.is_away = False
    world.clock.advance(minutes=40)
    await world.settle()
    for _ in range(2):
        await alarm_evaluator.run_once()
        world.clock.advance(minutes=6)
    await expect(page.locator("#now .big")).to_contain_text("over")
    await expect(story.first).to_contain_text("Over")
    assert reader.trouble == []


async def test_those_that_were_ticked_stay_so_while_the_list_moves(reader: Reader):
    seat, page, world = reader.seat, reader.page, reader.seat.world
    world.relay._connector = ConsoleNetwork(world)
    for _ in range(4):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    await an_evaluator(world).run_once()
    await reader.sign_in(await seat.user("aigerim", UserRole.SUPPORT))
    await page.goto(f"{seat.url}/alarms")
    rows = page.locator("#open tbody tr")
    before = await rows.count()
    assert before >= 2
    await page.check("#open tbody input[type=checkbox] >> nth=0")
    await page.check("#open tbody input[type=checkbox] >> nth=1")
    world.clock.advance(minutes=25)
    await an_evaluator(world).run_once()
    await expect(page.locator("#alarm-count b")).not_to_have_text(str(before))
    await expect(page.locator("#open tbody input[type=checkbox]:checked")).to_have_count(2)
    await page.fill("#reason", "we know")
    await page.press("#reason", "Enter")
    await expect(page.locator(".note.good")).to_contain_text("2 / 2")
    assert [reason for _, _, reason, _ in await seat.audit("alarm.acknowledged")] == ["we know"] * 2
    assert reader.trouble == []
