"""Alarms over HTTP: the list, one of them, taking them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from gateway.console.alarms.badge import BADGE, add_badge
from gateway.console.context import CONTEXT, PREFIX, SESSION
from gateway.console.guard import require
from gateway.console.listed import add_list, reader_of, source_of
from gateway.console.live import stream
from gateway.console.respond import page
from gateway.domain.alarms.kinds import KINDS
from gateway.domain.people.access import Right
from gateway.domain.refusal import ActRefusal
from gateway.lists.alarms import ALARMS, AlarmParams, version_of
from gateway.lists.listing import ListPage, ListRefusal, address
from gateway.ports.alarms import AlarmDetail, LoadAlarm
from gateway.service.alarms import acknowledge_as, failing_channels
from gateway.service.authorise import NotAllowed
from gateway.texts.language import marked
from gateway.texts.letters import HAPPENINGS

LONGEST_REASON: Final = 500
MOST_SELECTED: Final = 500
_BIGGEST: Final = 2**63 - 1
LETTER_STATES: Final[Mapping[str, str]] = {
    "waiting": marked("waits"),
    "taken": marked("taken"),
    "given_up": marked("given up"),
}
CHANNELS: Final[Mapping[str, str]] = {"mail": marked("e-mail"), "webhook": marked("webhook")}
TABLES: Final = {"kinds": KINDS, "happenings": HAPPENINGS, "states": LETTER_STATES, "channels": CHANNELS}
"""What closed sets are called."""


def add_routes(app: web.Application) -> None:
    """Below ``/alarms``; and the number beside their name, which every page shows."""
    add_badge(app)
    add_list(app, ALARMS, template="lists/alarms.html", more=_more, beside=frozenset({"done"}))
    app.router.add_get("/alarms/live", _live)
    app.router.add_get("/alarms/badge/live", _badge_live)
    app.router.add_post("/alarms/acknowledge", _acknowledge)
    one = r"/alarms/{number:\d{1,19}}"
    app.router.add_get(one, _show)
    app.router.add_get(one + "/live", _live_one)


async def _more(request: web.Request, params: AlarmParams, found: ListPage[Any]) -> Mapping[str, Any]:
    """The first page of those that are over stands below the first one of those that are open."""
    context, now = request.config_dict[CONTEXT], request.config_dict[CONTEXT].exchange.clock.now()
    over = None if params.is_open else found
    if params.is_open and params.after is None:
        over = await ALARMS.page(source_of(request), params.model_copy(update={"is_open": False}), reader_of(request))
    return {
        "over": over,
        "channels": CHANNELS,
        "failing_channels": await failing_channels(context.reads, context.exchange.alarm_limits, now),
        "done": _done(request.query.get("done", "")),
        "live": f"/alarms/live?{address(params)}",
        "version": version_of(found.rows, now),
    }


async def _live(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    try:
        params = ALARMS.parse(request.query)
    except ListRefusal as refused:
        raise web.HTTPBadRequest from refused

    async def version() -> str:
        found = await ALARMS.page(source_of(request), params, reader_of(request))
        return version_of(found.rows, request.config_dict[CONTEXT].exchange.clock.now())

    return await stream(request, version)


async def _badge_live(request: web.Request) -> web.StreamResponse:
    """For pages that follow nothing else: the number comes with any stream."""
    require(request, Right.SEE)

    async def version() -> str:
        return "still"

    return await stream(request, version)


async def _show(request: web.Request) -> web.Response:
    require(request, Right.SEE)
    found = await _whole(request)
    now = request.config_dict[CONTEXT].exchange.clock.now()
    notified = {step.step_id: [one for one in found.letters if one.step_id == step.step_id] for step in found.steps}
    done = _done(request.query.get("done", ""))
    return page(
        request, "alarms/alarm.html", found=found, alarm=found.alarm, notified=notified, tables=TABLES, now=now,
        done=done,
        spec=KINDS[found.alarm.kind], version=_version(found),
    )  # fmt: skip


async def _live_one(request: web.Request) -> web.StreamResponse:
    require(request, Right.SEE)
    reads, number = request.config_dict[CONTEXT].reads, _number(request)

    async def version() -> str | None:
        found = await reads.run(LoadAlarm(number))
        return None if found is None else _version(found)

    return await stream(request, version)


async def _acknowledge(request: web.Request) -> web.StreamResponse:
    """One or those that were ticked; of each the audit log has a line, and the page says how many it was."""
    context, user = request.config_dict[CONTEXT], request[SESSION].user
    form = await request.post()
    reason = str(form.get("reason", "")).strip()[:LONGEST_REASON]
    numbers = [str(one) for one in form.getall("alarm", [])]
    is_fit = all(one.isascii() and one.isdigit() and int(one) <= _BIGGEST for one in numbers)
    if not reason or not numbers or len(numbers) > MOST_SELECTED or not is_fit:
        raise web.HTTPBadRequest
    against: list[ActRefusal | None] = []
    for number in dict.fromkeys(numbers):
        try:
            against.append(await acknowledge_as(context.exchange, user, int(number), reason=reason))
        except NotAllowed as refused:
            raise web.HTTPForbidden from refused
    request.config_dict[BADGE].forget()
    done = f"{against.count(None)}-{len(against)}"
    back = f"/alarms/{numbers[0]}" if form.get("back") == "one" else "/alarms"
    raise web.HTTPSeeOther(f"{PREFIX}{back}?done={done}")


def _done(words: str) -> tuple[int, int] | None:
    """How many were acknowledged just now, of how many."""
    first, _, second = words.partition("-")
    is_fit = all(one.isascii() and one.isdigit() and len(one) < 5 for one in (first, second))
    return (int(first), int(second)) if is_fit else None


async def _whole(request: web.Request) -> AlarmDetail:
    found = await request.config_dict[CONTEXT].reads.run(LoadAlarm(_number(request)))
    if found is None:
        raise web.HTTPNotFound
    return found


def _version(found: AlarmDetail) -> str:
    """Differs whenever something happened to it, or to a message about it."""
    tries = sum(one.tries for one in found.letters)
    ended = sum(one.ended_at is not None for one in found.letters)
    return f"{len(found.steps)}-{tries}-{ended}-{found.alarm.count}-{found.alarm.unseen_since}"


def _number(request: web.Request) -> int:
    number = int(request.match_info["number"])
    if number > _BIGGEST:
        raise web.HTTPNotFound
    return number
