"""Where in a log an instant is, without an index for time: numbers grow with it, but for the clocks of nodes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of nodes may differ; a signed message that is older than that is refused, too."""


def newest_by(connection: Connection, number: ColumnElement[int], at: ColumnElement[Any], instant: datetime) -> int:
    """About the last number that was given by then: some twenty looks at the primary key among a million."""
    low = 0
    high: int = connection.execute(select(func.coalesce(func.max(number), 0))).scalar_one()
    while low < high:
        middle = (low + high + 1) // 2
        there = select(at).where(number >= middle)
        made: datetime | None = connection.scalar(there.order_by(number).limit(1))
        if made is not None and made <= instant:
            low = middle
        else:
            high = middle - 1
    return low
