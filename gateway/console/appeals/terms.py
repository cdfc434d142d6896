"""Terms: those due today, near, running, missed, by whom they bind and by duty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from aiohttp import web

from contracts.party import LocalText
from dossier.case.narration import wording_of
from dossier.procedure.law.rules_file import CODE, load_rules
from dossier.procedure.wording import article_text
from gateway.console import csv_export
from gateway.console.appeals.filters import TermFilter, place_of
from gateway.console.context import CONTEXT
from gateway.console.filters import PAGE
from gateway.console.guard import require
from gateway.console.language import marked
from gateway.console.live import stream
from gateway.console.pages import when
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.ports.appeals import TermRow, TermsOf
from gateway.ports.operations import Reads

WHICH: Final[Mapping[TermsOf, str]] = {
    TermsOf.TODAY: marked("due today"),
    TermsOf.NEAR: marked("due within a week"),
    TermsOf.OPEN: marked("all that run"),
    TermsOf.BREACHED_LATELY: marked("missed in 24 hours, still unmet"),
    TermsOf.BREACHED: marked("missed, still unmet"),
    TermsOf.MET_LATE: marked("met late"),
}
HEADINGS: Final = (
    "appeal",
    "bound",
    "duty",
    "duty_ru",
    "article",
    "due_almaty",
    "missed_almaty",
    "met_almaty",
    "rules",
)
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class TermText:
    """A term in words."""

    row: TermRow
    wording: LocalText
    article: LocalText

    @classmethod
    def of(cls, row: TermRow) -> TermText:
        """As the rules say it that opened the term."""
        return cls(row, wording_of(row.duty, row.rules_version or CODE), article_text(row.article))


@dataclass(frozen=True, slots=True)
class TermList:
    """One page. ``next_after``: where the next begins; empty on the last one."""

    terms: tuple[TermText, ...]
    filter: TermFilter
    next_after: str
    now: datetime


def add_routes(app: web.Application) -> None:
    """``/terms``."""
    app.router.add_get("/terms", _list)
    app.router.add_get("/terms.csv", _csv)
    app.router.add_get("/terms/live", _live)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, filters = request.config_dict[CONTEXT], TermFilter.read(request.query)
    counted = await context.counts.current()
    now = context.exchange.clock.now()
    found = await context.reads.run(filters.to_query(now, limit=PAGE + 1))
    rows = found[:PAGE]
    after = place_of(rows[-1].conversation_id, rows[-1].term_id) if len(found) > PAGE else ""
    shown = TermList(tuple(TermText.of(row) for row in rows), filters, after, now)
    directory = context.exchange.directory()
    return page(
        request,
        "appeals/terms.html",
        shown=shown,
        which=WHICH,
        duties=duties(),
        names=directory.names,
        bodies=sorted(directory.registry.parties, key=lambda party: party.party_id),
        counted=counted,
    )


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    counts = request.config_dict[CONTEXT].counts

    async def version() -> str:
        return (await counts.current()).version

    return await stream(request, version)


@cache
def duties() -> Mapping[str, LocalText]:
    """Those that the Code knows."""
    rules = load_rules(CODE)
    return {row.key: row.wording for row in rules.duties if row.is_general}


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], TermFilter.read(request.query)
    now = context.exchange.clock.now()
    name = f"terms-{filters.which}-{now:%Y%m%d-%H%M%S}"
    return await csv_export.written(request, name, HEADINGS, _pages(context.reads, filters, now))


async def _pages(reads: Reads, filters: TermFilter, now: datetime) -> AsyncIterator[list[tuple[str, ...]]]:
    left = csv_export.MOST
    while left > 0:
        query = filters.to_query(now, limit=min(_AT_ONCE, left))
        rows = await reads.run(query)
        if rows:
            yield [_cells(TermText.of(row)) for row in rows]
        if len(rows) < query.limit:
            return
        filters, left = replace(filters, after=place_of(rows[-1].conversation_id, rows[-1].term_id)), left - len(rows)


def _cells(term: TermText) -> tuple[str, ...]:
    row = term.row
    row_cells = (
        row.appeal_number, row.party, row.duty, term.wording.ru, row.article, when(row.due_at), when(row.breached_at),
        when(row.met_at), row.rules_version,
    )  # fmt: skip
    return tuple(map(csv_export.harmless, row_cells))
