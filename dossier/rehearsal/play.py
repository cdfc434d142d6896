"""Playing a scenario: each step is put to the procedure, and between steps the clock goes from instant to instant.

Nothing waits and nothing is stored: what the procedure decides becomes history at once, as in the exchange's store.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from contracts.header import Action, ConversationId, MessageId
from contracts.party import PartyId
from contracts.payloads import AddDocuments, Disagree, FileDossier, Finding, RegisterAppeal, Reply, Request, Road
from dossier.case.appeal import Appeal, Term
from dossier.case.events import Event
from dossier.case.history import fold
from dossier.procedure.decide import decide
from dossier.procedure.decision import (
    Arrival,
    CaseFile,
    CaseMessage,
    Decision,
    DecisionRefusal,
    DeliveryAcknowledged,
    DeliveryRejected,
    DossierReady,
    MessageArrived,
    Moment,
    OutgoingIntent,
    TermFellDue,
)
from dossier.rehearsal.defaults import TEXTS
from dossier.rehearsal.scenario import (
    AnswersDossier,
    Deed,
    FinishesDossier,
    Scenario,
    ScenarioArrival,
    ScenarioStep,
    ScenarioWait,
)

_P = TypeVar("_P", bound=Request)
_CONVERSATION = ConversationId("0e0e0e0e-0000-4000-8000-000000000001")
_TICK = timedelta(microseconds=1)  # a term is over just after its due instant, which is still in time (ГПК Art. 123)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that left. ``at``: when it was decided; delivery takes no time here."""

    at: datetime
    message_id: MessageId
    intent: OutgoingIntent


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """What came of one step: since the step before it, the clock's doings on the way included.

    ``road`` and ``findings``: of the answer to the step itself. ``appeal``: as it stands after it; None before any.
    """

    step: ScenarioStep
    events: tuple[Event, ...]
    sent: tuple[SentMessage, ...]
    refusal: DecisionRefusal | None
    road: Road | None
    findings: tuple[Finding, ...]
    appeal: Appeal | None


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario to its end."""

    scenario: Scenario
    outcomes: tuple[StepOutcome, ...]

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(event for outcome in self.outcomes for event in outcome.events)

    @property
    def sent(self) -> tuple[SentMessage, ...]:
        return tuple(sent for outcome in self.outcomes for sent in outcome.sent)

    @property
    def appeal(self) -> Appeal | None:
        return self.outcomes[-1].appeal


def play(scenario: Scenario) -> Played:
    """Every step in its order. A refused step leaves no trace, and the case goes on.

    Raises ``UnusableLaw`` where the law says nothing of the days that the scenario is about.
    """
    stage = _Stage(scenario)
    return Played(scenario, tuple(stage.take(step) for step in scenario.steps))


class _Stage:
    """One case while it is played."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._now = scenario.steps[0].at
        self._messages: list[CaseMessage[Request]] = []
        self._events: list[Event] = []
        self._sent: list[SentMessage] = []
        self._follow_ups: deque[Arrival] = deque()
        self._fired: set[tuple[str, datetime]] = set()
        self._arrived = 0

    def take(self, step: ScenarioStep) -> StepOutcome:
        events, sent = len(self._events), len(self._sent)
        self._run_clock(step.at)
        answer = self._put(step.who, step.deed)
        self._run_clock(step.at)
        decided = answer if isinstance(answer, Decision) else Decision()
        return StepOutcome(
            step=step,
            events=tuple(self._events[events:]),
            sent=tuple(self._sent[sent:]),
            refusal=answer if isinstance(answer, DecisionRefusal) else None,
            road=decided.road,
            findings=decided.findings,
            appeal=self._appeal,
        )

    # --- the clock

    def _run_clock(self, until: datetime) -> None:
        """Everything that falls due up to ``until``, in the order of its instants."""
        while (due := self._next_due()) is not None and due[0] <= until:
            instant, term_id = due
            self._fired.add((term_id, instant))
            self._now = max(self._now, instant)
            self._arrives(TermFellDue(term_id), self._scenario.cast.exchange)
        self._now = max(self._now, until)

    def _next_due(self) -> tuple[datetime, str] | None:
        terms = self._appeal.terms.values() if self._appeal else ()
        waiting = [(at, term.opened.term_id) for term in terms if term.is_open for at in _instants(term)]
        return min(
            (due for due in waiting if (due[1], due[0]) not in self._fired), key=lambda due: due[0], default=None
        )

    # --- arrivals

    def _put(self, who: PartyId, deed: Deed) -> Decision | DecisionRefusal:
        match deed:
            case ScenarioWait():
                return Decision()
            case ScenarioArrival():
                return self._message(who, deed)
            case FinishesDossier():
                return self._arrives(self._ready(deed.dossier_no), self._scenario.cast.exchange)
            case AnswersDossier():
                return self._arrives(self._answer(who, deed), who)

    def _message(self, sender: PartyId, deed: ScenarioArrival) -> Decision | DecisionRefusal:
        self._arrived += 1
        message_id, payload = MessageId(f"in-{self._arrived}"), deed.payload
        lodges = isinstance(payload, RegisterAppeal)
        number = f"DL-{self._now.year}-0000000001" if lodges else None
        answer = self._arrives(MessageArrived(message_id, sender, payload, number), sender, message_id)
        if isinstance(answer, Decision):
            self._messages.append(CaseMessage(sender, message_id, payload))
        return answer

    def _answer(self, court: PartyId, deed: AnswersDossier) -> DeliveryAcknowledged | DeliveryRejected:
        """To the last dossier that was sent."""
        filed = [sent for sent in self._sent if isinstance(sent.intent.payload, FileDossier)]
        message_id = filed[-1].message_id if filed else MessageId("out-0")
        if deed.code is None:
            return DeliveryAcknowledged(message_id, court, Action.of(FileDossier), "00" * 32)
        return DeliveryRejected(message_id, court, Action.of(FileDossier), deed.code, "")

    def _arrives(
        self, arrival: Arrival, actor: PartyId, message_id: MessageId | None = None
    ) -> Decision | DecisionRefusal:
        answer = self._decide(arrival, actor, message_id)
        while self._follow_ups:
            follow_up = self._follow_ups.popleft()
            by = follow_up.recipient if isinstance(follow_up, DeliveryAcknowledged) else self._scenario.cast.exchange
            self._decide(follow_up, by, None)
        return answer

    def _decide(self, arrival: Arrival, actor: PartyId, message_id: MessageId | None) -> Decision | DecisionRefusal:
        cast = self._scenario.cast
        moment = Moment(self._now.astimezone(UTC), cast.exchange, cast.competence, cast.names)
        answer = decide(self._file(), arrival, moment, self._scenario.law)
        if isinstance(answer, Decision):
            self._record(answer, actor, message_id)
        return answer

    def _file(self) -> CaseFile:
        """What was said before, as the exchange's store would hand it over."""
        return CaseFile(
            _CONVERSATION,
            tuple(self._events),
            next((message.payload for message in self._messages if isinstance(message.payload, RegisterAppeal)), None),
            tuple(
                ref
                for message in self._messages
                if isinstance(message.payload, AddDocuments)
                for ref in message.payload.documents
            ),
            pressed=tuple(_of_kind(self._messages, Disagree)),
            replies=tuple(_of_kind(self._messages, Reply)),
        )

    def _record(self, decision: Decision, actor: PartyId, message_id: MessageId | None) -> None:
        at = self._now.astimezone(UTC)
        for fact in decision.facts:
            self._events.append(Event(_CONVERSATION, len(self._events) + 1, at, actor, message_id, fact))
        for intent in decision.messages:
            self._sent.append(SentMessage(at, MessageId(f"out-{len(self._sent) + 1}"), intent))
            self._foresee_receipt(self._sent[-1])
        if decision.assembly is not None and not self._scenario.dossiers_by_hand:
            self._follow_ups.append(self._ready(decision.assembly.dossier_no))

    def _foresee_receipt(self, sent: SentMessage) -> None:
        if isinstance(sent.intent.payload, FileDossier) and not self._scenario.receipts_by_hand:
            receipt = DeliveryAcknowledged(sent.message_id, sent.intent.recipient, Action.of(FileDossier), "00" * 32)
            self._follow_ups.append(receipt)

    def _ready(self, dossier_no: int) -> DossierReady:
        """Assembled at this moment: it holds all that has happened."""
        digest = f"{dossier_no:064x}"
        name = f"dossier-{dossier_no}.asice"
        return DossierReady(
            dossier_no, digest[-43:], digest, 4096, "B-T", name, TEXTS["dossier_title"], len(self._events)
        )

    @property
    def _appeal(self) -> Appeal | None:
        return fold(self._events) if self._events else None


def _instants(term: Term) -> tuple[datetime, ...]:
    """When the clock has something to do about an open term."""
    over, remind_at = term.opened.due_at + _TICK, term.opened.remind_at
    return (over,) if remind_at is None or term.reminded else (remind_at, over)


def _of_kind(message: Iterable[CaseMessage[Request]], kind: type[_P]) -> Iterator[CaseMessage[_P]]:
    return (CaseMessage(each.by, each.message_id, each.payload) for each in message if isinstance(each.payload, kind))
