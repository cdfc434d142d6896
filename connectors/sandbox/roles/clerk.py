"""The clerk of an agency: writes what the agency has to say, with its papers composed and uploaded."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from connectors.sandbox.paper import SandboxPaper, compose
from connectors.sandbox.records import SandboxDuty
from connectors.sandbox.roles import acts, defence
from connectors.sandbox.roles.defence import Statement
from connectors.soap.client import SoapClient
from contracts.header import DocumentId
from contracts.payloads import (
    ComplaintDecision,
    DecideComplaint,
    DecisionKind,
    DocumentKind,
    DocumentRef,
    PositionKind,
    Reply,
    SubmitMaterials,
    SubmitPosition,
)

ALMATY: Final = ZoneInfo("Asia/Almaty")
_COURT: Final = (
    "Алматы қаласының мамандандырылған ауданаралық әкімшілік соты · "
    "Специализированный межрайонный административный суд города Алматы"
)
_HANDED_OVER: Final = "Әкімшілік іс толық көлемде ұсынылады · Административное дело представляется в полном объёме"
_REQUESTED: Final = "Сот сұратқан құжаттар ұсынылады · Представляются документы, запрошенные судом"


class Clerk:
    """Each method is one payload. What was uploaded for a duty once is not uploaded again at its next try."""

    def __init__(self, client: SoapClient) -> None:
        self._client = client

    async def reply(self, duty: SandboxDuty, *, now: datetime) -> Reply:
        """The answer to the applicant (АППК Art. 80)."""
        answer, number, today = acts.answer_of(self._client.me), own_number(duty, now), local_day(now)
        paper = acts.act_paper(self._client.me, appeal_number=_about(duty), act_number=number, act_date=today)
        act = await self._upload(duty, paper, DocumentKind.ACT, "sheshim.pdf", f"№ {number} шешім · Решение № {number}")
        text = f"{answer.text_kk}\n{answer.text_ru}"
        return self._act(answer.decision, number, today, text, act)

    async def satisfaction(self, duty: SandboxDuty, *, now: datetime) -> Reply:
        """The complaint is satisfied in full within the three days (Art. 91(4))."""
        number, today = f"{own_number(duty, now)}/Ш", local_day(now)
        act = await self._publish(duty, defence.SATISFIED, number, today)
        return self._act(DecisionKind.SATISFIED, number, today, defence.SATISFIED.text, act)

    async def materials(self, duty: SandboxDuty, *, now: datetime) -> SubmitMaterials:
        """The administrative file (Art. 69), or the papers that the court named."""
        today, words = local_day(now), duty.note.get("requested", [])
        if words:
            papers = [
                await self._publish(duty, defence.requested(each), f"{n}", today) for n, each in enumerate(words, 1)
            ]
            return SubmitMaterials(_REQUESTED, tuple(papers))
        paper = acts.file_paper(self._client.me, appeal_number=_about(duty), made_on=today)
        title = "Әкімшілік іс · Административное дело"
        file = await self._upload(duty, paper, DocumentKind.ADMINISTRATIVE_FILE, "akimshilik-is.pdf", title)
        return SubmitMaterials(_HANDED_OVER, (file,))

    async def decision(self, duty: SandboxDuty, *, now: datetime) -> DecideComplaint:
        """The higher body's decision on a complaint, once it has read the whole file (Art. 98–100)."""
        for document_id in duty.note["file"]:
            await self._read(DocumentId(document_id))
        decided = ComplaintDecision(duty.note["decision"])
        statement, number, today = defence.DECISIONS[decided], f"{own_number(duty, now)}/Ж", local_day(now)
        act = await self._publish(duty, statement, number, today)
        signed_by = acts.answer_of(self._client.me).signed_by
        return DecideComplaint(decided, number, today, statement.text, (defence.REVIEW_GROUND,), signed_by, (act,))

    async def position(self, duty: SandboxDuty, *, now: datetime) -> SubmitPosition:
        """Отзыв or the head's position (Art. 138(5)); ``fresh``: the objection brings a ground that the act lacks."""
        kind = PositionKind(duty.note["position"])
        statement, answer = defence.POSITIONS[kind], acts.answer_of(self._client.me)
        paper = await self._publish(duty, statement, own_number(duty, now), local_day(now))
        fresh = (defence.NEW_GROUND,) if duty.note["fresh"] and kind is PositionKind.OBJECTION else ()
        return SubmitPosition(kind, statement.text, (answer.ground, *fresh), answer.signed_by, (paper,))

    def _act(self, decision: DecisionKind, number: str, today: date, text: str, act: DocumentRef) -> Reply:
        answer = acts.answer_of(self._client.me)
        return Reply(
            decision=decision,
            act_number=number,
            act_date=today,
            text=text,
            grounds=(answer.ground,),
            appeal_body=_COURT,
            appeal_until=a_month_after(today),
            signed_by=answer.signed_by,
            documents=(act,),
        )

    async def _read(self, document_id: DocumentId) -> None:
        """Raises ``PeerUntrusted`` when what comes has another digest than announced."""
        async for _ in self._client.get_document(document_id):
            pass

    async def _publish(self, duty: SandboxDuty, statement: Statement, number: str, today: date) -> DocumentRef:
        me, about = self._client.me, _about(duty)
        paper = defence.paper_of(statement, me, appeal_number=about, number=number, made_on=today)
        return await self._upload(duty, paper, statement.kind, statement.file_name, statement.title)

    async def _upload(
        self, duty: SandboxDuty, paper: SandboxPaper, kind: DocumentKind, file_name: str, title: str
    ) -> DocumentRef:
        content = await asyncio.to_thread(compose, paper)
        upload_id = duty.upload_id(content)
        return await self._client.put_document(content, file_name, "application/pdf", kind, title, upload_id=upload_id)


def own_number(duty: SandboxDuty, now: datetime) -> str:
    """The body's own registration number; derived from the exchange's, so that it is the same at every try."""
    return f"ЖТ-{now.year}-{_about(duty)[-8:]}"


def local_day(now: datetime) -> date:
    """The day in Almaty."""
    return now.astimezone(ALMATY).date()


def a_month_after(day: date) -> date:
    """The same day of the next month, or that month's last (ГПК Art. 123)."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    last_of_next = (first_of_next + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first_of_next + timedelta(days=day.day - 1), last_of_next)


def _about(duty: SandboxDuty) -> str:
    number: Any = duty.note["appeal_number"]
    return str(number)
