"""What a database holds, seen over a connection of one's own."""

from __future__ import annotations

from sqlalchemy import Table, func, select

from gateway.store.engine.connect import reading_engine


def count_of(url: str, table: Table) -> int:
    """Its committed rows."""
    engine = reading_engine(url, connections=1)
    try:
        with engine.begin() as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
    finally:
        engine.dispose()
