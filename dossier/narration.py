"""Events in plain words, one line each: for history tables and for the judge. No personal data: facts hold none."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from importlib import resources

from contracts.party import LocalText
from contracts.payloads import CaseStage, ClaimKind, DecisionKind, HearingForm, RoadKind
from dossier.eventform import fact_kind
from dossier.events import Event, TermOpened
from dossier.procedure.rules import Rules
from dossier.procedure.wording import (
    article_text,
    choice_text,
    day_text,
    due_text,
    fill,
    member_text,
    moment_text,
    same,
)


def narrate(event: Event) -> LocalText:
    """What happened, in one line. Parties are called by their ids."""
    fact = event.fact
    words = {field.name: _word(field.name, getattr(fact, field.name)) for field in fields(fact)}
    if isinstance(fact, TermOpened):
        words["due"] = due_text(fact)
    return fill(_lines()[fact_kind(fact)], words)


def duty_wording(duty: str, rules: Rules) -> LocalText:
    """What the duty called ``duty`` demands; the bare key for one that these rules do not know."""
    return next((row.wording for row in rules.duties if row.key == duty), same(duty))


def _word(name: str, value: object) -> LocalText:  # noqa: PLR0911 - one line per kind of value
    match value:
        case DecisionKind() | HearingForm() | CaseStage() | ClaimKind() | RoadKind():
            return member_text(value)
        case bool():
            return choice_text(name, str(value).lower())
        case datetime():  # before date: a datetime is one
            return moment_text(value)
        case date():
            return day_text(value)
        case tuple():
            return same(str(len(value)))
        case str() if name == "article":
            return article_text(value)
        case str() if name == "reason":
            return choice_text(name, value)
        case str() if name == "term_id":
            return same(value.rpartition("/")[2])
        case _:
            return same("—" if value is None else str(value))


@cache
def _lines() -> Mapping[str, LocalText]:
    source = resources.files("dossier").joinpath("narration.toml").read_text(encoding="utf-8")
    return {kind: LocalText(**texts) for kind, texts in tomllib.loads(source).items()}
