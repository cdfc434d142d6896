"""The state of one appeal as a fold over its events: what has been proven to have happened, and nothing else.

``Appeal`` holds what decisions, the console and the dossier ask for. Its status is read off the facts in one place,
so that it can never disagree with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import reduce
from types import MappingProxyType
from typing import TypeVar, assert_never

from contracts.header import Action, ConversationId, DocumentId, MessageId
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimKind, DocumentKind
from dossier import events as e
from dossier.events import Event, TermOpened


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


def fold(events: Sequence[Event]) -> Appeal:
    """The state after ``events``, in order of seq. Raises ValueError unless they begin with AppealRegistered."""
    if not events or not isinstance(events[0].fact, e.AppealRegistered):
        raise ValueError("a history begins with AppealRegistered")
    first, fact = events[0], events[0].fact
    opened = Appeal(
        conversation_id=first.conversation_id,
        appeal_number=fact.appeal_number,
        registered_on=fact.registered_on,
        platform=first.actor,
        registration=first.message_id,
    )
    return reduce(_apply, events[1:], opened)


def _apply(appeal: Appeal, event: Event) -> Appeal:  # noqa: PLR0911 - one line per kind of fact
    fact = event.fact
    match fact:
        case e.AppealRegistered() | e.DocumentsAdded() | e.TermExtended() | e.HearingAnnounced():
            return appeal  # told for the reader; no decision rests on them
        case e.AppealAssigned() | e.BodyRegistered() | e.AppealRedirected() | e.ProcedureTerminated() | e.Replied():
            return _with_body(appeal, fact, event.at)
        case e.TermOpened():
            return replace(appeal, terms=_put(appeal.terms, fact.term_id, Term(fact)))
        case e.TermMet() | e.TermBreached() | e.TermLapsed() | e.DefaultRecorded():
            return _with_term_closed(appeal, fact, event.at)
        case e.Disagreed():
            return replace(appeal, disagreement=Disagreement(fact.claim, event.message_id, event.at))
        case e.RoadTaken():
            taken = appeal.disagreement and replace(appeal.disagreement, road=fact)
            return replace(appeal, disagreement=taken)
        case e.MaterialsDemanded() | e.MaterialsReceived():
            return _with_materials(appeal, fact)
        case e.DossierOrdered() | e.DossierFiled():
            return _with_dossier(appeal, fact)
        case e.MessageAcknowledged() | e.MessageRejected():
            return _with_answer(appeal, fact)
        case e.CaseReported():
            return replace(appeal, case_stage=fact.stage, case_number=fact.case_number or appeal.case_number)
        case e.AppealWithdrawn():
            return replace(appeal, withdrawn=True)
        case _:
            assert_never(fact)


_BodyFact = e.AppealAssigned | e.BodyRegistered | e.AppealRedirected | e.ProcedureTerminated | e.Replied


def _with_body(appeal: Appeal, fact: _BodyFact, at: datetime) -> Appeal:
    known = appeal.bodies.get(fact.body, BodyRecord(fact.body))
    return replace(appeal, bodies=_put(appeal.bodies, fact.body, _next_body(known, fact, at)))


def _next_body(body: BodyRecord, fact: _BodyFact, at: datetime) -> BodyRecord:
    match fact:
        case e.AppealAssigned():  # also a body that gets the appeal back
            return replace(body, stage=BodyStage.CONSIDERING)
        case e.BodyRegistered():
            return replace(body, number=fact.number)
        case e.AppealRedirected():
            return replace(body, stage=BodyStage.REDIRECTED) if fact.whole else body
        case e.ProcedureTerminated():
            return replace(body, stage=BodyStage.TERMINATED, concluded_at=at)
        case e.Replied():
            return replace(body, stage=BodyStage.REPLIED, replies=(*body.replies, fact), concluded_at=at)


def _with_term_closed(
    appeal: Appeal, fact: e.TermMet | e.TermBreached | e.TermLapsed | e.DefaultRecorded, at: datetime
) -> Appeal:
    term = appeal.terms.get(fact.term_id)
    if term is None or not term.is_open:
        return appeal
    late = isinstance(fact, e.TermMet) and fact.late
    closed = Term(term.opened, _closing_state(fact), late, at)
    return replace(appeal, terms=_put(appeal.terms, fact.term_id, closed))


EXTENDED = "extended"
"""``TermLapsed.reason`` of a term that a later one replaces."""


def _closing_state(fact: e.TermMet | e.TermBreached | e.TermLapsed | e.DefaultRecorded) -> TermState:
    match fact:
        case e.TermMet():
            return TermState.MET
        case e.TermBreached():
            return TermState.BREACHED
        case e.DefaultRecorded():
            return TermState.DEFAULT
        case e.TermLapsed():
            return TermState.EXTENDED if fact.reason == EXTENDED else TermState.LAPSED


def _with_materials(appeal: Appeal, fact: e.MaterialsDemanded | e.MaterialsReceived) -> Appeal:
    if isinstance(fact, e.MaterialsDemanded):
        demand = Demand(fact.body, fact.items)
    else:
        asked = appeal.demands.get(fact.body, Demand(fact.body, ()))
        demand = replace(asked, received=(*(asked.received or ()), *fact.documents))
    return replace(appeal, demands=_put(appeal.demands, fact.body, demand))


def _with_dossier(appeal: Appeal, fact: e.DossierOrdered | e.DossierFiled) -> Appeal:
    if isinstance(fact, e.DossierOrdered):
        dossier = DossierRecord(fact.dossier_no, fact.court)
    elif (ordered := appeal.dossiers.get(fact.dossier_no)) is not None:
        dossier = replace(ordered, filed=fact)
    else:
        return appeal
    return replace(appeal, dossiers=_put(appeal.dossiers, fact.dossier_no, dossier))


def _with_answer(appeal: Appeal, fact: e.MessageAcknowledged | e.MessageRejected) -> Appeal:
    acknowledged = isinstance(fact, e.MessageAcknowledged)
    message_id = fact.acknowledged_message_id if isinstance(fact, e.MessageAcknowledged) else fact.rejected_message_id
    settled = replace(appeal, settled=appeal.settled | {message_id})
    filed = [dossier for dossier in appeal.dossiers.values() if dossier.filed and dossier.court == fact.recipient]
    if fact.action != Action.FILE_DOSSIER or not filed:
        return settled
    answered = replace(filed[-1], answer=CourtAnswer.ACKNOWLEDGED if acknowledged else CourtAnswer.REJECTED)
    return replace(settled, dossiers=_put(appeal.dossiers, answered.dossier_no, answered))


_K = TypeVar("_K")
_V = TypeVar("_V")


def _put(table: Mapping[_K, _V], key: _K, value: _V) -> Mapping[_K, _V]:
    return MappingProxyType({**table, key: value})
