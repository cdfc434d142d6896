"""An agency: registers what it is assigned, answers after a while, hands over its file when the court needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from connectors.sandbox import samples
from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.conduct import Accepts, Response
from connectors.sandbox.paper import Paper, compose
from connectors.sandbox.records import Duty, DutyKind, Effects
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import (
    AssignAppeal,
    DocumentKind,
    DocumentRef,
    NotifyWithdrawal,
    ProvideMaterials,
    Redirected,
    Registered,
    Reply,
    ReportProgress,
    SubmitMaterials,
)

_ALMATY: Final = ZoneInfo("Asia/Almaty")
_COURT: Final = (
    "Алматы қаласының мамандандырылған ауданаралық әкімшілік соты · "
    "Специализированный межрайонный административный суд города Алматы"
)
_REDIRECT_REASON: Final = (
    "Жер кадастрындағы жазбаны түзету басқарманың құзыретіне жатпайды · "
    "Исправление записи в земельном кадастре не относится к компетенции управления"
)
_MATERIALS_STATEMENT: Final = (
    "Әкімшілік іс толық көлемде ұсынылады · Административное дело представляется в полном объёме"
)


class AgencyConduct:
    """What one agency does, as its behaviour says."""

    def __init__(self, client: SoapClient, behaviour: Behaviour) -> None:
        self._client = client
        self._behaviour = behaviour

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:  # noqa: ARG002 - the protocol's
        return Accepts(effects_of(delivery, self._behaviour, now=now))

    async def fulfil(self, duty: Duty, *, now: datetime) -> Sequence[PreparedCall]:
        match duty.kind:
            case DutyKind.REGISTER:
                return [self._report(duty, Registered(_own_number(duty, now), now))]
            case DutyKind.REDIRECT:
                to = PartyId(duty.note["to"])
                return [self._report(duty, Redirected(to, whole=False, reason=_REDIRECT_REASON, at=now))]
            case DutyKind.REPLY:
                return [self._prepare(duty, await self._reply(duty, now=now))]
            case DutyKind.MATERIALS:
                return [self._prepare(duty, await self._materials(duty, now=now))]
            case _:
                raise ValueError(f"an agency has no duty to {duty.kind}")

    def _report(self, duty: Duty, step: Registered | Redirected) -> PreparedCall:
        return self._prepare(duty, ReportProgress(step, ()))

    def _prepare(self, duty: Duty, payload: ReportProgress | Reply | SubmitMaterials) -> PreparedCall:
        return self._client.prepare(Service.AGENCY, payload, conversation_id=duty.conversation_id, ref=duty.message_id)

    async def _reply(self, duty: Duty, *, now: datetime) -> Reply:
        today = now.astimezone(_ALMATY).date()
        answer = samples.answer_of(self._client.me)
        number = _own_number(duty, now)
        paper = samples.act_paper(
            self._client.me, appeal_number=duty.note["appeal_number"], act_number=number, act_date=today
        )
        act = await self._upload(duty, paper, DocumentKind.ACT, "sheshim.pdf", f"№ {number} шешім · Решение № {number}")
        return Reply(
            decision=answer.decision,
            act_number=number,
            act_date=today,
            text=f"{answer.text_kk}\n{answer.text_ru}",
            grounds=(answer.ground,),
            appeal_body=_COURT,
            appeal_until=a_month_after(today),
            signed_by=answer.signed_by,
            documents=(act,),
        )

    async def _materials(self, duty: Duty, *, now: datetime) -> SubmitMaterials:
        made_on = now.astimezone(_ALMATY).date()
        paper = samples.file_paper(self._client.me, appeal_number=duty.note["appeal_number"], made_on=made_on)
        kind = DocumentKind.ADMINISTRATIVE_FILE
        file = await self._upload(duty, paper, kind, "akimshilik-is.pdf", "Әкімшілік іс · Административное дело")
        return SubmitMaterials(_MATERIALS_STATEMENT, (file,))

    async def _upload(self, duty: Duty, paper: Paper, kind: DocumentKind, file_name: str, title: str) -> DocumentRef:
        content = await asyncio.to_thread(compose, paper)
        upload_id = duty.upload_id(content)
        return await self._client.put_document(content, file_name, "application/pdf", kind, title, upload_id=upload_id)


def effects_of(delivery: VerifiedDelivery, behaviour: Behaviour, *, now: datetime) -> Effects:
    """What a message sets the agency to do, and when. Pure."""
    match delivery.payload:
        case AssignAppeal() as assigned:
            return Effects(duties=_on_assignment(delivery, assigned, behaviour, now=now))
        case ProvideMaterials() as wanted if not behaviour.withholds_materials:
            at = now + timedelta(seconds=behaviour.materials_after)
            return Effects(duties=(_duty(DutyKind.MATERIALS, delivery, wanted.appeal_number, at=at),))
        case NotifyWithdrawal():
            return Effects(cancels_duties=True)
        case _:
            return Effects()


def _on_assignment(
    delivery: VerifiedDelivery, assigned: AssignAppeal, behaviour: Behaviour, *, now: datetime
) -> tuple[Duty, ...]:
    number = assigned.appeal_number
    duties = [_duty(DutyKind.REGISTER, delivery, number, at=now)]
    if behaviour.redirect_part_to is not None:
        duties.append(_duty(DutyKind.REDIRECT, delivery, number, at=now, to=behaviour.redirect_part_to))
    if behaviour.replies:
        duties.append(_duty(DutyKind.REPLY, delivery, number, at=now + timedelta(seconds=behaviour.reply_after)))
    return tuple(duties)


def _duty(kind: DutyKind, delivery: VerifiedDelivery, appeal_number: str, *, at: datetime, **note: str) -> Duty:
    header = delivery.header
    return Duty(kind, at, header.conversation_id, header.message_id, {"appeal_number": appeal_number} | note)


def a_month_after(day: date) -> date:
    """The same day of the next month, or that month's last (ГПК Art. 123)."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_of_next = (first_of_next + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first_of_next + timedelta(days=day.day - 1), last_of_next)


def _own_number(duty: Duty, now: datetime) -> str:
    """The body's own registration number; derived from the exchange's, so that it is the same at every try."""
    return f"ЖТ-{now.year}-{str(duty.note['appeal_number'])[-8:]}"
