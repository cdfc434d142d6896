"""Refusals at intake: the list, one refusal with its bytes, why, and what the sender should do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web

from contracts.codes import Code
from contracts.party import PartyId
from contracts.texts import text_of
from gateway.console.context import CONTEXT, SESSION
from gateway.console.desk.codes import ADVICE, BLAME
from gateway.console.guard import require
from gateway.console.listed import add_list
from gateway.console.respond import page
from gateway.domain.people.access import Right, authorise
from gateway.domain.people.persons import blotted_for
from gateway.lists.refusals import REFUSALS
from gateway.ports.audit import RecordAccess
from gateway.ports.refusals import FindRefusal, LoadRefusalAnswer, LoadRefusedRequest, RefusalRow
from gateway.reading.masking import EnvelopeView, masked, whole

_BIGGEST: Final = 2**63 - 1


def add_routes(app: web.Application) -> None:
    """``/refusals``."""
    add_list(app, REFUSALS)
    app.router.add_get(r"/refusals/{number:\d{1,19}}", _show)


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
        await context.exchange.store.run(RecordAccess(reader, "refused request", str(row.refusal_id), now))
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
