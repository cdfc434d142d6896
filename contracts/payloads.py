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
from contracts.ids import ConversationId, DocumentId, MessageId
from contracts.party import LocalText, PartyId
from contracts.receipt import ErrorSignal, Receipt

# --- what a payload is: the rows that use it stand in ``operations`` -------------------------------------------------


class Request:
    """What one party asks of another; its class is named as the operation."""

    __slots__ = ()


class CaseRequest(Request):
    """A request that acts on a case and therefore goes through the procedure."""

    __slots__ = ()


class Answer:
    """What an operation answers."""

    __slots__ = ()


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
    STATE_DUTY = "stateDuty"  # paid, or the petition to defer it (АППК Art. 131(8))
    SIGNED_CLAIM = "signedClaim"  # on paper, signed by hand and scanned (АППК Art. 131(5))


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
    """АППК Art. 63(2): name, IIN or BIN, address; a claim also names day and place of birth (Art. 131(2)2)."""

    kind: ApplicantKind
    iin_bin: str
    name: str
    address: str
    phone: str | None = None
    email: str | None = None
    kato: str | None = None  # nine digits of the place that ``address`` is in; a claim over an e-act goes to its court
    birth_date: date | None = None
    birth_place: str | None = None


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
class Receiver:
    """Who took an appeal on paper or by word of mouth: name, post, office (АППК Art. 64(2))."""

    name: str
    post: str
    office: str


@dataclass(frozen=True, slots=True)
class RegisterAppeal(CaseRequest):
    """A citizen's appeal. ``subject`` is the platform's category code, ``kato`` nine digits of the place.

    ``received_by``: the clerk of a reception centre who registers it on paper's behalf; the ticket names them.
    ``about``: of a complaint, the body whose act or silence it is about (АППК Art. 91(4)). ``joined_by``: who else
    lodges a collective appeal (Art. 22(1), 64(7-1)).
    """

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
    received_by: Receiver | None = None
    about: PartyId | None = None
    joined_by: tuple[Applicant, ...] = ()


@dataclass(frozen=True, slots=True)
class AddDocuments(CaseRequest):
    """Further documents of the applicant: also an objection in a hearing, or the cure of defects."""

    note: str
    documents: tuple[DocumentRef, ...]


class ClaimKind(StrEnum):
    """АППК Art. 131."""

    CONTEST = "contest"  # об оспаривании
    COMPEL = "compel"  # о принуждении
    PERFORM = "perform"  # о совершении действия
    RECOGNISE = "recognise"  # о признании
    RECOGNISE_ACT = "recogniseAct"  # о признании незаконным акта, не имеющего больше юридической силы (135(2))
    BYLAW = "bylaw"  # об оспаривании законности подзаконного НПА (135-1)


@dataclass(frozen=True, slots=True)
class Disagree(CaseRequest):
    """«Не согласен»: the applicant does not accept the answer, or its absence.

    ``body``: whose act or silence it is about; without it, the last one. ``known_on``: the local day on which the
    applicant got to know of it, where that is not the day of the notice; the applicant proves it (АППК Art. 129(1)).
    ``late_reason``: why the term was missed, which asks for it to be restored (Art. 92(2), 136(7)).
    """

    claim: ClaimKind
    text: str
    pressed_at: datetime
    documents: tuple[DocumentRef, ...]
    authentication: ElectronicSignature | Identification | None
    body: PartyId | None = None
    known_on: date | None = None
    late_reason: str | None = None


class CourtResponse(StrEnum):
    """What the applicant does about a claim that was returned or left without movement, or about a ruling."""

    CURED = "cured"  # the defects that the court named are cured (АППК Art. 138(4)); the claim is filed again
    APPEALED = "appealed"  # the court's act is appealed (АППК Art. 168)


@dataclass(frozen=True, slots=True)
class AnswerCourt(CaseRequest):
    """The applicant answers the court's act; goes to the court as a supplementary dossier."""

    response: CourtResponse
    text: str
    responded_at: datetime
    documents: tuple[DocumentRef, ...]
    authentication: ElectronicSignature | Identification | None


@dataclass(frozen=True, slots=True)
class WithdrawAppeal(CaseRequest):
    """АППК Art. 64(9): the applicant may withdraw in writing, before the decision or before the court has the case."""

    reason: str
    authentication: ElectronicSignature | Identification | None


@dataclass(frozen=True, slots=True)
class GetHistory(Request):
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
class DefectsNamed:
    """АППК Art. 64(6): what the appeal lacks, and the reasonable term to cure it."""

    defects: tuple[str, ...]
    until: date
    at: datetime


class ReturnBasis(StrEnum):
    """АППК Art. 64(7), subparagraph 1 and the two cases of subparagraph 2."""

    NOT_CURED = "notCured"
    REPEAT = "repeat"
    ABUSIVE = "abusive"


@dataclass(frozen=True, slots=True)
class Returned:
    """АППК Art. 64(7): given back without consideration, since the defects were not cured or it is a mere repeat."""

    ground: str
    at: datetime
    basis: ReturnBasis | None = None


@dataclass(frozen=True, slots=True)
class ReportProgress(CaseRequest):
    """One step of the body's procedure."""

    step: Registered | Redirected | Extended | HearingScheduled | Terminated | DefectsNamed | Returned
    documents: tuple[DocumentRef, ...]


class DecisionKind(StrEnum):
    """What the answer decides."""

    EXPLAINED = "explained"
    SATISFIED = "satisfied"
    PARTLY_SATISFIED = "partlySatisfied"
    REFUSED = "refused"
    TAKEN_NOTE = "takenNote"


@dataclass(frozen=True, slots=True)
class Reply(CaseRequest):
    """The body's answer or act. АППК Art. 80(5): it must state where and until when it may be appealed.

    ``hearing_exception``: of an unfavourable one without a hearing, the subparagraph of Art. 73(2) that is claimed.
    """

    decision: DecisionKind
    act_number: str
    act_date: date
    text: str
    grounds: tuple[Ground, ...]
    appeal_body: str | None
    appeal_until: date | None
    signed_by: str
    documents: tuple[DocumentRef, ...]
    hearing_exception: int | None = None


@dataclass(frozen=True, slots=True)
class SubmitMaterials(CaseRequest):
    """The body's answer to ProvideMaterials: what it has, and in words what it has not."""

    statement: str
    documents: tuple[DocumentRef, ...]


class PositionKind(StrEnum):
    """АППК Art. 138(5): отзыв and the reasoned position of the higher head."""

    OBJECTION = "objection"
    HEAD_POSITION = "headPosition"


@dataclass(frozen=True, slots=True)
class SubmitPosition(CaseRequest):
    """The body's position for the court."""

    kind: PositionKind
    text: str
    grounds: tuple[Ground, ...]
    signed_by: str
    documents: tuple[DocumentRef, ...]


class ComplaintDecision(StrEnum):
    """What the higher body decides on a complaint (АППК Art. 100(1))."""

    CANCELLED = "cancelled"  # the act is cancelled
    CANCELLED_WITH_NEW_ACT = "cancelledWithNewAct"  # and a new one taken in its place
    ACTION_DONE = "actionDone"  # the action that was refused is done
    REJECTED = "rejected"
    SENT_BACK = "sentBack"  # the body considers anew
    LEFT_WITHOUT_CONSIDERATION = "leftWithoutConsideration"


@dataclass(frozen=True, slots=True)
class DecideComplaint(CaseRequest):
    """The higher body's decision on ReviewComplaint, with its grounds (АППК Art. 98–100).

    ``body``: about which body the complaint is; without it, the oldest that waits for the sender.
    """

    decision: ComplaintDecision
    act_number: str
    act_date: date
    text: str
    grounds: tuple[Ground, ...]
    signed_by: str
    documents: tuple[DocumentRef, ...]
    body: PartyId | None = None


@dataclass(frozen=True, slots=True)
class FetchMessages(Request):
    """Ask the mailbox for up to ``limit`` messages; the same request again gets the batch that it was given."""

    limit: int


@dataclass(frozen=True, slots=True)
class Acknowledge(Request):
    """Receipts and error signals for messages that were delivered or fetched before."""

    signals: tuple[Receipt | ErrorSignal, ...]


@dataclass(frozen=True, slots=True)
class ReportIncident(Request):
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
    TRANSFERRED = "transferred"  # to another court (АППК Art. 108)
    PROCEDURE_RULING = "procedureRuling"  # an определение (Art. 168(3))
    CONCILIATED = "conciliated"  # the court approved an agreement (Art. 120, 138(2)9)
    TERMINATED = "terminated"
    APPELLATE_RULING = "appellateRuling"  # in force from the day it is read out (Art. 168(10))
    EXECUTED = "executed"  # Art. 171


class ClaimOutcome(StrEnum):
    """How a claim ended, in one word of the court's own; that it was returned, ``CaseStage`` says."""

    GRANTED = "granted"
    GRANTED_IN_PART = "grantedInPart"
    REFUSED = "refused"
    ENDED_OTHERWISE = "endedOtherwise"


@dataclass(frozen=True, slots=True)
class ReportCase(CaseRequest):
    """A step of the court case. ``until``: the day by which something must be cured or appealed.

    ``outcome``: with ``ruling`` or ``inForce``, how the claim ended; None where the court tells it in words only.
    ``ground``: with ``returned``, the subparagraph of АППК Art. 138(2). ``to``: with ``transferred``, the court that
    has the case now. ``final_on``: the day the act was made in its final form, from which Art. 168 counts.
    """

    stage: CaseStage
    case_number: str | None
    at: datetime
    until: date | None
    text: str
    documents: tuple[DocumentRef, ...]
    outcome: ClaimOutcome | None = None
    ground: int | None = None
    to: PartyId | None = None
    final_on: date | None = None


@dataclass(frozen=True, slots=True)
class RequestPosition(CaseRequest):
    """The court asks the named bodies (none named: all that touched the appeal) for their positions."""

    bodies: tuple[PartyId, ...]
    question: str
    until: date | None


@dataclass(frozen=True, slots=True)
class RequestMaterials(CaseRequest):
    """The court asks the named bodies for materials."""

    bodies: tuple[PartyId, ...]
    items: tuple[str, ...]
    until: date | None


# --- Documents ------------------------------------------------------------------------------------------------------

PART_BYTES = 4 * 1024 * 1024
"""Every part but the last has this size; the last is not empty unless the document is."""


@dataclass(frozen=True, slots=True)
class PutDocument(Request):
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
class GetDocumentPart(Request):
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
    DEFECTS_NAMED = "defectsNamed"
    RETURNED = "returned"
    BODY_REGISTERED = "bodyRegistered"
    REDIRECTED = "redirected"
    EXTENDED = "extended"
    HEARING = "hearing"
    TERMINATED = "terminated"
    REPLIED = "replied"
    TERM_NEAR = "termNear"
    TERM_BREACHED = "termBreached"
    DISAGREEMENT_ACCEPTED = "disagreementAccepted"
    COMPLAINT_FORWARDED = "complaintForwarded"
    COMPLAINT_DECIDED = "complaintDecided"
    MATERIALS_RECEIVED = "materialsReceived"
    BODY_SILENT = "bodySilent"
    DOSSIER_FILED = "dossierFiled"
    COURT_RECEIVED = "courtReceived"
    COURT_REFUSED = "courtRefused"
    CASE_STEP = "caseStep"
    COURT_ASKED = "courtAsked"
    POSITION_RECEIVED = "positionReceived"
    SUPPLEMENT_FILED = "supplementFiled"
    COURT_ANSWERED = "courtAnswered"
    WITHDRAWN = "withdrawn"
    RIGHT_LAPSED = "rightLapsed"
    COMPLAINT_WITHDRAWN = "complaintWithdrawn"


@dataclass(frozen=True, slots=True)
class NotifyApplicant:
    """A step of the appeal in words the applicant reads; the platform passes it on.

    ``language``: that of the appeal, in which the applicant is to be told (АППК Art. 89(2)).
    """

    appeal_number: str
    step: NotifiedStep
    at: datetime
    text: LocalText
    term: TermNotice | None
    case_number: str | None
    documents: tuple[DocumentRef, ...]
    language: Language | None = None


class BodyNotice(StrEnum):
    """What a body is told of, for its own control or that of its subordinate."""

    TERM_NEAR = "termNear"
    TERM_BREACHED = "termBreached"
    SILENCE_RECORDED = "silenceRecorded"
    COMPLAINT_DECIDED = "complaintDecided"


@dataclass(frozen=True, slots=True)
class NotifyBody:
    """A reminder, a breach or a recorded silence; ``about`` is the body concerned, the recipient or its subordinate."""

    appeal_number: str
    notice: BodyNotice
    about: PartyId
    at: datetime
    text: LocalText
    term: TermNotice | None


@dataclass(frozen=True, slots=True)
class ForwardComplaint:
    """A complaint about the recipient, filed with it (АППК Art. 91(4)).

    Until ``term`` it satisfies the complaint in full (Reply with ``satisfied``) or hands over its administrative file
    (SubmitMaterials), which the exchange takes to ``reviewer`` with the complaint.
    """

    appeal_number: str
    reviewer: PartyId
    complaint: Disagree
    term: TermNotice


@dataclass(frozen=True, slots=True)
class ReviewComplaint:
    """A complaint about ``body`` for its higher body, with the file or, if ``file_received`` is false, without it."""

    appeal_number: str
    body: PartyId
    appeal: RegisterAppeal
    complaint: Disagree
    file_received: bool
    documents: tuple[DocumentRef, ...]
    term: TermNotice


@dataclass(frozen=True, slots=True)
class NotifyWithdrawal:
    """The applicant withdrew; nothing further is due from the recipient."""

    appeal_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProvideMaterials:
    """The applicant went to court: send the administrative file and whatever else is named, until ``term``.

    ``requested``: what the court asks for, in its own words.
    """

    appeal_number: str
    items: tuple[DocumentKind, ...]
    term: TermNotice
    requested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvidePosition:
    """The court asks for the recipient's position: the objection, that of the higher head, and ``items`` beside."""

    appeal_number: str
    question: str
    term: TermNotice
    items: tuple[DocumentKind, ...] = ()


class FilingPurpose(StrEnum):
    """Why a dossier is filed."""

    CLAIM = "claim"  # the first one
    SUPPLEMENT = "supplement"  # what the court asked for, or what came late
    CURED = "cured"  # the claim again, its defects cured
    APPEALED = "appealed"  # an appeal of the court's own act


@dataclass(frozen=True, slots=True)
class FileDossier:
    """A dossier for the court: fetch it by parts, verify it, then acknowledge. ``supplements``: the first one."""

    appeal_number: str
    claim: ClaimKind
    dossier: DocumentRef
    supplements: DocumentId | None
    purpose: FilingPurpose | None = None


Deliverable = (
    AssignAppeal
    | ForwardDocuments
    | NotifyApplicant
    | NotifyBody
    | NotifyWithdrawal
    | ForwardComplaint
    | ReviewComplaint
    | ProvideMaterials
    | ProvidePosition
    | FileDossier
)
"""What the exchange asks of a party; the class is named as the action."""


@dataclass(frozen=True, slots=True)
class Deliver(Request):
    """Inbox: one message of the exchange; the header's action names the payload."""

    payload: Deliverable


# --- answers --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted(Answer):
    """Answer to a write: it is durable, here is the receipt."""

    receipt: Receipt


class FindingCode(StrEnum):
    """What an appeal or a disagreement lacks. It is taken all the same; the judge sees it (АППК Art. 63, 92, 131)."""

    LATE = "late"
    NOT_AUTHENTICATED = "notAuthenticated"
    AUTHORITY_NOT_SHOWN = "authorityNotShown"
    ADDRESS_MISSING = "addressMissing"
    CONTACT_MISSING = "contactMissing"
    NO_HIGHER_BODY = "noHigherBody"
    CLAIM_NOT_SIGNED = "claimNotSigned"
    STATE_DUTY_NOT_SHOWN = "stateDutyNotShown"
    BIRTH_NOT_GIVEN = "birthNotGiven"


@dataclass(frozen=True, slots=True)
class Finding:
    """One gap: what is lacking, by which article, and what cures it."""

    code: FindingCode
    article: str
    text: LocalText
    cure: LocalText


@dataclass(frozen=True, slots=True)
class Ticket:
    """The ticket (талон) that the applicant takes home (АППК Art. 64(2)); ``registered_on`` is the local day."""

    number: str
    received_at: datetime
    registered_on: date
    received_by: Receiver | None
    text: LocalText


@dataclass(frozen=True, slots=True)
class AppealAccepted(Answer):
    """Answer to RegisterAppeal."""

    receipt: Receipt
    ticket: Ticket | None = None
    findings: tuple[Finding, ...] = ()


class RoadKind(StrEnum):
    """Where a disagreement goes."""

    COURT = "court"
    HIGHER_BODY = "higherBody"


@dataclass(frozen=True, slots=True)
class Road:
    """Which road the disagreement takes and why; ``until`` is the last day for it, where the law sets one.

    ``to``: the court or the higher body; ``through``: the body complained of, which forwards the complaint.
    """

    kind: RoadKind
    article: str
    until: date | None
    reason: LocalText
    to: PartyId | None = None
    through: PartyId | None = None


@dataclass(frozen=True, slots=True)
class DisagreementAccepted(Answer):
    """Answer to Disagree."""

    receipt: Receipt
    road: Road
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentStored(Answer):
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
class History(Answer):
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
class FetchedMessages(Answer):
    """Answer to FetchMessages; ``waiting`` counts what lies behind this batch, 1,001 for any number above 1,000."""

    items: tuple[MailboxItem, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class DocumentPart(Answer):
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
class DeliverAnswer(Answer):
    """A party's answer to Deliver."""

    signal: Receipt | ErrorSignal
