"""Reports by period, read off the sums by day, and the appeals behind each figure, read off an index."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select, tuple_

from contracts.header import ConversationId
from gateway.domain.reports.figures import DisagreementRoad, DutyAnswer, Figure, GroupBy
from gateway.ports.appeals import ListAppeals
from gateway.ports.reports import CountedAppeal, CountedAppealsQuery, ReportLine, ReportQuery
from gateway.store.cases.appeals import appeals_of
from gateway.store.cases.reports import NAMED, REPORTED, counted_in, counted_of, counts_to
from gateway.store.engine.operations import serves
from gateway.store.tables import conversations, report_days, reported_appeals
from gateway.store.tables.base import is_any
from gateway.store.tables.report import ORDER

_SUMS: Final = tuple(report_days.c[figure.value] for figure in Figure)
_MONTH: Final = func.substr(report_days.c.day, 1, 7)


@serves(ReportQuery)
def report(connection: Connection, query: ReportQuery) -> tuple[ReportLine, ...]:
    """Sums of sums, by name."""
    kind = query.by if query.by in NAMED else query.among
    name: ColumnElement[str] = {GroupBy.MONTH: _MONTH, GroupBy.ALL: literal("")}.get(query.by, report_days.c.name)
    within = report_days.c.day.between(query.since.isoformat(), query.until.isoformat())
    conditions = [is_any(report_days.c.kind, [kind]), within]
    if query.among is not GroupBy.ALL:
        conditions.append(report_days.c.name == query.name)
    statement = select(name.label("told"), *(func.sum(one) for one in _SUMS)).where(*conditions)
    rows = connection.execute(statement.group_by("told").order_by("told")).all()
    lines = (ReportLine(sums_by_name, dict(zip(Figure, map(int, sums), strict=True))) for sums_by_name, *sums in rows)
    return tuple(line for line in lines if line.tally[Figure.RECEIVED])


@serves(CountedAppealsQuery)
def counted_appeals(connection: Connection, query: CountedAppealsQuery) -> tuple[CountedAppeal, ...]:
    """One page; a figure that is a sum is several walks through the index, merged."""
    of = counted_in(query.among)
    narrowed = list(_narrowed(connection, query, of))
    newest = [column.desc() for column in (of.c.day, of.c.conversation_id)]
    walks = [
        connection.execute(select(of).where(*narrowed, condition).order_by(*newest).limit(query.limit)).all()
        for condition in _conditions(query.figure, of)
    ]
    merged = merge(*walks, key=lambda row: (row.day, row.conversation_id), reverse=True)
    found = {ConversationId(row.conversation_id): counted_of(row) for row in islice(merged, query.limit)}
    listed = {row.conversation_id: row for row in appeals_of(connection, ListAppeals(tuple(found)))}
    return tuple(CountedAppeal(listed[one], counted) for one, counted in found.items())


def _narrowed(connection: Connection, query: CountedAppealsQuery, of: Table) -> Iterator[ColumnElement[bool]]:
    yield of.c.day.between(query.since.isoformat(), query.until.isoformat())
    if query.among in NAMED:
        yield NAMED[query.among] == query.name
    if query.after is not None:
        joined = reported_appeals.join(conversations, conversations.c.conversation_id == REPORTED.conversation_id)
        last = select(*ORDER).select_from(joined).where(conversations.c.appeal_number == query.after)
        if (place := connection.execute(last).first()) is not None:
            yield tuple_(of.c.day, of.c.conversation_id) < tuple(place)


def _conditions(figure: Figure, of: Table) -> list[ColumnElement[bool]]:
    """What each walk is narrowed to: a sum is one walk for each of its parts."""
    match figure:
        case Figure.RECEIVED:
            return [is_any(of.c.answer, [one]) for one in DutyAnswer]
        case Figure.DISAGREED:
            return [is_any(of.c.road, [one]) for one in DisagreementRoad]
        case _:
            return [counts_to(figure, of)]
