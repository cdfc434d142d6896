"""One appeal as its history proves it: bodies, terms, disagreement, demands, dossiers, court case.

``Appeal`` holds what decisions, the console and the dossier ask for; ``dossier.history`` folds events into it. Its
status is read off the rest in one place, so that it can never disagree with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimKind, DocumentKind
from dossier import events as e
from dossier.events import TermOpened


class Status(StrEnum):
    """Where the appeal stands; the comment says what moves it on."""

    REGISTERED = "registered"  # registered and handed to nobody yet: the assignment, in the same decision
    WITH_BODY = "with_body"  # at least one body considers: reply, termination, withdrawal, disagreement
    REPLIED = "replied"  # every body is done, one has answered: disagreement
    TERMINATED = "terminated"  # every body is done, none has answered: disagreement
    WITHDRAWN = "withdrawn"  # final (Art. 64(9))
    COLLECTING = "collecting"  # disagreed; bodies owe their materials: the last answer or the term
    DOSSIER_DUE = "dossier_due"  # the file is as complete as it will be: the collector
    DOSSIER_FILED = "dossier_filed"  # on its way to the court: the court's receipt or refusal
    AT_COURT = "at_court"  # the court has the dossier: its first report
    COURT_REFUSED = "court_refused"  # the court's system refused the dossier: a person, with a new dossier
    CASE_OPEN = "case_open"  # the court reports steps: ruling in force, return
    RETURNED = "returned"  # the court returned the claim (Art. 138(2)): cured and filed anew
    CLOSED = "closed"  # the ruling is in force; final


class TermState(StrEnum):
    """How a term stands. Every term leaves ``open`` at most once and never moves again."""

    OPEN = "open"
    MET = "met"  # done; ``Term.late`` tells when it was after the due instant
    BREACHED = "breached"  # not done in time
    DEFAULT = "default"  # silence on a demand
    LAPSED = "lapsed"  # the duty fell away
    EXTENDED = "extended"  # replaced by a later term (Art. 76(3))


@dataclass(frozen=True, slots=True)
class Term:
    """One legal deadline. ``closed_at`` is when the closing fact was recorded."""

    opened: TermOpened
    state: TermState = TermState.OPEN
    late: bool = False
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state is TermState.OPEN

    @property
    def is_missed(self) -> bool:
        """Whether the duty was not done by its due instant."""
        return self.late or self.state in (TermState.BREACHED, TermState.DEFAULT)


class BodyStage(StrEnum):
    """What a body does with the appeal."""

    CONSIDERING = "considering"
    REDIRECTED = "redirected"  # sent on as a whole (Art. 65(1))
    REPLIED = "replied"
    TERMINATED = "terminated"  # Art. 70


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """What one body did. ``concluded_at``: when its last reply or termination was received."""

    party: PartyId
    stage: BodyStage = BodyStage.CONSIDERING
    number: str | None = None
    replies: tuple[e.Replied, ...] = ()
    concluded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The applicant's «Не согласен», by which message, and the road it took."""

    claim: ClaimKind
    message_id: MessageId | None
    at: datetime
    road: e.RoadTaken | None = None


@dataclass(frozen=True, slots=True)
class Demand:
    """Materials asked of one body; ``received`` is None until its first answer."""

    body: PartyId
    items: tuple[DocumentKind, ...]
    received: tuple[DocumentId, ...] | None = None


class CourtAnswer(StrEnum):
    """What the court's system said to a filed dossier."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """One dossier: ordered, then filed, then answered."""

    dossier_no: int
    court: PartyId
    filed: e.DossierFiled | None = None
    answer: CourtAnswer | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal. ``bodies`` and ``demands`` keep the order in which bodies were involved, ``terms`` that of opening.

    ``settled``: ids of our own messages that a recipient has acknowledged or refused.
    """

    conversation_id: ConversationId
    appeal_number: str
    registered_on: date
    platform: PartyId
    registration: MessageId | None
    bodies: Mapping[PartyId, BodyRecord] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    disagreement: Disagreement | None = None
    demands: Mapping[PartyId, Demand] = field(default_factory=dict)
    dossiers: Mapping[int, DossierRecord] = field(default_factory=dict)
    settled: frozenset[MessageId] = frozenset()
    case_stage: CaseStage | None = None
    case_number: str | None = None
    withdrawn: bool = False

    @property
    def status(self) -> Status:
        if self.withdrawn:
            return Status.WITHDRAWN
        if self.case_stage is not None:
            return _CASE_STATUS.get(self.case_stage, Status.CASE_OPEN)
        if self.dossiers:
            return _dossier_status(list(self.dossiers.values())[-1])
        return Status.COLLECTING if self.disagreement else self._status_with_bodies()

    @property
    def considering(self) -> tuple[PartyId, ...]:
        """Bodies whose procedure runs; several after a redirect in part (Art. 65(2)), none after a disagreement."""
        if self.withdrawn or self.disagreement:
            return ()
        return tuple(body.party for body in self.bodies.values() if body.stage is BodyStage.CONSIDERING)

    @property
    def body(self) -> PartyId | None:
        """The competent body now: the last one that the appeal was handed to and that has not sent it on."""
        held = [body.party for body in self.bodies.values() if body.stage is not BodyStage.REDIRECTED]
        return held[-1] if held else None

    @property
    def may_disagree(self) -> bool:
        """Whether there is something to disagree with: an answer, a termination, or a missed term (Art. 91(2))."""
        done = any(body.concluded_at is not None for body in self.bodies.values())
        return done or any(term.state is TermState.BREACHED for term in self.terms.values())

    def open_terms(self, duty: str, party: PartyId | None = None) -> tuple[Term, ...]:
        """Open terms of ``duty``, of all parties or of one."""
        return tuple(
            term
            for term in self.terms.values()
            if term.is_open and term.opened.duty == duty and party in (None, term.opened.party)
        )

    def _status_with_bodies(self) -> Status:
        stages = {body.stage for body in self.bodies.values()}
        if BodyStage.CONSIDERING in stages:
            return Status.WITH_BODY
        if BodyStage.REPLIED in stages:
            return Status.REPLIED
        return Status.TERMINATED if BodyStage.TERMINATED in stages else Status.REGISTERED


_CASE_STATUS = {CaseStage.RETURNED: Status.RETURNED, CaseStage.IN_FORCE: Status.CLOSED}


def _dossier_status(dossier: DossierRecord) -> Status:
    match dossier.answer:
        case CourtAnswer.ACKNOWLEDGED:
            return Status.AT_COURT
        case CourtAnswer.REJECTED:
            return Status.COURT_REFUSED
        case None:
            return Status.DOSSIER_FILED if dossier.filed else Status.DOSSIER_DUE
