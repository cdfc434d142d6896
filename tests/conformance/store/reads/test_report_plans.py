"""Every list behind a figure is a walk through the index made for it, and no report counts appeals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from gateway.domain.reports.figures import DisagreementRoad, DutyAnswer, Figure, GroupBy
from gateway.ports.reports import CountedAppealsQuery, ReportQuery
from gateway.store.engine.connect import writing_engine
from gateway.store.reads import report_figures
from tests.worlds.sqlite import migrated

DAYS = (date(2026, 1, 1), date(2026, 12, 31))
MARKS = (Figure.EXTENDED, Figure.FORMAL)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Of SQLite: PostgreSQL plans by statistics, which an empty database does not have."""
    folder: Path = tmp_path_factory.mktemp("plans")
    engine = writing_engine(migrated(folder), connections=1)
    with engine.begin() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def plans(connection: Connection) -> Iterator[list[str]]:
    """What the database says of each statement that is run."""
    reported: list[str] = []

    def explain(_connection, cursor, statement, parameters, _context, _executemany):
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        reported.extend(row[3] for row in cursor.fetchall())

    event.listen(connection, "before_cursor_execute", explain)
    yield reported
    event.remove(connection, "before_cursor_execute", explain)


def column_of(figure: Figure) -> str:
    """What the figure is a value of."""
    if figure in MARKS:
        return figure.value
    if figure is Figure.RECEIVED or figure.value in set(map(str, DutyAnswer)):
        return "answer"
    return "road" if figure is Figure.DISAGREED or figure.value in set(map(str, DisagreementRoad)) else "court"


@pytest.mark.parametrize("among", [GroupBy.ALL, GroupBy.BODY, GroupBy.REGION, GroupBy.SUBJECT])
@pytest.mark.parametrize("figure", Figure)
def test_a_list_is_read_off_its_index_in_its_order(connection, plans: list[str], figure: Figure, among: GroupBy):
    report_figures.counted_appeals(connection, CountedAppealsQuery(*DAYS, figure, among, "75"))
    table = "reported_bodies" if among is GroupBy.BODY else f"reported_appeals_{among}"
    index = f"USING INDEX ix_{table}_{column_of(figure)} "
    walks = [plan for plan in plans if "reported_" in plan]
    assert walks
    assert all(index in plan and "day>? AND day<?" in plan for plan in walks), plans


@pytest.mark.parametrize(
    ("requested", "index"),
    [
        (ReportQuery(*DAYS), "(kind=? AND day>? AND day<?)"),
        (ReportQuery(*DAYS, GroupBy.MONTH), "(kind=? AND day>? AND day<?)"),
        (ReportQuery(*DAYS, GroupBy.BODY), "(kind=? AND day>? AND day<?)"),
        (
            ReportQuery(*DAYS, GroupBy.MONTH, GroupBy.BODY, "a"),
            "ix_report_days_name (kind=? AND name=? AND day>? AND day<?)",
        ),
    ],
)
def test_a_report_is_a_sum_of_days(connection, plans: list[str], requested: ReportQuery, index: str):
    report_figures.report(connection, requested)
    assert any(index in plan for plan in plans), plans
    assert not any("reported_" in plan for plan in plans)
