"""What the procedure takes in and what it gives back. All of it is values; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from contracts.codes import Code
from contracts.header import ConversationId, MessageId
from contracts.party import LocalText, PartyId
from contracts.payloads import (
    CaseRequest,
    ClaimKind,
    Deliverable,
    Disagree,
    DocumentRef,
    Finding,
    RegisterAppeal,
    Reply,
    Request,
    Road,
    Ticket,
)
from dossier.case.events import Event, Fact, SignatureJudged


@dataclass(frozen=True, slots=True)
class Competence:
    """Who is competent, as the registry says now.

    ``body``: for the appeal, None when no route fits; ``duty``: the body that then gets it. ``court``: for the place
    of the applicant (Art. 106: an act issued as an electronic document). ``higher``: the higher body of a body;
    ``court_at``: the court for the place of a body.
    """

    body: PartyId | None
    court: PartyId | None
    duty: PartyId | None = None
    higher: Mapping[PartyId, PartyId] = field(default_factory=dict)
    court_at: Mapping[PartyId, PartyId] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resembling:
    """Earlier replies of the same body that are nearly identical to the one that arrives; the newest are named."""

    count: int
    appeal_numbers: tuple[str, ...]


_P = TypeVar("_P", bound=Request)


@dataclass(frozen=True, slots=True)
class CaseMessage(Generic[_P]):
    """A message of the case as its sender put it."""

    by: PartyId
    message_id: MessageId
    payload: _P


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that a decision may rest on: the history, and what was said in the case before.

    ``added``: documents that the applicant added since. ``pressed``: every disagreement, ``replies``: every act of a
    body, in order. ``resembling``: what the store knows of the reply that arrives.
    """

    conversation_id: ConversationId
    events: tuple[Event, ...]
    appeal: RegisterAppeal | None  # None only before registration
    added: tuple[DocumentRef, ...] = ()
    pressed: tuple[CaseMessage[Disagree], ...] = ()
    replies: tuple[CaseMessage[Reply], ...] = ()
    resembling: Resembling | None = None


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A verified message of a party on this case. ``appeal_number`` is minted for RegisterAppeal only."""

    message_id: MessageId
    sender: PartyId
    payload: CaseRequest
    appeal_number: str | None = None


@dataclass(frozen=True, slots=True)
class TermFellDue:
    """The clock passed the due instant of an open term."""

    term_id: str


@dataclass(frozen=True, slots=True)
class DeliveryAcknowledged:
    """A verified receipt for one of our messages."""

    message_id: MessageId
    recipient: PartyId
    action: str
    digest: str


@dataclass(frozen=True, slots=True)
class DeliveryRejected:
    """A verified error signal for one of our messages; ``detail`` is the recipient's words."""

    message_id: MessageId
    recipient: PartyId
    action: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class DossierReady:
    """The collector has assembled, signed and stored a dossier that holds the events up to ``up_to_seq``."""

    dossier_no: int
    document_id: str
    sha256: str
    size: int
    level: str
    file_name: str
    title: str
    up_to_seq: int


@dataclass(frozen=True, slots=True)
class SignaturesJudged:
    """What came of judging the citizen's own signatures, for a dossier that is due."""

    judged: tuple[SignatureJudged, ...]


Arrival = MessageArrived | TermFellDue | DeliveryAcknowledged | DeliveryRejected | DossierReady | SignaturesJudged


@dataclass(frozen=True, slots=True)
class OutgoingIntent:
    """A message to be sent: the service mints its id, writes its bytes and makes the delivery.

    ``ref_to``: the original message it forwards or answers. Order in ``Decision.messages`` is order of sending.
    """

    recipient: PartyId
    payload: Deliverable
    ref_to: MessageId | None = None


@dataclass(frozen=True, slots=True)
class AssemblyOrder:
    """A dossier is due: assemble, sign, store and file it."""

    dossier_no: int
    court: PartyId
    claim: ClaimKind


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows. ``facts`` become events in this order; terms are facts too (TermOpened, TermMet, …).

    ``road`` is set exactly for an accepted Disagree, ``ticket`` for a registration; ``findings`` for both.
    """

    facts: tuple[Fact, ...] = ()
    messages: tuple[OutgoingIntent, ...] = ()
    assembly: AssemblyOrder | None = None
    road: Road | None = None
    ticket: Ticket | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRefusal:
    """The arrival is not possible in this case; nothing follows. The sender's fault."""

    code: Code
    detail: str


@dataclass(frozen=True, slots=True)
class Moment:
    """When and by which data a decision is made; handed in, never looked up.

    ``names``: what parties are called in texts for people; a party without a name is called by its id.
    """

    now: datetime
    exchange: PartyId
    competence: Competence
    names: Mapping[PartyId, LocalText] = field(default_factory=dict)
