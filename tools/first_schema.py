"""Writes the first schema from the tables, as SQL for each kind of database: ``python -m tools.first_schema --write``.

Only until 0.2 is released: from then on the two files never change, and a column comes by a step of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from gateway.store.migrations.first_schema import schema_file
from gateway.store.tables import metadata

_DIALECTS: Final[Mapping[str, Dialect]] = {
    "postgresql": PGDialect_psycopg(),  # type: ignore[no-untyped-call]
    "sqlite": SQLiteDialect_pysqlite(),
}


def written() -> dict[Path, str]:
    """Each file with what belongs into it."""
    return {schema_file(name): "\n\n".join(_statements(dialect)) + "\n" for name, dialect in _DIALECTS.items()}


def _statements(dialect: Dialect) -> Iterator[str]:
    for table in metadata.sorted_tables:
        yield f"{_compiled(CreateTable(table), dialect)};"
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield f"{_compiled(CreateIndex(index), dialect)};"


def _compiled(statement: CreateTable | CreateIndex, dialect: Dialect) -> str:
    text = str(statement.compile(dialect=dialect)).strip().replace("\t", "    ")
    return "\n".join(line.rstrip() for line in text.splitlines())


def main() -> int:
    """Without ``--write``: 1 when a file differs from the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    if parser.parse_args().write:
        for path, text in written().items():
            path.write_text(text, encoding="utf-8")
        return 0
    stale = [path.name for path, text in written().items() if not path.exists() or path.read_text("utf-8") != text]
    for name in stale:
        print(f"{name} is not what the tables say: python -m tools.first_schema --write")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
