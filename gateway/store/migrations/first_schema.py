"""Where the first schema of 0.2 is written, and what runs it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import op

_FOLDER: Final = Path(__file__).parent / "versions"


def schema_file(dialect: str) -> Path:
    """SQL for one kind of database: statements that end with ``;`` at a line's end, and an empty line between them."""
    return _FOLDER / f"0100_{dialect}.sql"


def create_schema() -> None:
    """Every table and index, in the transaction of the step."""
    for statement in schema_file(op.get_bind().dialect.name).read_text(encoding="utf-8").split(";\n\n"):
        op.execute(statement.rstrip().removesuffix(";"))
