"""The court reports a step of its case, and the applicant answers: cures what it named, or appeals its act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from contracts.payloads import (
    AnswerCourt,
    CaseStage,
    ClaimOutcome,
    CourtResponse,
    FilingPurpose,
    NotifiedStep,
    ReportCase,
)
from dossier.case.appeal import Term
from dossier.case.duties import EXECUTE_RULING
from dossier.case.events import CaseReported, CourtAnswered, TermOpened
from dossier.procedure.closing import lapse, meet
from dossier.procedure.decision import Decision, DecisionRefusal, MessageArrived, OutgoingIntent
from dossier.procedure.law.calendar import local_date, start_of
from dossier.procedure.matter import Matter, authenticated, follow, wrong_state
from dossier.procedure.notices.applicant import notify
from dossier.procedure.ordering import supplement
from dossier.procedure.steps.case_words import after_return, bars_another, ends_of, trial_words
from dossier.procedure.wording import day_text, member_text, moment_text, same

CURE: Final = "cure_claim"
APPEALS: Final[Mapping[CaseStage, str]] = {
    CaseStage.RETURNED: "private_complaint",
    CaseStage.PROCEDURE_RULING: "private_complaint",
    CaseStage.RULING: "appeal_ruling",
    CaseStage.APPELLATE_RULING: "cassation",
}
_RIGHTS: Final[Mapping[CaseStage, str]] = {CaseStage.LEFT_WITHOUT_MOVEMENT: CURE, **APPEALS}
"""What the applicant may do about a stage, by the duty that gives it a term (Art. 138(4), 168, 169)."""
_CURABLE: Final = frozenset({CaseStage.LEFT_WITHOUT_MOVEMENT, CaseStage.RETURNED})
_PURPOSE: Final = {CourtResponse.CURED: FilingPurpose.CURED, CourtResponse.APPEALED: FilingPurpose.APPEALED}
_GRANTED: Final = frozenset({ClaimOutcome.GRANTED, ClaimOutcome.GRANTED_IN_PART})


def report_case(matter: Matter, arrival: MessageArrived, report: ReportCase) -> Decision:
    """What the court says is recorded as it says it; the exchange does not judge the order of its steps."""
    right = _right(matter, report)
    is_open = right is not None and not matter.is_overdue(right)
    keeps = report.stage in (CaseStage.PROCEDURE_RULING, CaseStage.EXECUTED)
    return follow(
        CaseReported(
            report.stage, report.case_number, report.until, report.outcome,
            report.ground, report.to, _acted_on(matter, report),
        ),
        None if keeps else lapse(matter, open_answers(matter), "case_moved_on"),
        right if is_open else None,
        _execution(matter, report),
        _notified(matter, arrival, report, right, is_open=is_open),
    )  # fmt: skip


def _acted_on(matter: Matter, report: ReportCase) -> date | None:
    """The court's own day, where that is not the day of its report: Art. 168 counts from it."""
    day = report.final_on or local_date(report.at)
    return None if day == local_date(matter.moment.now) else day


def _began(matter: Matter, report: ReportCase) -> datetime:
    """Art. 168(2)–(4): when the act was made in its final form; not later than its report, which tells of it."""
    day = report.final_on or local_date(report.at)
    return matter.moment.now if day >= local_date(matter.moment.now) else start_of(day)


def _right(matter: Matter, report: ReportCase) -> TermOpened | None:
    """The applicant's right to answer the stage; the court may name its last day itself.

    The term to cure is set for the applicant, and begins when the demand is handed over (Art. 138(4)1).
    """
    duty = _RIGHTS.get(report.stage)
    if duty is None:
        return None
    since = None if duty == CURE else _began(matter, report)
    return matter.begin(duty, matter.appeal.platform, since=since, until=report.until)


def _execution(matter: Matter, report: ReportCase) -> Decision | None:
    """Art. 171(2): a ruling for the applicant is to be executed in a month from the day it is in force."""
    if report.stage is CaseStage.EXECUTED:
        return meet(matter, matter.appeal.open_terms(EXECUTE_RULING))
    pressed = matter.appeal.disagreement
    in_force = report.stage in (CaseStage.IN_FORCE, CaseStage.APPELLATE_RULING)
    if not in_force or report.outcome not in _GRANTED or pressed is None or pressed.body is None:
        return None
    if matter.appeal.open_terms(EXECUTE_RULING):
        return None
    return follow(matter.begin(EXECUTE_RULING, pressed.body, since=_began(matter, report), until=report.until))


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
    appeal = matter.appeal
    if answer.response is CourtResponse.CURED:
        if appeal.case_stage not in _CURABLE:
            return "the court has named nothing to cure; AddDocuments brings further documents"
        if appeal.case_stage is CaseStage.RETURNED and bars_another(appeal.return_ground):
            return (
                f"the court returned the claim by subparagraph {appeal.return_ground} of АППК 138(2), which by 138(3) "
                "bars the same claim before this court; the return itself may be appealed"
            )
    if answer.response is CourtResponse.APPEALED and not (appeal.case_stage in APPEALS or appeal.has_procedure_ruling):
        return "there is no act of the court to appeal"
    return ""


def _notified(
    matter: Matter, arrival: MessageArrived, report: ReportCase, right: TermOpened | None, *, is_open: bool
) -> OutgoingIntent:
    """Every step reaches the applicant: why, what to cure or to appeal and until when, and what cannot be done."""
    number = report.case_number or matter.appeal.case_number
    notice = trial_words(matter, report)
    further = (
        *(("caseNumber",) if number else ()),
        *(("caseWords",) if report.text.strip() else ()),
        *ends_of(report, right, is_open=is_open),
    )
    filled = {
        "court": matter.name_of(arrival.sender),
        "stage": member_text(report.stage),
        "day": moment_text(report.at),
        "case": same(number or ""),
        "words": same(report.text.strip()),
        "until": day_text(report.until) if report.until else same(""),
        "to": matter.name_of(report.to) if report.to else same(""),
        "ended": day_text(right.due_on) if right else same(""),
    }
    return notify(
        matter, NotifiedStep.CASE_STEP, *further, *notice.sentences,
        case_number=number, term=right if is_open else None, documents=report.documents,
        more=after_return(matter, report), words={**filled, **notice.words},
    )  # fmt: skip
