"""Seconds of each suite and its slowest tests, from pytest's JUnit files: ``python -m tools.durations FOLDER``.

Prints and never judges: how long a test takes says as much of the machine as of the test.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lxml import etree

SLOWEST: Final = 30


@dataclass(frozen=True, slots=True)
class Timed:
    """One test; ``seconds`` with its set-up and tear-down, by the clock on the wall."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Suite:
    """One run of pytest, named after its file. ``seconds``: by the clock on the wall, all workers side by side."""

    name: str
    seconds: float
    tests: tuple[Timed, ...]


def read_suite(path: Path) -> Suite:
    """Read a file that ``pytest --junitxml`` wrote."""
    (suite,) = etree.parse(path).getroot().iter("testsuite")
    cases = (Timed(f"{case.get('classname')}::{case.get('name')}", _seconds(case)) for case in suite.iter("testcase"))
    return Suite(path.stem, _seconds(suite), tuple(cases))


def _seconds(element: etree._Element) -> float:
    return float(element.get("time", "0").replace(",", ""))


def lines(suites: Sequence[Suite], *, slowest: int = SLOWEST) -> Iterator[str]:
    """Each suite, in the order of their runs; then the slowest tests of all."""
    for suite in suites:
        yield f"{suite.seconds:7.1f} s  {suite.name}, {len(suite.tests)} tests"
    yield f"{sum(suite.seconds for suite in suites):7.1f} s  all suites, {sum(len(s.tests) for s in suites)} tests"
    yield ""
    listed = sorted((test for suite in suites for test in suite.tests), key=lambda test: -test.seconds)[:slowest]
    yield f"The {len(listed)} slowest tests, with their set-up:"
    for test in listed:
        yield f"{test.seconds:7.1f} s  {test.name}"


def main() -> int:
    """Always 0, also where there is nothing to tell."""
    parser = argparse.ArgumentParser(prog="python -m tools.durations", description="How long did the tests take?")
    parser.add_argument("folder", type=Path, help="where the JUnit files lie")
    files = sorted(parser.parse_args().folder.glob("*.xml"), key=lambda path: path.stat().st_mtime)
    suites = [read_suite(path) for path in files]
    sys.stdout.writelines(f"{line}\n" for line in (lines(suites) if suites else ["no suite left its times"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
