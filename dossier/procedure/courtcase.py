"""The court reports a step of its case; every one of them reaches the applicant."""

from __future__ import annotations

from contracts.payloads import NotifiedStep, ReportCase
from dossier.events import CaseReported
from dossier.procedure.decision import Decision, MessageArrived
from dossier.procedure.matter import Matter, follow
from dossier.procedure.notices import tell
from dossier.procedure.wording import day_text, member_text, moment_text, same


def report_case(matter: Matter, arrival: MessageArrived, report: ReportCase) -> Decision:
    """What the court says is recorded as it says it; the exchange does not judge the order of its steps."""
    number = report.case_number or matter.appeal.case_number
    notice = tell(
        matter, NotifiedStep.CASE_STEP,
        *(("caseNumber",) if number else ()), *(("until",) if report.until else ()),
        case_number=number, documents=report.documents,
        court=matter.name_of(arrival.sender), stage=member_text(report.stage), day=moment_text(report.at),
        case=same(number or ""), until=day_text(report.until) if report.until else same(""),
    )  # fmt: skip
    return follow(CaseReported(report.stage, report.case_number, report.until), notice)
