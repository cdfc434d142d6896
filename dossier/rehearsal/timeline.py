"""A played case as lines for people: what happened, what was answered or refused, and what was sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.party import LocalText, PartyId
from contracts.payloads import NotifyApplicant, NotifyBody
from contracts.texts import text_of
from dossier.case.events import Event
from dossier.case.narration import action_text, narrate_all
from dossier.procedure.wording import article_text, join, same
from dossier.rehearsal.play import Played, SentMessage, StepOutcome


class LineKind(StrEnum):
    """What a line tells of."""

    EVENT = "event"
    ANSWER = "answer"  # to the applicant at once: which road and why, what is lacking
    MESSAGE = "message"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One line. ``who``: whose doing it was; of a message, whom it is for."""

    at: datetime
    kind: LineKind
    who: LocalText
    what: LocalText


def timeline(played: Played, *, messages: bool = False) -> tuple[TimelineLine, ...]:
    """Everything in the order in which it came; messages behind what made them due."""
    names = played.scenario.cast.names
    narrated = dict(zip(played.events, narrate_all(played.events, names), strict=True))
    return tuple(line for came in played.outcomes for line in _lines(came, narrated, names, messages=messages))


def _lines(
    came: StepOutcome, narrated: Mapping[Event, LocalText], names: Mapping[PartyId, LocalText], *, messages: bool
) -> Iterator[TimelineLine]:
    happened = [TimelineLine(event.at, LineKind.EVENT, names[event.actor], narrated[event]) for event in came.events]
    sent = [_message(each, names) for each in came.sent] if messages else []
    yield from sorted((*happened, *sent), key=lambda line: line.at)  # stable: events stay before their messages
    yield from (TimelineLine(came.step.at, LineKind.ANSWER, names[came.step.who], text) for text in _answers(came))
    if came.refusal is not None:
        words = text_of(came.refusal.code).text
        why = join([words, same(came.refusal.detail)])
        yield TimelineLine(came.step.at, LineKind.REFUSAL, names[came.step.who], why)


def _answers(came: StepOutcome) -> Iterator[LocalText]:
    if came.road is not None:
        yield join([article_text(came.road.article), came.road.reason], ": ")
    for finding in came.findings:
        yield join([finding.text, finding.cure])


def _message(sent: SentMessage, names: Mapping[PartyId, LocalText]) -> TimelineLine:
    payload = sent.intent.payload
    action = type(payload).__name__
    what = payload.text if isinstance(payload, NotifyApplicant | NotifyBody) else action_text(action)
    return TimelineLine(sent.at, LineKind.MESSAGE, names[sent.intent.recipient], what)
