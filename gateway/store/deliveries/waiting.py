"""Where a claim looks: statements that leap and walk along ``ix_deliveries_waiting``, the same on both databases.

Built once and told the time when they are run: to build one of these costs more than to run it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from gateway.domain.delivery.priority import Priority
from gateway.store.engine.statements import AnySelect, RowsSelect
from gateway.store.tables import deliveries, lanes
from gateway.store.tables.base import InstantColumn
from gateway.store.tables.delivery import is_called, is_open, is_waiting

_NOW: Final = bindparam("now", type_=InstantColumn())
_LEVELS: Final = union_all(*(select(literal_column(str(one.value)).label("priority")) for one in Priority)).subquery(
    "levels"
)


_NOTIFIED: Final = tuple(
    deliveries.c[name] for name in ("delivery_id", "recipient", "priority", "state", "held_by", "next_attempt_at")
)


@cache
def first_due() -> AnySelect:
    """The first moment at which anything falls due for a party that is not let rest."""
    return select(func.min(openings(only_due=False).subquery().c.next_attempt_at))


@cache
def first_awake() -> AnySelect:
    """The first moment at which a party is let rest no longer."""
    rests, probe = lanes.c.rests_until, lanes.c.probe_at
    rest = case((rests > probe, rests), else_=func.coalesce(probe, rests))
    return select(func.min(rest)).where(rest > _NOW, lanes.c.paused_at.is_(None))


@cache
def openings(*, only_due: bool = True) -> AnySelect:
    """The longest due delivery of each priority, of each party that is not let rest, with the party's lane."""
    parties, one, first = _waited_for(), deliveries.alias("one"), deliveries.alias("first")
    of = [first.c.recipient == parties.c.recipient, first.c.priority == _LEVELS.c.priority]
    due = [first.c.next_attempt_at <= _NOW] if only_due else []
    joined = (
        parties.outerjoin(lanes, lanes.c.party_id == parties.c.recipient)
        .join(_LEVELS, true())
        .join(one, one.c.delivery_id == _first(first, first.c.delivery_id, *of, *due))
    )
    is_awake = (or_(moment.is_(None), moment <= _NOW) for moment in (lanes.c.rests_until, lanes.c.probe_at))
    is_unpaused = lanes.c.paused_at.is_(None)
    columns = (one.c.delivery_id, one.c.recipient, one.c.priority, one.c.next_attempt_at)
    return select(*columns, lanes).select_from(joined).where(is_unpaused, *is_awake)


def _waited_for() -> CTE:
    """The parties that anything waits for: each found by one leap along the index, however much waits."""
    first, other = deliveries.alias("first"), deliveries.alias("other")
    parties = select(_first(first, first.c.recipient).label("recipient")).cte("parties", recursive=True)
    leap = _first(other, other.c.recipient, other.c.recipient > parties.c.recipient)
    return parties.union_all(select(leap).where(parties.c.recipient.is_not(None)))


def _first(table: FromClause, column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """``column`` of the first in the order of the index."""
    order = (table.c.recipient, table.c.priority, table.c.next_attempt_at, table.c.delivery_id)
    return select(column).where(*_waits_for_a_call(table), *where).order_by(*order).limit(1).scalar_subquery()


@cache
def chosen() -> RowsSelect:
    """Deliveries by their numbers, locked; ``before``: what is still open before each in its pair.

    By number alone: told of the state, SQLite would go through all that waits instead.
    """
    before = deliveries.alias("before")
    same_pair = (before.c.recipient == deliveries.c.recipient) & (
        before.c.conversation_id == deliveries.c.conversation_id
    )
    earlier = (
        select(before.c.delivery_id)
        .where(same_pair, before.c.delivery_id < deliveries.c.delivery_id, is_open(before))
        .order_by(before.c.recipient.desc(), before.c.conversation_id.desc(), before.c.delivery_id.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )
    statement = select(*_NOTIFIED, earlier.label("before")).with_for_update(of=deliveries, skip_locked=True)
    return RowsSelect(statement, deliveries.c.delivery_id)


@cache
def walk() -> AnySelect:
    """Ids of the ``depth`` longest due of each of ``seeds``' party and priority: step by step along the index."""
    seed, one = deliveries.alias("seed"), deliveries.alias("one")
    start = (cast(literal(-1, BigInteger), BigInteger), cast(literal(-1, BigInteger), BigInteger), literal(0))
    path = (
        select(
            seed.c.recipient,
            seed.c.priority,
            start[0].label("at"),
            start[1].label("delivery_id"),
            start[2].label("taken"),
        )
        .where(seed.c.delivery_id.in_(bindparam("seeds", expanding=True)))
        .cte("path", recursive=True)
    )
    equal, later = deliveries.alias("equal"), deliveries.alias("later")
    step = one.c.delivery_id == func.coalesce(
        _first(
            equal,
            equal.c.delivery_id,
            *_of(equal, path),
            equal.c.next_attempt_at == path.c.at,
            equal.c.delivery_id > path.c.delivery_id,
        ),
        _first(
            later,
            later.c.delivery_id,
            *_of(later, path),
            later.c.next_attempt_at > path.c.at,
            later.c.next_attempt_at <= _NOW,
        ),
    )
    columns = (one.c.recipient, one.c.priority, one.c.next_attempt_at, one.c.delivery_id, path.c.taken + 1)
    whole = path.union_all(
        select(*columns).select_from(path.join(one, step)).where(path.c.taken < bindparam("depth", type_=Integer()))
    )
    return select(whole.c.delivery_id).where(whole.c.taken > 0)


def _of(table: FromClause, path: CTE) -> tuple[ColumnElement[bool], ...]:
    return table.c.recipient == path.c.recipient, table.c.priority == path.c.priority


def _waits_for_a_call(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return is_waiting(table), is_called(table)
