"""Alarms: what is wrong now and what was, with whom it was told to; taking one up."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from gateway.api.listed import list_operation, list_reader
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.people.access import Right
from gateway.lists.alarms import ALARMS, AlarmModel
from gateway.lists.models import EmptyParams, Number, RequestModel, ResponseModel
from gateway.ports.alarms import LoadAlarm
from gateway.service.alarms import acknowledge, failing_channels
from gateway.service.authorise import audit_name

TAG: Final = "alarms"


class AlarmPath(RequestModel):
    """Which alarm."""

    alarm_id: Number


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


async def list_failing_channels(call: ApiCall[EmptyParams, EmptyParams, EmptyParams]) -> FailingChannels:
    """As the console's page of alarms says it."""
    serving = call.context.serving
    found = await failing_channels(serving.reads, serving.exchange.alarm_limits, serving.exchange.clock.now())
    return FailingChannels(channels=tuple(map(FailingChannel.model_validate, found)))


async def show_alarm(call: ApiCall[AlarmPath, EmptyParams, EmptyParams]) -> OneAlarm:
    """All that happened to it."""
    return await _whole(call)


async def take_up(call: ApiCall[AlarmPath, EmptyParams, ReasonBody]) -> OneAlarm:
    """It is not told any louder from now on, unless it becomes worse."""
    serving, number = call.context.serving, call.path.alarm_id
    await _whole(call)  # which refuses what is not there
    by, reason = audit_name(call.token), call.body.reason
    against = await acknowledge(serving.exchange, number, by=by, reason=reason)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
    return await _whole(call)


async def _whole(call: ApiCall[AlarmPath, Any, Any]) -> OneAlarm:
    found = await call.context.serving.reads.run(LoadAlarm(call.path.alarm_id))
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return OneAlarm(
        alarm=ALARMS.item_of(found.alarm, list_reader(call)),
        steps=tuple(map(AlarmStep.model_validate, found.steps)),
        messages=tuple(map(AlarmMessageModel.model_validate, found.letters)),
    )


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(ALARMS),
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
