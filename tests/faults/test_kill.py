"""``kill -9`` on the gateway while many appeals are in flight: nothing lost, nothing doubled.

The judge is the court sandbox's own durable store, which the gateway cannot touch. Change the seed, the number of
appeals or of kills with FAULT_SEED, FAULT_APPEALS and FAULT_KILLS.
"""

import os
import random
import sqlite3
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.installation import Installation, installation
from tests.postgres import Postgres

APPEALS = int(os.environ.get("FAULT_APPEALS", "200"))
KILLS = int(os.environ.get("FAULT_KILLS", "30"))
SEED = int(os.environ.get("FAULT_SEED", "20261124"))
FINISHED_WITHIN_S = 900
CITIZENS = 16
READY_SHARE = 0.75


def lodge(made: Installation, reference: str) -> str:
    """A citizen lodges an appeal and waits for the answer. Returns the appeal's number."""
    number = ""
    while not number:
        number = made.ask("eotinish", "appeal", {"reference": reference, "wait": 5}).get("appeal_number") or ""
    while not any(notice["step"] == "replied" for notice in made.notices(number)):
        time.sleep(0.2)
    return number


def press(made: Installation, number: str) -> None:
    """A citizen presses «I disagree»."""
    answer = made.ask("eotinish", "disagree", {"appeal": number, "wait": 120})
    assert answer["state"] == "acknowledged", answer


def dossiers_at_court(made: Installation) -> Counter:
    """How many dossiers the court holds for each appeal, read from its own database file."""
    path = f"file:{made.home}/sandbox/smas-almaty/state.db?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as store:
        return Counter(dict(store.execute("SELECT appeal_number, count(*) FROM dossiers GROUP BY appeal_number")))


def kill_often(made: Installation, chance: random.Random, begun: float, moments: list[float], kills: int) -> None:
    """Kill at seeded moments: mostly in full work, now and then while it is still starting."""
    while len(moments) < kills:
        time.sleep(chance.uniform(0.05, 2.0))
        moments.append(round(time.monotonic() - begun, 2))
        made.gateway.kill()
        made.gateway.spawn()
        if chance.random() < READY_SHARE:
            made.gateway.wait_ready()
    made.gateway.wait_ready()


def test_the_gateway_may_be_killed_at_any_moment(tmp_path: Path, capsys: pytest.CaptureFixture):
    with installation(tmp_path) as made:
        prove_nothing_is_lost(made, capsys, appeals=APPEALS, kills=KILLS)


def test_the_gateway_may_be_killed_at_any_moment_over_postgresql(
    tmp_path: Path, capsys: pytest.CaptureFixture, postgres: Postgres
):
    with postgres.database() as url, installation(tmp_path, database_url=url) as made:
        prove_nothing_is_lost(made, capsys, appeals=max(APPEALS // 5, 1), kills=max(KILLS // 5, 1))


def prove_nothing_is_lost(made: Installation, capsys: pytest.CaptureFixture, *, appeals: int, kills: int) -> None:
    """Let citizens lodge and disagree while the gateway is killed, then let the court count."""
    chance, moments, begun = random.Random(SEED), [], time.monotonic()
    with ThreadPoolExecutor(CITIZENS) as citizens:
        killer = threading.Thread(target=kill_often, args=(made, chance, begun, moments, kills))
        killer.start()
        references = [f"appeal-{number}" for number in range(appeals)]
        numbers = list(citizens.map(lambda reference: lodge(made, reference), references))
        list(citizens.map(lambda number: press(made, number), numbers))
        killer.join()
        deadline = time.monotonic() + FINISHED_WITHIN_S
        while len(dossiers_at_court(made)) < appeals and time.monotonic() < deadline:
            time.sleep(0.5)
        held = dossiers_at_court(made)
        ledger = made.ledger_report()
    lost = set(numbers) - set(held)
    doubled = [number for number, count in held.items() if count > 1]
    with capsys.disabled():
        print(f"\nseed {SEED}; killed at (s): {', '.join(map(str, moments))}")
        print(
            f"kills {len(moments)}, appeals {appeals}, dossiers at court {sum(held.values())}, distinct {len(held)}, "
            f"lost {len(lost)}, doubled {len(doubled)}, {time.monotonic() - begun:.0f} s, "
            f"ledger {'ok' if ledger['holds'] else 'BROKEN'} over {ledger['report']['counts']['leaves']} leaves"
        )
    assert len(set(numbers)) == appeals
    assert (lost, doubled, set(held)) == (set(), [], set(numbers))
    assert len(moments) == kills
    assert ledger["report"]["findings"] == []
