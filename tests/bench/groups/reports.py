"""Reports among the console's pages: what is seeded for them, on the last ten days of the world, and what is timed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from gateway.store.cases.reports import recount
from tests.bench.numbered import insert_numbered

_BEHIND: Final = "/reports/appeals?since=2026-01-01&until=2026-12-31"
REPORT_PAGES: Final = {
    "a report of this month, by body": "/reports",
    "a report of free days, by region": "/reports?by=region&from=2026-11-10&to=2026-11-20",
    "a report of a year, by month": "/reports?by=month&period=2026",
    "a report of one body": "/reports/one?among=body&of=smas-almaty&period=2026",
    "appeals behind a report: received": _BEHIND,
    "appeals behind a report: silent, of one body": _BEHIND + "&figure=silent&among=body&name=smas-almaty",
    "appeals behind a report: granted, of one region": _BEHIND + "&figure=granted&among=region&name=75",
    "appeals behind a report: disagreed, of one subject": (
        _BEHIND + "&figure=disagreed&among=subject&name=HOUSING-QUEUE"
    ),
}
_INTO: Final = (
    "reported_appeals (conversation_id, seq, form, day, body, region, subject, answer, extended, formal, road, court)"
)
_ROWS: Final = (
    "SELECT 'c-' || n, 1, 1, CASE (n * 10 - 1) / :many {days} END, CASE WHEN n % 3 = 0 THEN 'akimat-almaty' "
    "ELSE 'smas-almaty' END, '75', 'HOUSING-QUEUE', CASE WHEN n % :step = 1 THEN 'silent' ELSE 'on_time' END, "
    "n % :step = 2, n % :step = 3, CASE WHEN n % :step = 4 THEN 'court' END, "
    "CASE WHEN n % :step = 4 THEN 'granted' END"
)


def seed_reports(connection: Connection, many: int, *, start: int) -> None:
    """What the conversations ``c-1`` to ``c-many`` count as, and their sums; a hundred of each rare figure."""
    days = " ".join(f"WHEN {n} THEN '{_day(start, n)}'" for n in range(10))
    insert_numbered(connection, _INTO, _ROWS.replace("{days}", days), {"many": many, "step": many // 100})
    recount(connection, [None])


def _day(start: int, n: int) -> date:
    return (datetime.fromtimestamp(start / 1_000_000, UTC) + n * timedelta(days=1)).date()
