"""Messages about alarms: to whom, and in which words. No personal data, and no line but our own in a heading. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal
from zoneinfo import ZoneInfo

from contracts.party import LocalText
from gateway.domain.alarms.kinds import KINDS, Alarm, loudness
from gateway.domain.alarms.rule import AlarmEvent
from gateway.domain.delivery.escalation import EscalationStep
from gateway.texts.codes import STEPS as LEVELS
from gateway.texts.letters import FACTS, HAPPENINGS, TRIAL

ALMATY: Final = ZoneInfo("Asia/Almaty")
GIVEN_UP_AFTER: Final = timedelta(days=3)
"""A message that nobody took for so long is of no use any more; that it was not is told."""
_FIRST_WAIT: Final = timedelta(seconds=15)
_LONGEST_WAIT: Final = timedelta(minutes=30)

Speech = Literal["kk", "ru", "en"]


class AlarmChannel(StrEnum):
    """How a message goes out."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told of alarms that are as loud as ``level`` or louder. ``to``: an address, or the name of a webhook."""

    channel: AlarmChannel
    to: str
    language: Speech
    level: EscalationStep


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as it goes out. ``body``: plain text for e-mail, JSON for a webhook."""

    channel: AlarmChannel
    to: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class LetterContext:
    """Whom one tells. ``exchange``: who we are; ``console``: its address, to which links lead; None without one."""

    exchange: str
    recipients: tuple[Recipient, ...] = ()
    console: str | None = None

    def drafts(self, alarm: Alarm, happening: AlarmEvent, *, now: datetime) -> Iterator[Draft]:
        """To each who is told of anything so loud."""
        for one in self.recipients:
            if loudness(one.level) <= loudness(alarm.level):
                yield self._draft(one, alarm, happening, now)

    def _draft(self, to: Recipient, alarm: Alarm, happening: AlarmEvent, now: datetime) -> Draft:
        title = self.title(alarm, happening, to.language)
        if to.channel is AlarmChannel.MAIL:
            return Draft(to.channel, to.to, title, "\n".join(self._lines(alarm, happening, to.language)) + "\n")
        return Draft(to.channel, to.to, title, self._json(alarm, happening, title, to.language, now))

    def title(self, alarm: Alarm, happening: AlarmEvent, language: Speech) -> str:
        """One line."""
        name = _in(KINDS[alarm.kind].name, language)
        happened = f"{_in(HAPPENINGS[happening], language)}, {_in(LEVELS[alarm.level], language)}"
        return one_line(f"[{self.exchange}] {happened}: {name}: {alarm.subject}")

    def link(self, alarm: Alarm) -> str | None:
        """To the alarm's page."""
        return f"{self.console}/alarms/{alarm.alarm_id}" if self.console else None

    def _lines(self, alarm: Alarm, happening: AlarmEvent, language: Speech) -> Iterable[str]:
        spec = KINDS[alarm.kind]

        def fact(name: str, value: object | None) -> Iterator[str]:
            if value is not None:
                yield f"{_in(FACTS[name], language)}: {value}"

        yield f"{_in(spec.name, language)}: {one_line(alarm.subject)}"
        yield f"{_in(HAPPENINGS[happening], language)}, {_in(LEVELS[alarm.level], language)}"
        yield ""
        yield from fact("since", alarm.since and when(alarm.since))
        yield from fact("count", alarm.count)
        yield from fact("until", alarm.until and when(alarm.until))
        yield from fact("raised", when(alarm.raised_at))
        yield from fact("cleared", alarm.cleared_at and when(alarm.cleared_at))
        yield ""
        yield _in(spec.means, language)
        if alarm.is_open:
            yield f"{_in(FACTS['helps'], language)}: {_in(spec.helps, language)}"
        yield ""
        yield f"№ {alarm.alarm_id}. {self.link(alarm) or f'dalel alarms show {alarm.alarm_id}'}"

    def _json(self, alarm: Alarm, happening: AlarmEvent, title: str, language: Speech, now: datetime) -> str:
        spec = KINDS[alarm.kind]
        payload = {
            "type": f"alarm.{happening}",
            "timestamp": now.isoformat(),
            "data": {
                "alarm": alarm.alarm_id, "kind": alarm.kind, "subject": alarm.subject, "level": alarm.level,
                "since": _iso(alarm.since), "count": alarm.count, "until": _iso(alarm.until),
                "raised_at": _iso(alarm.raised_at), "cleared_at": _iso(alarm.cleared_at), "title": title,
                "means": _in(spec.means, language), "helps": _in(spec.helps, language), "link": self.link(alarm),
            },
        }  # fmt: skip
        return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))


def trial(letter_context: LetterContext, to: Recipient, now: datetime) -> Draft:
    """A message about nothing, to see whether messages arrive."""
    title = one_line(f"[{letter_context.exchange}] {_in(TRIAL, to.language)}")
    if to.channel is AlarmChannel.MAIL:
        return Draft(to.channel, to.to, title, f"{title}\n{when(now)}\n")
    payload = {"type": "alarm.test", "timestamp": now.isoformat(), "data": {"title": title}}
    return Draft(to.channel, to.to, title, json.dumps(payload, ensure_ascii=False, separators=(",", ":")))


def next_try_after(tries: int, made_at: datetime, now: datetime) -> datetime | None:
    """When a message that nobody took is tried again; None when that is of no use any more."""
    if now - made_at >= GIVEN_UP_AFTER:
        return None
    doubled: int = 2 ** min(tries - 1, 16)
    return now + min(_FIRST_WAIT * doubled, _LONGEST_WAIT)


def one_line(words: str) -> str:
    """Without anything that could begin another line or heading."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:200]


def when(instant: datetime) -> str:
    """To the minute, in Almaty, which is said."""
    return f"{instant.astimezone(ALMATY):%Y-%m-%d %H:%M} (UTC+5)"


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None


def _in(text: LocalText, language: Speech) -> str:
    found: str = getattr(text, language)
    return found
