"""Refusals at intake: the list with its filters, one refusal with its bytes, why, and what the sender should do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from contracts.codes import Code
from contracts.party import PartyId
from contracts.texts import text_of
from gateway.console import csv_export
from gateway.console.context import CONTEXT, SESSION
from gateway.console.desk.codes import ADVICE, BLAME
from gateway.console.filters import PAGE, words_of
from gateway.console.guard import require
from gateway.console.masking import EnvelopeView, blotted_for, masked, whole
from gateway.console.pages import when
from gateway.console.respond import page
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.persons import without_persons
from gateway.ports.operations import Reads
from gateway.ports.refusals import FindRefusal, LoadRefusalAnswer, LoadRefusedRequest, RefusalQuery, RefusalRow

WITHIN: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
HEADINGS: Final = (
    "refusal", "at_almaty", "sender_claimed", "signer_proved", "path", "code", "detail", "message", "bytes",
    "request_sha256", "remote",
)  # fmt: skip
_AT_ONCE: Final = 1_000
_BIGGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class RefusalFilter:
    """As read from an address; what it does not know is as if it were not said."""

    sender: str = ""
    code: str = ""
    message: str = ""
    within: str = ""
    after: int | None = None

    @classmethod
    def read(cls, query: Mapping[str, str]) -> RefusalFilter:
        """Of a query string."""
        code, within, after = query.get("code", ""), query.get("within", ""), query.get("after", "")
        return cls(
            sender=words_of(query.get("sender", "")),
            code=code if code in frozenset(Code) else "",
            message=words_of(query.get("message", "")),
            within=within if within in WITHIN else "",
            after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
        )

    def to_query(self, now: datetime, *, limit: int) -> RefusalQuery:
        """In terms of the store."""
        since = now - WITHIN[self.within] if self.within else None
        return RefusalQuery(self.sender, self.code, self.message, since, self.after, limit)

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {
            "sender": filtered.sender,
            "code": filtered.code,
            "message": filtered.message,
            "within": filtered.within,
            "after": str(filtered.after) if filtered.after is not None else "",
        }
        return urlencode({name: value for name, value in named.items() if value})


def add_routes(app: web.Application) -> None:
    """``/refusals``."""
    app.router.add_get("/refusals", _list)
    app.router.add_get("/refusals.csv", _csv)
    app.router.add_get(r"/refusals/{number:\d{1,19}}", _show)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context, filters = request.config_dict[CONTEXT], RefusalFilter.read(request.query)
    found = await context.reads.run(filters.to_query(context.exchange.clock.now(), limit=PAGE + 1))
    rows = found[:PAGE]
    parties = sorted(context.exchange.directory().registry.parties, key=lambda party: party.party_id)
    return page(
        request,
        "desk/refusals.html",
        rows=rows,
        filters=filters,
        next_after=rows[-1].refusal_id if len(found) > PAGE else None,
        codes=tuple(Code),
        within=WITHIN,
        parties=parties,
        detail_of=detail_for(request),
    )


async def _show(request: web.Request) -> web.Response:
    """The bytes for roles that may read what people wrote, which is logged; for others all of that is masked."""
    require(request, Right.SEE)
    context, row = request.config_dict[CONTEXT], await _row(request)
    content = await context.reads.run(LoadRefusedRequest(row))
    answer = await context.reads.run(LoadRefusalAnswer(row)) if row.answer_sha256 else None
    is_whole = authorise(request[SESSION].user.role, Right.READ_PERSONAL).is_allowed
    if is_whole and content:
        reader = PartyId(f"user:{request[SESSION].user.user_id}")
        now = context.exchange.clock.now()
        await context.exchange.store.record_access(reader, "refused request", str(row.refusal_id), now)
    shown: EnvelopeView | None = await asyncio.to_thread(whole if is_whole else masked, content) if content else None
    code_text = text_of(Code(row.code)) if row.code in frozenset(Code) else None
    return page(
        request,
        "desk/refusal.html",
        row=row,
        shown=shown,
        answer=await asyncio.to_thread(whole if is_whole else masked, answer) if answer else None,
        is_whole=is_whole,
        code_text=code_text,
        blame=BLAME,
        advice=ADVICE,
        detail_of=detail_for(request),
    )


async def _row(request: web.Request) -> RefusalRow:
    number = int(request.match_info["number"])
    found = await request.config_dict[CONTEXT].reads.run(FindRefusal(number)) if number <= _BIGGEST else None
    if found is None:
        raise web.HTTPNotFound
    return found


def detail_for(request: web.Request) -> Callable[[str], str]:
    """Details may quote what was received: a person's number is blotted out for who need not read it."""
    return blotted_for(request[SESSION].user.role)


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], RefusalFilter.read(request.query)
    now = context.exchange.clock.now()
    pages = _pages(context.reads, filters, now)
    return await csv_export.written(request, f"refusals-{now:%Y%m%d-%H%M%S}", HEADINGS, pages)


async def _pages(reads: Reads, filters: RefusalFilter, now: datetime) -> AsyncIterator[list[tuple[str, ...]]]:
    left = csv_export.MOST
    while left > 0:
        query = filters.to_query(now, limit=min(_AT_ONCE, left))
        rows = await reads.run(query)
        if rows:
            yield [_cells(row) for row in rows]
        if len(rows) < query.limit:
            return
        filters, left = replace(filters, after=rows[-1].refusal_id), left - len(rows)


def _cells(row: RefusalRow) -> tuple[str, ...]:
    """Taken away, it is without persons for everybody."""
    row_cells = (
        str(row.refusal_id), when(row.at), row.sender or "", row.signer or "", row.path, row.code,
        without_persons(row.detail), row.message_id or "", str(row.size), row.request_sha256, row.remote,
    )  # fmt: skip
    return tuple(map(csv_export.harmless, row_cells))
