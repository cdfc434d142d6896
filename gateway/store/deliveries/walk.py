"""Numbers of deliveries off an index, in order, so that a page costs the same whatever lies before it.

Several states are several walks, merged. What no index knows is asked of each delivery on the way, of a bounded number:
a page that found too few says how far it looked, and the next one goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.ports.console import NO_CODE, DeliveryQuery, InstantPeriod
from gateway.store.engine.statements import AnySelect
from gateway.store.tables import deliveries
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import HAS_CODE, HAS_ENDED, IS_DEAD, IS_UNACKNOWLEDGED

Conditions = tuple[ColumnElement[bool], ...]
Predicate = Callable[[Any], ColumnElement[bool]]
"""A condition on the columns that it is given: those of the table, or of what was seen on a walk."""

Key = tuple[Any, ...]
_NUMBER: Final = deliveries.c.delivery_id
_FEW: Final = 400
"""So far is looked first: most pages are full by then, and whoever asks for what is rare waits longer anyway."""


@dataclass(frozen=True, slots=True)
class IndexRoute:
    """``walked``: what its index knows. ``asked``: what is asked on the way. ``is_short``: so few that all are asked.

    ``is_by_end``: in the order in which they ended, not of their numbers.
    """

    walked: Conditions
    conditions: tuple[Predicate, ...] = ()
    is_short: bool = False
    is_by_end: bool = False


def by_number(query: DeliveryQuery, bounds: Conditions, exactly: tuple[Predicate, ...]) -> list[IndexRoute]:
    """One for each state that is named, through the index that knows most of what is asked."""
    if not query.states:
        return [_route(query, None, bounds, exactly)]
    return [_route(query, state, bounds, exactly) for state in sorted(query.states)]


def by_end(
    connection: Connection, query: DeliveryQuery, named: Conditions, exactly: tuple[Predicate, ...]
) -> list[IndexRoute]:
    """Through all that ended in the period, by when they did: one for each final state that is named, or for all."""
    at, ended = deliveries.c.finished_at, query.ended or InstantPeriod()
    known: list[ColumnElement[bool]] = [HAS_ENDED, *named]
    if ended.start is not None:
        known.append(at >= ended.start)
    if ended.end is not None:
        known.append(at < ended.end)
    if query.after is not None:
        last = connection.scalar(select(at).where(_NUMBER.in_([query.after])))
        if last is not None and query.oldest_first:
            known.append(or_(at > last, and_(at == last, query.after < _NUMBER)))
        elif last is not None:
            known.append(or_(at < last, and_(at == last, query.after > _NUMBER)))
    conditions = (*conditions_of(replace(query, states=frozenset())), *exactly)
    states = sorted(query.states & FINAL if query.states else FINAL)
    return [IndexRoute((is_any(deliveries.c.state, [one]), *known), conditions, is_by_end=True) for one in states]


def conditions_of(query: DeliveryQuery) -> Iterator[Predicate]:
    """All that a delivery is asked where no index knows it."""
    if query.states:
        yield lambda c: c.state.in_(sorted(query.states))
    if query.recipient is not None:
        yield lambda c: c.recipient == query.recipient
    if query.action is not None:
        yield lambda c: c.action == query.action
    if query.code:
        yield lambda c: _has_code(c, query.code)


def walked(connection: Connection, query: DeliveryQuery, routes: Sequence[IndexRoute]) -> tuple[list[int], int | None]:
    """The numbers of one page, and where the next one begins."""
    is_down, most = not query.oldest_first, query.limit
    walks = [_walk(connection, query, route) for route in routes]
    found = list(islice(merge(*(keys for keys, _ in walks), reverse=is_down), most + 1))
    cuts = [cut for _, cut in walks if cut is not None]
    if cuts:  # behind the nearest of them, a walk that was cut may have left something out
        nearest = max(cuts) if is_down else min(cuts)
        found = [one for one in found if (one >= nearest if is_down else one <= nearest)]
        if len(found) <= most:
            return _numbers(found), nearest[-1]
    return _numbers(found[:most]), found[most - 1][-1] if len(found) > most else None


def _numbers(keys: Iterable[Key]) -> list[int]:
    return [key[-1] for key in keys]


def _route(
    query: DeliveryQuery, state: DeliveryState | None, bounds: Conditions, exactly: tuple[Predicate, ...]
) -> IndexRoute:
    """A cause is the rarest; of a party what is not acknowledged is rare; an operation is one of some thirty."""
    of_state: Conditions = (is_any(deliveries.c.state, [state]),) if state else ()
    is_rare = state is not None and state is not DeliveryState.ACKNOWLEDGED
    party: Conditions = (deliveries.c.recipient == query.recipient,) if query.recipient is not None else ()
    action: Conditions = (deliveries.c.action == query.action,) if query.action is not None else ()
    code: Conditions = (_has_code(deliveries.c, query.code),) if query.code else ()
    if code and party and state is DeliveryState.DEAD_LETTERED:
        known, left = (*party, *code, IS_DEAD), {"action"}
    elif code and query.code != NO_CODE:
        known, left = (*code, HAS_CODE), {"state", "recipient", "action"}
    elif party and is_rare:
        known, left = (*party, *of_state, IS_UNACKNOWLEDGED), {"action", "code"}
    elif is_rare:
        known, left = of_state, {"action", "code"}
    elif party:
        known, left = party, {"state", "action", "code"}
    elif action:
        known, left = action, {"state", "code"}
    else:
        known, left = of_state, {"code"}
    beside = replace(
        query,
        states=frozenset({state}) if state and "state" in left else frozenset(),
        recipient=query.recipient if "recipient" in left else None,
        action=query.action if "action" in left else None,
        code=query.code if "code" in left else "",
    )
    near = (one(deliveries.c) for one in exactly)  # but for clocks that differ, the bounds say the same
    return IndexRoute((*known, *bounds, *near), tuple(conditions_of(beside)))


def _has_code(of: Any, code: str) -> ColumnElement[bool]:  # noqa: ANN401 - columns of whatever holds them
    known: ColumnElement[bool] = of.code.is_(None) if code == NO_CODE else of.code == code
    return known


def _walk(connection: Connection, query: DeliveryQuery, route: IndexRoute) -> tuple[list[Key], Key | None]:
    """One more than a page, if there is; and where it was cut before that, None when it was not."""
    most = query.limit + 1
    if not route.conditions or route.is_short:
        conditions = [one(deliveries.c) for one in route.conditions]
        statement = _in_order(select(*_key(deliveries.c, route)), query, route).where(*conditions).limit(most)
        return _keys(connection, statement), None
    for far in sorted({min(_FEW, query.most_scanned), query.most_scanned}):
        found, cut = _look(connection, query, route, far)
        if cut is None:
            break
    return found, cut


def _look(connection: Connection, query: DeliveryQuery, route: IndexRoute, far: int) -> tuple[list[Key], Key | None]:
    """Asks the first ``far`` on the way."""
    most = query.limit + 1
    seen = _in_order(select(_NUMBER, *_REQUESTED), query, route).limit(far).subquery()
    conditions = [one(seen.c) for one in route.conditions]
    keys = select(*_key(seen.c, route))
    found = _keys(connection, _sorted(keys, seen.c, query, route).where(*conditions).limit(most))
    if len(found) >= most:
        return found, None
    last = _keys(connection, _sorted(keys, seen.c, query, route, backwards=True).limit(1))
    count = connection.execute(select(func.count()).select_from(seen)).scalar_one()
    return found, last[0] if count >= far else None


_NAMES: Final = ("state", "recipient", "action", "code", "created_at", "finished_at")
_REQUESTED: Final = tuple(deliveries.c[name] for name in _NAMES)


def _key(of: Any, route: IndexRoute) -> Sequence[ColumnElement[Any]]:  # noqa: ANN401 - columns of whatever holds them
    """What the page is in the order of; the number is last, and unique."""
    return (of.finished_at, of.delivery_id) if route.is_by_end else (of.delivery_id,)


def _keys(connection: Connection, statement: AnySelect) -> list[Key]:
    return [tuple(row) for row in connection.execute(statement)]


def _in_order(statement: AnySelect, query: DeliveryQuery, route: IndexRoute) -> AnySelect:
    narrowed = statement.where(*route.walked)
    if query.after is not None and not route.is_by_end:
        narrowed = narrowed.where(query.after < _NUMBER if query.oldest_first else query.after > _NUMBER)
    return _sorted(narrowed, deliveries.c, query, route)


def _sorted(
    statement: AnySelect,
    of: Any,  # noqa: ANN401 - the columns of a table or of a subquery
    query: DeliveryQuery,
    route: IndexRoute,
    *,
    backwards: bool = False,
) -> AnySelect:
    is_up = query.oldest_first is not backwards
    return statement.order_by(*(one if is_up else one.desc() for one in _key(of, route)))
