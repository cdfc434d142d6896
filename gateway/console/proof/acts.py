"""The audit log: every act of every person, in the console, on the command line or through a program."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from aiohttp import web

from gateway.console import csv_export
from gateway.console.context import CONTEXT, PREFIX
from gateway.console.filters import PAGE
from gateway.console.guard import require
from gateway.console.pages import when
from gateway.console.proof import words
from gateway.console.proof.filters import ActFilter, names_a_person
from gateway.console.respond import page
from gateway.domain.people.access import Right
from gateway.ports.audit import AuditEntry, RecordLeaf
from gateway.ports.operations import Reads
from gateway.ports.users import FindUserNames

HEADINGS: Final = ("entry", "at_almaty", "by", "act", "subject", "reason", "result", "leaf")
_AT_ONCE: Final = 1_000


@dataclass(frozen=True, slots=True)
class ActList:
    """One page. ``next_after``: where the next begins; None on the last one. ``names``: of users, as logs call them."""

    entries: tuple[AuditEntry, ...]
    filter: ActFilter
    next_after: int | None
    names: Mapping[str, str]

    def place(self, entry: AuditEntry) -> tuple[str, str]:
        """What it was done to, in words, and the page of that below the prefix; no page is empty."""
        family, subject = entry.act.partition(".")[0], entry.subject
        if family == "delivery" and subject.isdigit():
            return f"№ {subject}", f"/deliveries/{subject}"
        if family == "party":
            return subject, f"/parties/{quote(subject, safe='')}"
        if family == "case":
            return subject, f"/appeals/{quote(subject, safe='')}"
        return self.names.get(subject, subject), ""


def add_routes(app: web.Application) -> None:
    """``/audit``."""
    app.router.add_get("/audit", _list)
    app.router.add_get("/audit.csv", _csv)


def leaf_text(leaf: RecordLeaf | None) -> str:
    """For a spreadsheet: the position, or what there is instead."""
    if leaf is None:
        return "none"
    return "unsealed" if leaf.position is None else str(leaf.position)


async def _list(request: web.Request) -> web.Response:
    require(request, Right.AUDIT)
    if names_a_person(request.query):
        raise web.HTTPSeeOther(f"{PREFIX}/audit")
    context, filters = request.config_dict[CONTEXT], ActFilter.read(request.query)
    found = await context.reads.run(filters.to_query(limit=PAGE + 1))
    entries = found[:PAGE]
    names = await context.reads.run(FindUserNames({entry.subject for entry in entries}))
    after = entries[-1].audit_id if len(found) > PAGE else None
    return page(request, "proof/acts.html", shown=ActList(entries, filters, after, names), act_words=words)


async def _csv(request: web.Request) -> web.StreamResponse:
    require(request, Right.AUDIT)
    require(request, Right.EXPORT)
    context, filters = request.config_dict[CONTEXT], ActFilter.read(request.query)
    name = f"audit-{context.exchange.clock.now():%Y%m%d-%H%M%S}"
    return await csv_export.written(request, name, HEADINGS, _pages(context.reads, filters))


async def _pages(reads: Reads, filters: ActFilter) -> AsyncIterator[list[tuple[str, ...]]]:
    left = csv_export.MOST
    while left > 0:
        query = filters.to_query(limit=min(_AT_ONCE, left))
        entries = await reads.run(query)
        if entries:
            yield [_cells(entry) for entry in entries]
        if len(entries) < query.limit:
            return
        filters, left = replace(filters, after=entries[-1].audit_id), left - len(entries)


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    row_cells = (
        str(entry.audit_id), when(entry.at), entry.by, entry.act, entry.subject, entry.reason, entry.result,
        leaf_text(entry.leaf),
    )  # fmt: skip
    return tuple(map(csv_export.harmless, row_cells))
