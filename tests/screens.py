"""Pictures of the console's pages for docs/screens: ``python -m tests.screens``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

from gateway.domain.people.access import UserRole
from tests.worlds.console.browser import DESK, PHONE, a_browser
from tests.worlds.console.seat import PASSWORD, Seat, a_seat
from tests.worlds.console.tour import TOUR, Day, a_bad_day
from tests.worlds.exchange.world import a_world

FOLDER: Final = Path(__file__).parent.parent / "docs" / "screens"
LONG: Final = {"envelope"}
"""Pages of which the rest looks like its beginning."""


@dataclass(frozen=True)
class Look:
    """How a reader has the console before the eyes."""

    language: str
    scheme: str
    size: dict[str, int]

    def file(self, folder: Path, name: str) -> Path:
        """Where the picture of this page goes."""
        width = "phone" if self.size is PHONE else "desk"
        return folder / f"{name}-{self.language}-{self.scheme}-{width}.png"


LOOKS: Final = (Look("en", "light", DESK), Look("ru", "dark", DESK), Look("kk", "light", PHONE))


async def main(folder: Path) -> None:
    """A world in which an akimat is down, and every page of it."""
    with tempfile.TemporaryDirectory() as home:
        async with a_world(Path(home)) as world, a_seat(world) as seat, a_browser() as browser:
            day = await a_bad_day(seat)
            for role in UserRole:
                await seat.user(f"user-{role}", role)
            for look in LOOKS:
                await _pictures(browser, seat, folder, day, look)


async def _pictures(browser: Browser, seat: Seat, folder: Path, day: Day, look: Look) -> None:
    """As each role that the tour needs; the login once."""
    for role in dict.fromkeys(stop.role for stop in TOUR):
        context = await browser.new_context(
            viewport=look.size, color_scheme=look.scheme, reduced_motion="reduce", device_scale_factor=1
        )
        page = await context.new_page()
        await page.goto(f"{seat.url}/language?to={look.language}&back=/console/login")
        if role is TOUR[0].role:
            await page.screenshot(path=look.file(folder, "login"))
        await page.fill("#name", f"user-{role}")
        await page.fill("#password", PASSWORD)
        await page.click("main button[type=submit]")
        for stop in TOUR:
            if stop.role is role:
                await _settled(page, seat.url + stop.path(day))
                await page.screenshot(path=look.file(folder, stop.name), full_page=stop.name not in LONG)
        await context.close()


async def _settled(page: Page, url: str) -> None:
    await page.goto(url)
    if await page.locator("[data-live-url]").count():
        await page.wait_for_selector("#standing.on")


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    chosen.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(chosen))
