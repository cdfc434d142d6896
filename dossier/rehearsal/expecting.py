"""What a scenario expects: the key ``expect``, read into values."""

from __future__ import annotations

from dataclasses import fields
from types import MappingProxyType
from typing import Final, get_args

from contracts.codes import Code
from contracts.payloads import BodyNotice, Deliverable, DocumentKind, FilingPurpose, FindingCode, NotifiedStep, RoadKind
from dossier.case.appeal import Status, TermState
from dossier.case.event_form import FACT_TYPES
from dossier.rehearsal.cast import optional_party, party
from dossier.rehearsal.scenario import (
    Cast,
    Expectation,
    ExpectedFact,
    ExpectedMessage,
    ExpectedRoad,
    ExpectedTerm,
)
from dossier.rehearsal.section import ScenarioInvalid, ScenarioSection

OF_A_TERM: Final = frozenset({"duty", "party"})
"""What is said of a fact about a term beside its own fields."""

MESSAGES: Final = frozenset(
    {kind.__name__ for kind in get_args(Deliverable)} | {step.value for step in (*NotifiedStep, *BodyNotice)}
)
"""How messages are called: notices by the step that they tell, all others by their action."""


def read_expectation(section: ScenarioSection | None, cast: Cast) -> Expectation | None:
    """The section ``expect``; None without one."""
    if section is None:
        return None
    expectation = Expectation(
        line=section.line,
        status=section.optional_member("status", Status),
        facts=tuple(_fact(each) for each in section.sections("facts")),
        never=_never(section),
        terms=tuple(_term(each, cast) for each in section.sections("terms")),
        all_terms=_all_terms(section, cast),
        sent=tuple(_message(each, cast) for each in section.sections("sent")),
        not_sent=tuple(_message(each, cast) for each in section.sections("not_sent")),
        road=_road(section.section("road"), cast),
        findings=section.optional_members("findings", FindingCode),
        refused=section.optional_member("refused", Code),
    )
    section.close()
    return expectation


def _all_terms(section: ScenarioSection, cast: Cast) -> tuple[ExpectedTerm, ...] | None:
    listed = tuple(_term(each, cast) for each in section.sections("all_terms"))
    return listed if section.has("all_terms") else None


def _fact(section: ScenarioSection) -> ExpectedFact:
    day, kind = section.day("on"), _kind(section, section.text("fact"))
    names = {field.name for field in fields(FACT_TYPES[kind])}
    allowed = (names - {"term_id"}) | (OF_A_TERM if "term_id" in names else set())
    rest = section.rest()
    if unknown := set(rest) - allowed:
        key = min(unknown, key=section.line_of)
        raise ScenarioInvalid(section.line_of(key), f"{kind} has no {key!r}; it has {', '.join(sorted(allowed))}")
    return ExpectedFact(section.line, day, kind, MappingProxyType(rest))


def _never(section: ScenarioSection) -> tuple[str, ...]:
    return tuple(_kind(section, kind, "never") for kind in section.texts("never"))


def _kind(section: ScenarioSection, kind: str, key: str = "fact") -> str:
    if kind not in FACT_TYPES:
        raise ScenarioInvalid(section.line_of(key), f"no fact is called {kind!r}; there are {', '.join(FACT_TYPES)}")
    return kind


def _term(section: ScenarioSection, cast: Cast) -> ExpectedTerm:
    term = ExpectedTerm(
        line=section.line,
        duty=section.text("duty"),
        party=party(section, "party", cast),
        article=section.text("article"),
        due=section.day("due"),
        state=section.member("state", TermState),
        late=section.flag("late", default=False),
        begins=section.optional_day("begins"),
        reminder=section.optional_day("reminder"),
    )
    section.close()
    return term


def _message(section: ScenarioSection, cast: Cast) -> ExpectedMessage:
    what = section.text("what")
    if what not in MESSAGES:
        raise ScenarioInvalid(
            section.line_of("what"), f"no message is called {what!r}; there are {', '.join(MESSAGES)}"
        )
    message = ExpectedMessage(
        line=section.line,
        to=party(section, "to", cast),
        what=what,
        on=section.optional_day("on"),
        due=section.optional_day("due"),
        about=optional_party(section, "about", cast),
        purpose=section.optional_member("purpose", FilingPurpose),
        items=section.optional_members("items", DocumentKind),
        says=section.optional("says"),
    )
    section.close()
    return message


def _road(section: ScenarioSection | None, cast: Cast) -> ExpectedRoad | None:
    if section is None:
        return None
    road = ExpectedRoad(
        line=section.line,
        kind=section.member("kind", RoadKind),
        article=section.optional("article"),
        until=section.optional_day("until"),
        to=optional_party(section, "to", cast),
        through=optional_party(section, "through", cast),
    )
    section.close()
    return road
