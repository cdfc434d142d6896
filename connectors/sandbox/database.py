"""The SQLite file of a simulated party: opened durable, and used through transactions that commit or roll back.

Calls block the event loop for the length of a commit. That is meant: a party has one process and no rush, and what
it remembers must never be ahead of, or behind, what it has said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path


class SandboxDatabase:
    """Opens, and on first use creates, ``path`` with the tables of ``store.sql``."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._connection.execute(f"PRAGMA {pragma}").close()
        script = files(__package__).joinpath("store.sql").read_text(encoding="utf-8")
        self._connection.executescript(script).close()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit for all that is executed inside; nothing at all when it raises."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield

    def execute(self, statement: str, *values: object) -> None:
        self._connection.execute(statement, values).close()

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._connection.executemany(statement, rows).close()

    def one(self, statement: str, *values: object) -> sqlite3.Row | None:
        with closing(self._connection.execute(statement, values)) as cursor:
            row: sqlite3.Row | None = cursor.fetchone()
            return row

    def all(self, statement: str, *values: object) -> list[sqlite3.Row]:
        with closing(self._connection.execute(statement, values)) as cursor:
            return cursor.fetchall()
