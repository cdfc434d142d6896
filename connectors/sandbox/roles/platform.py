"""The appeals platform, or a reception centre: lodges appeals, passes on what applicants do, keeps their notices."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from connectors.sandbox.paper import compose
from connectors.sandbox.records import DutyKind, Effects, Notice, SandboxDuty
from connectors.sandbox.roles import additions, reception, samples
from connectors.sandbox.roles.conduct import Accepts, Response
from connectors.sandbox.roles.undertakings import body_of
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.header import ConversationId, MessageId
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import (
    AddDocuments,
    AnswerCourt,
    ClaimKind,
    CourtResponse,
    Disagree,
    DocumentRef,
    Identification,
    NotifyApplicant,
    RegisterAppeal,
    WithdrawAppeal,
)

HOUSING_QUEUE: Final = "housing-queue"
ON_PAPER: Final = "on-paper"
SAMPLES: Final[Mapping[str, samples.Sample]] = {HOUSING_QUEUE: samples.HOUSING, ON_PAPER: reception.ON_PAPER}


class PlatformConduct:
    """What the platform does."""

    def __init__(self, client: SoapClient) -> None:
        self._client = client

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:  # noqa: ARG002 - the protocol's
        match delivery.payload:
            case NotifyApplicant() as notice:
                return Accepts(Effects(notice=Notice(notice.appeal_number, body_of(notice))))
            case _:
                return Accepts()

    async def fulfil(self, duty: SandboxDuty, *, now: datetime) -> Sequence[PreparedCall]:
        """Upload the papers and say what goes with them, under the message_id promised before."""
        payload = await self._payload(duty, now=now)
        return [
            self._client.prepare(
                Service.APPEALS, payload, conversation_id=duty.conversation_id, message_id=duty.message_id
            )
        ]

    async def _payload(self, duty: SandboxDuty, *, now: datetime) -> RegisterAppeal | AddDocuments | AnswerCourt:
        note = duty.note
        match duty.kind:
            case DutyKind.LODGE:
                sample = SAMPLES[note["sample"]]
                documents = await self._upload(duty, *sample.attachments)
                return samples.appeal(
                    documents, reference=note["reference"], at=now, sample=sample, subject=note["subject"]
                )
            case DutyKind.ADD:
                return AddDocuments(note["text"], await self._upload(duty, additions.ADDRESS))
            case DutyKind.ANSWER_COURT:
                response = CourtResponse(note["response"])
                papers = (additions.DUTY,) if response is CourtResponse.CURED else ()
                documents = await self._upload(duty, *papers)
                return AnswerCourt(response, note["text"], now, documents, _identified(duty.conversation_id, now))
            case _:
                raise ValueError(f"a platform has no duty to {duty.kind}")

    async def _upload(self, duty: SandboxDuty, *attachments: samples.Attachment) -> tuple[DocumentRef, ...]:
        return tuple([await self._upload_one(duty, attachment) for attachment in attachments])

    async def _upload_one(self, duty: SandboxDuty, attachment: samples.Attachment) -> DocumentRef:
        content = await asyncio.to_thread(compose, attachment.paper)
        return await self._client.put_document(
            content,
            attachment.file_name,
            "application/pdf",
            attachment.kind,
            attachment.title,
            upload_id=duty.upload_id(content),
        )


def lodging(
    reference: str, message_id: MessageId, *, now: datetime, sample: str = HOUSING_QUEUE, subject: str = samples.SUBJECT
) -> SandboxDuty:
    """The duty to lodge a sample appeal under this reference. Raises ValueError for a sample that does not exist."""
    if sample not in SAMPLES:
        raise ValueError(f"no sample {sample!r}; there are: {', '.join(SAMPLES)}")
    note = {"reference": reference, "sample": sample, "subject": subject}
    return SandboxDuty(DutyKind.LODGE, now, message_id=message_id, note=note)


def addition(conversation_id: ConversationId, message_id: MessageId, *, text: str, now: datetime) -> SandboxDuty:
    """The duty to add a paper to the appeal: the cure of a defect, or an objection in a hearing."""
    return SandboxDuty(DutyKind.ADD, now, conversation_id, message_id, {"text": text})


def court_answer(
    conversation_id: ConversationId, message_id: MessageId, *, response: CourtResponse, text: str, now: datetime
) -> SandboxDuty:
    """The duty to answer the court's act: cured, with the paper that was lacking, or appealed."""
    note = {"response": response.value, "text": text}
    return SandboxDuty(DutyKind.ANSWER_COURT, now, conversation_id, message_id, note)


def disagreement(
    client: SoapClient,
    conversation_id: ConversationId,
    *,
    claim: ClaimKind,
    text: str,
    body: PartyId | None,
    now: datetime,
) -> PreparedCall:
    """The applicant has pressed «Келіспеймін», over the act or the silence of ``body``; None: the last one."""
    payload = Disagree(claim, text, now, (), _identified(conversation_id, now), body)
    return client.prepare(Service.APPEALS, payload, conversation_id=conversation_id)


def withdrawal(client: SoapClient, conversation_id: ConversationId, *, reason: str, now: datetime) -> PreparedCall:
    """The applicant withdraws the appeal."""
    payload = WithdrawAppeal(reason, _identified(conversation_id, now))
    return client.prepare(Service.APPEALS, payload, conversation_id=conversation_id)


def _identified(conversation_id: ConversationId | None, now: datetime) -> Identification:
    return Identification("eGov mobile, Digital ID", str(conversation_id), now)
