"""A list as CSV, as it is narrowed on the page: UTF-8 with a mark, so that spreadsheets read the letters right."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from aiohttp import web

from gateway.console.filters import Filter
from gateway.lists.column import harmless
from gateway.lists.listing import MOST
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.operations import Reads
from gateway.texts.times import when

_AT_ONCE: Final = 1_000
_MOST_LOOKS: Final = 250
"""Each looks at a bounded number of deliveries, so a file never reads a table of ten million to its end."""

HEADINGS: Final = (
    "delivery", "appeal", "message", "to", "action", "state", "attempts", "created_almaty", "next_attempt_almaty",
    "finished_almaty", "code", "detail",
)  # fmt: skip


async def answer(request: web.Request, reads: Reads, filters: Filter, now: datetime) -> web.StreamResponse:
    """Deliveries as they are narrowed."""
    pages = ([_cells(row) for row in rows] async for rows in _pages(reads, filters, now))
    return await written(request, f"deliveries-{now:%Y%m%d-%H%M%S}", HEADINGS, pages)


async def written(
    request: web.Request, name: str, headings: Sequence[str], pages: AsyncIterable[Sequence[Sequence[str]]]
) -> web.StreamResponse:
    """Written page by page, so that a long list takes no memory; the pages end by themselves at ``MOST`` rows."""
    headers = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
    }
    stream = web.StreamResponse(headers=headers)
    await stream.prepare(request)
    await stream.write(b"\xef\xbb\xbf" + lines([headings]))
    count = 0
    async for rows in pages:
        await stream.write(lines(rows))
        count += len(rows)
    if count >= MOST:
        await stream.write(lines([(f"cut after {MOST} rows; narrow the list",)]))
    return stream


async def _pages(reads: Reads, filters: Filter, now: datetime) -> AsyncIterator[tuple[DeliveryRow, ...]]:
    after, left = filters.after, MOST
    for _ in range(_MOST_LOOKS):
        found = await reads.run(replace(filters, after=after).to_query(now, limit=min(_AT_ONCE, left)))
        if found.rows:
            yield found.rows
        if found.go_on_after is None or len(found.rows) == left:
            return
        after, left = found.go_on_after, left - len(found.rows)


def _cells(row: DeliveryRow) -> tuple[str, ...]:
    return (
        str(row.delivery_id), row.appeal_number, row.message_id, row.recipient, row.action.value, row.state.value,
        str(row.attempts), when(row.created_at), when(row.next_attempt_at), when(row.finished_at), row.code or "",
        harmless(row.detail or ""),
    )  # fmt: skip


def lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Lines of a file, as RFC 4180 spells them."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
