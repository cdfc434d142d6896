"""A home as ``dalel init`` makes it, with leases and waits that end within seconds, for one node or more."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml

from connectors.sandbox.folder import read_party
from gateway.bootstrap.creation import InstallationPlan, make_installation
from signing.keys.keypair import SoftwareKey

PARTIES: Final = ("eotinish", "akimat-almaty", "jer-almaty", "smas-almaty")
LEASE_S: Final = 4.0
LOOPS: Final = {"lease_s": LEASE_S, "rescue_every_s": 0.5, "relay_idle_s": 0.2, "seal_every_s": 2.0, "seal_wait_s": 8.0}
TERMS: Final = {
    "attempt_timeout_s": 3,
    "first_wait_s": 0.2,
    "longest_wait_s": 2,
    "receipt_within_s": 6,
    "mailbox_lease_s": 6,
    "breaker_rest_s": 1,
    "most_at_once": 200,
}
"""Every lease that a dead node leaves behind is waited for, so all of them are short, and none takes a place."""
PORTS: Final = 32  # the exchange, its parties, the control ports, the second node


@dataclass(frozen=True, slots=True)
class RunInstallation:
    """Where one run lives. ``ports``: of the nodes, one after the other."""

    home: Path
    ports: tuple[int, ...]
    sockets: Path

    def environment(self, node: int) -> dict[str, str]:
        """What sets one node of this home apart from the others."""
        return {
            "DALEL_LISTEN_PORT": str(self.ports[node]),
            "DALEL_ADMIN_SOCKET": str(self.sockets / f"admin-{node}.sock"),
        }

    def key_of(self, party: str) -> SoftwareKey:
        folder = self.home / "sandbox" / party
        return SoftwareKey.load(folder / "key.pem", folder / "cert.pem")

    def inbox_port(self, party: str) -> int:
        """0 for a party that cannot be called."""
        return read_party(self.home / "sandbox" / party).listen_port


def install(folder: Path, *, nodes: int, database_url: str | None = None) -> RunInstallation:
    """Make the home in ``folder``; its parties are still to be applied to the database.

    ``database_url``: a migrated database, or None for the embedded store.
    """
    home, port = folder / "home", free_ports(PORTS)
    make_installation(InstallationPlan(home, port), now=datetime.now(UTC))
    settings = LOOPS | ({"database_url": database_url} if database_url else {})
    with (home / "dalel.toml").open("a") as file:
        file.writelines(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    form = yaml.safe_load((home / "parties.yaml").read_text())
    form["agreements"] = [{"party_id": party, **TERMS} for party in PARTIES]
    (home / "parties.yaml").write_text(yaml.safe_dump(form, allow_unicode=True))
    sockets = Path(tempfile.mkdtemp(prefix="dalel-s-"))  # a socket's path is short, and a worker's folder is not
    atexit.register(shutil.rmtree, sockets, ignore_errors=True)
    return RunInstallation(home, (port, *(port + PORTS - number for number in range(1, nodes))), sockets)


def free_ports(count: int) -> int:
    """The first of ``count`` consecutive ports that are free just now.

    Below 32768, where Linux takes ports for outgoing connections: one of those would keep a killed node from its port.
    Processes that run tests beside each other have neighbouring numbers and look for ports far apart.
    """
    for first in range(12_000 + os.getpid() * 128 % 18_000, 32_000, count):
        with suppress(OSError):
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no free ports")
