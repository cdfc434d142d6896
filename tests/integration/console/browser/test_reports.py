"""Somebody controls how appeals were answered, in a real browser: a year, the worst body, the cases behind a figure."""

from __future__ import annotations

from playwright.async_api import expect

from gateway.domain.people.access import UserRole
from tests.worlds.console.reader import Reader
from tests.worlds.console.reports_day import every_end
from tests.worlds.exchange.world import JER


async def test_an_operator_finds_the_silent_body_and_opens_the_case_behind_the_figure(reader: Reader):
    seat, page = reader.seat, reader.page
    ends = await every_end(seat.world)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))

    await page.click("nav >> text=Reports")
    await page.select_option("#period", str(seat.world.clock.now().year))
    await page.select_option("#by", "body")
    await page.click("form.report button")
    await expect(page.locator("tfoot td").first).to_contain_text("6")
    drawn = page.locator("svg.drawn[role=img]")
    await expect(drawn).to_have_count(2)
    await expect(drawn.first.locator(".bar.silent")).to_have_count(2)
    assert "silent 1" in str(await drawn.first.locator("desc").text_content())
    assert await drawn.first.locator(".bar.on_time").evaluate("bar => getComputedStyle(bar).fill") != "none"

    await page.click("thead a:text-is('silent')")
    await expect(page.locator("th[aria-sort=descending]")).to_have_text("silent")
    await page.click(f"tbody th a:text-is('{JER}')")
    await expect(page.locator("h1")).to_contain_text(JER)
    await page.click("li.figure.alarm a")
    await expect(page.locator("h1")).to_contain_text("silent")
    await page.click(f"tbody th a:text-is('{ends['silent']}')")
    await expect(page.locator("h1")).to_contain_text(ends["silent"])
    assert reader.trouble == []


async def test_a_period_is_gone_through_with_the_keyboard_alone_and_its_words_are_explained(reader: Reader):
    seat, page = reader.seat, reader.page
    await every_end(seat.world)
    await reader.sign_in(await seat.user("nurlan", UserRole.VIEWER))
    await page.goto(f"{seat.url}/reports")

    await page.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("details.meanings dl")).to_contain_text("Art. 76(3)")
    await page.locator("a[rel=prev]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".empty")).to_have_text("No appeal was registered in this period.")
    await page.locator("a[rel=next]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("table.report")).to_be_visible()
    assert reader.trouble == []
