"""``python -m tests.faults.run``: kill the exchange often, in the full form, and print one line per run.

A message is counted once it is proven by a signed receipt: each distinct message_id that the exchange has taken from
a party, and each that a party has taken from the exchange.

Set FAULT_SEED, FAULT_KILLS and FAULT_MESSAGES to change a run; ``--only sqlite`` (or postgresql, failover) runs one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.exchange import Course, RunOutcome, run
from tests.faults.failover import run_failover
from tests.worlds.postgres import running_postgres

RESULTS = Path("test-out") / "faults.txt"
"""The lines of every run, one call after the other; without those that only tell how far it is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One run by its name."""

    name: str
    course: Course
    carry_out: Callable[[Course, Path], RunOutcome]


def over_sqlite(course: Course, folder: Path) -> RunOutcome:
    return asyncio.run(run(course, folder))


def over_postgresql(course: Course, folder: Path) -> RunOutcome:
    with running_postgres(durable=True) as server, server.database() as url:
        return asyncio.run(run(course, folder, database_url=url))


TRIALS = (
    Trial("postgresql", Course(nodes=2, kills=1_000, messages=20_000), over_postgresql),
    Trial("sqlite", Course(nodes=1, kills=300, messages=5_000), over_sqlite),
    Trial("failover", Course(nodes=2, kills=60, messages=6_000, failovers=3), run_failover),
)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[trial.name for trial in TRIALS], default=None)
    only = parser.parse_args(arguments).only
    RESULTS.parent.mkdir(exist_ok=True)
    held = [_try(trial) for trial in TRIALS if only is None or trial.name in only]
    return 0 if all(held) else 1


def _try(trial: Trial) -> bool:
    course = as_requested(trial.course)
    keep(f"{trial.name}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: seed {course.seed}, at least {course.kills} kills")
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"dalel-faults-{trial.name}-"))
    try:
        outcome = trial.carry_out(replace(course, tell=tell), folder)
    except (RuntimeError, ExceptionGroup):
        traceback.print_exc()
        keep(f"{trial.name}: did not come to its end; what is needed to look for the reason lies in {folder}")
        return False
    for finding in outcome.findings[:20]:
        keep(f"  {finding}")
    keep(f"{trial.name}: {outcome.line}  [{time.monotonic() - begun:.0f} s; {outcome.details}]")
    if outcome.holds:
        shutil.rmtree(folder)
    else:
        keep(f"{trial.name}: what is needed to look for the reason lies in {folder}")
    return outcome.holds


def as_requested(course: Course) -> Course:
    """The course with what the environment asks for instead."""
    requested = {name: os.environ.get(f"FAULT_{name.upper()}") for name in ("seed", "kills", "messages")}
    return replace(course, **{name: int(value) for name, value in requested.items() if value})


def keep(line: str) -> None:
    tell(line)
    with RESULTS.open("a") as file:
        file.write(line + "\n")


def tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
