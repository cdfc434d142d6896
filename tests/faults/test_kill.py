"""``kill -9`` at any moment, in the short form of ``make faults``: nothing lost, doubled or out of order.

The judge is what the parties have seen, in a process that no fault reaches, beside what the database holds in the
end. FAULT_SEED, FAULT_KILLS and FAULT_MESSAGES change a run.
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.conduct import Habits
from tests.faults.exchange import Course, RunOutcome, run
from tests.faults.failover import run_failover
from tests.faults.killer import Fates
from tests.faults.run import as_requested
from tests.worlds.postgres import Postgres


@pytest.fixture
def show(capsys: pytest.CaptureFixture):
    def show_and_judge(outcome: RunOutcome) -> None:
        with capsys.disabled():
            print(f"\n{outcome.line}  [{outcome.details}]")
        assert outcome.findings == ()
        assert outcome.ledger_holds

    return show_and_judge


def test_the_gateway_may_be_killed_at_any_moment(tmp_path: Path, show):
    show(asyncio.run(run(as_requested(Course(nodes=1, kills=20, messages=400, habits=Habits(court=0.1))), tmp_path)))


def test_two_nodes_over_postgresql_may_be_killed_at_any_moment(tmp_path: Path, show, postgres: Postgres):
    with postgres.database() as url:
        show(asyncio.run(run(as_requested(Course(nodes=2, kills=40, messages=800)), tmp_path, database_url=url)))


def test_a_node_that_is_frozen_beyond_its_lease_does_no_harm_when_it_wakes(tmp_path: Path, show, postgres: Postgres):
    often = Fates(frozen=1.0, starting=0.0, pointed=0.0)
    with postgres.database() as url:
        course = replace(as_requested(Course(nodes=2, kills=4, messages=150)), fates=often)
        show(asyncio.run(run(course, tmp_path, database_url=url)))


def test_the_primary_of_the_database_may_die_when_a_synchronous_standby_follows(tmp_path: Path, show):
    show(run_failover(as_requested(Course(nodes=2, kills=8, messages=500, failovers=1)), tmp_path))
