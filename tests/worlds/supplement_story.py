"""The case of the builder, carried on: the court asks, the body answers with a new ground, a second dossier follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from contracts.header import DocumentId
from contracts.payloads import (
    ComplaintDecision,
    DecideComplaint,
    Deliver,
    DocumentKind,
    FilingPurpose,
    Ground,
    PositionKind,
    ProvidePosition,
    SubmitPosition,
    TermNotice,
)
from dossier.case import events as e
from dossier.packaging.material import DossierInput
from dossier.procedure.decision import CaseFile
from tests.worlds.dossiers import (
    AKIMAT,
    APPEAL,
    CONVERSATION,
    COURT,
    JER,
    NUMBER,
    START,
    DossierStory,
    _term,
    document,
    dossier_input,
    story,
)

OBJECTION = document(4, DocumentKind.OBJECTION, "Сотқа пікір", "Отзыв.pdf", AKIMAT)
FIRST_SHA256: Final = "ab" * 32
POSITION: Final = SubmitPosition(
    kind=PositionKind.OBJECTION,
    text="Просим отказать: доходы не подтверждены, срок исковой давности пропущен.",
    grounds=(
        Ground("Закон РК «О жилищных отношениях», ст. 68", "Доходы не подтверждены."),
        Ground("АППК, ст. 136", "Пропущен срок."),
    ),
    signed_by="Аким А. Б. Тұрлыбеков",
    documents=(OBJECTION.ref,),
)
DECISION: Final = DecideComplaint(
    decision=ComplaintDecision.REJECTED,
    act_number="ЖТ-11/9",
    act_date=date(2026, 11, 28),
    text="Шағым қанағаттандырылмады.",
    grounds=(Ground("АППК, ст. 100", "Негіз жоқ."),),
    signed_by="Министр орынбасары",
    documents=(),
)


def carried_on(*, knows_what_it_holds: bool = True) -> DossierStory:
    """``knows_what_it_holds``: whether the first dossier recorded up to which event it goes."""
    reported = DossierStory()
    before = story()
    reported.messages, reported.events, reported.salts = list(before.messages), list(before.events), list(before.salts)
    day = lambda number: START + timedelta(days=number)  # noqa: E731
    up_to = len(reported.events) if knows_what_it_holds else None
    reported.happens(e.DossierFiled(1, DocumentId("E" * 43), FIRST_SHA256, 90_000, "B-T", up_to), day(22))
    reported.happens(e.ReplyResembled(AKIMAT, 4, ("2026-1001-000011", "2026-1005-000003")), day(23))
    decided = reported.incoming(21, JER, DECISION, day(24))
    reported.happens(
        e.ComplaintDecided(JER, AKIMAT, DECISION.decision, DECISION.act_number, DECISION.act_date),
        day(24),
        actor=JER,
        message=decided,
    )
    reported.happens(e.CourtAsked(COURT, True, (AKIMAT, JER), 2), day(25), actor=COURT)
    for number, body in ((22, AKIMAT), (23, JER)):
        term = _term(number, "position", "АППК 138(5)", body, day(25), date(2026, 12, 11))
        notice = TermNotice(term.article, term.due_on, term.due_at, "appk-2026")
        reported.happens(e.PositionDemanded(body, (DocumentKind.OBJECTION,), 2, term.term_id), day(25))
        reported.happens(term, day(25))
        reported.outgoing(number, body, Deliver(ProvidePosition(NUMBER, "Почему отказано?", notice)), day(25))
    requested = reported.messages[-1]
    reported.happens(
        e.MessageAcknowledged(JER, "ProvidePosition", requested.message_id, requested.digest), day(25), actor=JER
    )
    position = reported.incoming(24, AKIMAT, POSITION, day(30))
    received = e.PositionReceived(AKIMAT, POSITION.kind, (OBJECTION.ref.document_id,), 1)
    reported.happens(received, day(30), actor=AKIMAT, message=position, rests_on=(OBJECTION,))
    reported.happens(e.TermMet(f"{CONVERSATION}/t22", late=False), day(30))
    reported.happens(e.DefaultRecorded(f"{CONVERSATION}/t23", JER), day(40))
    reported.happens(e.DossierOrdered(2, COURT, FilingPurpose.SUPPLEMENT), day(40))
    return reported


def supplement_input(reported: DossierStory | None = None) -> DossierInput:
    """The second dossier of the case."""
    reported = reported or carried_on()
    given = dossier_input(
        case=CaseFile(CONVERSATION, tuple(reported.events), APPEAL),
        dossier_no=2,
        messages=tuple(reported.messages),
        salts=tuple(reported.salts),
        assembled_at=START + timedelta(days=40, minutes=3),
    )
    return replace(given, documents=(*given.documents, OBJECTION.case_document))
