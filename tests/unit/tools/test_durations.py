"""How long suites and tests took, as pytest wrote it down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.pages import ROOT
from tools.durations import Suite, Timed, lines, read_suite

JUNIT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests"><testsuite name="pytest" tests="2" time="1,002.500">
<testcase classname="tests.unit.test_a" name="test_quick[1]" time="0.010" />
<testcase classname="tests.unit.test_a" name="test_slow" time="900.250"><failure message="no">no</failure></testcase>
</testsuite></testsuites>
"""


def test_a_suite_is_read_from_what_pytest_writes(tmp_path):
    (tmp_path / "unit.xml").write_text(JUNIT, encoding="utf-8")

    suite = read_suite(tmp_path / "unit.xml")

    slow, quick = Timed("tests.unit.test_a::test_slow", 900.25), Timed("tests.unit.test_a::test_quick[1]", 0.01)
    assert suite == Suite("unit", 1002.5, (quick, slow))


def test_suites_come_in_their_order_and_tests_by_their_time():
    suites = (
        Suite("unit", 12.0, (Timed("a", 1.0), Timed("b", 3.0))),
        Suite("e2e", 30.0, (Timed("c", 2.0),)),
    )

    assert list(lines(suites, slowest=2)) == [
        "   12.0 s  unit, 2 tests",
        "   30.0 s  e2e, 1 tests",
        "   42.0 s  all suites, 3 tests",
        "",
        "The 2 slowest tests, with their set-up:",
        "    3.0 s  b",
        "    2.0 s  c",
    ]


def told(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.durations", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_times_are_no_failure(tmp_path):
    run = told(tmp_path)

    assert (run.returncode, run.stdout) == (0, "no suite left its times\n")


def test_what_pytest_itself_writes_can_be_told(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_one(): assert True\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    subprocess.run([*command, f"--junitxml={tmp_path}/tiny.xml", str(tmp_path)], check=True, capture_output=True)

    assert "tiny, 1 tests" in told(tmp_path).stdout
