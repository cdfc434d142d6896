"""What the machine does without us: a durable commit of one row, and an HTTP answer to 5 kB, in this very minute."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
import uvloop
from aiohttp import web

from tests.bench.figures import Named
from tests.bench.generator import Load, generator
from tests.bench.messages import WIRE_BYTES
from tests.bench.processes import cpu_s
from tests.worlds.postgres import running_postgres

COMMITS_S: Final = 1.0
ECHOES: Final = 6_000


def bare(echoes: int = ECHOES) -> Named:
    """Commits by the clock, one connection, one row each; echoes per second of the server's processor time."""
    yield "commits_sqlite", (_commits_sqlite(), "1/s")
    yield "commits_postgresql", (_commits_postgresql(), "1/s")
    yield "bare_aiohttp", (_echoes(echoes), "1/s")


def _commits_sqlite() -> float:
    """WAL, synchronous=FULL, as our store."""
    with TemporaryDirectory(prefix="dalel-bench-") as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("CREATE TABLE bare (row BLOB)")
            return _per_second(lambda: connection.execute("INSERT INTO bare VALUES (randomblob(100))"))
        finally:
            connection.close()


def _commits_postgresql() -> float:
    with running_postgres(durable=True) as server, psycopg.connect(server.url("postgres"), autocommit=True) as session:
        session.execute("CREATE TABLE bare (row bytea)")
        return _per_second(lambda: session.execute("INSERT INTO bare VALUES (%s)", [b"r" * 100]))


def _per_second(commit: Callable[[], object]) -> float:
    done, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < COMMITS_S:
        commit()
        done += 1
    return done / passed


def _echoes(count: int) -> float:
    child = subprocess.Popen([sys.executable, "-m", "tests.bench.groups.bare"], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        url = f"http://127.0.0.1:{int(child.stdout.readline())}/soap/v1/echo"
        with generator() as send:
            send(Load((url,), [b"x" * WIRE_BYTES] * (count // 10)))
            before = cpu_s(child.pid)
            send(Load((url,), [b"x" * WIRE_BYTES] * count))
            return count / (cpu_s(child.pid) - before)
    finally:
        child.terminate()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


async def _serve() -> None:
    """Give back what comes, until terminated; the port goes to standard output."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read(), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/soap/v1/echo", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(_serve())
