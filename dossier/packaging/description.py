"""What a dossier says of itself, as values: ``dossier.xml`` is their XML form, ``dossier.pdf`` their printed one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.header import Action, ConversationId, DocumentId, MessageId
from contracts.party import LocalText, PartyId, PartyRole
from contracts.payloads import (
    DecideComplaint,
    Disagree,
    DocumentRef,
    FilingPurpose,
    Finding,
    RegisterAppeal,
    Reply,
    RoadKind,
    SubmitPosition,
)
from dossier.case.duties import MATERIALS
from dossier.case.events import Commitment
from dossier.case.grounds import Relation
from dossier.case.history import TermState
from dossier.procedure.law.rules import Bound

FORM: Final = 1
"""Version of ``dossier.xml``; readers refuse what they do not know."""


@dataclass(frozen=True, slots=True)
class PartyEntry:
    """A party of the dossier. ``certificates`` are DER: by them every envelope can be verified offline."""

    party_id: PartyId
    role: PartyRole
    bin: str
    name: LocalText
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class EventEntry:
    """One event of the timeline. ``leaf``: SHA-256 (hex) of its line in ``evidence/events.jsonl``.

    ``happened_at``: when another system says that it happened there, which told us later.
    """

    seq: int
    at: datetime
    actor: PartyId
    message_id: MessageId | None
    kind: str
    leaf: str
    note: LocalText
    commitments: tuple[Commitment, ...]
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TermEntry:
    """One legal deadline and how it stands at assembly; ``state`` breached and default are the missed ones.

    ``bound``: body, applicant or reviewer, as the rules say; an applicant's term has the platform as its ``party``.
    ``done_at``: when the duty was done, also after it was missed; None while it was not. The first dossiers had
    neither.
    """

    term_id: str
    duty: str
    article: str
    wording: LocalText
    party: PartyId
    started_at: datetime
    due_on: date
    due_at: datetime
    zone: str
    rules_version: str
    calendar_version: str
    tzdata_version: str
    state: TermState
    late: bool
    closed_at: datetime | None
    bound: str | None = None
    done_at: datetime | None = None

    @property
    def is_missed(self) -> bool:
        return self.late or self.state in (TermState.BREACHED, TermState.DEFAULT)

    @property
    def is_violated(self) -> bool:
        """Missed by whoever owed it; a right that the applicant let pass is over, and nobody's breach.

        Silence on the exchange's own demand is recorded as silence: the right to inspect a file (Art. 75) is the
        applicant's, and no duty of the body to us.
        """
        if self.duty == MATERIALS and self.state is TermState.DEFAULT:
            return False
        return self.is_missed and not (self.bound == Bound.APPLICANT and self.state is TermState.BREACHED)

    @property
    def late_by(self) -> timedelta | None:
        """How long after the due instant the duty was done; None where that was in time, or never."""
        if not self.is_violated or self.done_at is None:
            return None
        return max(timedelta(0), self.done_at - self.due_at)


@dataclass(frozen=True, slots=True)
class ReplyEntry:
    """A body's answer as it wrote it, with the grounds it rests on (АППК Art. 129(3))."""

    body: PartyId
    message_id: MessageId
    at: datetime
    reply: Reply


@dataclass(frozen=True, slots=True)
class ComplaintEntry:
    """The higher body's decision on a complaint, as it wrote it (АППК Art. 100)."""

    reviewer: PartyId
    message_id: MessageId
    at: datetime
    decision: DecideComplaint


@dataclass(frozen=True, slots=True)
class StandingEntry:
    """One ground of a position against those of the body's acts (АППК Art. 129(3)); ``why`` says it in words."""

    standing: Relation
    why: LocalText


@dataclass(frozen=True, slots=True)
class PositionEntry:
    """A body's position for the court as it wrote it; ``standings`` has one for each of its grounds, in order."""

    body: PartyId
    message_id: MessageId
    at: datetime
    position: SubmitPosition
    standings: tuple[StandingEntry, ...]


@dataclass(frozen=True, slots=True)
class RoadEntry:
    """Where the disagreement went, by which article and why; ``until``: last day for it, where the law sets one.

    ``to``: the court or the higher body, ``through`` the body complained of, as known when the road was taken.
    """

    at: datetime
    kind: RoadKind
    article: str
    until: date | None
    to: PartyId | None
    through: PartyId | None
    why: LocalText | None


@dataclass(frozen=True, slots=True)
class MarkEntry:
    """Something a judge should look at. ``kind``: a stable name; ``seq``: the event that it was read from."""

    kind: str
    seq: int | None
    text: LocalText


@dataclass(frozen=True, slots=True)
class DefaultEntry:
    """One act of silence under ``acts/``, for the event ``seq``; ``sha256`` (hex) is over its bytes."""

    file: str
    seq: int
    body: PartyId
    sha256: str


@dataclass(frozen=True, slots=True)
class FiledEntry:
    """An earlier dossier of the same appeal that this one supplements."""

    dossier_no: int
    document_id: DocumentId
    sha256: str
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """A document in the container: where it lies, what its sender said of it, who gave it.

    ``pages``: how many a PDF has, as the exchange counted them; None where that is not known. ``in_dossier``: number
    of the earlier dossier that holds the file under this very name; None: this one does.
    """

    file: str
    owner: PartyId
    document: DocumentRef
    pages: int | None = None
    in_dossier: int | None = None


class MessageForm(StrEnum):
    """What a file under ``messages/`` holds."""

    ENVELOPE = "envelope"  # the signed SOAP envelope, byte for byte
    OPERATION = "operation"  # the canonical operation alone: no envelope went over the wire, or none was kept


@dataclass(frozen=True, slots=True)
class MessageFile:
    """One file under ``messages/``; ``sha256`` (hex) is over its bytes."""

    file: str
    form: MessageForm
    sha256: str


@dataclass(frozen=True, slots=True)
class MessageEntry:
    """A message of the case. ``digest``: SHA-256 (hex) over the exclusive C14N of its operation element."""

    message_id: MessageId
    action: Action
    sender: PartyId
    recipient: PartyId
    outgoing: bool
    at: datetime
    digest: str
    message: MessageFile
    receipt: MessageFile | None


@dataclass(frozen=True, slots=True)
class SealEntry:
    """One seal of the ledger that covers the events: a tree head, signed by the exchange.

    ``root`` is hex. ``stamped_at``: from its time-stamp token, None where none was obtained.
    """

    tree_size: int
    root: str
    sealed_at: datetime
    stamped_at: datetime | None


class EvidenceKind(StrEnum):
    """What a file under ``evidence/`` holds, besides events and salts, which every dossier has."""

    TREE_HEAD = "treeHead"
    TREE_HEAD_SIGNATURE = "treeHeadSignature"
    TREE_HEAD_CERTIFICATE = "treeHeadCertificate"
    TREE_HEAD_TOKEN = "treeHeadToken"  # noqa: S105 - a name, no secret
    INCLUSION = "inclusion"
    CERTIFICATE = "certificate"
    OCSP = "ocsp"
    CRL = "crl"


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """One file of evidence; ``sha256`` (hex) is over its bytes."""

    file: str
    kind: EvidenceKind
    sha256: str


class OptionalProof(StrEnum):
    """A proof that a dossier may have to do without when it is filed."""

    LEDGER_SEAL = "ledgerSeal"
    LEDGER_TOKEN = "ledgerToken"  # noqa: S105 - a name, no secret
    SIGNATURE_TOKEN = "signatureToken"  # noqa: S105 - a name, no secret
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class AbsentEntry:
    """A proof that was not at hand when the dossier was filed, and why."""

    proof: OptionalProof
    why: LocalText


@dataclass(frozen=True, slots=True)
class DossierDescription:
    """The whole of ``dossier.xml``. ``level`` is the XAdES level it was filed at, ``level_note`` what that means.

    What stands behind ``absent`` came later: a dossier of before has none of it.
    """

    form: int
    appeal_number: str
    registered_on: date
    conversation_id: ConversationId
    dossier_no: int
    court: PartyId
    assembled_at: datetime
    level: str
    level_note: LocalText
    rules_label: LocalText | None
    appeal: RegisterAppeal
    disagreement: Disagree | None
    parties: tuple[PartyEntry, ...]
    timeline: tuple[EventEntry, ...]
    terms: tuple[TermEntry, ...]
    replies: tuple[ReplyEntry, ...]
    documents: tuple[DocumentEntry, ...]
    messages: tuple[MessageEntry, ...]
    seals: tuple[SealEntry, ...]
    evidence: tuple[EvidenceEntry, ...]
    absent: tuple[AbsentEntry, ...]
    purpose: FilingPurpose | None = None
    supplements: tuple[FiledEntry, ...] = ()
    roads: tuple[RoadEntry, ...] = ()
    complaints: tuple[ComplaintEntry, ...] = ()
    positions: tuple[PositionEntry, ...] = ()
    marks: tuple[MarkEntry, ...] = ()
    findings: tuple[Finding, ...] = ()
    defaults: tuple[DefaultEntry, ...] = ()

    def files(self) -> tuple[str, ...]:
        """Names of documents, messages and acts in the container's order."""
        named = [entry.file for entry in self.documents if entry.in_dossier is None]
        for entry in self.messages:
            named += [file.file for file in (entry.message, entry.receipt) if file]
        return (*named, *(entry.file for entry in self.defaults))

    def evidence_of(self, *kinds: EvidenceKind) -> tuple[str, ...]:
        """Names of the files of evidence of these kinds, in their order."""
        return tuple(entry.file for entry in self.evidence if entry.kind in kinds)
