"""Somebody looks into a case, in a real browser: finds it, reads its path, verifies its dossier, follows it live."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from gateway.domain.people.access import UserRole
from tests.worlds.console.appeals_day import CASE_NUMBER, IIN, a_case_in_court
from tests.worlds.console.browser import DESK, PHONE
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import Seat
from tests.worlds.exchange.world import AKIMAT


async def test_an_auditor_finds_a_persons_case_reads_its_path_and_has_the_dossier_verified(reader: Reader):
    seat, page = reader.seat, reader.page
    case = await a_case_in_court(seat.world)
    await reader.sign_in(await seat.user("nurlan", UserRole.AUDITOR))

    await page.click("nav >> text=Appeals")
    await page.fill("#any", IIN)
    await page.click("form.any button")
    assert IIN not in page.url
    await page.click(f"main th a:text-is('{case.number}')")
    await expect(page.locator("#now .state")).to_have_text("court case open")
    await expect(page.locator("#now")).to_contain_text(CASE_NUMBER)

    drawn = page.locator("svg.path")
    await expect(drawn).to_have_count(1)
    await expect(drawn.locator(".over")).to_have_count(1)  # silence over a file breaks no term
    await expect(drawn.locator(".cross")).to_have_count(1)
    assert await drawn.locator(".over").first.evaluate("line => getComputedStyle(line).stroke") != "none"
    await expect(page.locator("#terms tbody tr").first).to_contain_text("BREACHED")
    await expect(page.locator("#history tr.bad").first).to_contain_text("term missed")

    await page.click("#dossiers a")
    await page.click("text=Verify it here")
    await expect(page.locator("#proof .note.good")).to_contain_text("The dossier is verified")
    await expect(page.locator("#proof li.failed")).to_have_count(0)
    assert await page.locator("#proof li.passed").count() > 5
    assert reader.trouble == []


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_column_of_the_terms_is_out_of_sight(
    seat: Seat, browser: Browser, language: str, size: dict[str, int]
):
    case = await a_case_in_court(seat.world)
    context = await browser.new_context(viewport=size, locale=language, reduced_motion="reduce")
    reader = Reader(seat, context, await context.new_page())
    await reader.sign_in(await seat.user("nurlan", UserRole.OPERATOR))
    await reader.page.goto(f"{seat.url}/appeals/{case.number}")
    assert await reader.page.locator("#terms tbody tr").count() == 3
    table = reader.page.locator("#terms .scroll")
    assert await table.evaluate("one => one.scrollWidth - one.clientWidth") == 0
    await context.close()


async def test_a_case_that_is_open_on_a_screen_follows_what_happens(reader: Reader):
    seat, page = reader.seat, reader.page
    _, number = await seat.world.register()
    await seat.world.settle()
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/appeals/{number}")
    await expect(page.locator("#terms .state")).to_have_text("open")
    await expect(page.locator("#standing")).to_have_text("Live")

    seat.world.clock.advance(minutes=20)
    await seat.world.term_clock.run_once()

    await expect(page.locator("#terms .state.missed")).to_have_text("BREACHED")
    await expect(page.locator("svg.path .cross")).to_have_count(1)
    await expect(page.locator("#papers")).to_contain_text("None yet.")
    assert AKIMAT in await page.locator("#deliveries").inner_text()
    assert reader.trouble == []
