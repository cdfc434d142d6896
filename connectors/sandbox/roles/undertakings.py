"""What a message sets an agency to do, and when: its whole procedure as a table of duties. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.behaviour import Behaviour, OnComplaint, OnReview
from connectors.sandbox.records import DutyKind, Effects, Notice, SandboxDuty
from connectors.soap.reading import VerifiedDelivery
from contracts.party import LocalText
from contracts.payloads import (
    AssignAppeal,
    DocumentKind,
    ForwardComplaint,
    Language,
    NotifyApplicant,
    NotifyBody,
    NotifyWithdrawal,
    PositionKind,
    ProvideMaterials,
    ProvidePosition,
    ReviewComplaint,
)


def effects_of(delivery: VerifiedDelivery, behaviour: Behaviour, *, now: datetime) -> Effects:
    """What the agency undertakes when it takes this message; a message that asks nothing changes nothing."""
    match delivery.payload:
        case NotifyBody() as detail:
            return Effects(notice=Notice(detail.appeal_number, body_of(detail)))
        case NotifyWithdrawal():
            return Effects(cancels_duties=True)
        case _:
            return Effects(duties=tuple(_duties(delivery, behaviour, now)))


def _duties(delivery: VerifiedDelivery, behaviour: Behaviour, now: datetime) -> Iterator[SandboxDuty]:
    match delivery.payload:
        case AssignAppeal(appeal_number=number):
            yield from _on_assignment(delivery, number, behaviour, now)
        case ForwardComplaint(appeal_number=number):
            yield from _on_complaint(delivery, number, behaviour, now)
        case ReviewComplaint() as complaint if behaviour.on_review is not OnReview.IS_SILENT:
            at, file = _after(now, behaviour.review_after), [document.document_id for document in complaint.documents]
            decision = behaviour.on_review.value
            yield _duty(DutyKind.DECIDE, delivery, complaint.appeal_number, at=at, decision=decision, file=file)
        case ProvideMaterials() as wanted if not behaviour.withholds_materials:
            at = _after(now, behaviour.materials_after)
            requested = list(wanted.requested)
            yield _duty(DutyKind.MATERIALS, delivery, wanted.appeal_number, at=at, requested=requested)
        case ProvidePosition() as wanted if not behaviour.withholds_position:
            yield from _on_question(delivery, wanted, behaviour, now)
        case _:
            return


def _on_assignment(
    delivery: VerifiedDelivery, number: str, behaviour: Behaviour, now: datetime
) -> Iterator[SandboxDuty]:
    yield _duty(DutyKind.REGISTER, delivery, number, at=now)
    if behaviour.redirect_part_to is not None:
        yield _duty(DutyKind.REDIRECT, delivery, number, at=now, to=behaviour.redirect_part_to)
    if behaviour.names_defects:
        yield _duty(DutyKind.NAME_DEFECTS, delivery, number, at=now)
    if behaviour.extends:
        yield _duty(DutyKind.EXTEND, delivery, number, at=now)
    answer_at = _after(now, behaviour.reply_after)
    if behaviour.holds_hearing:
        yield _duty(DutyKind.ANNOUNCE_HEARING, delivery, number, at=now, held_at=answer_at.isoformat())
    if behaviour.returns or behaviour.replies:
        kind = DutyKind.RETURN if behaviour.returns else DutyKind.REPLY
        yield _duty(kind, delivery, number, at=answer_at)


def _on_complaint(
    delivery: VerifiedDelivery, number: str, behaviour: Behaviour, now: datetime
) -> Iterator[SandboxDuty]:
    at = _after(now, behaviour.complaint_after)
    match behaviour.on_complaint:
        case OnComplaint.FORWARDS:
            yield _duty(DutyKind.MATERIALS, delivery, number, at=at, requested=[])
        case OnComplaint.SATISFIES:
            yield _duty(DutyKind.SATISFY, delivery, number, at=at)
        case OnComplaint.IS_SILENT:
            return


def _on_question(
    delivery: VerifiedDelivery, wanted: ProvidePosition, behaviour: Behaviour, now: datetime
) -> Iterator[SandboxDuty]:
    """The objection first, then the head's position, then the file if the court never saw it (Art. 138(5))."""
    number, fresh = wanted.appeal_number, behaviour.brings_new_ground
    at = _after(now, behaviour.position_after)
    for kind in PositionKind:
        yield _duty(DutyKind.POSITION, delivery, number, at=at, position=kind.value, fresh=fresh)
    if DocumentKind.ADMINISTRATIVE_FILE in wanted.items and not behaviour.withholds_materials:
        yield _duty(DutyKind.MATERIALS, delivery, number, at=at, requested=[])


def _after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _duty(kind: DutyKind, delivery: VerifiedDelivery, appeal_number: str, *, at: datetime, **note: Any) -> SandboxDuty:  # noqa: ANN401 - JSON
    header = delivery.header
    return SandboxDuty(kind, at, header.conversation_id, header.message_id, {"appeal_number": appeal_number} | note)


# --- What people at a party are told, as its control port shows it ----------------------------------------------------


def body_of(notice: NotifyApplicant | NotifyBody) -> dict[str, Any]:
    """``localized``: in the language of the appeal, as the applicant reads it (АППК Art. 89(2)); if unknown, in both.

    A body reads in the state language.
    """
    body = {
        "at": notice.at.isoformat(),
        "text": {"kk": notice.text.kk, "ru": notice.text.ru, "en": notice.text.en},
        "term": notice.term.due_at.isoformat() if notice.term else None,
    }
    match notice:
        case NotifyApplicant():
            return body | {
                "step": notice.step.value,
                "language": notice.language.value if notice.language else None,
                "localized": localized(notice.text, notice.language),
                "case_number": notice.case_number,
                "documents": [document.file_name for document in notice.documents],
            }
        case NotifyBody():
            return body | {"notice": notice.notice.value, "about": notice.about, "localized": notice.text.kk}


def localized(text: LocalText, language: Language | None) -> str:
    """The text for a person of this language; for one whose language was not told, both."""
    match language:
        case Language.KK:
            return text.kk
        case Language.RU:
            return text.ru
        case None:
            return f"{text.kk}\n{text.ru}"
