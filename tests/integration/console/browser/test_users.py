"""Users in a real browser: a link made, handed over and used; one's own page; the way to an identity provider."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from gateway.domain.people.access import UserRole
from tests.integration.console.test_oidc import expected, someone
from tests.simulators.openid import Provider, a_provider
from tests.worlds.console.browser import DESK, violations
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import PASSWORD, Seat
from tests.worlds.exchange.world import World

NEW = "көп сөз күміс аз сөз алтын"


@pytest.fixture
async def another(seat: Seat, browser: Browser) -> AsyncIterator[Reader]:
    """Somebody else at a browser of their own."""
    context = await browser.new_context(viewport=DESK, locale="en-GB", reduced_motion="reduce")
    yield Reader(seat, context, await context.new_page())
    await context.close()


async def test_a_user_is_added_enrols_by_the_link_and_is_shut_out_again(reader: Reader, another: Reader):
    seat, page, theirs = reader.seat, reader.page, another.page
    await reader.sign_in(await seat.user("aigerim", UserRole.ADMIN))
    await page.click("nav >> text=Users")
    await page.click("main >> text=Add a user")
    await page.fill("#name", "dana")
    await page.select_option("#role", "operator")
    await page.fill("#reason", "began on Monday")
    await page.click("button:text-is('Add')")
    link = await page.input_value("#link")
    assert await violations(page) == []

    await theirs.goto(link)
    await theirs.fill("#new", NEW)
    await theirs.fill("#again", NEW)
    await theirs.click("main button[type=submit]")
    await expect(theirs.locator(".note.good")).to_contain_text("The password is set")
    await theirs.fill("#name", "dana")
    await theirs.fill("#password", NEW)
    await theirs.click("main button[type=submit]")
    await expect(theirs.locator(".user")).to_contain_text("operator")

    await page.goto(f"{seat.url}/users/dana")
    await page.fill("#reason", "left the same day")
    page.once("dialog", lambda dialog: dialog.accept())
    await page.click("button:text-is('Disable')")
    await expect(page.locator(".note.good")).to_contain_text("done")
    await theirs.reload()
    await expect(theirs.locator("#password")).to_be_visible()
    assert reader.trouble == []
    assert another.trouble == []


async def test_the_own_page_tells_the_rights_and_ends_what_was_left_open(reader: Reader, another: Reader):
    seat, page = reader.seat, reader.page
    await seat.user("dana", UserRole.SUPPORT)
    await another.sign_in("dana")
    await reader.sign_in("dana")
    await page.click(".user")
    await expect(page.locator("main")).to_contain_text("look for cases by an IIN or BIN")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.click("button:text-is('End the others')")
    await expect(page.locator("tbody tr")).to_have_count(1)

    await page.fill("#old", PASSWORD)
    await page.fill("#new", NEW)
    await page.fill("#again", NEW)
    await page.click("button:text-is('Change the password')")
    await expect(page.locator(".note.good")).to_contain_text("The new password holds")
    assert reader.trouble == []


@pytest.fixture
async def provider(seat: Seat) -> AsyncIterator[Provider]:
    async with a_provider(seat.world.clock.now) as made:
        yield made


async def test_a_browser_goes_to_the_provider_to_sign_in_and_to_sign_out(
    seat: Seat, provider: Provider, another: Reader
):
    world: World = seat.world
    async with someone(world, provider) as client:
        await expected(client.seat, "dana")
        page = another.page
        await page.goto(f"{client.seat.url}/appeals")
        assert await violations(page) == []
        await page.click("text=Sign in at the identity provider")
        await expect(page.locator(".user")).to_contain_text("dana")
        assert page.url == f"{client.seat.url}/appeals"
        await page.goto(f"{client.seat.url}/me")
        await expect(page.locator("main")).to_contain_text("your password is kept and changed there")

        await page.click("text=Sign out")
        await page.click("text=Yes, sign out")
        await expect(page.locator("main")).to_contain_text("of the console and at the identity provider")
        assert page.url.startswith(f"{client.seat.url}/openid/signed-out?state=")
        assert await violations(page) == []
    assert another.trouble == []
