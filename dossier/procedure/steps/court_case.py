"""The court reports a step of its case, and the applicant answers: cures what it named, or appeals its act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.payloads import (
    AnswerCourt,
    CaseStage,
    CourtResponse,
    FilingPurpose,
    NotifiedStep,
    ReportCase,
)
from dossier.case.appeal import Term
from dossier.case.events import CaseReported, CourtAnswered, TermOpened
from dossier.procedure.closing import lapse, meet
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.matter import Matter, authenticated, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import supplement
from dossier.procedure.wording import day_text, member_text, moment_text, same

CURE: Final = "cure_claim"
APPEALS: Final[Mapping[CaseStage, str]] = {
    CaseStage.RETURNED: "private_complaint",
    CaseStage.RULING: "appeal_ruling",
}
_RIGHTS: Final[Mapping[CaseStage, str]] = {CaseStage.LEFT_WITHOUT_MOVEMENT: CURE, **APPEALS}
"""What the applicant may do about a stage, by the duty that gives it a term (Art. 138(4), 168)."""
_CURABLE: Final = frozenset({CaseStage.LEFT_WITHOUT_MOVEMENT, CaseStage.RETURNED})
_PURPOSE: Final = {CourtResponse.CURED: FilingPurpose.CURED, CourtResponse.APPEALED: FilingPurpose.APPEALED}


def report_case(matter: Matter, arrival: MessageArrived, report: ReportCase) -> Decision:
    """What the court says is recorded as it says it; the exchange does not judge the order of its steps."""
    duty = _RIGHTS.get(report.stage)
    term = matter.begin(duty, matter.appeal.platform, until=report.until) if duty else None
    return follow(
        CaseReported(report.stage, report.case_number, report.until, report.outcome),
        lapse(matter, open_answers(matter), "case_moved_on"),
        term,
        _notified(matter, arrival, report, term),
    )


def answer_court(matter: Matter, _arrival: MessageArrived, answer: AnswerCourt) -> Decision | DecisionRefusal:
    """Art. 138(4), 168: it goes to the court as a dossier of its own, which refers to the first; late ones too."""
    if problem := _why_not(matter, answer):
        return wrong_state(matter, problem)
    return follow(
        CourtAnswered(answer.response, authenticated(answer.authentication)),
        *_used(matter, answer.response),
        supplement(matter, _PURPOSE[answer.response]),
        notify(matter, NotifiedStep.COURT_ANSWERED, response=member_text(answer.response)),
    )


def _used(matter: Matter, response: CourtResponse) -> tuple[Decision, Decision]:
    """The right that the answer uses is met; another one, as to appeal the return of a claim filed anew, falls away."""
    cures = response is CourtResponse.CURED
    used = [term for term in open_answers(matter) if (term.opened.duty == CURE) is cures]
    others = [term for term in open_answers(matter) if term not in used]
    return meet(matter, used), lapse(matter, others, "case_moved_on")


def open_answers(matter: Matter) -> list[Term]:
    """Rights to answer the court that run now."""
    rights = set(_RIGHTS.values())
    return [term for term in matter.appeal.terms.values() if term.is_open and term.opened.duty in rights]


def _why_not(matter: Matter, answer: AnswerCourt) -> str:
    stage = matter.appeal.case_stage
    if answer.response is CourtResponse.CURED and stage not in _CURABLE:
        return "the court has named nothing to cure; AddDocuments brings further documents"
    if answer.response is CourtResponse.APPEALED and stage not in APPEALS:
        return "there is no act of the court to appeal"
    return ""


def _notified(matter: Matter, arrival: MessageArrived, report: ReportCase, term: TermOpened | None) -> OutgoingIntent:
    """Every step reaches the applicant: why, what to cure, until when."""
    number = report.case_number or matter.appeal.case_number
    further = (
        *(("caseNumber",) if number else ()),
        *(("caseWords",) if report.text.strip() else ()),
        *((f"may_{report.stage.value}",) if term else ("until",) if report.until else ()),
    )
    return notify(
        matter, NotifiedStep.CASE_STEP, *further,
        case_number=number, term=term, documents=report.documents,
        court=matter.name_of(arrival.sender), stage=member_text(report.stage), day=moment_text(report.at),
        case=same(number or ""), words=same(report.text.strip()),
        until=day_text(report.until) if report.until else same(""),
    )  # fmt: skip
