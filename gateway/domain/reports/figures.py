"""The control that the appeals law promises: what each appeal counts as. Pure; read off its history.

An appeal counts on the day of its registration (Art. 64(3)), as it stands now. It has one ``Answer``, at most one
``Road`` and at most one ``CourtEnd``, so the figures of each kind add up. Told by body it counts with each body that
had the duty to decide, by what came of that body's own terms: who was late stays so when the appeal has moved on, or is
answered. What each figure means in words stands in ``report_words``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import reduce
from typing import Final

from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimOutcome, RoadKind
from dossier.case import events as e
from dossier.case.appeal import Appeal, BodyStage, TermState
from dossier.case.duties import CONSIDERATION
from dossier.case.events import Event
from dossier.case.term_entries import term_entries
from dossier.packaging.description import TermEntry

FORM: Final = 2
"""Raised when an appeal would count otherwise; what was counted by another form is then counted again."""

REGION_DIGITS: Final = 2
"""Of KATO: the region or city of republican significance."""


class DutyAnswer(StrEnum):
    """What came of the body's duty to decide (Art. 76); each appeal has exactly one."""

    ON_TIME = "on_time"  # decided within the term, or within the extended one
    LATE = "late"  # decided after the term had passed
    SILENT = "silent"  # the term has passed, nothing has been decided
    OPEN = "open"  # the term runs
    NOT_DUE = "not_due"  # the duty fell away: withdrawn, given back, gone to court before the term ended


class DisagreementRoad(StrEnum):
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
    UNSTATED = "untold"  # there is a ruling, and the court told it in words only


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
    UNSTATED = "untold"


class GroupBy(StrEnum):
    """What appeals are told apart by."""

    ALL = "all"
    BODY = "body"
    REGION = "region"
    SUBJECT = "subject"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class CountedAs:
    """What one appeal counts as. ``body``, ``region``, ``subject``: empty where the history names none.

    ``extended``: a term was extended (Art. 76(3)). ``formal``: an answer is nearly identical to earlier ones of its
    body in other appeals, which is a mark and no judgement. ``bodies``: what it counts as with each body that had the
    duty to decide; of the whole, ``body`` is who has it now and ``answer`` the worst of theirs. Empty of such a part.
    """

    day: date
    body: str
    region: str
    subject: str
    answer: DutyAnswer
    extended: bool
    formal: bool
    road: DisagreementRoad | None
    court: CourtEnd | None
    bodies: tuple[CountedAs, ...] = ()

    def parts(self, by: GroupBy) -> tuple[CountedAs, ...]:
        """What adds to the lines of a report: one for each body, or the whole."""
        return self.bodies if by is GroupBy.BODY else (self,)

    @property
    def figures(self) -> frozenset[Figure]:
        """Every figure that it adds one to."""
        named = {Figure(one.value) for one in (self.answer, self.road, self.court) if one is not None}
        marks = {Figure.EXTENDED: self.extended, Figure.FORMAL: self.formal, Figure.DISAGREED: self.road is not None}
        return frozenset({Figure.RECEIVED} | named | {figure for figure, is_so in marks.items() if is_so})

    def of(self, by: GroupBy) -> str:
        """Under what it counts; ``ALL`` has one place for everything."""
        names = {
            GroupBy.BODY: self.body,
            GroupBy.REGION: self.region,
            GroupBy.SUBJECT: self.subject,
            GroupBy.MONTH: f"{self.day:%Y-%m}",
        }
        return names.get(by, "")


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of one body's own duty."""

    body: str
    answer: DutyAnswer
    extended: bool
    formal: bool


Tally = Mapping[Figure, int]


def tally(counted: Iterable[CountedAs]) -> Tally:
    """How many appeals each figure counts; all figures are there."""
    return reduce(added, (dict.fromkeys(one.figures, 1) for one in counted), NOTHING)


def added(one: Tally, other: Tally) -> Tally:
    """The sums, figure by figure."""
    return {figure: one.get(figure, 0) + other.get(figure, 0) for figure in Figure}


NOTHING: Final[Tally] = dict.fromkeys(Figure, 0)


def count(events: Sequence[Event], appeal: Appeal) -> CountedAs:
    """What the appeal of this history counts as. ``appeal``: the history, folded."""
    facts = [event.fact for event in events]
    first = facts[0] if facts and isinstance(facts[0], e.AppealRegistered) else None
    parts = tuple(_parts(events, appeal))
    whole = CountedAs(
        day=appeal.registered_on,
        body=appeal.body or "",
        region=first.kato[:REGION_DIGITS] if first else "",
        subject=first.subject if first else "",
        answer=_worst({part.answer for part in parts}),
        extended=any(part.extended for part in parts),
        formal=any(part.formal for part in parts),
        road=_road(facts),
        court=_court(facts, appeal),
    )
    return replace(whole, bodies=tuple(_of_body(part, whole, is_last=part is parts[-1]) for part in parts))


def _of_body(part: _Part, whole: CountedAs, *, is_last: bool) -> CountedAs:
    """Disagreement and claim count with the body that has the appeal now, else with the last that had it."""
    has_it = part.body == whole.body or (not whole.body and is_last)
    return replace(
        whole,
        body=part.body,
        answer=part.answer,
        extended=part.extended,
        formal=part.formal,
        road=whole.road if has_it else None,
        court=whole.court if has_it else None,
    )


def _parts(events: Sequence[Event], appeal: Appeal) -> Iterator[_Part]:
    """What came of the duty to decide, body by body, in the order in which they had it."""
    terms = [term for term in term_entries(events) if term.duty == CONSIDERATION]
    held = dict.fromkeys([*(term.party for term in terms), *([appeal.body] if appeal.body else [])])
    resembled = {event.fact.body for event in events if isinstance(event.fact, e.ReplyResembled)}
    for body in held or [""]:
        own = [term for term in terms if term.party == body]
        yield _Part(
            body, _answer(own, appeal), any(term.state is TermState.EXTENDED for term in own), body in resembled
        )


def _answer(terms: Sequence[TermEntry], appeal: Appeal) -> DutyAnswer:
    """The worst of what came of a body's terms: a second one opens where a higher body sends the matter back."""
    return _worst({_answer_in(term, appeal) for term in terms})


def _worst(answers: Set[DutyAnswer]) -> DutyAnswer:
    return next((answer for answer in _WORST_FIRST if answer in answers), DutyAnswer.NOT_DUE)


_WORST_FIRST: Final = (DutyAnswer.SILENT, DutyAnswer.LATE, DutyAnswer.OPEN, DutyAnswer.ON_TIME)


def _answer_in(term: TermEntry, appeal: Appeal) -> DutyAnswer:
    if term.is_missed:
        return DutyAnswer.SILENT if term.done_at is None and not _has_sent_on(term.party, appeal) else DutyAnswer.LATE
    match term.state:
        case TermState.OPEN:
            return DutyAnswer.OPEN
        case TermState.MET:
            return DutyAnswer.ON_TIME
        case _:
            return DutyAnswer.NOT_DUE


def _has_sent_on(body: PartyId, appeal: Appeal) -> bool:
    """Whether nobody waits for it any more: it has sent the appeal on as a whole, too late."""
    record = appeal.bodies.get(body)
    return record is not None and record.stage is BodyStage.REDIRECTED


def _road(facts: Sequence[e.Fact]) -> DisagreementRoad | None:
    if not any(isinstance(fact, e.Disagreed) for fact in facts):
        return None
    taken = {fact.kind for fact in facts if isinstance(fact, e.RoadTaken)}
    if RoadKind.COURT in taken:
        return DisagreementRoad.BOTH if len(taken) > 1 else DisagreementRoad.COURT
    return DisagreementRoad.HIGHER if taken else DisagreementRoad.NOWHERE


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
        case CaseStage.RULING | CaseStage.APPELLATE_RULING:
            return CourtEnd.UNSTATED
        case CaseStage.CONCILIATED | CaseStage.TERMINATED:
            return CourtEnd.OTHERWISE
        case CaseStage.IN_FORCE:
            return CourtEnd.UNSTATED if end is CourtEnd.PENDING else end
        case _:
            return CourtEnd.PENDING if end is CourtEnd.RETURNED else end


_OUTCOMES: Final[Mapping[ClaimOutcome, CourtEnd]] = {
    ClaimOutcome.GRANTED: CourtEnd.GRANTED,
    ClaimOutcome.GRANTED_IN_PART: CourtEnd.IN_PART,
    ClaimOutcome.REFUSED: CourtEnd.REFUSED,
    ClaimOutcome.ENDED_OTHERWISE: CourtEnd.OTHERWISE,
}
