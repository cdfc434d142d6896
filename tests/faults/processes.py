"""Processes of one installation: started, killed and started again by a test; none is left running."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

DALEL = Path(sys.executable).parent / "dalel"
READY_WITHIN_S = 60


def free_ports(count: int) -> int:
    """The first of ``count`` consecutive ports that are free just now."""
    for first in range(20_000 + os.getpid() % 20_000, 60_000, count):
        with suppress(OSError):
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
    raise RuntimeError("no free ports")


def ask(url: str, body: dict | None = None, *, timeout_s: float = 120) -> dict:
    """JSON in, JSON out; raises URLError or HTTPError."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=timeout_s) as response:
        return json.load(response)


@dataclass
class Process:
    """One ``dalel`` process of the installation ``home``."""

    home: Path
    arguments: tuple[str, ...]
    ready_url: str
    name: str
    running: subprocess.Popen | None = field(default=None, repr=False)

    def start(self) -> None:
        self.spawn()
        self.wait_ready()

    def spawn(self) -> None:
        log = (self.home / f"{self.name}.log").open("ab")
        command = [DALEL, *self.arguments, "--home", str(self.home)]
        self.running = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        log.close()

    def wait_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if self.running.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.running.returncode}:\n{self.tail()}")
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError, ValueError):
                ask(self.ready_url, timeout_s=2)
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self.name} was not ready within {READY_WITHIN_S} s:\n{self.tail()}")

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed by us."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def tail(self) -> str:
        return "\n".join((self.home / f"{self.name}.log").read_text(errors="replace").splitlines()[-20:])
