"""One appeal as its history proves it: bodies, terms, disagreement, demands, dossiers, court case.

``Appeal`` holds what decisions, the console and the dossier ask for; ``dossier.case.history`` folds events into it. Its
status is read off the rest in one place, so that it can never disagree with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from contracts.header import ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimKind, DocumentKind, FilingPurpose, RoadKind
from dossier.case import events as e
from dossier.case.events import TermOpened


class Status(StrEnum):
    """Where the appeal stands; the comment says what moves it on."""

    REGISTERED = "registered"  # registered and handed to nobody yet: the assignment, in the same decision
    WITH_BODY = "with_body"  # at least one body considers: reply, termination, withdrawal, disagreement
    REPLIED = "replied"  # every body is done, one has answered: disagreement
    TERMINATED = "terminated"  # every body is done, none has answered: disagreement
    WITHDRAWN = "withdrawn"  # final (Art. 64(9))
    RETURNED_BY_BODY = "returned_by_body"  # Art. 64(7), by every body: disagreement
    COMPLAINT_LODGED = "complaint_lodged"  # with the body complained of: its file, its full satisfaction, or the term
    COMPLAINT_REVIEWED = "complaint_reviewed"  # with the higher body: its decision or the term
    COMPLAINT_DECIDED = "complaint_decided"  # satisfied, by the higher body or the body itself: disagreement
    COLLECTING = "collecting"  # disagreed; bodies owe their materials: the last answer or the term
    DOSSIER_DUE = "dossier_due"  # the file is as complete as it will be: the collector
    DOSSIER_FILED = "dossier_filed"  # on its way to the court: the court's receipt or refusal
    AT_COURT = "at_court"  # the court has the dossier: its first report
    COURT_REFUSED = "court_refused"  # the court's system refused the dossier: a person, with a new dossier
    CASE_OPEN = "case_open"  # the court reports steps: ruling in force, return
    LEFT_WITHOUT_MOVEMENT = "left_without_movement"  # the claim has defects (Art. 138(4)): the applicant's answer
    RETURNED = "returned"  # the court returned the claim (Art. 138(2)): cured and filed anew
    CLOSED = "closed"  # the ruling is in force or executed, or the case ended otherwise; final


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
    reminded: bool = False

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
    RETURNED = "returned"  # Art. 64(7)
    CONTESTED = "contested"  # silent, and a complaint about that took the matter on


@dataclass(frozen=True, slots=True)
class BodyRecord:
    """What one body did. ``concluded_at``: when its last reply, termination or return was received.

    ``known_at``: when the platform acknowledged a notice after that, so that the applicant could know of it (Art. 92).
    ``assigned_at``: when it was last handed the appeal.
    """

    party: PartyId
    stage: BodyStage = BodyStage.CONSIDERING
    number: str | None = None
    replies: tuple[e.Replied, ...] = ()
    concluded_at: datetime | None = None
    assigned_at: datetime | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The applicant's «Не согласен», over whose act or silence, by which message, and the road it took last."""

    claim: ClaimKind
    message_id: MessageId | None
    at: datetime
    body: PartyId | None = None
    road: e.RoadTaken | None = None

    @property
    def is_for_court(self) -> bool:
        return self.road is not None and self.road.kind is RoadKind.COURT


class ComplaintStage(StrEnum):
    """Where a complaint stands (Art. 91–100)."""

    LODGED = "lodged"  # with the body complained of: its file, its full satisfaction, or the term of Art. 91(4)
    FORWARDED = "forwarded"  # with the higher body: its decision, or the term of Art. 99
    SATISFIED = "satisfied"  # by the body itself; final
    DECIDED = "decided"  # final
    WITHDRAWN = "withdrawn"  # by the applicant (Art. 64(9), 94(1)); final
    SILENT = "silent"  # the higher body let its term pass, which is a refusal (Art. 100(5)); final


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint to the higher body. ``ended_at``: when its final stage was reached, ``known_at``: told of it."""

    body: PartyId
    reviewer: PartyId
    message_id: MessageId | None
    stage: ComplaintStage = ComplaintStage.LODGED
    with_file: bool = False
    decision: e.ComplaintDecided | None = None
    ended_at: datetime | None = None
    known_at: datetime | None = None

    @property
    def is_pending(self) -> bool:
        return self.stage in (ComplaintStage.LODGED, ComplaintStage.FORWARDED)


@dataclass(frozen=True, slots=True)
class Demand:
    """What one body was asked for, to go into dossier ``dossier_no``.

    ``received`` is None until its first answer; ``kinds``: of what it sent since. ``is_position``: the court's
    question, which is answered when every item has come.
    """

    body: PartyId
    items: tuple[DocumentKind, ...]
    dossier_no: int = 1
    term_id: str | None = None
    is_position: bool = False
    received: tuple[DocumentId, ...] | None = None
    kinds: frozenset[DocumentKind] = frozenset()

    @property
    def lacks(self) -> frozenset[DocumentKind]:
        """Items that have not come yet."""
        return frozenset(self.items) - self.kinds


class CourtAnswer(StrEnum):
    """What the court's system said to a filed dossier."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class DossierRecord:
    """One dossier: ordered, then filed, then answered."""

    dossier_no: int
    court: PartyId
    purpose: FilingPurpose = FilingPurpose.CLAIM
    filed: e.DossierFiled | None = None
    answer: CourtAnswer | None = None


@dataclass(frozen=True, slots=True)
class Appeal:
    """One appeal. ``bodies``, ``complaints`` and ``demands`` keep the order of events, ``terms`` that of opening.

    ``disagreements``: one over each body, the last pressed last; each takes its own road (Art. 91(5), 92, 136).
    ``demands`` by dossier number and body. ``handed_over``: what kinds of documents each body has given for the file.
    ``news_seq``: the last event that a dossier filed before it lacks. ``settled``: ids of our own messages that a
    recipient has acknowledged or refused. ``imported``: where it ran before, if it did. ``verdicts``: on the citizen's
    own signatures, by the message that each is under. ``return_ground``: of the claim, by Art. 138(2). ``courts``: that
    the case was transferred to. ``has_procedure_ruling``: the court's last act is one that a private complaint is for.
    """

    conversation_id: ConversationId
    appeal_number: str
    registered_on: date
    platform: PartyId
    registration: MessageId | None
    bodies: Mapping[PartyId, BodyRecord] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    demands: Mapping[tuple[int, PartyId], Demand] = field(default_factory=dict)
    handed_over: Mapping[PartyId, frozenset[DocumentKind]] = field(default_factory=dict)
    news_seq: int = 0
    dossiers: Mapping[int, DossierRecord] = field(default_factory=dict)
    settled: frozenset[MessageId] = frozenset()
    case_stage: CaseStage | None = None
    case_number: str | None = None
    return_ground: int | None = None
    courts: tuple[PartyId, ...] = ()
    has_procedure_ruling: bool = False
    withdrawn: bool = False
    imported: e.CaseImported | None = None
    verdicts: Mapping[MessageId, e.SignatureVerdict] = field(default_factory=dict)

    @property
    def status(self) -> Status:
        if self.withdrawn:
            return Status.WITHDRAWN
        if self.case_stage is not None:
            return _CASE_STATUS.get(self.case_stage, Status.CASE_OPEN)
        if self.dossiers:
            return _dossier_status(list(self.dossiers.values())[-1])
        if self.is_for_court:
            return Status.COLLECTING
        return self._status_of_complaint() or self._status_with_bodies()

    @property
    def disagreement(self) -> Disagreement | None:
        """The one that the court has first, else the last one."""
        for_court = (pressed for pressed in self.disagreements if pressed.is_for_court)
        return next(for_court, self.disagreements[-1] if self.disagreements else None)

    @property
    def is_for_court(self) -> bool:
        """Whether a disagreement has taken the road to the court, from which there is no other."""
        return any(pressed.is_for_court for pressed in self.disagreements)

    def disagreement_over(self, body: PartyId) -> Disagreement | None:
        """The one over ``body``; in histories that do not say over whom it is, the only one."""
        return next((each for each in reversed(self.disagreements) if each.body in (None, body)), None)

    def is_at_court_over(self, body: PartyId) -> bool:
        """Whether the court has, or is given, the case over ``body``."""
        pressed = self.disagreement_over(body)
        return pressed is not None and pressed.is_for_court

    def claim_of(self, dossier_no: int) -> Disagreement | None:
        """The disagreement whose claim the dossier is filed with; None for a supplement."""
        for each in self.disagreements:
            if each.road is not None and each.is_for_court and number_of(each.road) == dossier_no:
                return each
        return None

    @property
    def complaint(self) -> Complaint | None:
        """The last complaint to the higher body."""
        return self.complaints[-1] if self.complaints else None

    @property
    def pending_complaints(self) -> tuple[Complaint, ...]:
        """Complaints that wait for a decision, the oldest first: one about each body at most."""
        return tuple(complaint for complaint in self.complaints if complaint.is_pending)

    def pending_complaint(self, body: PartyId | None = None) -> Complaint | None:
        """The oldest complaint that waits for a decision, if there is one (about ``body``)."""
        return next((each for each in self.pending_complaints if body in (None, each.body)), None)

    @property
    def considering(self) -> tuple[PartyId, ...]:
        """Bodies whose procedure runs; several after a redirect in part (Art. 65(2)).

        For the court, too, another than the contested one goes on; none where the history does not say which that is.
        """
        if self.withdrawn or any(pressed.is_for_court and pressed.body is None for pressed in self.disagreements):
            return ()
        return tuple(body.party for body in self.bodies.values() if body.stage is BodyStage.CONSIDERING)

    @property
    def body(self) -> PartyId | None:
        """The competent body now: the last one that the appeal was handed to and that has not sent it on."""
        held = [body.party for body in self.bodies.values() if body.stage is not BodyStage.REDIRECTED]
        return held[-1] if held else None

    def open_terms(self, duty: str, party: PartyId | None = None) -> tuple[Term, ...]:
        """Open terms of ``duty``, of all parties or of one."""
        return tuple(
            term
            for term in self.terms.values()
            if term.is_open and term.opened.duty == duty and party in (None, term.opened.party)
        )

    def _status_of_complaint(self) -> Status | None:
        """What the last complaint makes of the status; None where a body considers again."""
        shown = self.pending_complaint() or self.complaint
        if shown is None or self.considering:
            return None
        return _COMPLAINT_STATUS.get(shown.stage)

    def _status_with_bodies(self) -> Status:
        stages = {body.stage for body in self.bodies.values()}
        if BodyStage.CONSIDERING in stages:
            return Status.WITH_BODY
        if BodyStage.REPLIED in stages:
            return Status.REPLIED
        if BodyStage.TERMINATED in stages:
            return Status.TERMINATED
        return Status.RETURNED_BY_BODY if BodyStage.RETURNED in stages else Status.REGISTERED


def number_of(road: e.RoadTaken) -> int:
    """The dossier that the claim of a road to the court is filed with."""
    return road.dossier_no or 1


_COMPLAINT_STATUS = {
    ComplaintStage.LODGED: Status.COMPLAINT_LODGED,
    ComplaintStage.FORWARDED: Status.COMPLAINT_REVIEWED,
    ComplaintStage.SATISFIED: Status.COMPLAINT_DECIDED,
    ComplaintStage.DECIDED: Status.COMPLAINT_DECIDED,
    ComplaintStage.SILENT: Status.COMPLAINT_DECIDED,
}
_CASE_STATUS = {
    CaseStage.RETURNED: Status.RETURNED,
    CaseStage.LEFT_WITHOUT_MOVEMENT: Status.LEFT_WITHOUT_MOVEMENT,
    CaseStage.IN_FORCE: Status.CLOSED,
    CaseStage.CONCILIATED: Status.CLOSED,
    CaseStage.TERMINATED: Status.CLOSED,
    CaseStage.EXECUTED: Status.CLOSED,
}


def _dossier_status(dossier: DossierRecord) -> Status:
    match dossier.answer:
        case CourtAnswer.ACKNOWLEDGED:
            return Status.AT_COURT
        case CourtAnswer.REJECTED:
            return Status.COURT_REFUSED
        case None:
            return Status.DOSSIER_FILED if dossier.filed else Status.DOSSIER_DUE
