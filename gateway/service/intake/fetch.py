"""The mailbox: hand out what waits for a party that cannot be called, under lease until it acknowledges."""

from __future__ import annotations

from datetime import datetime
from typing import Final, cast

from connectors.ports.outcome import Transmission
from contracts.payloads import FetchedMessages, FetchMessages, MailboxItem
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.audit import RecordAccess
from gateway.ports.deliveries import AttemptRecord, ClaimedDelivery, FetchMailbox, KeepAttempts
from gateway.ports.tracing import SpanName
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes
from signing.keys.keypair import SigningKey
from signing.profile.writing import sign_envelope

MOST_ITEMS: Final = 20
"""So many of the longest messages (100,000 letters, 100 documents) still make an answer below 8 MiB, which is what a
careful reader takes; the answer says how many more wait."""


async def fetch_messages(exchange: Exchange, admitted: AdmittedMessage, key: SigningKey) -> bytes:
    """Answer FetchMessages: a signed read. The envelopes are signed now and kept as handed out."""
    payload = cast("FetchMessages", admitted.message.payload)
    party, now = admitted.header.sender, exchange.clock.now()
    lease_until = now + exchange.directory().agreement_of(party).mailbox_lease
    request, limit = admitted.header.message_id, min(payload.limit, MOST_ITEMS)
    began = exchange.tracer.now()
    claims, waiting = await exchange.store.run(
        FetchMailbox(party, request=request, now=now, limit=limit, lease_until=lease_until)
    )
    envelopes = [sign_envelope(claim.operation, key, now=now) for claim in claims]
    handed_out = [_handed_out(claim, one, now=now) for claim, one in zip(claims, envelopes, strict=True)]
    await exchange.store.run(KeepAttempts(handed_out))
    for claim in claims:
        exchange.tracer.past(
            SpanName.HAND_OUT, began=began, after=claim.trace, delivery_id=claim.delivery_id, recipient=claim.recipient,
            message_id=claim.message_id, conversation_id=claim.conversation_id, attempt=claim.attempt,
        )  # fmt: skip
    await exchange.store.run(RecordAccess(party, "mailbox", f"{len(claims)} messages", now))
    items = tuple(
        MailboxItem(claim.message_id, claim.lease_until, envelope)
        for claim, envelope in zip(claims, envelopes, strict=True)
    )
    return answer_bytes(admitted, FetchedMessages(items, waiting), ids=exchange.ids, now=now)


def _handed_out(claim: ClaimedDelivery, envelope: bytes, *, now: datetime) -> AttemptRecord:
    return AttemptRecord(
        claim=claim,
        started_at=now,
        finished_at=now,
        outcome="Delivered",
        code=None,
        detail="handed out from the mailbox; its receipt is to follow",
        transmission=Transmission(envelope),
        state=DeliveryState.DELIVERED,
        next_attempt_at=claim.lease_until,
    )
