"""The demo's processes: each in a group of its own with its own log, and none outlives the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

PATIENCE_S: Final = 5.0
"""How long an ended process may take to finish the attempts it has in hand."""


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now; all held at once while looking, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in sockets]


@dataclass(frozen=True, slots=True)
class Process:
    """A running command. ``log`` takes what it says on both streams."""

    name: str
    child: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 12) -> list[str]:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]


class Processes:
    """Runs ``dalel`` commands; a context manager that ends all of them, whatever happens inside."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, Process] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave anybody behind
        for process in self._running.values():
            _signal_group(process, signal.SIGTERM)
        for process in self._running.values():
            _end(process)

    def start(self, name: str, *words: str) -> None:
        """Run ``dalel WORDS`` under ``name``; its log is appended to when it ran before."""
        log = self._logs / f"{name}.log"
        command = [sys.executable, "-m", "gateway.cli", *words]
        with log.open("ab") as sink:
            child = subprocess.Popen(  # noqa: S603 - our own command
                command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT, start_new_session=True
            )
        self._running[name] = Process(name, child, log)

    def stop(self, name: str) -> None:
        """End one process; after this it is gone."""
        process = self._running.pop(name)
        _signal_group(process, signal.SIGTERM)
        _end(process)

    def ended(self) -> list[Process]:
        """Those that ended though nobody stopped them."""
        return [process for process in self._running.values() if process.child.poll() is not None]

    def all(self) -> list[Process]:
        """Those that were started and not stopped."""
        return list(self._running.values())


def _end(process: Process) -> None:
    """Wait for it, then leave nothing of its group."""
    try:
        process.child.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        _signal_group(process, signal.SIGKILL)
        process.child.wait()


def _signal_group(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.child.pid, number)
