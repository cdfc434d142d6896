"""What each appeal counts as in reports, and the sums by day kept beside.

A sum is never counted when it is asked for: the commit that changes an appeal takes from the sums what it counted as
and adds what it counts as now. So a report costs as many rows as it has days and names, whatever was received.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from gateway.domain.reports.figures import FORM, CountedAs, CourtEnd, DisagreementRoad, DutyAnswer, Figure, GroupBy
from gateway.ports.appeals import ListedAppeal, Recount
from gateway.store.engine.operations import writes
from gateway.store.engine.statements import Values, add, add_missing, change
from gateway.store.tables import report_days, reported_appeals, reported_bodies
from gateway.store.tables.base import is_any

KINDS: Final = (GroupBy.ALL, GroupBy.BODY, GroupBy.REGION, GroupBy.SUBJECT)
"""What sums are kept by; a month is the sum of its days."""
REPORTED: Final = reported_appeals.c
PARTS: Final = reported_bodies.c
NAMED: Final = {GroupBy.BODY: PARTS.body, GroupBy.REGION: REPORTED.region, GroupBy.SUBJECT: REPORTED.subject}
"""The column of each kind that has names."""


def counted_in(kind: GroupBy) -> Table:
    """Where what adds to the lines of this kind stands: whole appeals, or what they count as with each body."""
    return reported_bodies if kind is GroupBy.BODY else reported_appeals


def write_reported(connection: Connection, appeals: Sequence[ListedAppeal]) -> None:
    """Appeals as they count now, and the sums with them. Locked, so that two loops never count one change twice."""
    rows = {one.conversation_id: _row(one) for one in appeals}
    new = {key for (key,) in add_missing(connection, reported_appeals, list(rows.values()))}
    known = sorted(set(rows) - new)
    statement = select(reported_appeals).where(REPORTED.conversation_id.in_(known)).order_by(REPORTED.conversation_id)
    before = connection.execute(statement.with_for_update()).all() if known else ()
    change(connection, reported_appeals, [rows[one] for one in known])
    parts = _parts_of(connection, known)
    _write_parts(connection, appeals)
    moved = Counter[tuple[GroupBy, str, str, Figure]]()
    for row in before:
        whole = counted_of(row)
        moved.subtract(_places(replace(whole, bodies=parts.get(row.conversation_id, (whole,)))))
    for one in appeals:
        moved.update(_places(one.counted))
    _add_to_days(connection, moved)


def _parts_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[CountedAs, ...]]:
    """By appeal; none of one that the former release has counted, with the body that has it."""
    found: dict[str, tuple[CountedAs, ...]] = {}
    statement = select(reported_bodies).where(PARTS.conversation_id.in_(ids))
    for row in connection.execute(statement).all() if ids else ():
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), counted_of(row))
    return found


def _write_parts(connection: Connection, appeals: Sequence[ListedAppeal]) -> None:
    ids = [one.conversation_id for one in appeals]
    connection.execute(delete(reported_bodies).where(PARTS.conversation_id.in_(ids)))
    add(connection, reported_bodies, [_part_row(one, part) for one in appeals for part in one.counted.bodies])


@writes(Recount)
def recount(connection: Connection, jobs: Sequence[Recount]) -> list[None]:
    """The sums anew from the appeals, and every appeal marked to be counted anew from its history by the loop."""
    for _ in jobs:
        _take_over_parts(connection)
        connection.execute(delete(report_days))
        for kind in KINDS:
            name = NAMED.get(kind, literal(""))
            sums = (func.sum(case((counts_to(figure, counted_in(kind)), 1), else_=0)) for figure in Figure)
            day = counted_in(kind).c.day
            rows = select(literal(kind.value), day, name, *sums).group_by(day, *_grouped(kind))
            connection.execute(insert(report_days).from_select(list(report_days.c), rows))
        connection.execute(update(reported_appeals).values(form=0))
    return [None] * len(jobs)


def _take_over_parts(connection: Connection) -> None:
    """Of what only the former release has counted: with the body that has it, until it is read again."""
    names = [column.name for column in PARTS]
    known = select(literal(1)).where(PARTS.conversation_id == REPORTED.conversation_id).exists()
    rows = select(*(REPORTED[name] for name in names)).where(~known)
    connection.execute(insert(reported_bodies).from_select(names, rows))


def _grouped(kind: GroupBy) -> tuple[ColumnElement[Any], ...]:
    return (NAMED[kind],) if kind in NAMED else ()


def _places(counted: CountedAs) -> Iterator[tuple[GroupBy, str, str, Figure]]:
    day = counted.day.isoformat()
    return (
        (kind, day, part.of(kind), figure) for kind in KINDS for part in counted.parts(kind) for figure in part.figures
    )


def _add_to_days(connection: Connection, moved: Counter[tuple[GroupBy, str, str, Figure]]) -> None:
    by_row: dict[tuple[GroupBy, str, str], dict[str, int]] = {}
    for (kind, day, name, figure), count in moved.items():
        if count:
            by_row.setdefault((kind, day, name), {one.value: 0 for one in Figure})[figure.value] = count
    if not by_row:
        return
    rows = [{"kind": kind, "day": day, "name": name, **sums} for (kind, day, name), sums in sorted(by_row.items())]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(report_days)
    sums = {one.value: report_days.c[one.value] + adding.excluded[one.value] for one in Figure}
    connection.execute(adding.on_conflict_do_update(index_elements=["kind", "day", "name"], set_=sums), rows)


def counts_to(figure: Figure, of: Table = reported_appeals) -> ColumnElement[bool]:
    """Whether a row of ``of`` adds to the figure."""
    if figure is Figure.RECEIVED:
        return of.c.answer.is_not(None)
    if figure is Figure.DISAGREED:
        return of.c.road.is_not(None)
    if figure in _MARKS:
        return of.c[figure.value] == literal_column("true")  # spelled out, as the index has it
    kinds = ((of.c.answer, DutyAnswer), (of.c.road, DisagreementRoad), (of.c.court, CourtEnd))
    return next(is_any(column, [kind(figure.value)]) for column, kind in kinds if figure.value in set(map(str, kind)))


_MARKS: Final = frozenset({Figure.EXTENDED, Figure.FORMAL})


def _row(one: ListedAppeal) -> Values:
    return {**_part_row(one, one.counted), "seq": one.seq, "form": FORM}


def _part_row(one: ListedAppeal, counted: CountedAs) -> Values:
    return {
        "conversation_id": one.conversation_id,
        "day": counted.day.isoformat(),
        "body": counted.body,
        "region": counted.region,
        "subject": counted.subject,
        "answer": counted.answer,
        "extended": counted.extended,
        "formal": counted.formal,
        "road": counted.road,
        "court": counted.court,
    }


def counted_of(row: Any) -> CountedAs:  # noqa: ANN401 - a row
    """What an appeal counts as, whole or with one body."""
    return CountedAs(
        day=date.fromisoformat(row.day),
        body=row.body,
        region=row.region,
        subject=row.subject,
        answer=row.answer,
        extended=bool(row.extended),
        formal=bool(row.formal),
        road=row.road,
        court=row.court,
    )
