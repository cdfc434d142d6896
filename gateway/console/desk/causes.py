"""Frequent causes: what goes wrong most, by kind, party and period, and whether it grows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from gateway.console.context import CONTEXT
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.console.typed import words_of
from gateway.domain.people.access import Right
from gateway.domain.reports.causes import PERIODS, CauseKind, hour_of
from gateway.lists.terms import duties
from gateway.ports.causes import CauseQuery
from gateway.texts.language import marked

KINDS: Final[Mapping[CauseKind, str]] = {
    CauseKind.REFUSAL: marked("We refused it at intake"),
    CauseKind.PEER: marked("A party refused it or did not take it"),
    CauseKind.BREACH: marked("A term was missed"),
}


def add_routes(app: web.Application) -> None:
    """``/causes``."""
    app.router.add_get("/causes", _list)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, query = request.config_dict[CONTEXT], request.query
    kind, period = query.get("kind", ""), query.get("period", "")
    kind = kind if kind in frozenset(map(str, CauseKind)) else ""
    period, party = period if period in PERIODS else "1d", words_of(query.get("party", ""))
    since = hour_of(context.exchange.clock.now()) - PERIODS[period]
    wanted = CauseQuery(since, since - PERIODS[period], CauseKind(kind) if kind else None, party or None)
    return page(
        request,
        "desk/causes.html",
        rows=await context.reads.run(wanted),
        since=since,
        kind=kind,
        period=period,
        party=party,
        kinds=KINDS,
        periods=PERIODS,
        parties=sorted(context.exchange.directory().registry.parties, key=lambda one: one.party_id),
        duties=duties(),
    )
