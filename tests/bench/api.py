"""How long the API's lists take among a thousand deliveries and among a million: python -m tests.bench.api.

Each page over HTTP, by a token, median of several; the issue is the last column, not the milliseconds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Final

from gateway.domain.access import Role
from gateway.store.engine import writing_engine
from tests.bench.console import TIMES, Timed, add_parties, main, seed
from tests.integration.api.program import Program, a_program
from tests.integration.console.seat import a_seat
from tests.integration.gateway.world import a_world

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


async def timed(folder: Path, url: str | None, many: int) -> list[Timed]:
    """Every page of the API over so many."""
    async with a_world(folder, database_url=url) as world:
        await add_parties(world)
        engine = writing_engine(world.database_url, connections=1)
        with engine.begin() as connection:
            seed(connection, many, start=int(world.clock.now().timestamp() * 1_000_000) - 10 * 86_400_000_000)
        engine.dispose()
        async with a_seat(world) as seat, a_program(seat) as program:
            await program.given(Role.ADMIN)
            return [Timed(page, await _median(program, path.format(middle=many // 2))) for page, path in PAGES.items()]


async def _median(program: Program, path: str) -> float:
    took: list[float] = []
    for _ in range(TIMES):
        began = time.perf_counter()
        headers = {"Authorization": f"Bearer {program.token}"}
        async with program.http.get(program.url + path, headers=headers) as answer:
            body = await answer.json()
        took.append((time.perf_counter() - began) * 1_000)
        assert answer.status == 200, path
        assert body.get("items", True), f"nothing found: {path}"
    return statistics.median(took)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "", timed))
