"""From what is seen and what was told to what people are told now: raise, keep, make louder, remind, clear. Pure.

One alarm for each kind and subject. It ends only after it was not seen for a while, each return doubles that while:
what flaps is told once. Acknowledged, it is silent until it is over or worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gateway.domain.alarms.kinds import KINDS, Alarm, AlarmKind, Condition, loudness
from gateway.domain.delivery.escalation import STEPS, EscalationStep

LONGEST_QUIET: Final = timedelta(hours=2)
"""However often it came back: what was not seen for so long is over."""


class AlarmEvent(StrEnum):
    """What happened to an alarm; people are told of all but the acknowledgement."""

    RAISED = "raised"
    WORSENED = "worsened"  # it is worse than what was told, or than what was acknowledged
    ESCALATED = "escalated"  # nobody acknowledged it
    REMINDED = "reminded"  # it is as loud as it becomes, and still nobody did
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class AlarmRhythm:
    """``quiet``: unseen for so long it is over. ``escalate_after``, ``remind_every``: without an acknowledgement."""

    quiet: timedelta = timedelta(minutes=5)
    escalate_after: timedelta = timedelta(minutes=30)
    remind_every: timedelta = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm as it is now. ``happening``: None for what nobody is told of."""

    alarm: Alarm
    happening: AlarmEvent | None


def decide(
    seen: Iterable[Condition], open_ones: Iterable[Alarm], rhythm: AlarmRhythm, *, now: datetime
) -> tuple[Change, ...]:
    """What changes. Of two conditions of one kind and subject the worse counts."""
    found = _worst(seen)
    known = {(alarm.kind, alarm.subject): alarm for alarm in open_ones}
    judged = [_judged(alarm, found.get(key), rhythm, now) for key, alarm in known.items()]
    kept = [change for change in judged if change.happening or change.alarm != known[_key(change.alarm)]]
    return *kept, *_raised((one for key, one in found.items() if key not in known), now)


def quiet_of(alarm: Alarm, rhythm: AlarmRhythm) -> timedelta:
    """How long it must not be seen to be over."""
    doubled: int = 2 ** min(alarm.returns, 16)
    return min(rhythm.quiet * doubled, max(rhythm.quiet, LONGEST_QUIET))


def _worst(seen: Iterable[Condition]) -> dict[tuple[AlarmKind, str], Condition]:
    found: dict[tuple[AlarmKind, str], Condition] = {}
    for one in seen:
        key = (one.kind, one.subject)
        if key not in found or (loudness(one.level), one.rank) > (loudness(found[key].level), found[key].rank):
            found[key] = one
    return found


def _key(alarm: Alarm) -> tuple[AlarmKind, str]:
    return alarm.kind, alarm.subject


def _raised(fresh: Iterable[Condition], now: datetime) -> Iterator[Change]:
    for one in fresh:
        alarm = Alarm(
            0, one.kind, one.subject, one.level, one.rank, one.since, one.count, one.until, now, now, now
        )  # fmt: skip
        yield Change(alarm, AlarmEvent.RAISED)


def _judged(alarm: Alarm, seen: Condition | None, rhythm: AlarmRhythm, now: datetime) -> Change:
    if seen is None:
        return _unseen(alarm, rhythm, now)
    returned = alarm.returns + (alarm.unseen_since is not None)
    alarm = replace(
        alarm, since=seen.since, count=seen.count, until=seen.until, unseen_since=None, returns=returned
    )  # fmt: skip
    if seen.rank > alarm.rank or loudness(seen.level) > loudness(alarm.level):
        worse = replace(alarm, rank=max(seen.rank, alarm.rank), acknowledged=None)
        return Change(_reported(worse, max(alarm.level, seen.level, key=loudness), now), AlarmEvent.WORSENED)
    if alarm.acknowledged is not None:
        return Change(alarm, None)
    if louder := _louder(alarm, rhythm, now):
        return Change(_reported(alarm, louder, now), AlarmEvent.ESCALATED)
    if now - alarm.notified_at >= rhythm.remind_every:
        return Change(replace(alarm, notified_at=now), AlarmEvent.REMINDED)
    return Change(alarm, None)


def _unseen(alarm: Alarm, rhythm: AlarmRhythm, now: datetime) -> Change:
    since = alarm.unseen_since or now
    if now - since < quiet_of(alarm, rhythm):
        return Change(replace(alarm, unseen_since=since), None)
    return Change(replace(alarm, unseen_since=since, cleared_at=now), AlarmEvent.CLEARED)


def _louder(alarm: Alarm, rhythm: AlarmRhythm, now: datetime) -> EscalationStep | None:
    is_loudest = loudness(alarm.level) >= loudness(KINDS[alarm.kind].loudest)
    if is_loudest or now - alarm.louder_at < rhythm.escalate_after:
        return None
    return STEPS[loudness(alarm.level) + 1]


def _reported(alarm: Alarm, level: EscalationStep, now: datetime) -> Alarm:
    return replace(alarm, level=level, louder_at=now, notified_at=now)
