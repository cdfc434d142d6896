"""Dead letters by party and cause, from an index that holds nothing else."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from gateway.ports.console import DeadGroup, ListDeadGroups
from gateway.store.engine.operations import serves
from gateway.store.tables import deliveries
from gateway.store.tables.delivery import IS_DEAD


@serves(ListDeadGroups)
def dead_groups(connection: Connection, wanted: ListDeadGroups) -> tuple[DeadGroup, ...]:
    """The group with the oldest first."""
    by = (deliveries.c.recipient, deliveries.c.code)
    first, last = func.min(deliveries.c.delivery_id), func.max(deliveries.c.delivery_id)
    counted = select(*by, func.count(), first.label("first"), last.label("last")).where(IS_DEAD).group_by(*by)
    rows = connection.execute(counted.order_by("first").limit(wanted.limit)).all()
    ends = {one for row in rows for one in (row.first, row.last)}
    columns = (deliveries.c.delivery_id, deliveries.c.created_at, deliveries.c.detail)
    found = {one.delivery_id: one for one in connection.execute(select(*columns).where(columns[0].in_(ends)))}
    return tuple(
        DeadGroup(
            row.recipient,
            row.code or "",
            row[2],
            found[row.first].created_at,
            found[row.last].created_at,
            found[row.last].detail or "",
        )
        for row in rows
    )
