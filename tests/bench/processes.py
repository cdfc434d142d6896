"""Real ``dalel serve`` processes, as an operator starts them, and what they cost in processor time and memory.

``per core`` in the figures means: per second of processor time of these processes, all threads and the kernel's work
for them included. The database's own processes are counted apart. Linux only: it reads proc(5).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import func, select

from contracts.party import PartyId
from gateway.cli.demo.processes import free_ports
from gateway.domain.delivery.states import DeliveryState
from gateway.store.engine.connect import reading_engine
from gateway.store.tables import deliveries
from signing.keys.keypair import SoftwareKey
from tests.bench.home import install
from tests.worlds.postgres import Postgres, running_postgres

START_S: Final = 60.0
END_S: Final = 20.0
MB: Final = 1_000_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ProcessorTime:
    """Seconds of processor time since each began: of the gateway's processes, and of the database's."""

    gateway_s: float
    database_s: float

    def since(self, before: ProcessorTime) -> ProcessorTime:
        return ProcessorTime(self.gateway_s - before.gateway_s, self.database_s - before.database_s)


@dataclass(frozen=True, slots=True)
class BenchExchange:
    """An exchange of one or more processes over one database, which lies at ``database_url``."""

    urls: tuple[str, ...]
    processes: tuple[int, ...]
    database: BenchDatabase
    database_url: str

    def paths(self, service: str) -> tuple[str, ...]:
        """Where messages of this service go."""
        return tuple(f"{url}/soap/v1/{service}" for url in self.urls)

    def spent(self) -> ProcessorTime:
        return ProcessorTime(sum(map(cpu_s, self.processes)), self.database.cpu_s())

    def memory_mb(self) -> float:
        """Resident memory of the largest process."""
        return max(map(resident_mb, self.processes))

    def deliveries(self) -> dict[DeliveryState, int]:
        """How many there are in each state."""
        engine = reading_engine(self.database_url, connections=1)
        try:
            with engine.begin() as connection:
                counted = select(deliveries.c.state, func.count().label("number")).group_by(deliveries.c.state)
                return {row.state: row.number for row in connection.execute(counted)}
        finally:
            engine.dispose()


@dataclass(frozen=True, slots=True)
class BenchDatabase:
    """Where an exchange keeps things: a file in its home (``server`` is None), or a server with durability on."""

    kind: str
    server: Postgres | None = None

    def fresh_url(self, home: Path) -> str:
        """Of a new database, for the exchange in ``home``."""
        return f"sqlite:///{home}/dalel.db" if self.server is None else self.server.fresh(home.parent.name)

    def cpu_s(self) -> float:
        """Of the server and all that it ever started; the embedded store's time is the gateway's own."""
        if self.server is None:
            return 0.0
        postmaster = self.server.pid
        return sum(_living_cpu_s(child) for child in _children(postmaster)) + cpu_s(postmaster, with_ended=True)


@contextmanager
def databases(kinds: tuple[str, ...] = ("sqlite", "postgresql")) -> Iterator[tuple[BenchDatabase, ...]]:
    """Those of these kinds, started."""
    with ExitStack() as stack:
        yield tuple(
            BenchDatabase(kind, None if kind == "sqlite" else stack.enter_context(running_postgres(durable=True)))
            for kind in kinds
        )


@contextmanager
def serving(
    database: BenchDatabase,
    keys: Mapping[PartyId, SoftwareKey],
    *,
    nodes: int = 1,
    pushed: Mapping[PartyId, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[BenchExchange]:
    """A fresh installation, served by ``nodes`` processes until the block ends.

    ``pushed``: who is called, and where; everybody else has a mailbox. ``variables``: settings in its environment.
    Raises RuntimeError with a process's last words
    when it does not start, or ended before the block did.
    """
    with TemporaryDirectory(prefix="dalel-bench-") as folder, ExitStack() as stack:
        home = Path(folder) / "home"
        database_url = database.fresh_url(home)
        install(home, keys, database_url, pushed or {})
        running = [stack.enter_context(_node(home, port, variables or {})) for port in free_ports(nodes)]
        yield BenchExchange(tuple(url for url, _ in running), tuple(pid for _, pid in running), database, database_url)


@contextmanager
def _node(home: Path, port: int, variables: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Its URL and process id. Every line of its log is written, as in earnest."""
    own = {"DALEL_LISTEN_PORT": str(port), "DALEL_ADMIN_SOCKET": str(home / f"{port}.sock")}
    environment = os.environ | dict(variables) | own
    log, command = home / f"{port}.log", [sys.executable, "-m", "gateway.cli", "serve", "--home", str(home)]
    with log.open("wb") as sink:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=environment)
    try:
        _until_ready(child, f"http://127.0.0.1:{port}/health/ready", log)
        yield f"http://127.0.0.1:{port}", child.pid
        if child.poll() is not None:
            raise RuntimeError(f"the exchange ended while it was measured: {_last_words(log)}")
    finally:
        child.terminate()
        try:
            child.wait(END_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _until_ready(child: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not _answers(url):
        if child.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the exchange does not serve: {_last_words(log)}")
        time.sleep(0.05)  # another process: nothing to wait on but its answer


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.URLError:
        return False


def _last_words(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2000:]


# --- proc(5) --------------------------------------------------------------------------------------------------------


def cpu_s(process: int, *, with_ended: bool = False) -> float:
    """utime + stime of all its threads; ``with_ended``: and of the children it has waited for. Ticks of 10 ms."""
    fields = _stat(process)
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / _TICKS


def _living_cpu_s(process: int) -> float:
    """The same; 0 for one that has ended meanwhile, and so counts with its parent's."""
    try:
        return cpu_s(process)
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def resident_mb(process: int) -> float:
    """VmRSS."""
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"process {process} tells no VmRSS: it has ended")
    return int(found[1]) * 1024 / MB


def _children(process: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int(_stat(int(folder.name))[1]) == process:
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended meanwhile; its parent has waited for it
    return found


def _stat(process: int) -> list[str]:
    """The fields behind the command's name, which may hold anything: state, parent, …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
