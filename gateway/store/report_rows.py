"""What each appeal counts as in reports, and the sums by day kept beside.

A sum is never counted when it is asked for: the commit that changes an appeal takes from the sums what it counted as
and adds what it counts as now. So a report costs as many rows as it has days and names, whatever was received.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, case, delete, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gateway.domain.reports import FORM, Answer, By, Counted, CourtEnd, Figure, Road
from gateway.ports.appeals import ListedAppeal
from gateway.store.statements import Values, add_missing, change
from gateway.store.tables import report_days, reported_appeals
from gateway.store.tables.base import is_any
from gateway.store.tables.report import IS_EXTENDED, IS_FORMAL

KINDS: Final = (By.ALL, By.BODY, By.REGION, By.SUBJECT)
"""What sums are kept by; a month is the sum of its days."""
REPORTED: Final = reported_appeals.c
NAMED: Final = {By.BODY: REPORTED.body, By.REGION: REPORTED.region, By.SUBJECT: REPORTED.subject}
"""The column of each kind that has names."""


def write_reported(connection: Connection, appeals: Sequence[ListedAppeal]) -> None:
    """Appeals as they count now, and the sums with them. Locked, so that two loops never count one change twice."""
    rows = {one.conversation_id: _row(one) for one in appeals}
    new = {key for (key,) in add_missing(connection, reported_appeals, list(rows.values()))}
    known = sorted(set(rows) - new)
    statement = select(reported_appeals).where(REPORTED.conversation_id.in_(known)).order_by(REPORTED.conversation_id)
    before = connection.execute(statement.with_for_update()).all() if known else ()
    change(connection, reported_appeals, [rows[one] for one in known])
    moved = Counter[tuple[By, str, str, Figure]]()
    for row in before:
        moved.subtract(_places(counted_of(row)))
    for one in appeals:
        moved.update(_places(one.counted))
    _add_to_days(connection, moved)


def recount(connection: Connection, jobs: Sequence[None]) -> list[None]:
    """The sums anew from the appeals, and every appeal marked to be counted anew from its history by the loop."""
    for _ in jobs:
        connection.execute(delete(report_days))
        for kind in KINDS:
            name = NAMED.get(kind, literal(""))
            sums = (func.sum(case((counts_to(figure), 1), else_=0)) for figure in Figure)
            rows = select(literal(kind.value), REPORTED.day, name, *sums).group_by(REPORTED.day, *_grouped(kind))
            connection.execute(insert(report_days).from_select(list(report_days.c), rows))
        connection.execute(update(reported_appeals).values(form=0))
    return [None] * len(jobs)


def _grouped(kind: By) -> tuple[ColumnElement[Any], ...]:
    return (NAMED[kind],) if kind in NAMED else ()


def _places(counted: Counted) -> Iterator[tuple[By, str, str, Figure]]:
    day = counted.day.isoformat()
    return ((kind, day, counted.of(kind), figure) for kind in KINDS for figure in counted.figures)


def _add_to_days(connection: Connection, moved: Counter[tuple[By, str, str, Figure]]) -> None:
    by_row: dict[tuple[By, str, str], dict[str, int]] = {}
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


def counts_to(figure: Figure) -> ColumnElement[bool]:
    """Whether an appeal adds to the figure."""
    if figure is Figure.RECEIVED:
        return REPORTED.answer.is_not(None)
    if figure is Figure.DISAGREED:
        return REPORTED.road.is_not(None)
    if figure in _MARKS:
        return _MARKS[figure]
    kinds = ((REPORTED.answer, Answer), (REPORTED.road, Road), (REPORTED.court, CourtEnd))
    return next(is_any(column, [kind(figure.value)]) for column, kind in kinds if figure.value in set(map(str, kind)))


_MARKS: Final = {Figure.EXTENDED: IS_EXTENDED, Figure.FORMAL: IS_FORMAL}


def _row(one: ListedAppeal) -> Values:
    counted = one.counted
    return {
        "conversation_id": one.conversation_id,
        "seq": one.seq,
        "form": FORM,
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


def counted_of(row: Any) -> Counted:  # noqa: ANN401 - a row
    """What an appeal counts as."""
    return Counted(
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
