"""A SQLite store of the present schema for each test, copied from one that its process migrates once."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from gateway.store.engine.migrate import migrate


def migrated(folder: Path) -> str:
    """The URL of the store in this folder; a new and empty one, unless one is there already."""
    file = folder / "dalel.db"
    if not file.exists():
        file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dalel.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()
