"""One world per test."""

import pytest

from tests.worlds.exchange.world import a_world
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture


@pytest.fixture
async def world(tmp_path):
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
async def either_world(request, tmp_path):
    """The same world over each database."""
    if request.param == "sqlite":
        async with a_world(tmp_path) as made:
            yield made
    else:
        with request.getfixturevalue("postgres").database() as url:
            async with a_world(tmp_path, database_url=url) as made:
                yield made
