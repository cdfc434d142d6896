"""What is written of a message that came in, taken or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.header import Action, ConversationId, MessageId
from contracts.party import PartyId
from dossier.case.likeness import Sketch
from dossier.procedure.decision import Resembling
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import CaseWrite
from gateway.ports.operations import Read, Write
from gateway.ports.people.desk import IncidentWrite, NoteWrite
from gateway.ports.results import AlreadyRecorded, Conflict, Recorded


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A verified message as recorded.

    ``envelope``: bytes as received; None for PutDocument (its content is kept as the document). ``answer``: operation
    bytes of our answer, sent again, freshly signed, for every repeat. ``answer_envelope``: the answer as it first
    goes out, signed: our receipt, kept with what it acknowledges.
    """

    sender: PartyId
    message_id: MessageId
    conversation_id: ConversationId | None
    ref_to_message_id: MessageId | None
    action: Action
    digest: str
    operation: bytes | None
    envelope: bytes | None
    answer: bytes
    received_at: datetime
    answer_envelope: bytes | None = None


@dataclass(frozen=True, slots=True)
class SignalRecord:
    """A receipt or error signal that a party sent through Acknowledge: ends the delivery of (sender, message_id).

    ``code`` and ``detail`` are set for an error signal.
    """

    message_id: MessageId
    state: DeliveryState  # ACKNOWLEDGED or REJECTED
    code: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class SketchedReply:
    """A reply of ``body`` on one appeal with the sketch by which letters that are nearly the same are found."""

    body: PartyId
    conversation_id: ConversationId
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What a named person did by this write, and why."""

    by: str
    act: str
    subject: str
    reason: str
    result: str


@dataclass(frozen=True, slots=True)
class Acceptance(Write[Recorded | Conflict | AlreadyRecorded]):
    """One accepted write: inbox key, message, what it ends and what it adds to its cases; one commit.

    ``sketched``: a reply that later ones of its body are compared with. ``audit``: the line for the audit log, where a
    person caused it. ``incidents``, ``notes``: what a party reported to the support desk.
    """

    incoming: IncomingMessage
    cases: tuple[CaseWrite, ...] = ()
    signals: tuple[SignalRecord, ...] = ()
    sketched: SketchedReply | None = None
    audit: AuditLine | None = None
    incidents: tuple[IncidentWrite, ...] = ()
    notes: tuple[NoteWrite, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalRecord(Write[None]):
    """One refused request, for the log of refusals. ``request_sha256`` identifies its bytes.

    ``sender`` and ``message_id`` are what the request says of itself. ``signer``: the party whose signature it proved
    to carry, None for a stranger; ``digest`` is then that of the signed operation. ``answer``: our signed fault, which
    the store keeps for a signer, within bounds. ``request``: the bytes refused, kept within bounds, for a month.
    """

    at: datetime
    path: str
    remote: str
    code: str
    detail: str
    sender: str | None
    message_id: str | None
    request_sha256: str
    size: int
    signer: PartyId | None = None
    digest: str | None = None
    answer: bytes | None = None
    request: bytes | None = None


@dataclass(frozen=True, slots=True)
class ForgetRequests(Write[int]):
    """Bytes of refused requests that came before; some hundreds at a time. Returns how many went."""

    before: datetime


@dataclass(frozen=True, slots=True)
class FindAnswer(Read[AlreadyRecorded | None]):
    """What was answered to this message of the sender; None when it is new."""

    sender: PartyId
    message_id: MessageId


@dataclass(frozen=True, slots=True)
class FindSimilarReplies(Read[Resembling]):
    """Earlier replies of the body in other appeals that are nearly identical: how many, and the newest 20 appeals.

    Counted up to 500. One that is being written at this moment may be missed.
    """

    reply: SketchedReply
