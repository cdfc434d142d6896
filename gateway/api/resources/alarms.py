"""Alarms: what is wrong now and what was, with whom it was told to; taking one up."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from gateway.api.language import localized
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.paging import paged
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.domain.alarms.kinds import KINDS, AlarmKind
from gateway.domain.alarms.kinds import Alarm as KeptAlarm
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.people.access import Right
from gateway.lists.models import EmptyParams, Number, PageOf, Paging, RequestModel, ResponseModel
from gateway.ports.alarms import AlarmQuery, LoadAlarm
from gateway.service.alarms import acknowledge, failing_channels
from gateway.service.authorise import audit_name

TAG: Final = "alarms"


class AlarmPath(RequestModel):
    """Which alarm."""

    alarm_id: Number


class AlarmParams(Paging):
    """Which alarms; newest first."""

    is_open: bool = Field(default=True, description="Those that are not over, or those that are.")
    kind: AlarmKind | None = None
    after: Number | None = Field(default=None, description="The alarm at which the page before ended.")


class AlarmAcknowledged(ResponseModel):
    """Somebody sees to it."""

    at: AwareDatetime
    by: str
    reason: str


class AlarmModel(ResponseModel):
    """Something wrong that people were told of. ``means`` and ``helps`` in the language asked for."""

    alarm_id: int
    kind: AlarmKind
    subject: str = Field(description="Who or what it is wrong with.")
    level: EscalationStep
    name: str
    means: str
    helps: str
    since: AwareDatetime | None
    count: int | None
    until: AwareDatetime | None = Field(description="When it gets worse.")
    raised_at: AwareDatetime
    notified_at: AwareDatetime
    acknowledged: AlarmAcknowledged | None
    cleared_at: AwareDatetime | None = Field(description="Null while it is open.")


class AlarmPage(PageOf[AlarmModel]):
    """Alarms by their number."""


class AlarmStep(ResponseModel):
    """One thing that happened to it."""

    at: AwareDatetime
    happening: AlarmEvent
    level: EscalationStep
    by: str | None
    why: str | None


class AlarmMessageModel(ResponseModel):
    """A message about it. ``state``: waiting, taken or given_up."""

    channel: str
    recipient: str
    state: str
    made_at: AwareDatetime
    tries: int
    result: str | None


class OneAlarm(ResponseModel):
    """An alarm with its story, the newest step first, and who was told."""

    alarm: AlarmModel
    steps: tuple[AlarmStep, ...]
    messages: tuple[AlarmMessageModel, ...]


class FailingChannel(ResponseModel):
    """Messages of one channel that nobody takes. ``words``: of the newest try, unverified."""

    channel: str
    count: int
    since: AwareDatetime = Field(description="When the oldest of them was made.")
    words: str


class FailingChannels(ResponseModel):
    """By these channels nobody hears of an alarm; none when all messages arrive."""

    channels: tuple[FailingChannel, ...]


async def list_alarms(call: ApiCall[EmptyParams, AlarmParams, EmptyParams]) -> AlarmPage:
    """A page off an index."""
    query = call.query
    query_made = AlarmQuery(is_open=query.is_open, kind=query.kind, after=query.after, limit=query.limit + 1)
    found = await call.context.console.reads.run(query_made)
    return paged(
        AlarmPage, "/alarms", query, found, item_of=lambda one: _alarm(call, one), place=lambda one: one.alarm_id
    )


async def list_failing_channels(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> FailingChannels:
    """As the console's page of alarms says it."""
    console = call.context.console
    found = await failing_channels(console.reads, console.exchange.alarm_limits, console.exchange.clock.now())
    return FailingChannels(channels=tuple(map(FailingChannel.model_validate, found)))


async def show_alarm(call: ApiCall[AlarmPath, EmptyParams, EmptyParams]) -> OneAlarm:
    """All that happened to it."""
    return await _whole(call)


async def take_up(call: ApiCall[AlarmPath, EmptyParams, ReasonBody]) -> OneAlarm:
    """It is not told any louder from now on, unless it becomes worse."""
    console, number = call.context.console, call.path.alarm_id
    await _whole(call)  # which refuses what is not there
    by, reason = audit_name(call.token), call.body.reason
    against = await acknowledge(console.exchange, number, by=by, reason=reason)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against)
    return await _whole(call)


async def _whole(call: ApiCall[AlarmPath, Any, Any]) -> OneAlarm:
    found = await call.context.console.reads.run(LoadAlarm(call.path.alarm_id))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return OneAlarm(
        alarm=_alarm(call, found.alarm),
        steps=tuple(map(AlarmStep.model_validate, found.steps)),
        messages=tuple(map(AlarmMessageModel.model_validate, found.letters)),
    )


def _alarm(call: ApiCall[Any, Any, Any], alarm: KeptAlarm) -> AlarmModel:
    spec, words = KINDS[alarm.kind], call.language
    texts: dict[str, Any] = {
        "name": localized(words, spec.name),
        "means": localized(words, spec.means),
        "helps": localized(words, spec.helps),
    }
    copied = {name: getattr(alarm, name) for name in AlarmModel.model_fields if name not in {*texts, "acknowledged"}}
    taken = alarm.acknowledged
    return AlarmModel(
        **copied, **texts, acknowledged=None if taken is None else AlarmAcknowledged.model_validate(taken)
    )


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/alarms", "list_alarms", TAG, "List alarms.", Right.SEE,
        AlarmPage, EmptyParams, AlarmParams, EmptyParams, list_alarms,
    ),
    ApiOperation(
        "GET", "/alarms/unheard", "list_unheard", TAG,
        "List channels by which messages about alarms do not arrive.", Right.SEE,
        FailingChannels, EmptyParams, EmptyParams, EmptyParams, list_failing_channels,
    ),
    ApiOperation(
        "GET", "/alarms/{alarm_id}", "show_alarm", TAG, "Show one alarm with its story, and who was told.", Right.SEE,
        OneAlarm, AlarmPath, EmptyParams, EmptyParams, show_alarm, _THERE,
    ),
    ApiOperation(
        "POST", "/alarms/{alarm_id}/acknowledge", "acknowledge_alarm", TAG,
        "Take it up: it is told no louder, unless it becomes worse.", Right.ACKNOWLEDGE,
        OneAlarm, AlarmPath, EmptyParams, ReasonBody, take_up, _THERE | {ProblemType.REFUSED}, "alarm.acknowledged",
        is_once=True,
    ),
)  # fmt: skip
