"""make, its targets and the lock that it installs from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.pages import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
TARGETS = ["help", "demo", "test", "check", "bench", "faults", "mutants", "shape", "docs", "screens", "lock", "clean"]
PIN = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[[\w,-]+\])?==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\$", re.MULTILINE
)


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *words], cwd=folder, env=clean, capture_output=True, text=True, check=False)


def lock(name: str) -> dict[str, re.Match[str]]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {canonicalize_name(pin["name"]): pin for pin in PIN.finditer(text)}


def declared(*groups: str) -> list[Requirement]:
    lines = list(PROJECT["project"]["dependencies"])
    for group in groups:
        lines += PROJECT["dependency-groups"][group]
    return [Requirement(line) for line in lines]


def test_make_alone_prints_every_target_with_one_line(clone: Path):
    printed = make(clone).stdout.splitlines()

    assert [line.split()[1] for line in printed] == TARGETS
    assert all(len(line.split()) > 3 for line in printed)


def test_nothing_is_installed_when_nothing_has_changed(clone: Path):
    planned = make(clone, "--dry-run", "demo", "test", "check").stdout

    assert "pip" not in planned
    assert ".venv/bin/dalel demo" in planned


def test_a_changed_lock_is_installed_again(clone: Path, tmp_path: Path):
    changed = tmp_path / "changed"
    shutil.copytree(clone, changed, symlinks=True, ignore=shutil.ignore_patterns("demo-out", "my-exchange"))
    (changed / ".venv/.run").touch()
    os.utime(changed / ".venv/.run", (0, 0))

    planned = make(changed, "--dry-run", "demo").stdout

    assert "--only-binary :all: --require-hashes -r requirements/run.txt" in planned
    assert "--no-deps --no-build-isolation -e ." in planned


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The checkout's front door with nothing installed behind it."""
    folder = tmp_path / "bare"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def test_an_old_python_is_refused_in_one_sentence(bare: Path):
    old = bare / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo "Python 3.9.2" && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)

    refused = make(bare, "demo", "PYTHON=./old-python")

    assert refused.returncode != 0
    assert "Python 3.11 or later is needed; './old-python' is Python 3.9.2" in refused.stdout
    assert not (bare / ".venv").exists()


def test_an_absent_python_is_told_with_what_to_do(bare: Path):
    refused = make(bare, "demo", "PYTHON=no-such-python")

    assert refused.returncode != 0
    assert "make PYTHON=/path/to/python3" in refused.stdout


@pytest.mark.parametrize(("name", "groups"), [("run.txt", ["build"]), ("test.txt", ["build", "test", "check"])])
def test_the_lock_pins_everything_that_pyproject_asks_for(name: str, groups: list[str]):
    pins = lock(name)

    for wanted in declared(*groups):
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]["version"]), wanted


def test_the_generator_of_clients_is_pinned_too():
    (wanted,) = (Requirement(line) for line in PROJECT["dependency-groups"]["generator"])
    assert wanted.specifier.contains(lock("generator.txt")[wanted.name]["version"])


@pytest.mark.parametrize("name", ["run.txt", "test.txt", "generator.txt"])
def test_the_lock_holds_hashes_and_names_no_source(name: str):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"^(?=[\w])", text, flags=re.MULTILINE) if "==" in entry]

    assert len(entries) == len(lock(name))
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index-url|--find-links|^-e", text, re.MULTILINE)


def test_tests_run_on_what_the_demo_runs_on():
    tested = {name: pin["version"] for name, pin in lock("test.txt").items()}
    runs = {name: pin["version"] for name, pin in lock("run.txt").items()}

    assert runs.items() <= tested.items()


def test_what_is_installed_is_what_the_lock_says():
    wanted = {
        name: pin["version"]
        for name, pin in lock("test.txt").items()
        if pin["marker"] is None or Marker(pin["marker"]).evaluate()
    }

    assert {name: version(name) for name in wanted} == wanted


def test_ci_calls_targets_that_exist():
    script = ROOT / ".ci/run"

    [called] = re.findall(r"for target in (.*); do", script.read_text(encoding="utf-8"))

    assert set(called.split()) <= set(TARGETS)
    assert os.access(script, os.X_OK)


def test_this_python_is_one_that_the_project_supports():
    assert sys.version_info >= (3, 11)
    assert PROJECT["project"]["requires-python"] == ">=3.11"
