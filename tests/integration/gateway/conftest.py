"""One world per test."""

import pytest

from tests.integration.gateway.world import a_world


@pytest.fixture
async def world(tmp_path):
    async with a_world(tmp_path) as made:
        yield made
