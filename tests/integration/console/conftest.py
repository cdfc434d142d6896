"""One world with a console per test, and somebody at a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.worlds.console.browser import DESK, a_browser
from tests.worlds.console.reader import Reader
from tests.worlds.console.seat import Seat, a_seat
from tests.worlds.exchange.world import a_world


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with a_world(tmp_path) as world, a_seat(world) as made:
        yield made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with a_browser() as opened:
        yield opened


@pytest.fixture
async def reader(seat: Seat, browser: Browser) -> AsyncIterator[Reader]:
    context = await browser.new_context(viewport=DESK, locale="en-GB", reduced_motion="reduce")
    yield Reader(seat, context, await context.new_page())
    await context.close()
