"""Dates, terms and articles in the words people use, in Kazakh, Russian and English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from contracts.party import LocalText
from contracts.payloads import (
    CaseStage,
    ClaimKind,
    ClaimOutcome,
    ComplaintDecision,
    CourtResponse,
    DecisionKind,
    FilingPurpose,
    HearingForm,
    PositionKind,
    RoadKind,
)
from dossier.case.events import SignatureVerdict, TermOpened
from dossier.procedure.law.calendar import end_of, zone
from dossier.procedure.law.law_file import read_law_file

LANGUAGES = ("kk", "ru", "en")
Words = Mapping[str, LocalText]


def same(text: str) -> LocalText:
    """A word that is the same in every language: a number, a code, somebody's own words."""
    return LocalText(text, text, text)


@lru_cache(maxsize=1_024)
def day_text(day: date) -> LocalText:
    """``24 ноября 2026 года`` and its like."""
    words = _words()
    return _each(
        lambda lang: words["date"][lang].format(year=day.year, day=day.day, month=words["months"][lang][day.month - 1])
    )


def moment_text(instant: datetime, *, seconds: bool = False) -> LocalText:
    """The local date and time of an instant; to the second where that matters."""
    local = instant.astimezone(zone())
    clock, on = local.strftime("%H:%M:%S" if seconds else "%H:%M"), day_text(local.date())
    return _each(lambda lang: _words()["moment"][lang].format(date=getattr(on, lang), time=clock))


def due_text(term: TermOpened) -> LocalText:
    """The last day of a term; with the time when it does not end with the day, as in the sandbox."""
    return day_text(term.due_on) if term.due_at == end_of(term.due_on) else moment_text(term.due_at, seconds=True)


@cache
def article_text(article: str) -> LocalText:
    """An article as written in the rules (``АППК 76(1)``), cited in each language; other codes stay as they are."""
    code, _, number = article.partition(" ")
    if code != "АППК":
        return same(article)
    return _each(lambda lang: _words()["article"][lang].format(article=number))


Member = (
    DecisionKind
    | HearingForm
    | CaseStage
    | ClaimKind
    | ClaimOutcome
    | RoadKind
    | ComplaintDecision
    | PositionKind
    | CourtResponse
    | FilingPurpose
    | SignatureVerdict
)
_GROUPS: Mapping[type, str] = {
    DecisionKind: "decision",
    HearingForm: "hearing",
    CaseStage: "stage",
    ClaimKind: "claim",
    ClaimOutcome: "outcome",
    RoadKind: "road",
    ComplaintDecision: "complaint",
    PositionKind: "position",
    CourtResponse: "response",
    FilingPurpose: "purpose",
    SignatureVerdict: "verdict",
}


def member_text(member: Member) -> LocalText:
    """The word for a member of a closed set."""
    return choice_text(_GROUPS[type(member)], member.value)


def choice_text(group: str, choice: str) -> LocalText:
    """The word for ``choice`` in a group of ``law/words.toml``; one that is not there stands for itself."""
    words = _words().get(group, {}).get(choice)
    return LocalText(**words) if words else same(choice)


def fill(template: LocalText, words: Words) -> LocalText:
    """The template with its words in each language. Raises KeyError when one is not given."""
    filled = _each(
        lambda lang: getattr(template, lang).format_map({key: getattr(text, lang) for key, text in words.items()})
    )
    return replace(filled, kk=until_in_kazakh(filled.kk))


def until_in_kazakh(text: str) -> str:
    """``15 қазан дейін`` as people write it, ``15 қазанға дейін``: the month before that word is in the dative."""
    dative = _words()["until"]["kk"]
    return _month_before_until().sub(lambda found: f"{dative[found[1]]} {found[2]}", text)


@cache
def _month_before_until() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(_words()['months']['kk'])}) ({_words()['until']['word']})")


def join(texts: list[LocalText], separator: str = " ") -> LocalText:
    """The texts one after the other."""
    return _each(lambda lang: separator.join(getattr(text, lang) for text in texts))


def _each(say: Callable[[str], str]) -> LocalText:
    return LocalText(**{lang: say(lang) for lang in LANGUAGES})


@cache
def _words() -> dict[str, Any]:
    return read_law_file("words")
