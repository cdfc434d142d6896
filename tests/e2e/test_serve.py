"""An operator's first hour: serve, look, change the parties, stop; and what a second server is told."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from gateway.bootstrap.creation import InstallationPlan, make_installation
from gateway.bootstrap.sandbox_parties import AUTHORITIES, CAST, Ports
from gateway.cli.demo.processes import free_ports

DALEL = (sys.executable, "-m", "gateway.cli")


@dataclass(frozen=True)
class Serving:
    """An exchange that is running."""

    home: Path
    child: subprocess.Popen[bytes]

    def dalel(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [*DALEL, *words, "--home", str(self.home)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def serving(tmp_path) -> Iterator[Serving]:
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    port, *rest = free_ports(1 + 2 * len(names))
    ports = {name: Ports(*pair) for name, pair in zip(names, zip(rest[::2], rest[1::2], strict=True), strict=True)}
    home = tmp_path / "home"
    make_installation(InstallationPlan(home, port, "sandbox-seconds", ports=ports), now=datetime.now(UTC))
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen([*DALEL, "serve", "--home", str(home)], stdout=log, stderr=log)
        try:
            _wait_until_answering(f"http://127.0.0.1:{port}/health/ready")
            yield Serving(home, child)
        finally:
            child.terminate()
            child.wait(10)


def _wait_until_answering(url: str, within_s: float = 300.0) -> None:
    deadline = time.monotonic() + within_s
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except urllib.error.HTTPError:
            raise
        except urllib.error.URLError:
            assert time.monotonic() < deadline
            time.sleep(0.05)  # another process: nothing to wait on but its answer


def test_it_ends_cleanly_when_told_to(serving):
    serving.child.send_signal(signal.SIGTERM)

    assert serving.child.wait(10) == 0


def test_nobody_else_may_act_through_its_socket_or_look_into_its_folder(serving):
    assert stat.S_IMODE((serving.home / "admin.sock").stat().st_mode) == 0o600
    assert stat.S_IMODE(serving.home.stat().st_mode) == 0o700


def test_a_second_server_on_the_same_home_is_refused_and_told_whose_it_is(serving):
    second = serving.dalel("serve")

    assert second.returncode == 4
    assert f"is served by process {serving.child.pid}" in second.stderr
    assert serving.child.poll() is None


def test_the_doctor_knows_our_own_server(serving):
    output = serving.dalel("doctor", "--json")

    assert output.returncode == 0, output.stdout
    assert "our own exchange dalel is serving" in output.stdout


def test_parties_are_changed_through_the_running_exchange(serving):
    file = serving.home / "parties.yaml"
    form = yaml.safe_load(file.read_text())
    form["parties"][4]["endpoint"] = "https://court.example.kz/inbox"
    file.write_text(yaml.safe_dump(form, allow_unicode=True))

    applied = serving.dalel("parties", "apply", str(file))

    assert "In force as version 2" in applied.stdout, applied.stderr
    assert "https://court.example.kz/inbox" in serving.dalel("parties", "list", "--json").stdout


def test_all_sandbox_parties_run_and_end_together(serving):
    command = [*DALEL, "sandbox", "--all", "--home", str(serving.home)]
    control = yaml.safe_load((serving.home / "parties.yaml").read_text())
    inboxes = [party["endpoint"] for party in control["parties"] if party["role"] != "exchange" and "endpoint" in party]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for inbox in inboxes:
            _wait_until_listening(inbox)
        child.terminate()
        assert child.wait(15) == 0
    finally:
        child.kill()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(inboxes[0], timeout=2)


def _wait_until_listening(url: str) -> None:
    """An inbox answers a GET with an error; any answer shows that it listens."""
    try:
        _wait_until_answering(url)
    except urllib.error.HTTPError:
        return
