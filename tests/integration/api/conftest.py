"""One world with an API per test, and a program in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.worlds.api_program import Program, a_program
from tests.worlds.console.seat import Seat, a_seat
from tests.worlds.exchange.world import a_world


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with a_world(tmp_path) as world, a_seat(world) as made:
        yield made


@pytest.fixture
async def program(seat: Seat) -> AsyncIterator[Program]:
    async with a_program(seat) as made:
        yield made
