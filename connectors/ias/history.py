"""History rows of a record as the steps that they are; rows that the procedure does not know stay in the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from connectors.ias.fields import Fields
from connectors.ias.key import COMPLAINT_DECIDED, NOTED
from contracts.party import PartyId
from contracts.payloads import (
    ComplaintDecision,
    DecisionKind,
    DefectsNamed,
    Extended,
    HearingForm,
    HearingScheduled,
    Redirected,
    Registered,
    Reply,
    ReportProgress,
    Returned,
    Terminated,
    WithdrawAppeal,
)
from dossier.importing.record import ComplaintLodged, ComplaintOver, ImportedStep, StepPayload
from dossier.procedure.law.calendar import local_date

_NOT_GIVEN: Final = "—"
"""For words that the contract has and the export has not; none of them becomes part of a fact."""
WHEN: Final = ("created_at", "at", "date")
"""What the column is called that says when a row was written."""
_CHANGE: Final = "CHANGE_STATUS"
_NO_DAY: Final = "say the day, in the column deadline"


def read_steps(rows: Sequence[Fields], card: Fields) -> tuple[ImportedStep, ...]:
    """In the order in which they happened; what is wrong is noted in the fields."""
    found = [step for number, row in enumerate(rows, 1) for step in _read(number, row, card)]
    return tuple(sorted(found, key=lambda step: (step.at, step.row)))


def _read(number: int, row: Fields, card: Fields) -> Iterator[ImportedStep]:
    state = row.word("states", "state") if (row.text("type") or _CHANGE).upper() == _CHANGE else NOTED
    if state is None and row.has("actor_org"):
        row.party("actor_org")  # so that all that the map lacks is told at once
    if state is None or state == NOTED:
        return
    at = next((row.instant(name) for name in WHEN if row.has(name)), None)
    if at is None:
        if not any(map(row.has, WHEN)):
            row.wrong(WHEN[0], "is absent", "say when it happened")
        return
    if state == "withdrawn":
        yield ImportedStep(number, at, None, WithdrawAppeal(_NOT_GIVEN, None))
        return
    by = row.party("actor_org")
    if state == COMPLAINT_DECIDED:
        yield from _complaint(number, row, at, by)
        return
    payload = _payload(state, row, card, at)
    if by is not None and payload is not None:
        yield ImportedStep(number, at, by, payload)


def _payload(state: str, row: Fields, card: Fields, at: datetime) -> StepPayload | None:
    if state == "replied":
        return _reply(row, at)
    step = _progress(state, row, card, at)
    return None if step is None else ReportProgress(step, ())


_Step = Registered | Redirected | Extended | HearingScheduled | Terminated | DefectsNamed | Returned


def _progress(state: str, row: Fields, card: Fields, at: datetime) -> _Step | None:  # noqa: PLR0911 - one line per state
    match state:
        case "registered":
            return Registered(row.text("out_number") or card.text("reg_number") or _NOT_GIVEN, at)
        case "redirected" | "redirectedInPart":
            return _redirected(row, at, whole=state == "redirected" and row.flag("full_forward", default=True))
        case "extended":
            return _extended(row, card, at)
        case "hearing":
            return _hearing(row, at)
        case "defectsNamed":
            until = row.day("deadline")
            if until is None:
                row.needed("deadline", _NO_DAY)
                return None
            return DefectsNamed((_NOT_GIVEN,), until, at)
        case "returned":
            return Returned(_NOT_GIVEN, at)
        case _:
            return Terminated(_NOT_GIVEN, at)


def _redirected(row: Fields, at: datetime, *, whole: bool) -> Redirected | None:
    to: PartyId | None = row.party("target_org")
    return None if to is None else Redirected(to, whole, _NOT_GIVEN, at)


def _extended(row: Fields, card: Fields, at: datetime) -> Extended | None:
    """Until the day that the row names; the card's is that of the last extension."""
    until = row.day("deadline") or card.day("deadline")
    if until is None:
        row.needed("deadline", _NO_DAY)
        return None
    return Extended(until, _NOT_GIVEN, _NOT_GIVEN, at)


def _hearing(row: Fields, at: datetime) -> HearingScheduled | None:
    held_at, form = row.instant("hearing_at"), row.word("hearings", "hearing_form", "written")
    if held_at is None:
        row.needed("hearing_at", "say when it is or was held")
    if held_at is None or form is None:
        return None
    return HearingScheduled(HearingForm(form), None, held_at, _NOT_GIVEN, at)


def _complaint(number: int, row: Fields, at: datetime, reviewer: PartyId | None) -> Iterator[ImportedStep]:
    """The higher body's row tells both: ``complaint_at``, when it was filed about ``target_org``, and the decision."""
    body, lodged_at = row.party("target_org"), row.instant("complaint_at")
    decision = row.word("complaints", "decision")
    act_number = row.needed("act_number", "say the number of the decision")
    if lodged_at is None:
        row.needed("complaint_at", "say when the complaint was filed")
    if not (body and lodged_at and decision and act_number and reviewer):
        return
    act_date = row.day("act_date") or local_date(at)
    yield ImportedStep(number, lodged_at, None, ComplaintLodged(body, reviewer))
    over = ComplaintOver(body, ComplaintDecision(decision), act_number, act_date)
    yield ImportedStep(number, at, reviewer, over)


def _reply(row: Fields, at: datetime) -> Reply | None:
    decision = row.word("decisions", "decision")
    number = row.needed("act_number", "say the number of the answer or act")
    if decision is None or number is None:
        return None
    return Reply(
        decision=DecisionKind(decision),
        act_number=number,
        act_date=row.day("act_date") or local_date(at),
        text=_NOT_GIVEN,
        grounds=(),
        appeal_body=row.text("appeal_body"),
        appeal_until=row.day("appeal_until"),
        signed_by=_NOT_GIVEN,
        documents=(),
    )
