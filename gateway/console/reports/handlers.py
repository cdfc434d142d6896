"""Pages of the reports: a period by body, region, subject or month; one of them; the appeals behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from contracts.party import LocalText
from dossier.procedure.wording import article_text
from gateway.console import csv_export
from gateway.console.context import CONTEXT
from gateway.console.guard import require
from gateway.console.language import language_of
from gateway.console.listed import add_list
from gateway.console.reports.drawing import DRAWN
from gateway.console.reports.figures import FEW, lines_of, make, total_of
from gateway.console.reports.query import GROUPABLE, ReportFilter
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.domain.reports.definitions import DEFINITIONS, RATE, name_of, rate
from gateway.domain.reports.figures import Figure, GroupBy
from gateway.domain.reports.periods import DayPeriod
from gateway.domain.reports.sheet import sheet
from gateway.lists.column import harmless
from gateway.lists.counted_appeals import COUNTED_APPEALS, CountedAppealParams
from gateway.lists.listing import ListPage
from gateway.texts.language import marked
from gateway.texts.reports import BASIS, BYS
from gateway.texts.times import ALMATY

CARDS: Final = (Figure.RECEIVED, Figure.LATE, Figure.SILENT, Figure.FORMAL, Figure.DISAGREED)
"""Figures at the top of the page, beside the share that was on time."""

KINDS: Final[Mapping[str, tuple[Figure, ...]]] = {
    marked("Answers"): (Figure.ON_TIME, Figure.LATE, Figure.SILENT, Figure.OPEN, Figure.NOT_DUE),
    marked("Of them"): (Figure.EXTENDED, Figure.FORMAL),
    marked("Disagreement"): (Figure.DISAGREED, Figure.HIGHER, Figure.COURT, Figure.BOTH, Figure.NOWHERE),
    marked("Court"): (
        Figure.PENDING, Figure.GRANTED, Figure.IN_PART, Figure.REFUSED, Figure.RETURNED, Figure.OTHERWISE,
        Figure.UNSTATED,
    ),
}  # fmt: skip
"""The columns of the table after what was received."""


def add_routes(app: web.Application) -> None:
    """``/reports``."""
    app.router.add_get("/reports", _list)
    app.router.add_get("/reports.csv", _csv)
    app.router.add_get("/reports/one", _one)
    add_list(app, COUNTED_APPEALS, template="lists/counted-appeals.html", more=_behind)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    return await _shown(request, "reports/list.html", _filter_of(request, is_narrowed=False))


async def _one(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    filters = _filter_of(request)
    if filters.among is GroupBy.ALL:
        raise web.HTTPSeeOther(f"{request.path.removesuffix('/one')}?{filters.address()}")
    return await _shown(request, "reports/one.html", filters)


async def _shown(request: web.Request, template: str, filters: ReportFilter) -> web.Response:
    context = request.config_dict[CONTEXT]
    names = context.exchange.directory().names
    return page(
        request,
        template,
        report=await make(context.reads, filters, names),
        filters=filters,
        name=name_of(filters.among, filters.of, names),
        bys={by: BYS[by] for by in GROUPABLE},
        periods=_periods(_today(request)),
        figures_on_top=CARDS,
        kinds=KINDS,
        drawn=DRAWN,
        few=FEW,
        **_words(),
    )


async def _behind(request: web.Request, params: CountedAppealParams, _: ListPage[Any]) -> Mapping[str, Any]:
    days, definition = params.days(_today(request)), DEFINITIONS[params.figure]
    names = request.config_dict[CONTEXT].exchange.directory().names
    return {
        "days": days,
        "days_query": urlencode({"from": days.since.isoformat(), "to": days.until.isoformat()}),
        "definition": definition,
        "article": _article(definition.article),
        "group": name_of(params.among, params.name or "", names),
    }


async def _csv(request: web.Request) -> web.Response:
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], _filter_of(request)
    names, by = context.exchange.directory().names, GroupBy.MONTH if filters.among is not GroupBy.ALL else filters.by
    lines = await lines_of(context.reads, filters, by, names)
    total = await total_of(context.reads, filters)
    language = language_of(request).value
    table = sheet(((line.name, line.tally) for line in lines), total, by, filters.period, language, names)
    rows = [tuple(map(harmless, row)) for row in table]
    name = f"report-{by.value}-{filters.period.since}-{filters.period.until}.csv"
    return web.Response(
        body=b"\xef\xbb\xbf" + csv_export.lines(rows),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def _filter_of(request: web.Request, *, is_narrowed: bool = True) -> ReportFilter:
    query = {name: value for name, value in request.query.items() if is_narrowed or name not in {"among", "of"}}
    return ReportFilter.read(query, _today(request))


def _today(request: web.Request) -> date:
    today: date = request.config_dict[CONTEXT].exchange.clock.now().astimezone(ALMATY).date()
    return today


def _periods(today: date) -> Mapping[str, tuple[str, ...]]:
    """What one may choose without typing days: months, quarters and years, the newest first."""
    lengths = ((marked("Months"), 1, 12), (marked("Quarters"), 3, 8), (marked("Years"), 12, 5))
    return {kind: _back(today, months, count) for kind, months, count in lengths}


def _back(today: date, months: int, count: int) -> tuple[str, ...]:
    month = (today.month - 1) // months * months + 1
    period, found = DayPeriod.of_months(date(today.year, month, 1), months), []
    for _ in range(count):
        found.append(period.name)
        period = period.before
    return tuple(found)


def _words() -> Mapping[str, Any]:
    return {
        "definitions": DEFINITIONS,
        "articles": {figure: _article(table.article) for figure, table in DEFINITIONS.items()},
        "basis": BASIS,
        "rate": rate,
        "share": RATE,
        "Figure": Figure,
        "By": GroupBy,
    }


def _article(article: str) -> LocalText | None:
    return article_text(article) if article else None
