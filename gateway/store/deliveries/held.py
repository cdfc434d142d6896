"""What waits behind another of its pair: held out of the sight of claims, and let go when that one ends.

A claim marks what it found not to be first, so that no later claim looks at it. The order of a pair never rests on
that mark, only that claims stay quick: each claim looks at the pair itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select, update

from gateway.ports.deliveries import FreeOrphans
from gateway.store.engine.operations import Transactions, steps
from gateway.store.engine.statements import RowsSelect, change
from gateway.store.engine.wake import note_work
from gateway.store.tables import deliveries
from gateway.store.tables.delivery import IS_HELD, IS_OPEN, is_open

SCANNED_AT_ONCE: Final = 1_000


def hold(connection: Connection, held_by: Mapping[int, int]) -> int:
    """Mark each delivery as held by the one before it; returns how many. Whoever ends that one lets it go.

    The one before is locked first: if its end is being written just now, nothing is marked, and the next claim looks
    again. So no mark is ever written behind the back of an end.
    """
    standing = {row.delivery_id for row in _STANDING.rows(connection, held_by.values())}
    marks = [{"delivery_id": one, "held_by": before} for one, before in held_by.items() if before in standing]
    change(connection, deliveries, marks)
    return len(marks)


_STANDING: Final = RowsSelect(
    select(deliveries.c.delivery_id).where(IS_OPEN).with_for_update(skip_locked=True), deliveries.c.delivery_id
)


def free_followers(connection: Connection, ended: Iterable[int]) -> None:
    """Let go of what waited behind these deliveries, which ended in this transaction."""
    ids = list(ended)
    if ids:
        of = deliveries.c.held_by.in_(ids)
        if connection.execute(update(deliveries).where(of).values(held_by=None)).rowcount:
            note_work(connection)


@steps(FreeOrphans)
async def free(store: Transactions, wanted: FreeOrphans) -> int:
    """Most turns find none, and need no write."""
    ended, next_after = await store.read(orphans, wanted.after)
    if ended:
        await store.write(free_orphans, ended)
    return next_after


def orphans(connection: Connection, after: int) -> tuple[list[int], int]:
    """Held deliveries whose former has ended, among those held by numbers above ``after``; and where to look next.

    A node of the former release ends deliveries without letting go of any. Looked through in turns, so many at once.
    """
    before = deliveries.alias("before")
    statement = (
        select(deliveries.c.delivery_id, deliveries.c.held_by, is_open(before).label("stands"))
        .select_from(deliveries.join(before, before.c.delivery_id == deliveries.c.held_by))
        .where(IS_HELD, deliveries.c.held_by > after)
        .order_by(deliveries.c.held_by)
        .limit(SCANNED_AT_ONCE)
    )
    rows = connection.execute(statement).all()
    next_after = rows[-1].held_by if len(rows) == SCANNED_AT_ONCE else 0
    return [row.held_by for row in rows if not row.stands], next_after


def free_orphans(connection: Connection, jobs: Sequence[Sequence[int]]) -> list[None]:
    """Let go of what waits behind deliveries that have ended."""
    free_followers(connection, [one for ended in jobs for one in ended])
    return [None for _ in jobs]
