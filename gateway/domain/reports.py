"""The control that the appeals law promises: what each appeal counts as. Pure; read off its history.

An appeal counts on the day of its registration (Art. 64(3)), with the body that has it now, as it stands now. It has
one ``Answer``, at most one ``Road`` and at most one ``CourtEnd``, so the figures of each kind add up. What each figure
means in words stands in ``report_words``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Final

from contracts.payloads import CaseStage, ClaimOutcome, RoadKind
from dossier import events as e
from dossier.appeal import Appeal, TermState
from dossier.description import TermEntry
from dossier.duties import CONSIDERATION
from dossier.events import Event
from dossier.termentries import term_entries

FORM: Final = 1
"""Raised when an appeal would count otherwise; what was counted by another form is then counted again."""

REGION_DIGITS: Final = 2
"""Of KATO: the region or city of republican significance."""


class Answer(StrEnum):
    """What came of the body's duty to decide (Art. 76); each appeal has exactly one."""

    ON_TIME = "on_time"  # decided within the term, or within the extended one
    LATE = "late"  # decided after the term had passed
    SILENT = "silent"  # the term has passed, nothing has been decided
    OPEN = "open"  # the term runs
    NOT_DUE = "not_due"  # the duty fell away: withdrawn, given back, gone to court before the term ended


class Road(StrEnum):
    """Where the applicant's disagreement went; an appeal nobody disagreed over has none."""

    HIGHER = "higher"  # to the higher body (Art. 91)
    COURT = "court"  # to the court, straight
    BOTH = "both"  # to the higher body, then to the court
    NOWHERE = "nowhere"  # pressed, and no road taken yet


class CourtEnd(StrEnum):
    """What came of the claim; an appeal that is on no way to the court has none."""

    PENDING = "pending"  # on its way there, or not decided yet
    GRANTED = "granted"
    IN_PART = "in_part"
    REFUSED = "refused"
    RETURNED = "returned"  # Art. 138(2), and not taken up anew
    OTHERWISE = "otherwise"  # settled, withdrawn, left without consideration
    UNTOLD = "untold"  # there is a ruling, and the court told it in words only


class Figure(StrEnum):
    """What is counted. ``RECEIVED`` is the sum of all answers, ``DISAGREED`` that of all roads."""

    RECEIVED = "received"
    ON_TIME = "on_time"
    LATE = "late"
    SILENT = "silent"
    OPEN = "open"
    NOT_DUE = "not_due"
    EXTENDED = "extended"
    FORMAL = "formal"
    DISAGREED = "disagreed"
    HIGHER = "higher"
    COURT = "court"
    BOTH = "both"
    NOWHERE = "nowhere"
    PENDING = "pending"
    GRANTED = "granted"
    IN_PART = "in_part"
    REFUSED = "refused"
    RETURNED = "returned"
    OTHERWISE = "otherwise"
    UNTOLD = "untold"


class By(StrEnum):
    """What appeals are told apart by."""

    ALL = "all"
    BODY = "body"
    REGION = "region"
    SUBJECT = "subject"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Counted:
    """What one appeal counts as. ``body``, ``region``, ``subject``: empty where the history names none.

    ``extended``: the body's term was extended (Art. 76(3)). ``formal``: an answer of the body is nearly identical to
    earlier ones in other appeals, which is a mark and no judgement.
    """

    day: date
    body: str
    region: str
    subject: str
    answer: Answer
    extended: bool
    formal: bool
    road: Road | None
    court: CourtEnd | None

    @property
    def figures(self) -> frozenset[Figure]:
        """Every figure that it adds one to."""
        named = {Figure(one.value) for one in (self.answer, self.road, self.court) if one is not None}
        marks = {Figure.EXTENDED: self.extended, Figure.FORMAL: self.formal, Figure.DISAGREED: self.road is not None}
        return frozenset({Figure.RECEIVED} | named | {figure for figure, is_so in marks.items() if is_so})

    def of(self, by: By) -> str:
        """Under what it counts; ``ALL`` has one place for everything."""
        names = {By.BODY: self.body, By.REGION: self.region, By.SUBJECT: self.subject, By.MONTH: f"{self.day:%Y-%m}"}
        return names.get(by, "")


Tally = Mapping[Figure, int]


def tally(counted: Iterable[Counted]) -> Tally:
    """How many appeals each figure counts; all figures are there."""
    return reduce(added, (dict.fromkeys(one.figures, 1) for one in counted), NOTHING)


def added(one: Tally, other: Tally) -> Tally:
    """The sums, figure by figure."""
    return {figure: one.get(figure, 0) + other.get(figure, 0) for figure in Figure}


NOTHING: Final[Tally] = dict.fromkeys(Figure, 0)


def count(events: Sequence[Event], appeal: Appeal) -> Counted:
    """What the appeal of this history counts as. ``appeal``: the history, folded."""
    facts = [event.fact for event in events]
    first = facts[0] if facts and isinstance(facts[0], e.AppealRegistered) else None
    terms = [term for term in term_entries(events) if (term.duty, term.party) == (CONSIDERATION, appeal.body)]
    return Counted(
        day=appeal.registered_on,
        body=appeal.body or "",
        region=first.kato[:REGION_DIGITS] if first else "",
        subject=first.subject if first else "",
        answer=_answer(terms),
        extended=any(term.state is TermState.EXTENDED for term in terms),
        formal=any(isinstance(fact, e.ReplyResembled) and fact.body == appeal.body for fact in facts),
        road=_road(facts),
        court=_court(facts, appeal),
    )


def _answer(terms: Sequence[TermEntry]) -> Answer:
    """The worst of what came of the body's terms: a second one opens where a higher body sends the matter back."""
    return next((answer for answer in _WORST_FIRST if answer in set(map(_answer_in, terms))), Answer.NOT_DUE)


_WORST_FIRST: Final = (Answer.SILENT, Answer.LATE, Answer.OPEN, Answer.ON_TIME)


def _answer_in(term: TermEntry) -> Answer:
    if term.is_missed:
        return Answer.SILENT if term.done_at is None else Answer.LATE
    match term.state:
        case TermState.OPEN:
            return Answer.OPEN
        case TermState.MET:
            return Answer.ON_TIME
        case _:
            return Answer.NOT_DUE


def _road(facts: Sequence[e.Fact]) -> Road | None:
    if not any(isinstance(fact, e.Disagreed) for fact in facts):
        return None
    taken = {fact.kind for fact in facts if isinstance(fact, e.RoadTaken)}
    if RoadKind.COURT in taken:
        return Road.BOTH if len(taken) > 1 else Road.COURT
    return Road.HIGHER if taken else Road.NOWHERE


def _court(facts: Sequence[e.Fact], appeal: Appeal) -> CourtEnd | None:
    """The last that the court told; a claim taken up anew, or cured, is open again."""
    reports = [fact for fact in facts if isinstance(fact, e.CaseReported)]
    if not reports and not appeal.is_for_court:
        return None
    *_, last = [CourtEnd.PENDING, *_ends(reports)]
    return CourtEnd.OTHERWISE if appeal.withdrawn and last is CourtEnd.PENDING else last


def _ends(reports: Iterable[e.CaseReported]) -> Iterator[CourtEnd]:
    """Where the claim stood after each report."""
    end = CourtEnd.PENDING
    for report in reports:
        end = _after(end, report)
        yield end


def _after(end: CourtEnd, report: e.CaseReported) -> CourtEnd:
    if report.outcome is not None:
        return _OUTCOMES[report.outcome]
    match report.stage:
        case CaseStage.RETURNED:
            return CourtEnd.RETURNED
        case CaseStage.RULING:
            return CourtEnd.UNTOLD
        case CaseStage.IN_FORCE:
            return CourtEnd.UNTOLD if end is CourtEnd.PENDING else end
        case _:
            return CourtEnd.PENDING if end is CourtEnd.RETURNED else end


_OUTCOMES: Final[Mapping[ClaimOutcome, CourtEnd]] = {
    ClaimOutcome.GRANTED: CourtEnd.GRANTED,
    ClaimOutcome.GRANTED_IN_PART: CourtEnd.IN_PART,
    ClaimOutcome.REFUSED: CourtEnd.REFUSED,
    ClaimOutcome.ENDED_OTHERWISE: CourtEnd.OTHERWISE,
}
