"""One small installation for all tests of the command line, and a way to run commands in this process."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.bootstrap.creation import InstallationPlan, make_installation
from gateway.cli import main
from gateway.cli.demo.processes import free_ports


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys, monkeypatch) -> Run:
    """Run ``dalel WORDS`` here; what it prints and its exit code."""

    def run_words(*words: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["dalel", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run_words


@pytest.fixture(scope="session")
def pristine_home(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("installation") / "home"
    make_installation(InstallationPlan(home, rules="sandbox-seconds"), now=datetime.now(UTC))
    return home


@pytest.fixture(autouse=True)
def free_port(monkeypatch) -> int:
    """Somebody may be running an exchange on the default port of this machine."""
    (port,) = free_ports(1)
    monkeypatch.setenv("DALEL_LISTEN_PORT", str(port))
    return port


@pytest.fixture
def home(pristine_home, tmp_path) -> Path:
    """An installation of the test's own."""
    return Path(shutil.copytree(pristine_home, tmp_path / "home"))
