"""How long the API's lists take among a thousand deliveries and among a million: python -m tests.bench.groups.api.

``sqlite`` or ``postgresql`` after it: that one alone. Each page over HTTP, by a token; the issue is the last column,
not the milliseconds.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from gateway.domain.people.access import UserRole
from tests.bench.lists import Ask, Lists, main
from tests.bench.seeding import fill
from tests.worlds.api_program import Program, a_program
from tests.worlds.console.seat import a_seat
from tests.worlds.exchange.world import a_world

PAGES: Final = {
    "all, newest first": "/deliveries",
    "200 from the middle": "/deliveries?limit=200&after={middle}",
    "all that have not ended, oldest first": "/deliveries?group=open&order=oldest",
    "of one party, dead letters": "/deliveries?recipient=akimat-almaty&state=dead_lettered",
    "by the number of an appeal": "/deliveries?number=DL-2026-{middle:010d}",
    "one delivery": "/deliveries/{middle}",
    "a thousand parties, a page": "/parties",
    "certificates of a thousand parties, a page": "/certificates",
    "appeals, newest first": "/appeals",
    "appeals in court, of one body": "/appeals?group=court&body=smas-almaty",
    "terms that run": "/terms?which=open",
    "the overview": "/overview",
}


@asynccontextmanager
async def api(folder: Path, url: str | None, many: int) -> AsyncIterator[Lists]:
    """The API over so many, and a program with a token."""
    async with a_world(folder, database_url=url) as world, a_seat(world) as seat, a_program(seat) as program:
        await program.given(UserRole.ADMIN)
        await fill(world, many)
        yield {page: _asking(program, path.format(middle=many // 2)) for page, path in PAGES.items()}


def _asking(program: Program, path: str) -> Ask:
    async def ask() -> str:
        headers = {"Authorization": f"Bearer {program.token}"}
        async with program.http.get(program.url + path, headers=headers) as answer:
            body = await answer.json()
        if answer.status != 200:
            return f"{answer.status} at {answer.url}"
        return "" if body.get("items", True) else f"nothing found at {answer.url}"

    return ask


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:], api)))
