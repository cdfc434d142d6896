"""The history of an imported case: each step told is decided by the same procedure, as if it were its own day.

So terms are opened by the rows of the law that held then, and are met, late, missed or fallen away as the steps show;
a term over by now is closed, one that still runs is the clock's from now on. What the procedure would have sent then
is not sent: it is past. A step that the Code does not allow has happened all the same: it becomes the bare fact,
without effect on terms, and is told to whoever imports.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

from contracts import payloads as p
from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from dossier.case import events as e
from dossier.case.history import Appeal, fold
from dossier.importing.complaint import complaint_facts
from dossier.importing.record import ComplaintLodged, ComplaintOver, ImportedAppeal, ImportedStep
from dossier.procedure.decide import decide
from dossier.procedure.decision import Arrival, CaseFile, Decision, DecisionRefusal, MessageArrived, Moment, TermFellDue
from dossier.procedure.law import Law
from dossier.procedure.matter import Matter

_JUST_AFTER: Final = timedelta(microseconds=1)
_TO_BE_SENT: Final = (e.RoadTaken, e.ComplaintForwarded, e.MaterialsDemanded, e.PositionDemanded, e.DossierOrdered)
"""What asks somebody for something: it cannot have happened there, so it is left to the clock here."""


@dataclass(frozen=True, slots=True)
class ImportSource:
    """What an import is to us. ``message_id``: of the message that brings it; ``record``: digests (hex) of parts."""

    conversation_id: ConversationId
    message_id: MessageId
    platform: PartyId
    record: tuple[str, ...]
    exported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RefusedStep:
    """A step told there that the Code does not allow, and why not."""

    row: int
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """``events`` from the first on; ``refused``: steps that became bare facts."""

    events: tuple[e.Event, ...]
    refused: tuple[RefusedStep, ...]

    @property
    def appeal(self) -> Appeal:
        """The state that they prove."""
        return fold(self.events)


def replay(imported: ImportedAppeal, taking: ImportSource, moment: Moment, law: Law) -> Replayed | DecisionRefusal:
    """The history up to ``moment.now``, all of it recorded then. A Refusal: the appeal itself cannot be registered."""
    course = _Course(imported, taking, moment, law)
    refusal = course.register()
    if refusal is not None:
        return refusal
    refused = [one for step in imported.steps if (one := course.take(step)) is not None]
    course.let_pass(moment.now)
    course.go_to_court()
    return Replayed(_counted(course.events, len(refused)), tuple(refused))


class _Course:
    """A history on its way. ``events``: what has been told so far."""

    def __init__(self, imported: ImportedAppeal, taking: ImportSource, moment: Moment, law: Law) -> None:
        self.events: list[e.Event] = []
        self._imported = imported
        self._taking = taking
        self._moment = moment
        self._law = law
        self._over: set[str] = set()

    def register(self) -> DecisionRefusal | None:
        appeal = self._imported.appeal
        arrival = MessageArrived(self._taking.message_id, self._moment.exchange, appeal, self._imported.number)
        decided = self._decide(arrival, appeal.lodged_at)
        if isinstance(decided, DecisionRefusal):
            return decided
        registered, *others = decided.facts
        self._add([registered], appeal.lodged_at)
        self._add([_import_of(self._imported, self._taking)], None)
        self._add(others, appeal.lodged_at)
        return None

    def take(self, step: ImportedStep) -> RefusedStep | None:
        """One step, after what the clock did before it."""
        self.let_pass(step.at)
        payload, by = step.payload, step.by or self._taking.platform
        if isinstance(payload, ComplaintLodged | ComplaintOver):
            self._add(complaint_facts(self._matter(step.at), payload, by), step.at)
            return None
        decided = self._decide(MessageArrived(self._taking.message_id, by, payload), step.at)
        if isinstance(decided, Decision):
            self._add(decided.facts, step.at)
            return None
        self._add([_bare(payload, by)], step.at)
        return RefusedStep(step.row, step.at, decided.detail)

    def let_pass(self, until: datetime) -> None:
        """Every term that was over by then is closed at its own instant, the earliest first."""
        while (term := self._next_over(until)) is not None:
            self._over.add(term.term_id)
            at = term.due_at + _JUST_AFTER
            decided = self._decide(TermFellDue(term.term_id), at)
            if isinstance(decided, Decision) and not _asks_somebody(decided):
                self._add(decided.facts, at)

    def go_to_court(self) -> None:
        if (lawsuit := self._imported.lawsuit) is not None:
            self._add([e.CaseReported(p.CaseStage.REGISTERED, lawsuit.case_number, None)], lawsuit.at)

    def _next_over(self, until: datetime) -> e.TermOpened | None:
        running = (term.opened for term in fold(self.events).terms.values() if term.is_open)
        over = [term for term in running if term.due_at < until and term.term_id not in self._over]
        return min(over, key=lambda term: term.due_at, default=None)

    def _decide(self, arrival: Arrival, at: datetime) -> Decision | DecisionRefusal:
        return decide(self._file(), arrival, self._at(at), self._law)

    def _matter(self, at: datetime) -> Matter:
        return Matter.of(self._file(), self._imported.appeal, tuple(self.events), self._at(at), self._law)

    def _file(self) -> CaseFile:
        return CaseFile(self._taking.conversation_id, tuple(self.events), self._imported.appeal)

    def _at(self, at: datetime) -> Moment:
        competence = replace(self._moment.competence, body=self._imported.body)
        return replace(self._moment, now=at, competence=competence)

    def _add(self, facts: Iterable[e.Fact], happened_at: datetime | None) -> None:
        for fact in facts:
            self.events.append(
                e.Event(
                    conversation_id=self._taking.conversation_id,
                    seq=len(self.events) + 1,
                    at=self._moment.now,
                    actor=self._moment.exchange,
                    message_id=self._taking.message_id,
                    fact=_without_past_reminder(fact, self._moment.now),
                    happened_at=happened_at,
                )
            )


def _import_of(imported: ImportedAppeal, taking: ImportSource) -> e.CaseImported:
    return e.CaseImported(
        source=imported.source,
        source_number=imported.number,
        platform=taking.platform,
        record=taking.record,
        exported_at=taking.exported_at,
        due_on=imported.due_on,
        parent_number=imported.parent_number,
    )


def _counted(events: Iterable[e.Event], refused: int) -> tuple[e.Event, ...]:
    """How many steps were refused is known at the end, and stands at the beginning."""
    return tuple(
        replace(event, fact=replace(event.fact, refused_steps=refused or None))
        if isinstance(event.fact, e.CaseImported)
        else event
        for event in events
    )


def _without_past_reminder(fact: e.Fact, now: datetime) -> e.Fact:
    """Nobody was reminded by us then, and nobody is to be now."""
    is_past = isinstance(fact, e.TermOpened) and fact.remind_at is not None and fact.remind_at <= now
    return replace(fact, remind_at=None) if is_past and isinstance(fact, e.TermOpened) else fact


def _asks_somebody(decision: Decision) -> bool:
    return decision.assembly is not None or any(isinstance(fact, _TO_BE_SENT) for fact in decision.facts)


def _bare(payload: p.ReportProgress | p.Reply | p.WithdrawAppeal, by: PartyId) -> e.Fact:
    match payload:
        case p.ReportProgress():
            return _bare_progress(payload.step, by)
        case p.Reply():
            stated = bool(payload.appeal_body and payload.appeal_until)
            return e.Replied(by, payload.decision, payload.act_number, payload.act_date, stated)
        case p.WithdrawAppeal():
            return e.AppealWithdrawn()
        case _:
            assert_never(payload)


Progress = (
    p.Registered
    | p.Redirected
    | p.Extended
    | p.HearingScheduled
    | p.Terminated
    | p.DefectsNamed
    | p.Returned
)  # fmt: skip


def _bare_progress(step: Progress, by: PartyId) -> e.Fact:  # noqa: PLR0911 - one line per kind of step
    match step:
        case p.Registered():
            return e.BodyRegistered(by, step.number)
        case p.Redirected():
            return e.AppealRedirected(by, step.to, step.whole)
        case p.Extended():
            return e.TermExtended(by, step.until)
        case p.HearingScheduled():
            return e.HearingAnnounced(by, step.form, step.held_at)
        case p.Terminated():
            return e.ProcedureTerminated(by)
        case p.DefectsNamed():
            return e.DefectsNamed(by, step.until)
        case p.Returned():
            return e.AppealReturned(by)
        case _:
            assert_never(step)
