"""Somebody at a browser: signs in, and hears what the browser complains about."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page, expect

from tests.worlds.console.seat import PASSWORD, Seat


class Reader:
    """``trouble``: what the browser complained about, a refused script or style above all."""

    def __init__(self, seat: Seat, context: BrowserContext, page: Page) -> None:
        self.seat, self.context, self.page = seat, context, page
        self.trouble: list[str] = []
        page.on(
            "console", lambda stated: self.trouble.append(stated.text) if stated.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda failed: self.trouble.append(str(failed)))

    async def sign_in(self, name: str) -> None:
        await self.page.goto(f"{self.seat.url}/")
        await self.page.fill("#name", name)
        await self.page.fill("#password", PASSWORD)
        await self.page.click("main button[type=submit]")
        await expect(self.page.locator(".user")).to_contain_text(name)
