"""One world with a console per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.console.seat import Seat, a_seat
from tests.integration.gateway.world import a_world


@pytest.fixture
async def seat(tmp_path: Path) -> AsyncIterator[Seat]:
    async with a_world(tmp_path) as world, a_seat(world) as made:
        yield made
