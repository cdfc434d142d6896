"""An operator's day at the console, in a real browser: find what is stuck, read why, resend, see it acknowledged."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.people.users import DisableUser
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import PASSWORD, ConsoleNetwork, Seat
from tests.worlds.exchange.world import AKIMAT


async def a_stuck_delivery(seat: Seat, network: ConsoleNetwork) -> int:
    """An appeal whose assignment the akimat did not take; everything else was acknowledged."""
    await seat.world.register()
    seat.world.relay._connector = network
    await seat.world.settle()
    (stuck,) = await seat.world.exchange.store.run(DeliveryPageQuery(state=DeliveryState.RETRY_SCHEDULED))
    return stuck.delivery_id


async def test_an_operator_finds_a_stuck_delivery_reads_why_resends_it_and_sees_it_acknowledged(reader: Reader):
    seat, page, network = reader.seat, reader.page, ConsoleNetwork(reader.seat.world)
    number = await a_stuck_delivery(seat, network)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))

    await page.click("text=waiting")
    await page.click(f"main th a:text-is('{number}')")
    await expect(page.locator("#now")).to_contain_text("retry scheduled")
    await expect(page.locator("#now")).to_contain_text("the akimat's gateway is down")
    await expect(page.locator("#tried tbody tr")).to_have_count(1)

    await page.fill("#reason", "they say they are back")
    await page.click("button:text-is('Resend')")
    await expect(page.locator(".note.good")).to_contain_text("before: retry scheduled")
    assert seat.woken == [True]
    assert await seat.audit("delivery.resent") == [
        ("console:aigerim", str(number), "they say they are back", "resent, was retry_scheduled")
    ]

    await expect(page.locator("#standing")).to_have_text("Live")
    address = page.url
    network.is_away = False
    await seat.world.settle()
    await expect(page.locator("#now .state")).to_have_text("acknowledged")
    await expect(page.locator("#tried tbody tr")).to_have_count(2)
    assert page.url == address
    assert reader.trouble == []


async def test_the_whole_story_by_keyboard_alone_from_the_login_to_a_delivery_that_is_acknowledged_live(reader: Reader):
    """Signs in, sees that something waits, opens it, reads why, resends it with a reason, sees it end."""
    seat, page, network = reader.seat, reader.page, ConsoleNetwork(reader.seat.world)
    number = await a_stuck_delivery(seat, network)
    await seat.user("aigerim", UserRole.OPERATOR)
    keyboard = page.keyboard

    await page.goto(f"{seat.url}/")
    await tab_to(page, "#name")
    await keyboard.type("aigerim")
    await tab_to(page, "#password")
    await keyboard.type(PASSWORD)
    await keyboard.press("Enter")

    await expect(page.locator("h1")).to_have_text("Overview")
    await tab_to(page, "#figures a[href*='group=waiting']")
    await keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Deliveries")
    await tab_to(page, f"tbody th a[href$='/deliveries/{number}']")
    await keyboard.press("Enter")
    await expect(page.locator("#now")).to_contain_text("the akimat's gateway is down")

    await tab_to(page, "#reason")
    await keyboard.type("they say they are back")
    await tab_to(page, "button[formaction$='/resend']")
    await keyboard.press("Enter")
    await expect(page.locator(".note.good")).to_contain_text("before: retry scheduled")

    await expect(page.locator("#standing")).to_have_text("Live")
    network.is_away = False
    await seat.world.settle()
    await expect(page.locator("#now .state")).to_have_text("acknowledged")
    await expect(page.locator("#tried tbody tr")).to_have_count(2)
    assert reader.trouble == []


async def tab_to(page: Page, selector: str, *, most: int = 120) -> None:
    """As somebody without a mouse goes there; what has the focus can be seen."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate("of => document.activeElement.matches(of)", selector):
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"
            return
    raise AssertionError(f"no way by keyboard to {selector}")


async def test_a_view_is_saved_found_again_by_a_colleague_and_what_it_finds_is_moved_at_once(reader: Reader):
    seat, page = reader.seat, reader.page
    seat.world.relay._connector = network = ConsoleNetwork(seat.world)
    for _ in range(3):
        await seat.world.register()
        await seat.world.settle()
        seat.world.clock.advance(minutes=7)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries?group=waiting&recipient=akimat-almaty&order=oldest")
    await page.click("summary:text-is('Save this view')")
    await page.fill("#view-name", "Akimat: stuck")
    await page.check("#view-shared")
    await page.click("button:text-is('Save')")
    await expect(page.locator("h1 small")).to_have_text("Akimat: stuck")

    await page.click("button:text-is('Sign out')")
    await reader.sign_in(await seat.user("nurlan", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries")
    await page.click("a:has-text('Akimat: stuck')")
    await expect(page.locator("tbody tr")).to_have_count(3)

    await page.check("tbody tr:nth-child(1) input[name=id]")
    await page.check("tbody tr:nth-child(3) input[name=id]")
    await page.click("button:text-is('Park: selected')")
    await expect(page.locator("#sure-name")).to_have_text("Deliveries that this moves: 2")
    await page.fill("#reason", "they move house")
    await page.click("button:text-is('Park: 2')")
    await expect(page.locator(".note.good")).to_contain_text("Parked: 2")
    assert len(await seat.audit("delivery.parked")) == 2

    await page.goto(f"{seat.url}/deliveries?state=parked&recipient=akimat-almaty")
    await page.click("a:text-is('Release …')")
    await page.fill("#reason", "they moved")
    await page.click("button:text-is('Release: 2')")
    await expect(page.locator(".note.good")).to_contain_text("Released: 2")
    network.is_away = False
    seat.world.clock.advance(minutes=30)
    await seat.world.settle()
    acknowledged = await seat.world.exchange.store.run(
        DeliveryPageQuery(recipient=AKIMAT, state=DeliveryState.ACKNOWLEDGED)
    )
    assert len(acknowledged) == 3
    assert reader.trouble == []


async def test_all_of_a_page_are_ticked_at_once_and_whoever_ticked_none_is_told_so(reader: Reader):
    seat, page = reader.seat, reader.page
    await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries")
    await page.check("[data-picks]")
    ticked = page.locator("input[name=id]:checked")
    await expect(ticked).to_have_count(await page.locator("tbody tr").count())
    await page.uncheck("[data-picks]")
    await expect(ticked).to_have_count(0)
    await page.click("button:text-is('Park: selected')")
    await expect(page.locator("main")).to_contain_text("Nothing is selected.")


async def test_a_reason_that_is_being_written_survives_what_happens_meanwhile(reader: Reader):
    seat, page, network = reader.seat, reader.page, ConsoleNetwork(reader.seat.world)
    number = await a_stuck_delivery(seat, network)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries/{number}")
    await page.fill("#reason", "half a sent")

    seat.world.clock.advance(minutes=30)
    await seat.world.settle()

    await expect(page.locator("#tried tbody tr")).to_have_count(2)
    await expect(page.locator("#reason")).to_have_value("half a sent")


@pytest.mark.parametrize(("path", "counter"), [("/", "#figures"), ("/deliveries", "#counters")])
async def test_counters_follow_what_happens_though_nobody_loads_the_page_again(reader: Reader, path, counter):
    seat, page, network = reader.seat, reader.page, ConsoleNetwork(reader.seat.world)
    await a_stuck_delivery(seat, network)
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(seat.url + path)
    waiting = page.locator(f"{counter} a[href*='group=waiting'] b")
    await expect(waiting).to_have_text("1")

    network.is_away = False
    seat.world.clock.advance(minutes=30)
    await seat.world.settle()

    await expect(waiting).to_have_text("0")


async def test_whoever_is_signed_out_meanwhile_is_led_to_the_login_by_the_page_itself(reader: Reader):
    seat, page = reader.seat, reader.page
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await seat.world.exchange.store.run(DisableUser("aigerim", "left", "root", seat.world.clock.now()))
    await page.goto(f"{seat.url}/deliveries")
    await expect(page.locator("#password")).to_be_visible()


async def test_to_cancel_one_is_asked_first_and_may_think_better_of_it(reader: Reader):
    seat, page = reader.seat, reader.page
    number = await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries/{number}")
    await page.fill("#reason", "served on paper")

    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.click("button:text-is('Cancel')")
    assert await seat.audit("delivery.cancelled") == []

    page.once("dialog", lambda dialog: dialog.accept())
    await page.click("button:text-is('Cancel')")
    await expect(page.locator("#now .state")).to_have_text("cancelled")


async def test_a_viewer_sees_why_and_has_no_button(reader: Reader):
    seat, page = reader.seat, reader.page
    number = await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    await reader.sign_in(await seat.user("dana", UserRole.VIEWER))
    await page.goto(f"{seat.url}/deliveries/{number}")

    await expect(page.locator("#now")).to_contain_text("the akimat's gateway is down")
    await expect(page.locator("#acts")).to_contain_text("your role looks on")
    assert await page.locator("main button").count() == 0


async def test_the_keyboard_alone_finds_a_delivery_by_the_number_of_its_appeal(reader: Reader):
    seat, page = reader.seat, reader.page
    await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    (row,) = await seat.world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))

    await page.keyboard.press("/")
    await page.keyboard.type(row.appeal_number)
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(3)


@pytest.mark.parametrize(
    ("language", "heading", "state"),
    [
        ("kk", "Жеткізулер", "қайталанады"),
        ("ru", "Доставки", "будет повторена"),
        ("en", "Deliveries", "retry scheduled"),
    ],
)
async def test_pages_speak_the_language_that_was_chosen(reader: Reader, language: str, heading: str, state: str):
    seat, page = reader.seat, reader.page
    await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))

    await page.click(f".languages a[lang={language}]")
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await page.goto(f"{seat.url}/deliveries?state=retry_scheduled")
    await expect(page.locator("h1")).to_have_text(heading)
    await expect(page.locator("tbody .state")).to_have_text(state)


async def test_an_envelope_is_shown_without_the_citizen_to_an_operator_and_whole_to_an_auditor(reader: Reader):
    seat, page = reader.seat, reader.page
    number = await a_stuck_delivery(seat, ConsoleNetwork(seat.world))
    await reader.sign_in(await seat.user("aigerim", UserRole.OPERATOR))
    await page.goto(f"{seat.url}/deliveries/{number}")
    await page.click("text=request")
    shown = await page.locator("pre").inner_text()
    assert re.search(r"DL-\d{4}-\d{10}", shown)
    assert "900101300017" not in shown
    assert "Гүлнұр" not in shown

    await page.click("button:text-is('Sign out')")
    await reader.sign_in(await seat.user("nurlan", UserRole.AUDITOR))
    await page.goto(f"{seat.url}/deliveries/{number}")
    await page.click("text=request")
    await expect(page.locator("pre")).to_contain_text("900101300017")
