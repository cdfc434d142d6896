"""A whole installation of separate processes, quick enough to be killed many times."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.folder import read_party
from gateway.installation import Plan, make_installation
from tests.faults.processes import DALEL, Process, ask, free_ports

PARTIES = ("eotinish", "akimat-almaty", "smas-almaty")
QUICK_AGENCY = Behaviour(reply_after=0.1, materials_after=0.1)
QUICK_LOOPS = {"lease_s": 15, "rescue_every_s": 0.5, "relay_idle_s": 0.2}
PORTS = 16  # the exchange, its parties, their control ports


@dataclass
class Installation:
    """The processes of one installation and the buttons of its sandbox parties."""

    home: Path
    gateway: Process
    parties: dict[str, Process]

    def ask(self, party: str, what: str, body: dict | None = None) -> dict:
        control = self.parties[party].ready_url.rsplit("/", 1)[0]
        return ask(f"{control}/{what}", body)

    def ledger_report(self) -> dict:
        """What ``dalel ledger verify`` says of the database, beside the running gateway."""
        verify = [DALEL, "ledger", "verify", "--json", "--home", self.home]
        return json.loads(subprocess.run(verify, check=False, capture_output=True, timeout=600).stdout)

    def notices(self, number: str) -> list[dict]:
        return self.ask("eotinish", f"notices?appeal={number}")["notices"]


@contextmanager
def installation(folder: Path, *, database_url: str | None = None) -> Iterator[Installation]:
    """Made as ``dalel init`` makes it, with leases that come back within seconds; taken down whatever happens."""
    home, port = folder / "home", free_ports(PORTS)
    plan = Plan(home, port, "sandbox-seconds", behaviours={"akimat-almaty": QUICK_AGENCY})
    make_installation(plan, now=datetime.now(UTC))
    loops = QUICK_LOOPS | ({"database_url": database_url} if database_url else {})
    with (home / "dalel.toml").open("a") as settings:
        settings.writelines(f"{name} = {json.dumps(value)}\n" for name, value in loops.items())
    if database_url:  # what init put into the embedded store is put into this one too
        apply = [DALEL, "parties", "apply", home / "parties.yaml", "--home", home]
        subprocess.run(apply, check=True, capture_output=True, timeout=60)
    gateway = Process(home, ("serve",), f"http://127.0.0.1:{port}/health/live", "gateway")
    parties = {
        name: Process(home, ("sandbox", name), f"{control_url(home / 'sandbox' / name)}/control/state", name)
        for name in PARTIES
    }
    started: list[Process] = []
    try:
        for process in (gateway, *parties.values()):
            started.append(process)
            process.start()
        yield Installation(home, gateway, parties)
    finally:
        for process in started:
            if process.running is not None and process.running.poll() is None:
                process.kill()


def control_url(folder: Path) -> str:
    return f"http://127.0.0.1:{read_party(folder).control_port}"
