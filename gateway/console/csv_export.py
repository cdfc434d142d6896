"""A list as CSV, as it is narrowed on the page: UTF-8 with a mark, so that spreadsheets read the letters right."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterable, Iterable, Sequence

from aiohttp import web

from gateway.lists.listing import MOST


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


def lines(rows: Iterable[Iterable[str]]) -> bytes:
    """Lines of a file, as RFC 4180 spells them."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
