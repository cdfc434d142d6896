"""The state of one appeal as a fold over its events: what has been proven to have happened, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import assert_never

from contracts.payloads import CaseStage
from dossier.case import events as e
from dossier.case.appeal import Appeal, BodyRecord, BodyStage, CourtAnswer, Status, Term, TermState
from dossier.case.court_file import put, with_answer, with_dossier, with_materials, with_news, with_reply
from dossier.case.events import Event
from dossier.case.roads import with_knowledge, with_own_satisfaction, with_road, with_silent_review

__all__ = ["EXTENDED", "Appeal", "BodyRecord", "BodyStage", "CourtAnswer", "Status", "Term", "TermState", "fold"]

EXTENDED = "extended"
"""``TermLapsed.reason`` of a term that a later one replaces."""


def fold(events: Sequence[Event]) -> Appeal:
    """The state after ``events``, in order of seq. Raises ValueError unless they begin with AppealRegistered."""
    if not events or not isinstance(events[0].fact, e.AppealRegistered):
        raise ValueError("a history begins with AppealRegistered")
    first, fact = events[0], events[0].fact
    opened = Appeal(
        conversation_id=first.conversation_id,
        appeal_number=fact.appeal_number,
        registered_on=fact.registered_on,
        platform=first.actor,
        registration=first.message_id,
    )
    return reduce(_apply, events[1:], opened)


def _apply(appeal: Appeal, event: Event) -> Appeal:  # noqa: PLR0911, PLR0912 - one line per kind of fact
    fact = event.fact
    match fact:
        case e.AppealRegistered() | e.TermExtended() | e.HearingAnnounced() | e.DefectsNamed():
            return appeal  # told for the reader; no decision rests on them
        case e.AppealUnrouted() | e.ReplyResembled() | e.CourtAsked():
            return appeal
        case e.HearingOmitted():
            return appeal
        case e.SignatureJudged():
            return replace(appeal, verdicts=put(appeal.verdicts, fact.signed, fact.verdict))
        case e.CaseImported():
            return replace(appeal, platform=fact.platform, imported=fact)
        case e.DocumentsAdded() | e.CourtAnswered():
            return with_news(appeal, event)
        case e.Replied():
            return with_news(with_reply(_with_body(appeal, fact, event.took_place_at), fact.body), event)
        case (
            e.AppealAssigned()
            | e.BodyRegistered()
            | e.AppealRedirected()
            | e.ProcedureTerminated()
            | e.AppealReturned()
        ):
            return _with_body(appeal, fact, event.took_place_at)
        case e.TermOpened():
            return replace(appeal, terms=put(appeal.terms, fact.term_id, Term(fact)))
        case e.TermReminded() | e.TermMet() | e.TermBreached() | e.TermLapsed() | e.DefaultRecorded():
            return _with_term(appeal, fact, event.took_place_at)
        case e.Disagreed() | e.RoadTaken() | e.ComplaintForwarded() | e.ComplaintDecided() | e.ComplaintWithdrawn():
            return with_road(appeal, fact, event)
        case e.MaterialsDemanded() | e.PositionDemanded():
            return with_materials(appeal, fact)
        case e.MaterialsReceived() | e.PositionReceived():
            return with_news(with_materials(appeal, fact), event)
        case e.DossierOrdered() | e.DossierFiled():
            return with_dossier(appeal, fact)
        case e.MessageAcknowledged():
            return with_knowledge(with_answer(appeal, fact), fact, event.took_place_at)
        case e.MessageRejected():
            return with_answer(appeal, fact)
        case e.CaseReported():
            return _with_report(appeal, fact)
        case e.AppealWithdrawn():
            return replace(appeal, withdrawn=True)
        case _:
            assert_never(fact)


_BodyFact = (
    e.AppealAssigned | e.BodyRegistered | e.AppealRedirected | e.ProcedureTerminated | e.AppealReturned | e.Replied
)


def _with_body(appeal: Appeal, fact: _BodyFact, at: datetime) -> Appeal:
    known = appeal.bodies.get(fact.body, BodyRecord(fact.body))
    changed = replace(appeal, bodies=put(appeal.bodies, fact.body, _next_body(known, fact, at)))
    return with_own_satisfaction(changed, fact, at) if isinstance(fact, e.Replied) else changed


def _next_body(body: BodyRecord, fact: _BodyFact, at: datetime) -> BodyRecord:
    match fact:
        case e.AppealAssigned():  # also a body that gets the appeal back: its procedure is a new one, with a new number
            return replace(body, stage=BodyStage.CONSIDERING, number=None, assigned_at=at)
        case e.BodyRegistered():
            return replace(body, number=fact.number)
        case e.AppealRedirected():
            return replace(body, stage=BodyStage.REDIRECTED) if fact.whole else body
        case e.ProcedureTerminated():
            return replace(body, stage=BodyStage.TERMINATED, concluded_at=at, known_at=None)
        case e.AppealReturned():
            return replace(body, stage=BodyStage.RETURNED, concluded_at=at, known_at=None)
        case e.Replied():
            replies = (*body.replies, fact)
            return replace(body, stage=BodyStage.REPLIED, replies=replies, concluded_at=at, known_at=None)


def _with_report(appeal: Appeal, fact: e.CaseReported) -> Appeal:
    """A transferred case is at the other court; a ruling on procedure moves nothing else on."""
    stage = appeal.case_stage if fact.stage is CaseStage.PROCEDURE_RULING else fact.stage
    return replace(
        appeal,
        case_stage=stage or fact.stage,
        case_number=fact.case_number or appeal.case_number,
        return_ground=fact.ground if fact.stage is CaseStage.RETURNED else appeal.return_ground,
        courts=appeal.courts if fact.to is None else (*appeal.courts, fact.to),
        has_procedure_ruling=fact.stage is CaseStage.PROCEDURE_RULING,
    )


_Closing = e.TermMet | e.TermBreached | e.TermLapsed | e.DefaultRecorded


def _with_term(appeal: Appeal, fact: e.TermReminded | _Closing, at: datetime) -> Appeal:
    term = appeal.terms.get(fact.term_id)
    if term is None or not (term.is_open or _is_undone(term, fact)):
        return appeal
    if isinstance(fact, e.TermReminded):
        return replace(appeal, terms=put(appeal.terms, fact.term_id, replace(term, reminded=True)))
    late = isinstance(fact, e.TermMet) and fact.late
    closed = replace(term, state=_closing_state(fact), late=late, closed_at=at)
    changed = replace(appeal, terms=put(appeal.terms, fact.term_id, closed))
    return with_silent_review(changed, fact, at) if isinstance(fact, e.TermBreached) else changed


def _is_undone(term: Term, fact: e.TermReminded | _Closing) -> bool:
    """Art. 76(3): an extension decided in time and told in its own three days takes back what was read as a breach."""
    return term.state is TermState.BREACHED and isinstance(fact, e.TermLapsed) and fact.reason == EXTENDED


def _closing_state(fact: _Closing) -> TermState:
    match fact:
        case e.TermMet():
            return TermState.MET
        case e.TermBreached():
            return TermState.BREACHED
        case e.DefaultRecorded():
            return TermState.DEFAULT
        case e.TermLapsed():
            return TermState.EXTENDED if fact.reason == EXTENDED else TermState.LAPSED
