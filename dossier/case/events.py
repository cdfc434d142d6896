"""What happened to one appeal: facts in the past tense, without personal data, and their evidential bytes.

A fact holds ids, codes and times only; what people wrote stays in the message, which the event names and
commits to by a salted digest. ``event_bytes`` is what the ledger's leaf is the SHA-256 of, so its form can never
change for an event already written: ``v`` numbers the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from contracts.payloads import (
    CaseStage,
    ClaimKind,
    ClaimOutcome,
    ComplaintDecision,
    CourtResponse,
    DecisionKind,
    DocumentKind,
    FilingPurpose,
    HearingForm,
    PositionKind,
    ReturnBasis,
    RoadKind,
)


class SignatureVerdict(StrEnum):
    """What came of judging a signature; what could not be found out is neither of the others."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


# --- facts ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AppealRegistered:
    """АППК Art. 64(3). ``registered_on``: local date, the next working day after hours or on a day off."""

    appeal_number: str
    registered_on: date
    subject: str
    kato: str
    authenticated: str  # "CMS", "XAdES", "identification" or "absent"


@dataclass(frozen=True, slots=True)
class CaseImported:
    """The appeal ran in another system before; what precedes the recording of this rests on that system's word.

    ``source``: that system. ``source_number``: the appeal's number there, under which it goes on here. ``exported_at``:
    when it gave the record out. ``platform``: through which party the applicant acts from now on. ``record``: digests
    (SHA-256, hex) of the record's parts, which are kept as documents. ``due_on``: the last day of the term as it was
    told there; ours are counted by the law. ``refused_steps``: steps told there that the Code does not allow, which
    are facts without effect on terms. ``parent_number``: the appeal that it is about, if it is a complaint.
    """

    source: str
    source_number: str
    platform: PartyId
    record: tuple[str, ...]
    exported_at: datetime | None = None
    due_on: date | None = None
    refused_steps: int | None = None
    parent_number: str | None = None


@dataclass(frozen=True, slots=True)
class AppealAssigned:
    """Handed to the competent body; it has touched the appeal from now on."""

    body: PartyId


@dataclass(frozen=True, slots=True)
class AppealUnrouted:
    """No route names a body for this subject and place: the duty body got it, and an operator adds the route."""

    duty_body: PartyId


@dataclass(frozen=True, slots=True)
class DocumentsAdded:
    """The applicant, or whoever is the event's actor, added documents."""

    documents: tuple[DocumentId, ...]


@dataclass(frozen=True, slots=True)
class BodyRegistered:
    """The body registered the appeal in its own system."""

    body: PartyId
    number: str


@dataclass(frozen=True, slots=True)
class AppealRedirected:
    """АППК Art. 65."""

    body: PartyId
    to: PartyId
    whole: bool


@dataclass(frozen=True, slots=True)
class DefectsNamed:
    """АППК Art. 64(6). ``until``: the local day by which the applicant may cure them."""

    body: PartyId
    until: date


@dataclass(frozen=True, slots=True)
class AppealReturned:
    """АППК Art. 64(7): given back without consideration; ``basis``: which of its subparagraphs."""

    body: PartyId
    basis: ReturnBasis | None = None


@dataclass(frozen=True, slots=True)
class TermExtended:
    """АППК Art. 76(3)."""

    body: PartyId
    until: date


@dataclass(frozen=True, slots=True)
class HearingAnnounced:
    """АППК Art. 73."""

    body: PartyId
    form: HearingForm
    held_at: datetime


@dataclass(frozen=True, slots=True)
class ProcedureTerminated:
    """АППК Art. 70."""

    body: PartyId


@dataclass(frozen=True, slots=True)
class Replied:
    """The body answered."""

    body: PartyId
    decision: DecisionKind
    act_number: str
    act_date: date
    states_appeal_road: bool  # Art. 80(5): appeal body and term are stated


@dataclass(frozen=True, slots=True)
class HearingOmitted:
    """АППК Art. 73: an unfavourable act without a hearing; ``exception``: the subparagraph of 73(2) that was named."""

    body: PartyId
    act_number: str
    exception: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyResembled:
    """``count`` earlier replies of the body are nearly identical; ``appeal_numbers`` names the newest of them.

    A mark for the reader, never a judgement.
    """

    body: PartyId
    count: int
    appeal_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TermOpened:
    """A legal deadline runs. ``duty`` is the rule's key; the versions say by what it was computed.

    ``remind_at``: when whoever is bound is reminded, where the rules say so. ``body``: whose step gave the applicant
    this right while it has the appeal; None for what hangs on no body, and in histories written before it was kept.
    """

    term_id: str
    duty: str
    article: str
    party: PartyId
    started_at: datetime
    due_on: date
    due_at: datetime
    zone: str
    rules_version: str
    calendar_version: str
    tzdata_version: str
    remind_at: datetime | None = None
    body: PartyId | None = None


@dataclass(frozen=True, slots=True)
class TermReminded:
    """Whoever is bound was reminded that the due day is near."""

    term_id: str


@dataclass(frozen=True, slots=True)
class TermMet:
    """The duty was done; ``late`` when after the due instant."""

    term_id: str
    late: bool


@dataclass(frozen=True, slots=True)
class TermBreached:
    """The due instant passed and the duty was not done."""

    term_id: str
    party: PartyId


@dataclass(frozen=True, slots=True)
class TermLapsed:
    """The duty fell away (withdrawal, redirect, extension replaced it)."""

    term_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class DefaultRecorded:
    """The body stayed silent on a demand; ``lacking``: what was asked for and not given. The burden is Art. 129's."""

    term_id: str
    body: PartyId
    lacking: tuple[DocumentKind, ...] | None = None


@dataclass(frozen=True, slots=True)
class Disagreed:
    """The applicant pressed «Не согласен», over the act or the silence of ``body``.

    ``known_on``: when it became known, by the applicant's word. ``asks_restoration``: of the missed term (Art. 136(7)).
    """

    claim: ClaimKind
    authenticated: str
    body: PartyId | None = None
    known_on: date | None = None
    asks_restoration: bool | None = None


@dataclass(frozen=True, slots=True)
class RoadTaken:
    """Where the disagreement goes, by which article; ``court``: which one, as the routes said at that moment.

    ``body``: whose act or silence it is about. To the higher body: ``reviewer`` is that body. ``late``: after
    ``until``; it is taken all the same. ``dossier_no``: the dossier that the claim is filed with (None: the first).
    """

    kind: RoadKind
    article: str
    until: date | None
    court: PartyId | None = None
    body: PartyId | None = None
    reviewer: PartyId | None = None
    late: bool | None = None
    dossier_no: int | None = None


@dataclass(frozen=True, slots=True)
class ComplaintWithdrawn:
    """АППК Art. 64(9), 94(1): the complaint about ``body``, before it was decided."""

    body: PartyId


@dataclass(frozen=True, slots=True)
class ComplaintForwarded:
    """АППК Art. 91(4): the complaint is with the higher body; ``with_file``: so is the administrative file."""

    body: PartyId
    reviewer: PartyId
    with_file: bool


@dataclass(frozen=True, slots=True)
class ComplaintDecided:
    """АППК Art. 100."""

    reviewer: PartyId
    body: PartyId
    decision: ComplaintDecision
    act_number: str
    act_date: date


@dataclass(frozen=True, slots=True)
class MaterialsDemanded:
    """The exchange asked a body for what the file lacks, for dossier ``dossier_no`` (None: the first)."""

    body: PartyId
    items: tuple[DocumentKind, ...]
    dossier_no: int | None = None
    term_id: str | None = None


@dataclass(frozen=True, slots=True)
class MaterialsReceived:
    """The body sent what it was asked for; ``kinds``: what its documents are, each kind once."""

    body: PartyId
    documents: tuple[DocumentId, ...]
    kinds: tuple[DocumentKind, ...] | None = None


@dataclass(frozen=True, slots=True)
class CourtAsked:
    """The court asked for positions or, if not ``positions``, for materials; what comes goes into ``dossier_no``."""

    court: PartyId
    positions: bool
    bodies: tuple[PartyId, ...]
    dossier_no: int


@dataclass(frozen=True, slots=True)
class PositionDemanded:
    """The court's question was put to a body (АППК Art. 138(5)); ``items``: what it owes."""

    body: PartyId
    items: tuple[DocumentKind, ...]
    dossier_no: int
    term_id: str


@dataclass(frozen=True, slots=True)
class PositionReceived:
    """A body's position for the court; ``new_grounds``: how many of its grounds the act lacks (Art. 129(3)).

    ``kinds``: what its documents are, each kind once; the administrative file may come with it.
    """

    body: PartyId
    kind: PositionKind
    documents: tuple[DocumentId, ...]
    new_grounds: int
    kinds: tuple[DocumentKind, ...] | None = None


@dataclass(frozen=True, slots=True)
class DossierOrdered:
    """The file is as complete as it will be; assembly is due."""

    dossier_no: int
    court: PartyId
    purpose: FilingPurpose | None = None  # None: the claim, as before there were others


@dataclass(frozen=True, slots=True)
class DossierFiled:
    """The dossier is assembled, signed and on its way to the court; it holds what happened ``up_to_seq``."""

    dossier_no: int
    document_id: DocumentId
    sha256: str
    size: int
    level: str  # XAdES level reached: "B-B" or "B-T"
    up_to_seq: int | None = None


@dataclass(frozen=True, slots=True)
class MessageAcknowledged:
    """A recipient's verified signed receipt for one of our messages."""

    recipient: PartyId
    action: str
    acknowledged_message_id: MessageId
    digest: str


@dataclass(frozen=True, slots=True)
class MessageRejected:
    """A recipient refused one of our messages for good, by a verified signed error signal."""

    recipient: PartyId
    action: str
    rejected_message_id: MessageId
    code: str


@dataclass(frozen=True, slots=True)
class CaseReported:
    """The court reported a step of the case; ``outcome``: how the claim ended, if it said so in one word.

    ``ground``: of a return, the subparagraph of АППК Art. 138(2). ``to``: the court that has the case after a transfer.
    ``acted_on``: the local day of the step by the court's word, of its act the day of the final form (Art. 168).
    """

    stage: CaseStage
    case_number: str | None
    until: date | None
    outcome: ClaimOutcome | None = None
    ground: int | None = None
    to: PartyId | None = None
    acted_on: date | None = None


@dataclass(frozen=True, slots=True)
class CourtAnswered:
    """The applicant answered the court's act: cured what it named, or appealed it (АППК Art. 138(4), 168)."""

    response: CourtResponse
    authenticated: str


@dataclass(frozen=True, slots=True)
class AppealWithdrawn:
    """АППК Art. 64(9)."""


@dataclass(frozen=True, slots=True)
class SignatureJudged:
    """The citizen's own signature under a message of theirs was judged, before the dossier was put together.

    АППК Art. 63, 131. ``signed``: that message. ``authority``: who judged, as ``NCANode``. ``certificate``: the serial
    number, in hex, of the one that signed; None where none could be read. That its holder is the applicant or the
    representative is part of ``verdict``.
    """

    signed: MessageId
    action: str
    verdict: SignatureVerdict
    authority: str
    certificate: str | None = None


Fact = (
    AppealRegistered
    | AppealAssigned
    | AppealUnrouted
    | DocumentsAdded
    | BodyRegistered
    | AppealRedirected
    | DefectsNamed
    | AppealReturned
    | TermExtended
    | HearingAnnounced
    | ProcedureTerminated
    | Replied
    | HearingOmitted
    | ReplyResembled
    | TermOpened
    | TermReminded
    | TermMet
    | TermBreached
    | TermLapsed
    | DefaultRecorded
    | Disagreed
    | RoadTaken
    | ComplaintWithdrawn
    | ComplaintForwarded
    | ComplaintDecided
    | MaterialsDemanded
    | MaterialsReceived
    | CourtAsked
    | PositionDemanded
    | PositionReceived
    | DossierOrdered
    | DossierFiled
    | MessageAcknowledged
    | MessageRejected
    | CaseReported
    | CourtAnswered
    | AppealWithdrawn
    | CaseImported
    | SignatureJudged
)


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Commitment:
    """A salted digest of something the event rests on: SHA-256(salt ‖ SHA-256(content)), 32-byte salt.

    ``subject`` is the message_id or document_id. Erasing content and salt leaves the event verifiable.
    """

    subject: str
    digest: str


@dataclass(frozen=True, slots=True)
class Event:
    """One fact in one conversation. ``seq`` counts from 1 without gaps; ``at`` is aware UTC.

    ``actor`` is who caused it (the exchange itself for what its clock or loops did); ``message_id`` names the
    message that brought it, if one did. ``at`` is when it was recorded; ``happened_at``, where another system told us
    later what had happened there (an import), is when it happened by that system's word.
    """

    conversation_id: ConversationId
    seq: int
    at: datetime
    actor: PartyId
    message_id: MessageId | None
    fact: Fact
    commitments: tuple[Commitment, ...] = ()
    happened_at: datetime | None = None

    @property
    def took_place_at(self) -> datetime:
        """The instant that terms and knowledge count from."""
        return self.happened_at or self.at
