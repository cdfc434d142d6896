"""What ended in a stretch of time, counted off one index: by time, state and how long it took."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, case, func, select, type_coerce

from gateway.domain.delivery.latency import BOUNDS
from gateway.domain.delivery.states import FINAL
from gateway.ports.console import CountEnded, EndedCount
from gateway.store.engine.operations import serves
from gateway.store.tables import deliveries
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import HAS_ENDED

_MICROSECOND: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_FINISHED: Final = type_coerce(deliveries.c.finished_at, BigInteger)
_TOOK: Final = _FINISHED - type_coerce(deliveries.c.created_at, BigInteger)


def _class() -> ColumnElement[int]:
    bounds = ((bound // _MICROSECOND >= _TOOK, place) for place, bound in enumerate(BOUNDS))
    return case(*bounds, else_=len(BOUNDS))


_CLASS: Final = _class()


@serves(CountEnded)
def ended(connection: Connection, wanted: CountEnded) -> tuple[EndedCount, ...]:
    """One row for each stretch of ``width``, state and class of time that has any."""
    stretch = (_FINISHED - _FINISHED % (wanted.width // _MICROSECOND)).label("stretch")
    by = (stretch, deliveries.c.state, _CLASS.label("took"))
    counted = select(*by, func.count()).group_by("stretch", deliveries.c.state, "took")
    statement = counted.where(HAS_ENDED, is_any(deliveries.c.state, FINAL))
    if wanted.period.start is not None:
        statement = statement.where(deliveries.c.finished_at >= wanted.period.start)
    if wanted.period.end is not None:
        statement = statement.where(deliveries.c.finished_at < wanted.period.end)
    return tuple(EndedCount(_EPOCH + row[0] * _MICROSECOND, *row[1:]) for row in connection.execute(statement))
