"""Every page, as a whole: accessible, never wider than its screen, quiet in the browser's console, and on the tour."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from gateway.console.context import PREFIX
from gateway.console.sections import GROUPS
from gateway.domain.people.access import UserRole, authorise
from tests.worlds.console.browser import DESK, PHONE, violations
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import TOUR, a_bad_day

NO_PAGES = re.compile(r"/live$|csv$|/language$|/login$|/download$|/openid/|/static/|(?<!/deliveries)/_views$")
"""What answers a GET with something else than a page; the login, which needs no tour; and the saved views of a list,
which are one page for all lists: that of deliveries is on the tour."""


@pytest.mark.parametrize(("language", "size"), [("kk", DESK), ("ru", PHONE)], ids=["desk", "phone"])
async def test_no_page_has_a_fault_of_accessibility_by_day_or_in_the_dark(
    seat: Seat, browser: Browser, language: str, size: dict[str, int]
):
    found: list[str] = []
    async for reader in on_tour(seat, browser, language, size):
        found += await violations(reader.page)
    assert found == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_no_page_is_wider_than_the_screen_and_the_browser_complains_of_none(
    seat: Seat, browser: Browser, language: str
):
    too_wide, trouble = [], []
    async for reader in on_tour(seat, browser, language, DESK):
        for size in (PHONE, DESK):
            await reader.page.set_viewport_size(size)
            if await reader.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append((reader.page.url, size["width"]))
        trouble += [stated for stated in reader.trouble if "404" not in stated]
        reader.trouble.clear()
    assert too_wide == []
    assert trouble == []


async def on_tour(seat: Seat, browser: Browser, language: str, size: dict[str, int]) -> AsyncIterator[Reader]:
    """On the login first, then on each page, as somebody who may see it."""
    day = await a_bad_day(seat)
    for role in dict.fromkeys(stop.role for stop in TOUR):
        context = await browser.new_context(viewport=size, locale=language, reduced_motion="reduce")
        reader = Reader(seat, context, await context.new_page())
        await reader.page.goto(f"{seat.url}/")
        yield reader
        await reader.sign_in(await seat.user(f"user-{role}", role))
        for stop in TOUR:
            if stop.role is role:
                await reader.page.goto(seat.url + stop.path(day))
                yield reader
        await context.close()


async def test_every_page_that_is_served_is_on_the_tour(seat: Seat):
    day = await a_bad_day(seat)
    shown = [PREFIX + stop.path(day).partition("?")[0] for stop in TOUR]
    places = [route.resource.get_info() for route in seat.app.router.routes() if route.method == "GET"]
    patterns = [place["pattern"] if "pattern" in place else re.compile(re.escape(place["path"])) for place in places]
    unseen = [one.pattern for one in patterns if not any(one.fullmatch(path) for path in shown)]

    assert len(patterns) > 5
    assert [pattern for pattern in unseen if not NO_PAGES.search(pattern)] == []


def test_every_section_is_seen_by_an_admin_and_holds_its_own_pages():
    for group in GROUPS:
        for section in group.sections:
            assert section.holds(section.path)
            assert (
                authorise(UserRole.ADMIN, section.right).is_allowed
                or authorise(UserRole.AUDITOR, section.right).is_allowed
            ), section.path
