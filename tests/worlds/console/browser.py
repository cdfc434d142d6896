"""Debian's Chromium, driven by Playwright, and axe-core to judge what it shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM: Final = Path("/usr/bin/chromium")
QUIET: Final = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""It asks nobody but us; without its own sandbox, since tests may run as root."""

RULES: Final = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passed is long, and nobody reads it
}
COLOURS: Final = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}

DESK: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    """One process; each test opens its own contexts in it."""
    assert CHROMIUM.exists(), "Debian's package chromium is absent; `make test` installs it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


async def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA and good practice, with where; both by day and in the dark.

    In the dark nothing but colours is another.
    """
    await page.emulate_media(color_scheme="light")
    found = await _found(page, RULES)
    await page.emulate_media(color_scheme="dark")
    return found + await _found(page, COLOURS)


async def _found(page: Page, rules: dict[str, list[str]]) -> list[str]:
    found = await Axe().run(page, options=rules)
    return [
        f"{page.url}: {rule['id']} at {node['target']}: {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
