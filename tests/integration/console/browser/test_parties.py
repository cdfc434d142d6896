"""A party is down: an operator learns since when and whose fault, knocks, pauses, sees it wait, and lets it go on."""

from __future__ import annotations

from playwright.async_api import expect

from gateway.domain.people.access import UserRole
from gateway.ports.deliveries import DeliveryPageQuery, DeliveryRow
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.exchange.world import AKIMAT


async def waiting_for_the_akimat(reader: Reader) -> tuple[DeliveryRow, ...]:
    return await reader.seat.world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))


async def test_a_party_is_down_is_pinged_and_paused_waits_is_resumed_and_acknowledges_live(reader: Reader):
    seat, page, world = reader.seat, reader.page, reader.seat.world
    world.relay._connector = network = ConsoleNetwork(world)
    for _ in range(4):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))

    await page.click("nav a:text-is('Parties')")
    await expect(page.locator("tbody tr").first).to_contain_text("Nobody answers there")
    await page.click(f"tbody tr:first-child a:text-is('{AKIMAT}')")
    now = page.locator("#now")
    await expect(now).to_contain_text("since 2026-11-24")
    await expect(now).to_contain_text("The party's, or of the network between us: a test ping tells which.")
    await expect(now).to_contain_text("Call them with what the test ping says.")
    await expect(page.locator("#tried tbody tr").first).to_contain_text("the akimat's gateway is down")

    await page.click("a:text-is('Test ping')")
    await page.click("button:text-is('Ping now')")
    await expect(page.locator("#result")).to_contain_text("It was not reached.")
    await expect(page.locator("#result tbody tr").last).to_contain_text("Connect to it (TCP)")
    await page.click(f".crumbs a:text-is('{AKIMAT}')")
    await expect(page.locator("#people")).to_contain_text("not reached: connect failed")

    await page.fill("#reason", "they mend their gateway until six")
    await page.click("button:text-is('Pause')")
    await expect(page.locator(".note.good")).to_contain_text("they mend their gateway until six")
    await expect(now).to_contain_text("Paused: nothing new goes out to it")
    network.is_away = False
    await world.register()
    world.clock.advance(minutes=20)
    await world.settle()
    rows = await waiting_for_the_akimat(reader)
    assert [row.finished_at for row in rows] == [None] * 5
    await expect(page.locator("#backlog")).to_contain_text("5 · the oldest waits for")

    await page.fill("#reason", "they are back")
    await page.click("button:text-is('Resume')")
    await expect(page.locator(".note.good")).to_contain_text("they are back")
    await expect(page.locator("#standing")).to_have_text("Live")
    address = page.url
    await world.settle()
    await expect(now).not_to_contain_text("Nobody answers there")
    await expect(page.locator("#backlog dd").first).to_have_text("0")
    await expect(page.locator("#tried tbody tr").first).to_contain_text("acknowledged")
    assert page.url == address
    assert all(row.finished_at for row in await waiting_for_the_akimat(reader))
    assert reader.trouble == []
