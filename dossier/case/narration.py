"""Events in plain words, one line each: for history tables and for the judge. No personal data: facts hold none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

from contracts.codes import Code
from contracts.party import LocalText, PartyId
from contracts.texts import text_of
from dossier.case.event_form import fact_kind
from dossier.case.events import CaseReported, Event, Fact, TermOpened
from dossier.procedure.law.case_number import case_number_problem
from dossier.procedure.law.law_file import UnusableLaw
from dossier.procedure.law.rules import Bound, LawRules
from dossier.procedure.law.rules_file import CODE, file_of, load_rules
from dossier.procedure.wording import (
    Member,
    article_text,
    choice_text,
    day_text,
    due_text,
    fill,
    join,
    member_text,
    moment_text,
    same,
)

Names = Mapping[PartyId, LocalText]
"""What parties are called; one that is missing is called by its id."""
Terms = Mapping[str, TermOpened]
"""The terms of a history by term_id: later events name a term by its id alone."""

_NO_NAMES: Final[Names] = MappingProxyType({})
_NO_TERMS: Final[Terms] = MappingProxyType({})
_UNKNOWN_TERM: Final = {"party": same("—"), "due": same("—")}
_PARTY_FIELDS: Final = frozenset({"body", "to", "party", "recipient", "court", "reviewer", "duty_body", "platform"})


@cache
def _texts() -> dict[str, dict[str, Any]]:
    """By kind of fact; ``action``: by the action of a message; ``applicant``: by itself."""
    return tomllib.loads(resources.files("dossier.case").joinpath("narration.toml").read_text(encoding="utf-8"))


APPLICANT: Final = LocalText(**_texts()["applicant"])
"""Who is bound by a duty of the applicant's; the platform, which is the term's party, only speaks for them."""


def narrate_all(events: Iterable[Event], names: Names = _NO_NAMES) -> tuple[LocalText, ...]:
    """One line per event of a history that begins with its first event."""
    shown = tuple(events)
    terms = {event.fact.term_id: event.fact for event in shown if isinstance(event.fact, TermOpened)}
    return tuple(narrate(event, names, terms) for event in shown)


def narrate(event: Event, names: Names = _NO_NAMES, terms: Terms = _NO_TERMS) -> LocalText:
    """What happened, in one line. ``terms`` give the duty and the party of a term that the event closes."""
    fact = event.fact
    words = {field.name: _word(field.name, getattr(fact, field.name), names) for field in fields(fact)}
    words |= _words_of_term(fact if isinstance(fact, TermOpened) else terms.get(getattr(fact, "term_id", "")), names)
    given = {**_UNKNOWN_TERM, "duty": words.get("term_id", same("")), "actor": _name(event.actor, names), **words}
    line = join([fill(LocalText(**_texts()[fact_kind(fact)]), given), *_flags(fact)])
    return line if event.happened_at is None else _happened_later(line, event.happened_at)


def _happened_later(line: LocalText, happened_at: datetime) -> LocalText:
    """Nobody shall take for our own observation what another system says has happened."""
    return fill(choice_text("happened", "later"), {"line": line, "moment": moment_text(happened_at)})


def _flags(fact: Fact) -> list[LocalText]:
    """What the court adds: how the claim ended; and its number is the court's, its oddity is for the reader."""
    if not isinstance(fact, CaseReported):
        return []
    problem = case_number_problem(fact.case_number) if fact.case_number else None
    shown = (problem, member_text(fact.outcome) if fact.outcome else None)
    return [join([same("("), words, same(")")], "") for words in shown if words is not None]


def action_text(action: str) -> LocalText:
    """What a message of this action is, as people call it; an action without words stands for itself."""
    words = _texts()["action"].get(action)
    return LocalText(**words) if words else same(action)


def term_wording(opened: TermOpened) -> LocalText:
    """The duty in words, as the rules say it that opened the term."""
    return wording_of(opened.duty, opened.rules_version)


def wording_of(duty: str, rules_version: str) -> LocalText:
    """The duty in the words of this release: an operator's own version, or one long gone, sets terms, not duties."""
    return duty_wording(duty, _rules_of(rules_version))


def bound_of(opened: TermOpened) -> Bound | None:
    """Whom the duty binds; None for a duty that no rules know any more."""
    row = _rules_of(opened.rules_version).general(opened.duty)
    return None if row is None else row.bound


def _rules_of(rules_version: str) -> LawRules:
    try:
        return load_rules(file_of(rules_version))
    except UnusableLaw:
        return load_rules(CODE)


def duty_wording(duty: str, rules: LawRules) -> LocalText:
    """What the duty called ``duty`` demands; the bare key for one that these rules do not know."""
    row = rules.general(duty)
    return same(duty) if row is None else row.wording


def _words_of_term(opened: TermOpened | None, names: Names) -> dict[str, LocalText]:
    if opened is None:
        return {}
    party = APPLICANT if bound_of(opened) is Bound.APPLICANT else _name(opened.party, names)
    return {"party": party, "duty": term_wording(opened), "due": due_text(opened)}


def _name(party: str, names: Names) -> LocalText:
    return names.get(PartyId(party)) or same(party)


def _refusal(code: str) -> LocalText:
    """Why a message was refused, as the code's own sentence says it; a code of another release as it is."""
    return text_of(Code(code)).text if code in set(Code) else same(f"{code}.")


def _word(name: str, value: object, names: Names) -> LocalText:  # noqa: PLR0911, PLR0912 - one line per kind of value
    match value:
        case str() if name in _PARTY_FIELDS:
            return _name(value, names)
        case str() if name == "action":
            return action_text(value)
        case str() if name == "code":
            return _refusal(value)
        case _ if isinstance(value, Member):
            return member_text(value)
        case bool():
            return choice_text(name, str(value).lower())
        case datetime():  # before date: a datetime is one
            return moment_text(value)
        case date():
            return day_text(value)
        case tuple() if name == "appeal_numbers":
            return same(", ".join(value))
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
