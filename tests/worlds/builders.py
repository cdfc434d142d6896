"""Values for tests, whole by default: name only the fact that the test is about."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.ports.outcome import Transmission
from contracts.header import Action, ConversationId, DocumentId, MessageId
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry, Route
from dossier.case.events import AppealAssigned, AppealRegistered, Fact, TermOpened
from gateway.domain.delivery.priority import Priority
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import CaseWrite, OutgoingMessage, SaltedSubject
from gateway.ports.deliveries import AttemptRecord, ClaimedDelivery
from gateway.ports.intake import Acceptance, IncomingMessage, RefusalRecord, SignalRecord

EXCHANGE = PartyId("dalel")
PLATFORM = PartyId("eotinish")
AKIMAT = PartyId("akimat-almaty")
JER = PartyId("jer-almaty")
COURT = PartyId("smas-almaty")

NOON = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)  # 12:00 in Almaty
MINUTE = timedelta(minutes=1)


def message_id() -> MessageId:
    return MessageId(str(uuid.uuid4()))


def conversation_id() -> ConversationId:
    return ConversationId(str(uuid.uuid4()))


def document_id() -> DocumentId:
    return DocumentId(f"{uuid.uuid4().hex}{uuid.uuid4().hex}"[:43])


def appeal_number() -> str:
    return f"DL-2026-{uuid.uuid4().int % 10**10:010d}"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- messages -------------------------------------------------------------------------------------------------------


def incoming(**changes: Any) -> IncomingMessage:
    """A Reply of the akimat."""
    minted = changes.get("message_id") or message_id()
    operation = f"<operation id='{minted}'/>".encode()
    whole = IncomingMessage(
        sender=AKIMAT,
        message_id=minted,
        conversation_id=None,
        ref_to_message_id=None,
        action=Action.REPLY,
        digest=sha256(operation),
        operation=operation,
        envelope=b"<envelope>" + operation + b"</envelope>",
        answer=f"<answer to='{minted}'/>".encode(),
        received_at=NOON,
    )
    return replace(whole, **changes)


def outgoing(conversation: ConversationId, recipient: PartyId = AKIMAT, **changes: Any) -> OutgoingMessage:
    """An AssignAppeal to ``recipient``."""
    minted = changes.get("message_id") or message_id()
    operation = f"<operation id='{minted}'/>".encode()
    whole = OutgoingMessage(
        message_id=minted,
        conversation_id=conversation,
        ref_to_message_id=None,
        recipient=recipient,
        action=Action.ASSIGN_APPEAL,
        operation=operation,
        digest=sha256(operation),
        created_at=NOON,
        priority=Priority.TERM_BOUND,
        documents=(),
    )
    return replace(whole, **changes)


def acknowledged(of: MessageId) -> SignalRecord:
    return SignalRecord(of, DeliveryState.ACKNOWLEDGED)


def rejected(of: MessageId, code: str = "NotCompetent", detail: str = "не в нашей компетенции") -> SignalRecord:
    return SignalRecord(of, DeliveryState.REJECTED, code, detail)


# --- cases ----------------------------------------------------------------------------------------------------------


def registered(number: str = "DL-2026-0000000001", **changes: Any) -> AppealRegistered:
    whole = AppealRegistered(
        appeal_number=number,
        registered_on=date(2026, 11, 24),
        subject="land.lease",
        kato="750000000",
        authenticated="CMS",
    )
    return replace(whole, **changes)


def term(term_id: str = "reply-1", *, due_at: datetime = NOON + 15 * MINUTE, **changes: Any) -> TermOpened:
    whole = TermOpened(
        term_id=term_id,
        duty="reply",
        article="76(1)",
        party=AKIMAT,
        started_at=NOON,
        due_on=due_at.date(),
        due_at=due_at,
        zone="Asia/Almaty",
        rules_version="test",
        calendar_version="test",
        tzdata_version="2026.6",
    )
    return replace(whole, **changes)


def salted(subject: str, content: bytes = b"content") -> SaltedSubject:
    return SaltedSubject(subject, sha256(content), hashlib.sha256(subject.encode()).digest())


def opening(*messages: OutgoingMessage, **changes: Any) -> CaseWrite:
    """The first write of a new conversation: AppealRegistered, and what else is named."""
    number = changes.get("appeal_number") or appeal_number()
    conversation = changes.get("conversation_id") or (messages[0].conversation_id if messages else conversation_id())
    whole = CaseWrite(
        conversation_id=conversation,
        expected_seq=0,
        at=NOON,
        actor=PLATFORM,
        message_id=None,
        facts=(registered(number),),
        salted=(),
        messages=messages,
        appeal_number=number,
        opened_by=PLATFORM,
    )
    return replace(whole, **changes)


def writing(conversation: ConversationId, expected_seq: int, *facts: Fact, **changes: Any) -> CaseWrite:
    """A further write, by the exchange itself."""
    whole = CaseWrite(
        conversation_id=conversation,
        expected_seq=expected_seq,
        at=NOON,
        actor=EXCHANGE,
        message_id=None,
        facts=facts or (AppealAssigned(AKIMAT),),
        salted=(),
        messages=(),
    )
    return replace(whole, **changes)


def acceptance(*cases: CaseWrite, signals: tuple[SignalRecord, ...] = (), **changes: Any) -> Acceptance:
    """An incoming message with the cases it writes to; ``changes`` are of the message."""
    return Acceptance(incoming(**changes), cases, signals)


def registration(*messages: OutgoingMessage, **changes: Any) -> Acceptance:
    """RegisterAppeal from the platform, opening a conversation; ``changes`` are of the case."""
    case = opening(*messages, **changes)
    minted = message_id()
    taken = incoming(
        sender=PLATFORM,
        message_id=minted,
        conversation_id=case.conversation_id,
        action=Action.REGISTER_APPEAL,
        received_at=case.at,
    )
    return Acceptance(taken, (replace(case, message_id=minted),))


# --- deliveries -----------------------------------------------------------------------------------------------------


def attempt(claim: ClaimedDelivery, state: DeliveryState = DeliveryState.ACKNOWLEDGED, **changes: Any) -> AttemptRecord:
    """What came of a claim: acknowledged in the answer, unless told otherwise."""
    is_retry = state is DeliveryState.RETRY_SCHEDULED
    whole = AttemptRecord(
        claim=claim,
        started_at=NOON,
        finished_at=NOON + timedelta(milliseconds=20),
        outcome="Deferred" if is_retry else state.value.title(),
        code=None,
        detail=None,
        transmission=Transmission(
            f"<sent id='{claim.message_id}' attempt='{claim.attempt}'/>".encode(),
            None if is_retry else f"<receipt for='{claim.message_id}'/>".encode(),
            503 if is_retry else 200,
        ),
        state=state,
        next_attempt_at=NOON + MINUTE if is_retry or state is DeliveryState.DELIVERED else None,
    )
    return replace(whole, **changes)


# --- the registry ---------------------------------------------------------------------------------------------------


def party(party_id: PartyId = AKIMAT, **changes: Any) -> Party:
    """An agency that is called; without an endpoint it becomes a mailbox."""
    whole = Party(
        party_id=party_id,
        role=PartyRole.AGENCY,
        bin="000740000728",
        name=LocalText(kk="Әкімдік", ru="Акимат", en="Akimat"),
        channel=Channel.PUSH,
        endpoint=f"http://127.0.0.1:9/{party_id}",
        certificates=(f"certificate of {party_id}".encode(),),
    )
    return replace(whole, **changes)


def mailbox_party(party_id: PartyId = JER, **changes: Any) -> Party:
    return party(party_id, **{"channel": Channel.MAILBOX, "endpoint": None, **changes})


def generous(party_id: PartyId) -> Agreement:
    """Terms for tests that are not about how many a party may be given at once."""
    return Agreement(party_id, most_at_once=1_000)


def registry(*parties: Party) -> Registry:
    """The sandbox's four parties, or the given ones, with agreements and a route each."""
    known = parties or (
        party(PLATFORM, role=PartyRole.PLATFORM),
        party(AKIMAT),
        mailbox_party(JER),
        party(COURT, role=PartyRole.COURT),
    )
    ordered = tuple(sorted(known, key=lambda one: one.party_id))
    return Registry(
        version=0,
        parties=ordered,
        agreements=tuple(Agreement(one.party_id) for one in ordered),
        routes=tuple(Route(one.role, "*", "*", one.party_id) for one in ordered),
    )


def refusal(**changes: Any) -> RefusalRecord:
    whole = RefusalRecord(
        at=NOON,
        path="/soap/v1/agency",
        remote="127.0.0.1",
        code="SignatureInvalid",
        detail="the digest of Body does not match",
        sender=None,
        message_id=None,
        request_sha256=sha256(b"request"),
        size=7,
    )
    return replace(whole, **changes)
