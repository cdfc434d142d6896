"""A shift at the support desk: a citizen asks where the appeal is, a party reports, a colleague is handed the rest."""

from __future__ import annotations

from playwright.async_api import expect

from gateway.domain.people.access import UserRole
from tests.integration.console.test_parties import registered
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import ConsoleNetwork
from tests.worlds.console.tour import an_incident
from tests.worlds.exchange.world import AKIMAT


async def test_somebody_asks_where_an_appeal_is_and_the_desk_says_it_hands_it_over_and_closes_an_incident(
    reader: Reader,
):
    seat, page, world = reader.seat, reader.page, reader.seat.world
    await registered(seat, AKIMAT, contact="Кезекші: +7 727 111 22 33")
    world.relay._connector = ConsoleNetwork(world)
    _, number = await world.register()
    await world.settle()
    incident = await an_incident(world)
    await seat.user("nurlan", UserRole.OPERATOR)
    await reader.sign_in(await seat.user("saule", UserRole.SUPPORT))
    await page.goto(f"{seat.url}/language?to=ru&back=/console/desk")

    await page.fill("#number", number)
    await page.keyboard.press("Enter")
    reported = page.locator(".answer.appeal")
    await expect(reported).to_contain_text("Обращение передано органу, который ещё не подтвердил получение.")
    await expect(reported).to_contain_text("Последняя попытка не удалась.")
    await expect(reported).to_contain_text("Кезекші: +7 727 111 22 33")
    await expect(reported.locator("blockquote").first).to_contain_text("Ваше обращение зарегистрировано")

    await reported.locator("a:text-is('Записать, передать')").click()
    await page.fill("#text", "Заявитель перезвонит в понедельник.")
    await page.select_option("#to", "user:nurlan")
    await page.click("button:text-is('Записать')")
    await expect(page.locator(".noted")).to_contain_text("→ nurlan")

    await page.click("nav a:text-is('Служба поддержки')")
    await page.click(f"#incidents a:text-is('{incident}')")
    await page.click("button:text-is('Взять на себя')")
    await expect(page.locator("#now-name")).to_contain_text("взят в работу: saule")
    await page.fill("#reason", "Новый сертификат внесён.")
    await page.click("button:text-is('Закрыть инцидент')")
    await expect(page.locator("#now")).to_contain_text("Новый сертификат внесён.")

    await page.fill("#find", "UnknownSigner")
    await page.goto(f"{seat.url}/find?number=UnknownSigner")
    await expect(page.locator(".answer")).to_contain_text("Код ошибки")
    assert reader.trouble == []
