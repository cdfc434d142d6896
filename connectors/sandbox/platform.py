"""The appeals platform: lodges appeals with their documents and keeps what applicants are told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from connectors.sandbox import samples
from connectors.sandbox.conduct import Accepts, Response
from connectors.sandbox.paper import compose
from connectors.sandbox.records import Duty, DutyKind, Effects, Notice
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.header import ConversationId, MessageId
from contracts.operations import Service
from contracts.payloads import ClaimKind, Disagree, DocumentRef, Identification, NotifyApplicant, WithdrawAppeal


class PlatformConduct:
    """What the platform does."""

    def __init__(self, client: SoapClient) -> None:
        self._client = client

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:  # noqa: ARG002 - the protocol's
        match delivery.payload:
            case NotifyApplicant() as notice:
                return Accepts(Effects(notice=Notice(notice.appeal_number, _body(notice))))
            case _:
                return Accepts()

    async def fulfil(self, duty: Duty, *, now: datetime) -> Sequence[PreparedCall]:
        """Upload the sample's papers and register the appeal under the message_id promised before."""
        documents = tuple([await self._upload(duty, attachment) for attachment in samples.ATTACHMENTS])
        appeal = samples.appeal(documents, reference=duty.note["reference"], at=now)
        return [self._client.prepare(Service.APPEALS, appeal, message_id=duty.message_id)]

    async def _upload(self, duty: Duty, attachment: samples.Attachment) -> DocumentRef:
        content = await asyncio.to_thread(compose, attachment.paper)
        return await self._client.put_document(
            content,
            attachment.file_name,
            "application/pdf",
            attachment.kind,
            attachment.title,
            upload_id=duty.upload_id(content),
        )


def lodging(reference: str, message_id: MessageId, *, now: datetime) -> Duty:
    """The duty to lodge the sample appeal under this reference."""
    return Duty(DutyKind.LODGE, now, message_id=message_id, note={"reference": reference})


def disagreement(
    client: SoapClient, conversation_id: ConversationId, *, claim: ClaimKind, text: str, now: datetime
) -> PreparedCall:
    """The applicant has pressed «Келіспеймін»."""
    identified = Identification("eGov mobile, Digital ID", str(conversation_id), now)
    payload = Disagree(claim, text, now, (), identified)
    return client.prepare(Service.APPEALS, payload, conversation_id=conversation_id)


def withdrawal(client: SoapClient, conversation_id: ConversationId, *, reason: str, now: datetime) -> PreparedCall:
    """The applicant withdraws the appeal."""
    identified = Identification("eGov mobile, Digital ID", str(conversation_id), now)
    return client.prepare(Service.APPEALS, WithdrawAppeal(reason, identified), conversation_id=conversation_id)


def _body(notice: NotifyApplicant) -> dict[str, Any]:
    return {
        "step": notice.step.value,
        "at": notice.at.isoformat(),
        "text": {"kk": notice.text.kk, "ru": notice.text.ru, "en": notice.text.en},
        "term": notice.term.due_at.isoformat() if notice.term else None,
        "case_number": notice.case_number,
        "documents": [document.file_name for document in notice.documents],
    }
