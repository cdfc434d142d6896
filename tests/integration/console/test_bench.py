"""The lists whose speed is measured: each answers and shows rows, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.groups import api, console
from tests.bench.lists import Serving
from tests.worlds.postgres import postgres  # noqa: F401 - a fixture

MANY = 1_000


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest):
    if request.param == "sqlite":
        yield None
        return
    with request.getfixturevalue("postgres").database() as fresh:
        yield fresh


@pytest.mark.parametrize("serving", [console.console, api.api], ids=["console", "api"])
async def test_every_list_that_is_measured_answers_and_shows_rows(tmp_path: Path, url: str | None, serving: Serving):
    async with serving(tmp_path, url, MANY) as lists:
        trouble = {page: wrong for page, ask in lists.items() if (wrong := await ask())}
        assert len(lists) > 10
        assert trouble == {}
