"""Payloads of contract v1 as frozen values; the XSD beside them (``xsd/exchange.xsd``) is the same list.

A field ``snake_case`` is the element ``snakeCase``; a field typed as a union of payload classes is an
``xs:choice`` whose element is the class name with a small first letter; a tuple is a repeated element.
Sizes are bytes, digests lower-case hex SHA-256, datetimes aware, dates local to Asia/Almaty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from contracts.codes import Code
from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import LocalText, PartyId
from contracts.receipt import ErrorSignal, Receipt

# --- shared parts ---------------------------------------------------------------------------------------------------


class Language(StrEnum):
    """Language of an appeal (АППК Art. 89(2): the answer is due in the state language or in this one)."""

    KK = "kk"
    RU = "ru"


class DocumentKind(StrEnum):
    """What a document is to the case; the dossier's index is ordered by it."""

    ATTACHMENT = "attachment"
    POWER_OF_ATTORNEY = "powerOfAttorney"
    ACT = "act"
    REPLY = "reply"
    ADMINISTRATIVE_FILE = "administrativeFile"
    HEARING_PROTOCOL = "hearingProtocol"
    EVIDENCE = "evidence"
    OBJECTION = "objection"
    HEAD_POSITION = "headPosition"
    RULING = "ruling"
    DOSSIER = "dossier"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document uploaded before; size and digest must equal what was uploaded."""

    document_id: DocumentId
    kind: DocumentKind
    title: str
    file_name: str
    media_type: str
    size: int
    sha256: str


class ApplicantKind(StrEnum):
    """A person has an IIN, an organisation a BIN."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Applicant:
    """АППК Art. 63(2): name, IIN or BIN, address."""

    kind: ApplicantKind
    iin_bin: str
    name: str
    address: str
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Representative:
    """Who acts for the applicant, on what ground (power of attorney, law)."""

    iin: str
    name: str
    ground: str


class SignatureFormat(StrEnum):
    """Form of the citizen's own signature."""

    CMS = "CMS"
    XADES = "XAdES"


@dataclass(frozen=True, slots=True)
class ElectronicSignature:
    """The applicant's or representative's EDS over the UTF-8 bytes of ``text``; kept and shown, never made by us."""

    format: SignatureFormat
    value: bytes


@dataclass(frozen=True, slots=True)
class Identification:
    """The platform's statement, under its own message signature, of how it knew the applicant."""

    method: str
    reference: str
    identified_at: datetime


@dataclass(frozen=True, slots=True)
class TermNotice:
    """A legal deadline as told to its addressee: article, local due date, the instant, and the rules it follows."""

    article: str
    due_on: date
    due_at: datetime
    rules_version: str


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground that an act or a position rests on (АППК Art. 129(3) binds the defendant to those of the act)."""

    article: str
    text: str


# --- Appeals --------------------------------------------------------------------------------------------------------


class AppealKind(StrEnum):
    """АППК Art. 4."""

    APPLICATION = "application"  # заявление
    COMPLAINT = "complaint"  # жалоба
    INQUIRY = "inquiry"  # запрос
    PROPOSAL = "proposal"  # предложение
    RESPONSE = "response"  # отклик
    MESSAGE = "message"  # сообщение


class IntakeChannel(StrEnum):
    """How the appeal came in; oral ones are written down (АППК Art. 63(2))."""

    ELECTRONIC = "electronic"
    PAPER = "paper"
    ORAL = "oral"


@dataclass(frozen=True, slots=True)
class RegisterAppeal:
    """A citizen's appeal. ``subject`` is the platform's category code, ``kato`` nine digits of the place."""

    kind: AppealKind
    subject: str
    kato: str
    language: Language
    channel: IntakeChannel
    lodged_at: datetime
    applicant: Applicant
    representative: Representative | None
    addressee: str | None
    text: str
    documents: tuple[DocumentRef, ...]
    authentication: ElectronicSignature | Identification | None


@dataclass(frozen=True, slots=True)
class AddDocuments:
    """Further documents of the applicant."""

    note: str
    documents: tuple[DocumentRef, ...]


class ClaimKind(StrEnum):
    """АППК Art. 131."""

    CONTEST = "contest"  # об оспаривании
    COMPEL = "compel"  # о принуждении
    PERFORM = "perform"  # о совершении действия
    RECOGNISE = "recognise"  # о признании


@dataclass(frozen=True, slots=True)
class Disagree:
    """«Не согласен»: the applicant does not accept the answer, or its absence."""

    claim: ClaimKind
    text: str
    pressed_at: datetime
    documents: tuple[DocumentRef, ...]
    authentication: ElectronicSignature | Identification | None


@dataclass(frozen=True, slots=True)
class WithdrawAppeal:
    """АППК Art. 64(9): the applicant may withdraw in writing before the decision."""

    reason: str
    authentication: ElectronicSignature | Identification | None


@dataclass(frozen=True, slots=True)
class GetHistory:
    """Read the path of one appeal by its number."""

    appeal_number: str


# --- Agency ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Registered:
    """The body has registered the appeal in its own system."""

    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Redirected:
    """АППК Art. 65: sent on to the competent body, whole or in part."""

    to: PartyId
    whole: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Extended:
    """АППК Art. 76(3): the term is extended by a reasoned decision."""

    until: date
    reason: str
    decided_by: str
    at: datetime


class HearingForm(StrEnum):
    """АППК Art. 73."""

    WRITTEN = "written"
    ORAL = "oral"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class HearingScheduled:
    """АППК Art. 73: the preliminary decision and when it may be objected to."""

    form: HearingForm
    place: str | None
    held_at: datetime
    preliminary_decision: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Terminated:
    """АППК Art. 70: the procedure ended without a decision."""

    ground: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportProgress:
    """One step of the body's procedure."""

    step: Registered | Redirected | Extended | HearingScheduled | Terminated
    documents: tuple[DocumentRef, ...]


class DecisionKind(StrEnum):
    """What the answer decides."""

    EXPLAINED = "explained"
    SATISFIED = "satisfied"
    PARTLY_SATISFIED = "partlySatisfied"
    REFUSED = "refused"
    TAKEN_NOTE = "takenNote"


@dataclass(frozen=True, slots=True)
class Reply:
    """The body's answer or act. АППК Art. 80(5): it must state where and until when it may be appealed."""

    decision: DecisionKind
    act_number: str
    act_date: date
    text: str
    grounds: tuple[Ground, ...]
    appeal_body: str | None
    appeal_until: date | None
    signed_by: str
    documents: tuple[DocumentRef, ...]


@dataclass(frozen=True, slots=True)
class SubmitMaterials:
    """The body's answer to ProvideMaterials: what it has, and in words what it has not."""

    statement: str
    documents: tuple[DocumentRef, ...]


class PositionKind(StrEnum):
    """АППК Art. 138(5): отзыв and the reasoned position of the higher head."""

    OBJECTION = "objection"
    HEAD_POSITION = "headPosition"


@dataclass(frozen=True, slots=True)
class SubmitPosition:
    """The body's position for the court."""

    kind: PositionKind
    text: str
    grounds: tuple[Ground, ...]
    signed_by: str
    documents: tuple[DocumentRef, ...]


@dataclass(frozen=True, slots=True)
class FetchMessages:
    """Ask the mailbox for up to ``limit`` messages; the same request again gets the batch that it was given."""

    limit: int


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Receipts and error signals for messages that were delivered or fetched before."""

    signals: tuple[Receipt | ErrorSignal, ...]


@dataclass(frozen=True, slots=True)
class ReportIncident:
    """Something does not work on the agency's side; lands at the support desk."""

    about_message_id: MessageId | None
    code: Code | None
    text: str
    contact: str


# --- Court ----------------------------------------------------------------------------------------------------------


class CaseStage(StrEnum):
    """Stages of a court case, as the court reports them."""

    REGISTERED = "registered"
    RETURNED = "returned"
    LEFT_WITHOUT_MOVEMENT = "leftWithoutMovement"
    ACCEPTED = "accepted"
    HEARING = "hearing"
    RULING = "ruling"
    IN_FORCE = "inForce"


@dataclass(frozen=True, slots=True)
class ReportCase:
    """A step of the court case. ``until``: the day by which something must be cured or appealed."""

    stage: CaseStage
    case_number: str | None
    at: datetime
    until: date | None
    text: str
    documents: tuple[DocumentRef, ...]


@dataclass(frozen=True, slots=True)
class RequestPosition:
    """The court asks the named bodies (none named: all that touched the appeal) for their positions."""

    bodies: tuple[PartyId, ...]
    question: str
    until: date | None


@dataclass(frozen=True, slots=True)
class RequestMaterials:
    """The court asks the named bodies for materials."""

    bodies: tuple[PartyId, ...]
    items: tuple[str, ...]
    until: date | None


# --- Documents ------------------------------------------------------------------------------------------------------

PART_BYTES = 4 * 1024 * 1024
"""Every part but the last has this size; the last is not empty unless the document is."""


@dataclass(frozen=True, slots=True)
class PutDocument:
    """Part ``part`` of ``parts`` (from 1) of the document whose whole is ``size`` bytes with digest ``sha256``."""

    upload_id: str
    part: int
    parts: int
    size: int
    sha256: str
    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class GetDocumentPart:
    """Ask for part ``part`` (from 1) of a document one has a grant for."""

    document_id: DocumentId
    part: int


# --- Inbox: what the exchange delivers ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssignAppeal:
    """The recipient is the competent body for this appeal and has until ``term`` to decide."""

    appeal_number: str
    registered_on: date
    appeal: RegisterAppeal
    term: TermNotice


@dataclass(frozen=True, slots=True)
class ForwardDocuments:
    """The applicant added documents."""

    appeal_number: str
    note: str
    documents: tuple[DocumentRef, ...]


class NotifiedStep(StrEnum):
    """Which step the applicant is told of."""

    REGISTERED = "registered"
    HANDED_OVER = "handedOver"
    BODY_REGISTERED = "bodyRegistered"
    REDIRECTED = "redirected"
    EXTENDED = "extended"
    HEARING = "hearing"
    TERMINATED = "terminated"
    REPLIED = "replied"
    TERM_BREACHED = "termBreached"
    DISAGREEMENT_ACCEPTED = "disagreementAccepted"
    MATERIALS_RECEIVED = "materialsReceived"
    BODY_SILENT = "bodySilent"
    DOSSIER_FILED = "dossierFiled"
    COURT_RECEIVED = "courtReceived"
    COURT_REFUSED = "courtRefused"
    CASE_STEP = "caseStep"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NotifyApplicant:
    """A step of the appeal in words the applicant reads; the platform passes it on."""

    appeal_number: str
    step: NotifiedStep
    at: datetime
    text: LocalText
    term: TermNotice | None
    case_number: str | None
    documents: tuple[DocumentRef, ...]


@dataclass(frozen=True, slots=True)
class NotifyWithdrawal:
    """The applicant withdrew; nothing further is due from the recipient."""

    appeal_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProvideMaterials:
    """The applicant went to court: send the administrative file and whatever else is named, until ``term``."""

    appeal_number: str
    items: tuple[DocumentKind, ...]
    term: TermNotice


@dataclass(frozen=True, slots=True)
class ProvidePosition:
    """The court asks for the recipient's position."""

    appeal_number: str
    question: str
    term: TermNotice


@dataclass(frozen=True, slots=True)
class FileDossier:
    """A dossier for the court: fetch it by parts, verify it, then acknowledge. ``supplements``: an earlier one."""

    appeal_number: str
    claim: ClaimKind
    dossier: DocumentRef
    supplements: DocumentId | None


Deliverable = (
    AssignAppeal
    | ForwardDocuments
    | NotifyApplicant
    | NotifyWithdrawal
    | ProvideMaterials
    | ProvidePosition
    | FileDossier
)


@dataclass(frozen=True, slots=True)
class Deliver:
    """Inbox: one message of the exchange; the header's action names the payload."""

    payload: Deliverable


# --- answers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """Answer to a write: it is durable, here is the receipt."""

    receipt: Receipt


class RoadKind(StrEnum):
    """Where a disagreement goes."""

    COURT = "court"
    HIGHER_BODY = "higherBody"


@dataclass(frozen=True, slots=True)
class Road:
    """Which road the disagreement takes and why; ``until`` is the last day for it, where the law sets one."""

    kind: RoadKind
    article: str
    until: date | None
    reason: LocalText


@dataclass(frozen=True, slots=True)
class DisagreementAccepted:
    """Answer to Disagree."""

    receipt: Receipt
    road: Road


@dataclass(frozen=True, slots=True)
class DocumentStored:
    """Answer to PutDocument; the id may be named in messages once ``complete``."""

    receipt: Receipt
    document_id: DocumentId
    complete: bool


@dataclass(frozen=True, slots=True)
class HistoryEvent:
    """One event of the path, without personal data."""

    seq: int
    at: datetime
    kind: str
    actor: PartyId
    note: LocalText


@dataclass(frozen=True, slots=True)
class HistoryTerm:
    """One term of the path and how it stands (open, met, breached, default, lapsed, extended)."""

    party: PartyId
    duty: str
    notice: TermNotice
    state: str


@dataclass(frozen=True, slots=True)
class History:
    """Answer to GetHistory."""

    appeal_number: str
    conversation_id: ConversationId
    status: str
    case_number: str | None
    events: tuple[HistoryEvent, ...]
    terms: tuple[HistoryTerm, ...]


@dataclass(frozen=True, slots=True)
class MailboxItem:
    """One signed Deliver envelope, byte for byte; acknowledge it before ``lease_until`` or it comes again."""

    message_id: MessageId
    lease_until: datetime
    envelope: bytes


@dataclass(frozen=True, slots=True)
class FetchedMessages:
    """Answer to FetchMessages; ``waiting`` counts what lies behind this batch, 1,001 for any number above 1,000."""

    items: tuple[MailboxItem, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """Answer to GetDocumentPart."""

    document_id: DocumentId
    part: int
    parts: int
    size: int
    sha256: str
    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class DeliverAnswer:
    """A party's answer to Deliver."""

    signal: Receipt | ErrorSignal


Request = (
    RegisterAppeal
    | AddDocuments
    | Disagree
    | WithdrawAppeal
    | GetHistory
    | ReportProgress
    | Reply
    | SubmitMaterials
    | SubmitPosition
    | FetchMessages
    | Acknowledge
    | ReportIncident
    | ReportCase
    | RequestPosition
    | RequestMaterials
    | PutDocument
    | GetDocumentPart
    | Deliver
)
Answer = Accepted | DisagreementAccepted | DocumentStored | History | FetchedMessages | DocumentPart | DeliverAnswer
