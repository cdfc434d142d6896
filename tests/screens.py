"""Pictures of the console's pages for docs/screens: ``python -m tests.screens``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

from gateway.domain.access import Role
from gateway.domain.acts import Act
from gateway.domain.delivery import DeliveryState
from gateway.service.operate import move
from tests.integration.console.browser import DESK, PHONE, a_browser
from tests.integration.console.seat import PASSWORD, Network, Seat, a_seat
from tests.integration.gateway.world import AKIMAT, a_world

FOLDER: Final = Path(__file__).parent.parent / "docs" / "screens"


async def main(folder: Path) -> None:
    """A world in which an akimat is down, and every page of it."""
    with tempfile.TemporaryDirectory() as home:
        async with a_world(Path(home)) as world, a_seat(world) as seat, a_browser() as browser:
            number = await _a_bad_day(seat)
            await seat.user("aigerim", Role.OPERATOR)
            for language, scheme, size in (("en", "light", DESK), ("ru", "dark", DESK), ("kk", "light", PHONE)):
                await _pictures(browser, seat, folder, number, language, scheme, size)


async def _a_bad_day(seat: Seat) -> int:
    """Appeals that an akimat does not take; one of them is set aside. Returns the number of one to look at."""
    world = seat.world
    world.relay._connector = Network(world)
    for _ in range(9):
        await world.register()
        await world.settle()
        world.clock.advance(minutes=7)
    await world.settle()
    waiting = await world.exchange.store.deliveries(recipient=AKIMAT, state=DeliveryState.RETRY_SCHEDULED)
    await move(
        world.exchange, Act.PARK, (waiting[1].delivery_id,), by="console:nurlan", reason="the akimat asks to wait"
    )
    await move(
        world.exchange, Act.RESEND, (waiting[-1].delivery_id,), by="console:nurlan", reason="they say they are back"
    )
    world.clock.advance(minutes=1)
    await world.settle()
    return waiting[-1].delivery_id


async def _pictures(
    browser: Browser, seat: Seat, folder: Path, number: int, language: str, scheme: str, size: dict[str, int]
) -> None:
    context = await browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", device_scale_factor=1
    )
    page = await context.new_page()
    width = "phone" if size is PHONE else "desk"

    async def picture(name: str) -> None:
        path = folder / f"{name}-{language}-{scheme}-{width}.png"
        await page.screenshot(path=path, full_page=name != "envelope")  # of which the rest looks like its beginning

    await page.goto(f"{seat.url}/language?to={language}&back=/console/login")
    await picture("login")
    await page.fill("#name", "aigerim")
    await page.fill("#password", PASSWORD)
    await page.click("main button[type=submit]")
    whole = await seat.world.exchange.store.whole_delivery(number)
    assert whole is not None
    one = f"/deliveries/{number}"
    pages = {
        "overview": "/",
        "deliveries": "/deliveries?state=open&order=oldest",
        "delivery": one,
        "envelope": f"{one}/envelopes/{whole.tried[0].request_sha256}",
        "not-found": "/deliveries/999999",
    }
    for name, path in pages.items():
        await _settled(page, seat.url + path)
        await picture(name)
    await context.close()


async def _settled(page: Page, url: str) -> None:
    await page.goto(url)
    if await page.locator("[data-live-url]").count():
        await page.wait_for_selector("#standing.on")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
