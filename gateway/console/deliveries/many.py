"""An act on several deliveries, or on all that a filter finds: told first how many, then done in bounded batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiMapping

from gateway.console import queries
from gateway.console.context import CONTEXT, SESSION
from gateway.console.cookies import FORM_FIELD
from gateway.console.guard import require
from gateway.console.respond import page
from gateway.domain.delivery.acts import SOURCES, Act
from gateway.domain.people.access import RIGHT_FOR, Right
from gateway.lists.deliveries import DELIVERIES, DeliveryParams, PeriodOf, query_of
from gateway.lists.listing import PAGING, ListRefusal, address
from gateway.ports.console import NO_CODE, DeliveryQuery
from gateway.ports.deliveries import CountMovable, DeliveryRow, Selection
from gateway.ports.operations import Reads
from gateway.reading.deliveries import ACT_WORDS, PAST_WORDS
from gateway.service.authorise import NotAllowed
from gateway.service.operate import MovedAll, move_all_as

MOST_NAMED: Final = 1_000
"""Deliveries that one may select by their numbers, or that a number of an appeal stands for."""
MOST_COUNTED: Final = 100_000
"""A larger selection is told as more than that."""
MOST_SHOWN: Final = 20
_BIGGEST: Final = 2**63 - 1
_INSTANT: Final = timedelta(microseconds=1)
_BESIDE: Final = frozenset({FORM_FIELD, "act", "id", "of", "as_of", "reason", "go_on_after"})
"""What an address or a form says besides the filter."""


@dataclass(frozen=True, slots=True)
class BulkSelection:
    """What somebody wants done to which. ``ids``: selected ones; else all that ``filter`` finds, made by ``as_of``."""

    act: Act
    ids: tuple[int, ...]
    filter: DeliveryParams
    as_of: datetime

    @classmethod
    def read(cls, form: MultiMapping[Any], now: datetime) -> BulkSelection:
        """Of an address or a form. Raises HTTPBadRequest where it makes no sense."""
        selected = [str(one) for one in form.getall("id", [])][:MOST_NAMED]
        ids = tuple(dict.fromkeys(int(one) for one in selected if one.isascii() and one.isdigit() and len(one) < 19))
        filters = _filter_of(form)
        act, as_of = str(form.get("act", "")), _as_of(str(form.get("as_of", "")), now)
        is_whole = form.get("of") == "all"
        if act not in map(str, Act) or DELIVERIES.persons_in(filters) or filters.spans(PeriodOf.ENDED):
            raise web.HTTPBadRequest
        if is_whole and not DELIVERIES.narrows(filters):
            raise web.HTTPBadRequest
        return cls(Act(act), () if is_whole else ids, filters if is_whole else DeliveryParams(), as_of)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was ticked."""
        return not self.ids and not DELIVERIES.narrows(self.filter)

    async def of(self, reads: Reads) -> tuple[int, ...] | Selection:
        """In terms of the store. What a number stands for is few, and named one by one."""
        if self.ids:
            return self.ids
        if self.filter.number:
            query = replace(query_of(self.filter, self.as_of), limit=MOST_NAMED)
            rows = (await reads.run(query)).rows
            return tuple(row.delivery_id for row in rows if row.created_at <= self.as_of)
        return self._selection()

    def _selection(self) -> Selection:
        filters, made = self.filter, self.filter.spans(PeriodOf.MADE)
        ends = [self.as_of]
        if before := filters.made_before(self.as_of):
            ends.append(before)
        if made and made.end:
            ends.append(made.end - _INSTANT)
        states = filters.states
        one = next(iter(states)) if len(states) == 1 else None
        return Selection(
            recipient=filters.recipient,
            state=one,
            among=states if states and one is None else None,
            action=filters.action,
            code=None if not filters.code else "" if filters.code == NO_CODE else filters.code,
            created_before=min(ends),
            created_from=made.start if made else None,
        )


@dataclass(frozen=True, slots=True)
class Confirming:
    """``count``: how many the act moves; ``refused``: of selected ones, which stay. ``is_more``: than were counted."""

    chosen: BulkSelection
    count: int
    refused: tuple[DeliveryRow, ...]
    is_more: bool


def add_routes(app: web.Application) -> None:
    """``/deliveries/acts``: asked by an address, done by a form."""
    app.router.add_get("/deliveries/acts", _confirm)
    app.router.add_post("/deliveries/acts", _do)


async def _confirm(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    context = request.config_dict[CONTEXT]
    chosen = BulkSelection.read(request.query, context.exchange.clock.now())
    require(request, RIGHT_FOR[chosen.act])
    found = await _confirming(context.reads, chosen)
    return _page(request, chosen, found=found)


async def _do(request: web.Request) -> web.Response:
    """Carried out or refused, each delivery has its line in the audit log; the answer counts them."""
    context, form = request.config_dict[CONTEXT], await request.post()
    chosen = BulkSelection.read(form, context.exchange.clock.now())
    reason = str(form.get("reason", "")).strip()[: queries.LONGEST_REASON]
    after = str(form.get("go_on_after", "0"))
    if not reason or chosen.is_nothing or not (after.isascii() and after.isdigit() and int(after) <= _BIGGEST):
        raise web.HTTPBadRequest
    of, user = await chosen.of(context.reads), request[SESSION].user
    try:
        done = await move_all_as(context.exchange, user, chosen.act, of, reason=reason, after=int(after))
    except NotAllowed as refused:
        raise web.HTTPForbidden from refused
    context.counts.forget()
    if done.moved:
        context.wake()
    return _page(request, chosen, done=done, reason=reason)


def _page(
    request: web.Request,
    chosen: BulkSelection,
    *,
    found: Confirming | None = None,
    done: MovedAll | None = None,
    reason: str = "",
) -> web.Response:
    return page(
        request,
        "deliveries/acts.html",
        chosen=chosen,
        found=found,
        done=done,
        reason=reason,
        words_of_act=ACT_WORDS[chosen.act],
        past=PAST_WORDS[chosen.act],
        shown=dict(parse_qsl(address(chosen.filter))),
        most=MOST_SHOWN,
    )


async def _confirming(reads: Reads, chosen: BulkSelection) -> Confirming:
    if chosen.is_nothing:
        return Confirming(chosen, 0, (), is_more=False)
    of = await chosen.of(reads)
    if isinstance(of, Selection):
        count = await reads.run(CountMovable(chosen.act, of, most=MOST_COUNTED + 1))
        return Confirming(chosen, min(count, MOST_COUNTED), (), count > MOST_COUNTED)
    rows = (await reads.run(DeliveryQuery(ids=of, limit=MOST_NAMED))).rows if of else ()
    stays = tuple(row for row in rows if row.state not in SOURCES[chosen.act])
    return Confirming(chosen, len(rows) - len(stays), stays, is_more=False)


def _filter_of(form: MultiMapping[Any]) -> DeliveryParams:
    """What the list was narrowed to, without its order and page. Raises HTTPBadRequest.

    A name that the list does not know is refused: left out, it would have the act done to more than was meant.
    """
    try:
        return DELIVERIES.parse({name: str(value) for name, value in form.items() if name not in PAGING | _BESIDE})
    except ListRefusal as refused:
        raise web.HTTPBadRequest from refused


def _as_of(text: str, now: datetime) -> datetime:
    """When the page was made that counted; never later than now."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return now
    return min(now, instant if instant.tzinfo else instant.replace(tzinfo=UTC))
