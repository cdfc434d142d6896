"""What was expected against what came: every difference with the line of the file that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from contracts.payloads import Finding, Road
from dossier.case.appeal import Appeal, Term
from dossier.case.event_form import fact_kind
from dossier.case.events import Event, TermOpened
from dossier.procedure.decision import DecisionRefusal
from dossier.procedure.law.calendar import local_date
from dossier.rehearsal.outcome_text import (
    Fields,
    fact_fields,
    fact_line,
    given,
    message_fields,
    road_fields,
    term_fields,
    text_of,
    written,
)
from dossier.rehearsal.play import Played, SentMessage
from dossier.rehearsal.scenario import Expectation, ExpectedFact, ExpectedMessage, ExpectedRoad, ExpectedTerm

_NOTHING = "nothing of the kind"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One expectation that was not met. ``found``: what came instead, as the file would have written it."""

    line: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What an expectation looks at: one step's doings, or the whole case."""

    events: Sequence[Event]
    sent: Sequence[SentMessage]
    appeal: Appeal | None
    road: Road | None = None
    findings: tuple[Finding, ...] = ()
    refusal: DecisionRefusal | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        return tuple(self.appeal.terms.values()) if self.appeal else ()

    @property
    def opened(self) -> Mapping[str, TermOpened]:
        return {term.opened.term_id: term.opened for term in self.terms}


def judge(played: Played) -> tuple[Mismatch, ...]:
    """Every expectation that was not met, in the order of the file; a refusal that none foresaw is one too."""
    misses: list[Mismatch] = []
    for came in played.outcomes:
        seen = _Seen(came.events, came.sent, came.appeal, came.road, came.findings, came.refusal)
        misses += _judged(came.step.expect or Expectation(came.step.line), seen)
    if played.scenario.expect is not None:
        misses += _judged(played.scenario.expect, _Seen(played.events, played.sent, played.appeal))
    return tuple(misses)


def _judged(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    yield from _refusal(expected, seen)
    yield from _status(expected, seen)
    yield from _facts(expected.facts, seen)
    yield from _never(expected, seen)
    yield from _terms((*expected.terms, *(expected.all_terms or ())), seen)
    yield from _no_other_terms(expected, seen)
    yield from _messages(expected.sent, seen)
    yield from _not_sent(expected.not_sent, seen)
    yield from _road(expected.road, seen)
    yield from _findings(expected, seen)


def _refusal(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    code = seen.refusal.code if seen.refusal else None
    if code is not expected.refused:
        found = f"refused: {seen.refusal.code}, {seen.refusal.detail}" if seen.refusal else "it was taken"
        yield Mismatch(expected.line, f"refused: {expected.refused}" if expected.refused else "it is taken", found)


def _status(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    status = seen.appeal.status if seen.appeal else None
    if expected.status not in (None, status):
        yield Mismatch(expected.line, f"status: {expected.status}", f"status: {status}")


# --- facts


def _facts(expected: Sequence[ExpectedFact], seen: _Seen) -> Iterator[Mismatch]:
    """Each after the one before it; one that is missing does not hide those behind it."""
    begin = 0
    for fact in expected:
        place = next((n for n, event in enumerate(seen.events) if n >= begin and _is(event, fact, seen)), None)
        if place is not None:
            begin = place + 1
            continue
        alike = [fact_line(event, seen.opened) for event in seen.events if fact_kind(event.fact) == fact.kind]
        wanted = f"in this order: {fact.on} {fact.kind} {written(fact.fields)}".rstrip()
        yield Mismatch(fact.line, wanted, "; ".join(alike) or _NOTHING)


def _is(event: Event, fact: ExpectedFact, seen: _Seen) -> bool:
    same = fact_kind(event.fact) == fact.kind and local_date(event.took_place_at) == fact.on
    return same and _holds(fact.fields, fact_fields(event.fact, seen.opened))


def _never(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    for event in seen.events:
        if (kind := fact_kind(event.fact)) in expected.never:
            yield Mismatch(expected.line, f"never: {kind}", fact_line(event, seen.opened))


# --- terms


def _terms(expected: Sequence[ExpectedTerm], seen: _Seen) -> Iterator[Mismatch]:
    for term in expected:
        came = [term_fields(each) for each in seen.terms]
        if any(_holds(_wanted_term(term), each) for each in came):
            continue
        alike = [written(each) for each in came if each["duty"] == term.duty]
        yield Mismatch(term.line, written(_wanted_term(term)), "; ".join(alike) or _NOTHING)


def _no_other_terms(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    if expected.all_terms is None:
        return
    wanted = [_wanted_term(term) for term in expected.all_terms]
    for came in map(term_fields, seen.terms):
        if not any(_holds(each, came) for each in wanted):
            yield Mismatch(expected.line, "all_terms, and no other", written(came))
    if len(seen.terms) != len(wanted):
        yield Mismatch(expected.line, f"all_terms, {len(wanted)} of them", f"{len(seen.terms)} terms")


def _wanted_term(expected: ExpectedTerm) -> Fields:
    return given(
        {
            "duty": expected.duty,
            "party": expected.party,
            "article": expected.article,
            "due": expected.due,
            "state": expected.state,
            "late": expected.late,
            "begins": expected.begins,
            "reminder": expected.reminder,
        }
    )


# --- messages


def _messages(expected: Sequence[ExpectedMessage], seen: _Seen) -> Iterator[Mismatch]:
    """Each after the one before it, as with facts."""
    begin, came = 0, [message_fields(sent) for sent in seen.sent]
    for message in expected:
        wanted = _wanted_message(message)
        place = next((n for n, each in enumerate(came) if n >= begin and _holds(wanted, each)), None)
        if place is not None:
            begin = place + 1
            continue
        alike = [written(each) for each in came if each["to"] == wanted["to"]]
        yield Mismatch(message.line, f"in this order: {written(wanted)}", "; ".join(alike) or _NOTHING)


def _not_sent(expected: Sequence[ExpectedMessage], seen: _Seen) -> Iterator[Mismatch]:
    for message in expected:
        wanted = _wanted_message(message)
        for came in map(message_fields, seen.sent):
            if _holds(wanted, came):
                yield Mismatch(message.line, f"not_sent: {written(wanted)}", written(came))


def _wanted_message(expected: ExpectedMessage) -> Fields:
    return given(
        {
            "on": expected.on,
            "to": expected.to,
            "what": expected.what,
            "due": expected.due,
            "about": expected.about,
            "purpose": expected.purpose,
            "items": expected.items,
            "says": expected.says,
        }
    )


# --- the answer to «I disagree»


def _road(expected: ExpectedRoad | None, seen: _Seen) -> Iterator[Mismatch]:
    if expected is None:
        return
    wanted = given(
        {
            "kind": expected.kind,
            "article": expected.article,
            "until": expected.until,
            "to": expected.to,
            "through": expected.through,
        }
    )
    came = road_fields(seen.road) if seen.road else {}
    if not _holds(wanted, came):
        yield Mismatch(expected.line, f"road: {written(wanted)}", f"road: {written(came)}" if came else _NOTHING)


def _findings(expected: Expectation, seen: _Seen) -> Iterator[Mismatch]:
    if expected.findings is None:
        return
    wanted, came = sorted(expected.findings), sorted(finding.code for finding in seen.findings)
    if wanted != came:
        miss_texts = (text_of(tuple(wanted)) or "none", text_of(tuple(came)) or "none")
        yield Mismatch(expected.line, f"findings: {miss_texts[0]}", f"findings: {miss_texts[1]}")


def _holds(wanted: Mapping[str, str], came: Mapping[str, str]) -> bool:
    """Every field as wanted; of a text, ``says``, a part of it."""
    return all(value in came.get(key, "") if key == "says" else came.get(key) == value for key, value in wanted.items())
