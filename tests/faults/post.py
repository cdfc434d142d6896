"""How a party sends: the same message again and again, to one node or another, until it holds a signed receipt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime

from connectors.soap.calls import Answered, PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.errors import CallFailed
from connectors.soap.reading import VerifiedDelivery, verify_delivery
from contracts.header import ConversationId, MessageId
from contracts.operations import Service
from contracts.payloads import Accepted, AppealAccepted, DisagreementAccepted, Request
from contracts.receipt import Receipt
from signing.profile.verification import PinnedCertificates
from tests.faults.record import MessageCause, PartyMessage, RunRecord

FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 0.8
RESENT = 0.03
"""Share of messages that their sender repeats although it has a receipt: it must get the same one."""


class PartyPostOffice:
    """One party's post office. ``clients``: one for each node."""

    def __init__(
        self, clients: Sequence[SoapClient], certificates: PinnedCertificates, record: RunRecord, chance: random.Random
    ) -> None:
        self._clients, self._certificates, self._record, self._chance = clients, certificates, record, chance
        self.me, self.exchange = clients[0].me, clients[0].peer

    @property
    def client(self) -> SoapClient:
        """Any node will do."""
        return self._chance.choice(self._clients)

    def verified(self, envelope: bytes) -> VerifiedDelivery:
        """What the exchange has signed for us. Raises DeliveryRefused."""
        return verify_delivery(envelope, self._certificates, me=self.me, exchange=self.exchange, now=datetime.now(UTC))

    async def tell(
        self,
        service: Service,
        cause: MessageCause,
        payload: Request,
        *,
        conversation: ConversationId | None = None,
        ref: MessageId | None = None,
    ) -> Receipt:
        """Returns with the receipt. Raises CallFailed only for a signed refusal, which is recorded."""
        call = self.client.prepare(service, payload, conversation_id=conversation, ref=ref)
        self._record.sends(PartyMessage(self.me, call.message_id, call.digest, cause, conversation))
        try:
            receipt = self._noted(await self.until_answered(call))
        except CallFailed as refusal:
            self._record.is_refused(call.message_id, refusal.reason)
            raise
        if self._chance.random() < RESENT:
            self._noted(await self.until_answered(call))
        return receipt

    async def until_answered(self, call: PreparedCall) -> Answered:
        """Raises CallFailed when the exchange has signed that it never will."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                return await self.client.send(call)
            except CallFailed as failure:
                if failure.is_final:
                    raise
            await asyncio.sleep(wait_s * self._chance.uniform(0.5, 1.0))
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    def _noted(self, answered: Answered) -> Receipt:
        payload = answered.message.payload
        if not isinstance(payload, Accepted | AppealAccepted | DisagreementAccepted):
            raise TypeError(f"{type(payload).__name__} carries no receipt")
        receipt = payload.receipt
        self._record.has_receipt(receipt.message_id, receipt.conversation_id, receipt.appeal_number)
        return receipt
