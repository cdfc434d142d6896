"""One world per test."""

import pytest

from tests.worlds.exchange.world import a_world
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture


@pytest.fixture
async def world(request, tmp_path):
    """Its store is in memory, unless the test is marked ``databases``."""
    in_memory = request.node.get_closest_marker("databases") is None
    async with a_world(tmp_path, in_memory=in_memory) as made:
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
