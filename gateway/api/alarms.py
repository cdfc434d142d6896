"""Alarms: what is wrong now and what was, with whom it was told to; taking one up."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from gateway.api.language import said
from gateway.api.models import Answer, Asking, Nothing, Number, PageOf, Paging, Reasoned
from gateway.api.operation import Asked, Operation
from gateway.api.paging import paged
from gateway.api.problems import Problem, Refusal
from gateway.domain.access import Right
from gateway.domain.alarm_rule import Happening
from gateway.domain.alarms import KINDS, Kind
from gateway.domain.alarms import Alarm as KeptAlarm
from gateway.domain.escalation import Step
from gateway.ports.alarms import AlarmsLooked
from gateway.service.alarms import acknowledge, unheard
from gateway.service.operate import audit_name

TAG: Final = "alarms"


class AlarmPath(Asking):
    """Which alarm."""

    alarm_id: Number


class AlarmQuery(Paging):
    """Which alarms; newest first."""

    is_open: bool = Field(default=True, description="Those that are not over, or those that are.")
    kind: Kind | None = None
    after: Number | None = Field(default=None, description="The alarm at which the page before ended.")


class TakenUp(Answer):
    """Somebody sees to it."""

    at: AwareDatetime
    by: str
    reason: str


class Alarm(Answer):
    """Something wrong that people were told of. ``means`` and ``helps`` in the language asked for."""

    alarm_id: int
    kind: Kind
    subject: str = Field(description="Who or what it is wrong with.")
    level: Step
    name: str
    means: str
    helps: str
    since: AwareDatetime | None
    count: int | None
    until: AwareDatetime | None = Field(description="When it gets worse.")
    raised_at: AwareDatetime
    told_at: AwareDatetime
    acknowledged: TakenUp | None
    cleared_at: AwareDatetime | None = Field(description="Null while it is open.")


class AlarmPage(PageOf[Alarm]):
    """Alarms by their number."""


class AlarmStep(Answer):
    """One thing that happened to it."""

    at: AwareDatetime
    happening: Happening
    level: Step
    by: str | None
    why: str | None


class Message(Answer):
    """A message about it. ``state``: waiting, taken or given_up."""

    channel: str
    recipient: str
    state: str
    made_at: AwareDatetime
    tries: int
    result: str | None


class OneAlarm(Answer):
    """An alarm with its story, the newest step first, and who was told."""

    alarm: Alarm
    steps: tuple[AlarmStep, ...]
    messages: tuple[Message, ...]


class UnheardChannel(Answer):
    """Messages of one channel that nobody takes. ``words``: of the newest try, unverified."""

    channel: str
    count: int
    since: AwareDatetime = Field(description="When the oldest of them was made.")
    words: str


class UnheardChannels(Answer):
    """By these channels nobody hears of an alarm; none when all messages arrive."""

    channels: tuple[UnheardChannel, ...]


async def list_alarms(asked: Asked[Nothing, AlarmQuery, Nothing]) -> AlarmPage:
    """A page off an index."""
    query = asked.query
    looked = AlarmsLooked(is_open=query.is_open, kind=query.kind, after=query.after, limit=query.limit + 1)
    found = await asked.behind.around.reads.look_for_alarms(looked)
    return paged(
        AlarmPage, "/alarms", query, found, told=lambda one: _alarm(asked, one), place=lambda one: one.alarm_id
    )


async def list_unheard(asked: Asked[Nothing, Nothing, Nothing]) -> UnheardChannels:
    """As the console's page of alarms says it."""
    around = asked.behind.around
    found = await unheard(around.reads, around.exchange.alarm_limits, around.exchange.clock.now())
    return UnheardChannels(channels=tuple(map(UnheardChannel.model_validate, found)))


async def show_alarm(asked: Asked[AlarmPath, Nothing, Nothing]) -> OneAlarm:
    """All that happened to it."""
    return await _whole(asked)


async def take_up(asked: Asked[AlarmPath, Nothing, Reasoned]) -> OneAlarm:
    """It is not told any louder from now on, unless it becomes worse."""
    around, number = asked.behind.around, asked.path.alarm_id
    await _whole(asked)  # which refuses what is not there
    by, reason = audit_name(asked.token), asked.body.reason
    against = await acknowledge(around.exchange, number, by=by, reason=reason)
    if against is not None:
        raise Refusal(Problem.REFUSED, reason=against)
    return await _whole(asked)


async def _whole(asked: Asked[AlarmPath, Any, Any]) -> OneAlarm:
    found = await asked.behind.around.reads.whole_alarm(asked.path.alarm_id)
    if found is None:
        raise Refusal(Problem.NOT_FOUND)
    return OneAlarm(
        alarm=_alarm(asked, found.alarm),
        steps=tuple(map(AlarmStep.model_validate, found.steps)),
        messages=tuple(map(Message.model_validate, found.letters)),
    )


def _alarm(asked: Asked[Any, Any, Any], alarm: KeptAlarm) -> Alarm:
    spec, told = KINDS[alarm.kind], asked.language
    texts: dict[str, Any] = {
        "name": said(told, spec.name),
        "means": said(told, spec.means),
        "helps": said(told, spec.helps),
    }
    copied = {name: getattr(alarm, name) for name in Alarm.model_fields if name not in {*texts, "acknowledged"}}
    taken = alarm.acknowledged
    return Alarm(**copied, **texts, acknowledged=None if taken is None else TakenUp.model_validate(taken))


_THERE: Final = frozenset({Problem.NOT_FOUND})
OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/alarms", "list_alarms", TAG, "List alarms.", Right.SEE,
        AlarmPage, Nothing, AlarmQuery, Nothing, list_alarms,
    ),
    Operation(
        "GET", "/alarms/unheard", "list_unheard", TAG,
        "List channels by which messages about alarms do not arrive.", Right.SEE,
        UnheardChannels, Nothing, Nothing, Nothing, list_unheard,
    ),
    Operation(
        "GET", "/alarms/{alarm_id}", "show_alarm", TAG, "Show one alarm with its story, and who was told.", Right.SEE,
        OneAlarm, AlarmPath, Nothing, Nothing, show_alarm, _THERE,
    ),
    Operation(
        "POST", "/alarms/{alarm_id}/acknowledge", "acknowledge_alarm", TAG,
        "Take it up: it is told no louder, unless it becomes worse.", Right.ACKNOWLEDGE,
        OneAlarm, AlarmPath, Nothing, Reasoned, take_up, _THERE | {Problem.REFUSED}, "alarm.acknowledged", is_once=True,
    ),
)  # fmt: skip
