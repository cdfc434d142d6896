"""The primary of the database is killed under load and its synchronous standby promoted, while nodes are killed too."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gateway.store.engine.migrate import migrate
from tests.faults.cluster import Cluster, cluster
from tests.faults.exchange import Course, Play, RunOutcome, run
from tests.faults.until import until


def run_failover(course: Course, folder: Path) -> RunOutcome:
    """Play the course on two servers of PostgreSQL; each former primary comes back as a copy, and its turn comes."""
    with cluster() as pair:
        migrate(pair.url)

        async def trouble(play: Play) -> None:
            await fail_over_often(pair, play)

        return asyncio.run(run(course, folder, database_url=pair.url, trouble=trouble))


async def fail_over_often(pair: Cluster, play: Play) -> None:
    """At equal distances of the messages that the course asks for."""
    distance = play.course.messages // (play.course.failovers + 1)
    for turn in range(1, play.course.failovers + 1):
        due = turn * distance
        await until(lambda due=due: play.record.messages >= due)
        await asyncio.to_thread(pair.fail_over)
        play.failed_over = pair.failed_over
        play.course.tell(f"  primary killed at {play.record.messages} messages, standby promoted")
        if turn < play.course.failovers:
            await asyncio.sleep(1.0)  # the promoted one goes on alone for a while, as it would
            await asyncio.to_thread(pair.couple)
