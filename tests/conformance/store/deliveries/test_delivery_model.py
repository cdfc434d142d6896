"""The life of deliveries against a model: any order of claims, crashes, late signals and resends keeps the promises.

The model is the table of moves in ``gateway.domain.delivery.states`` and a dozen lines of bookkeeping. After every
step the store must say what the model says; when everything has answered, nothing may be left but what has visibly
ended.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, func, select

from contracts.header import ConversationId, MessageId
from contracts.party import Agreement, PartyId
from gateway.domain.delivery.acts import RESULT, SELECTED, SOURCES, Act
from gateway.domain.delivery.states import CLAIMABLE, FINAL, SIGNALLED, DeliveryState, may_move
from gateway.ports.deliveries import (
    ClaimDeliveries,
    ClaimedDelivery,
    DeliveryPageQuery,
    FetchMailbox,
    FindDelivery,
    GiveBack,
    ListCircuits,
    MoveJob,
    Rescue,
    Selection,
)
from gateway.ports.parties import ApplyRegistry, ListPauses, Switch, SwitchJob
from gateway.ports.results import FenceLost, Recorded
from gateway.store.database import SqlStore, open_store
from gateway.store.ledger.records import DELIVERY_ENDS
from gateway.store.tables import audit_log, leaves
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    JER,
    MINUTE,
    NOON,
    acceptance,
    acknowledged,
    attempt,
    conversation_id,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    party,
    registry,
    rejected,
    writing,
)
from tests.worlds.memory import MemoryStore
from tests.worlds.sqlite import migrated

S = DeliveryState
T = TypeVar("T")
PUSH, MAILBOX = (AKIMAT, COURT), (JER,)
SET_ASIDE = frozenset({S.DEAD_LETTERED, S.PARKED})  # a person moves it on
STEPS, EXAMPLES = 40, 40
WHICH = st.integers(0, 50)  # taken modulo what there is: ids are random, places are not


@dataclass
class ModelDelivery:
    """What the model knows of one delivery. ``request``: the fetch that holds it, of one in a mailbox."""

    number: int  # order of enqueueing: order holds within (recipient, conversation)
    recipient: PartyId
    conversation: ConversationId
    state: DeliveryState = S.PENDING
    due: datetime = NOON  # of a claimable one, or when the receipt of a delivered one is overdue
    lease_until: datetime | None = None
    claimed_at: datetime | None = None
    claims: int = 0  # each grows the fence
    attempts: int = 0  # a claim that was given back was none
    endings: int = 0
    request: MessageId | None = None
    by: str | None = None  # who cancelled it

    @property
    def pair(self) -> tuple[PartyId, ConversationId]:
        return self.recipient, self.conversation

    def to(self, state: DeliveryState) -> None:
        assert may_move(self.state, state), f"{self.state} may not become {state}"
        self.state = state
        self.endings += state in FINAL


class Deliveries(RuleBasedStateMachine):
    """One store, its relays and the people around it; the test says which by ``url``, empty for the one in memory."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[MessageId, ModelDelivery] = {}
        self.seqs: dict[ConversationId, int] = {}
        self.in_hand: list[ClaimedDelivery] = []  # claimed by a relay that lives
        self.spent: list[ClaimedDelivery] = []  # recorded, or their relay was killed
        self.requests: list[MessageId] = []  # of the mailbox's programs
        self.fences: set[tuple[int, int]] = set()
        self.acts = 0
        self.paused: set[PartyId] = set()
        self.now = NOON
        self.runner = asyncio.Runner()
        self.store: SqlStore | MemoryStore = (
            self.do(open_store(self.url, window=timedelta(0))) if self.url else MemoryStore()
        )

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        """Every peer answers at last: what does not wait for a person ends, and only so."""
        try:
            for recipient in sorted(self.paused):
                self.person_resumes(recipient)
            for _ in range(3 * len(self.model) + 3):
                self.time_passes(timedelta(hours=1))
                self.rescuer_looks()
                self.relay_claims(100)
                self.mailbox_is_fetched(100, message_id())
                while self.in_hand:
                    self.peer_acknowledges(0)
                for found in [one for one, known in self.model.items() if known.state is S.DELIVERED]:
                    self.signal_comes(found, refused=False)
            assert {known.state for known in self.model.values()} <= FINAL | SET_ASIDE | self.held()
            assert all(known.endings <= 1 for known in self.model.values())
            self.every_end_has_its_reason()
        finally:
            self.do(self.store.close())
            self.runner.close()

    def held(self) -> set[DeliveryState]:
        """States that may remain behind what is set aside, which holds its own pair."""
        holding: dict[tuple[PartyId, ConversationId], int] = {}
        for known in self.model.values():
            if known.state in SET_ASIDE:
                holding.setdefault(known.pair, known.number)
        behind = [one for one in self.model.values() if one.number > holding.get(one.pair, one.number)]
        return {known.state for known in behind}

    def every_end_has_its_reason(self) -> None:
        """Acknowledged and rejected ones rest on an envelope, cancelled ones on a name; each end has one leaf."""
        rows = {row.message_id: row for row in self.do(self.store.run(DeliveryPageQuery(limit=10_000)))}
        if isinstance(self.store, SqlStore):
            ends = self.do(self.store.read(_ends))
            assert sorted(ends) == sorted(row.delivery_id for row in rows.values() if row.state in FINAL)
        for one, known in self.model.items():
            row = rows[one]
            if known.state is S.CANCELLED:
                assert (row.detail or "").startswith(f"{known.by}: ")
        assert self.recorded_acts() == self.acts

    def recorded_acts(self) -> int:
        if isinstance(self.store, MemoryStore):
            return sum(line.act.startswith("delivery.") for line in self.store.memory.audit)
        return self.do(self.store.read(_acts))

    # --- what happens ---

    @initialize()
    def parties_are_known(self) -> None:
        self.do(
            self.store.run(ApplyRegistry(registry(party(AKIMAT), party(COURT), mailbox_party(JER)), by="t", at=NOON))
        )

    @rule(recipients=st.lists(st.sampled_from(PUSH + MAILBOX), min_size=1, max_size=3))
    def appeal_is_registered(self, recipients: list[PartyId]) -> None:
        conversation = conversation_id()
        messages = [outgoing(conversation, one, created_at=self.now) for one in recipients]
        assert isinstance(self.do(self.store.run(opening(*messages, at=self.now))), Recorded)
        self.seqs[conversation] = 1
        self._enqueued(conversation, messages)

    @precondition(lambda self: self.seqs)
    @rule(which=WHICH, recipient=st.sampled_from(PUSH + MAILBOX))
    def case_goes_on(self, which: int, recipient: PartyId) -> None:
        conversation = list(self.seqs)[which % len(self.seqs)]
        message = outgoing(conversation, recipient, created_at=self.now)
        write = writing(conversation, self.seqs[conversation], messages=(message,), at=self.now)
        assert isinstance(self.do(self.store.run(write)), Recorded)
        self.seqs[conversation] += 1
        self._enqueued(conversation, [message])

    @rule(limit=st.integers(1, 5))
    def relay_claims(self, limit: int) -> None:
        """Only firsts of their pairs that are due, and some of them, unless their parties are left alone or busy."""
        lease = self.now + MINUTE
        due = self._due_heads(PUSH)
        callable_ones = {one for one in due if self._is_callable(self.model[one].recipient)}
        claims = self.do(self.store.run(ClaimDeliveries(now=self.now, limit=limit, lease_until=lease)))
        assert {claim.message_id for claim in claims} <= due
        assert not {claim.recipient for claim in claims} & self.paused
        assert len(claims) <= limit
        assert claims or not callable_ones
        for claim in claims:
            self._leased(claim, S.IN_FLIGHT, lease)
            self.in_hand.append(claim)

    def _is_callable(self, recipient: PartyId) -> bool:
        """Its circuit lets one through, and the agreement one more at once."""
        under_way = [
            known for known in self.model.values() if (known.recipient, known.state) == (recipient, S.IN_FLIGHT)
        ]
        circuits = {circuit.party_id: circuit for circuit in self.do(self.store.run(ListCircuits()))}
        lets_through = recipient not in circuits or circuits[recipient].lets_through(self.now)
        lets_through &= recipient not in self.paused
        return lets_through and len(under_way) < Agreement(recipient).most_at_once

    @rule(limit=st.integers(1, 5))
    def mailbox_fetches(self, limit: int) -> None:
        self.mailbox_is_fetched(limit, message_id())

    @precondition(lambda self: self.requests)
    @rule(which=WHICH, limit=st.integers(1, 5))
    def a_fetch_is_repeated(self, which: int, limit: int) -> None:
        self.mailbox_is_fetched(limit, self.requests[which % len(self.requests)])

    def mailbox_is_fetched(self, limit: int, request: MessageId) -> None:
        """The same request returns the batch that it holds; another one gets nothing of it."""
        held = {i for i, k in self.model.items() if k.request == request and self._is_leased_out(k)}
        due = set() if JER in self.paused else self._due_heads(MAILBOX)
        lease = self.now + MINUTE
        batch, waiting = self.do(
            self.store.run(FetchMailbox(JER, request=request, now=self.now, limit=limit, lease_until=lease))
        )
        got = {claim.message_id for claim in batch}
        assert got <= (held or due)
        assert len(got) == min(limit, len(held or due))
        if not held:
            for claim in batch:
                self._leased(claim, S.DELIVERED, lease)
                self.model[claim.message_id].request = request
        self.requests.append(request)
        assert waiting >= len(due - got)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def peer_acknowledges(self, which: int) -> None:
        self._recorded(self._taken(which), S.ACKNOWLEDGED)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def peer_refuses(self, which: int) -> None:
        self._recorded(self._taken(which), S.REJECTED)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def peer_is_not_heard(self, which: int) -> None:
        self._recorded(self._taken(which), S.RETRY_SCHEDULED)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def peer_takes_it_and_owes_the_receipt(self, which: int) -> None:
        self._recorded(self._taken(which), S.DELIVERED)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def message_turns_out_to_be_poison(self, which: int) -> None:
        self._recorded(self._taken(which), S.DEAD_LETTERED)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def relay_is_killed(self, which: int) -> None:
        self.spent.append(self._taken(which))

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH, state=st.sampled_from([S.ACKNOWLEDGED, S.RETRY_SCHEDULED, S.DEAD_LETTERED, S.DELIVERED]))
    def a_slow_relay_speaks_after_another_took_over(self, which: int, state: DeliveryState) -> None:
        slow = self._taken(which)
        self.time_passes(timedelta(hours=1))
        self.rescuer_looks()
        self.relay_claims(5)
        self._recorded(slow, state)

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH)
    def relay_gives_its_lease_back(self, which: int) -> None:
        claim = self._taken(which)
        known = self.model[claim.message_id]
        given = self.do(self.store.run(GiveBack([claim])))
        assert given == self._is_held_by(claim)
        if given:
            assert known.claimed_at is not None
            known.to(S.RETRY_SCHEDULED)
            known.due, known.lease_until = known.claimed_at, None
            known.attempts -= 1
        self.spent.append(claim)

    @precondition(lambda self: self.spent)
    @rule(which=WHICH, state=st.sampled_from([S.ACKNOWLEDGED, S.REJECTED, S.RETRY_SCHEDULED]))
    def an_outcome_comes_again_or_late(self, which: int, state: DeliveryState) -> None:
        """Its relay was not dead, only slow: a signed answer counts as long as nothing ended it, a guess does not."""
        self._recorded(self.spent.pop(which % len(self.spent)), state)

    @precondition(lambda self: self.model)
    @rule(which=WHICH, refused=st.booleans())
    def signal_comes_late(self, which: int, refused: bool) -> None:
        self.signal_comes(self._one(which), refused=refused)

    def signal_comes(self, of: MessageId, *, refused: bool) -> None:
        """A receipt or error signal through Acknowledge: it counts in every state but the final ones."""
        known = self.model[of]
        signal = rejected(of) if refused else acknowledged(of)
        taken = acceptance(signals=(signal,), sender=known.recipient, received_at=self.now)
        assert isinstance(self.do(self.store.run(taken)), Recorded)
        if known.state not in FINAL:
            known.to(signal.state)

    @precondition(lambda self: self.model)
    @rule(which=WHICH, act=st.sampled_from(list(Act)), who=st.sampled_from(["aigul", "nurlan"]))
    def person_acts_on_one(self, which: int, act: Act, who: str) -> None:
        of = self._one(which)
        row = self.do(self.store.run(FindDelivery(self.model[of].recipient, of)))
        assert row is not None
        moved = self.do(self.store.run(MoveJob(act, (row.delivery_id,), who, "asked by the party", self.now)))
        self.acts += 1
        if self.model[of].state in SOURCES[act]:
            assert moved.moved == (row.delivery_id,)
            self._acted(of, act, who)
        else:
            assert [one.delivery_id for one in moved.refused] == [row.delivery_id]

    @precondition(lambda self: self.in_hand)
    @rule(which=WHICH, act=st.sampled_from(list(Act)))
    def person_acts_on_what_a_relay_has_in_hand(self, which: int, act: Act) -> None:
        of = self.in_hand[which % len(self.in_hand)].message_id
        self.person_acts_on_one(list(self.model).index(of), act, "nurlan")

    @rule(
        act=st.sampled_from(list(Act)),
        recipient=st.sampled_from((*PUSH, *MAILBOX, None)),
        state=st.sampled_from((None, *S)),
        limit=st.integers(1, 3),
    )
    def person_acts_on_many(self, act: Act, recipient: PartyId | None, state: DeliveryState | None, limit: int) -> None:
        """Some of them only: the commit after which the command was interrupted."""
        states = SELECTED[act] if state is None else SOURCES[act] & {state}
        chosen = [
            one for one, known in self.model.items() if known.state in states and recipient in {None, known.recipient}
        ][:limit]
        of = Selection(recipient=recipient, state=state)
        moved = self.do(self.store.run(MoveJob(act, of, "aigul", "they moved house", self.now, limit=limit)))
        assert (len(moved.moved), moved.refused) == (len(chosen), ())
        for one in chosen:
            self._acted(one, act, "aigul")
        self.acts += len(chosen)

    def _acted(self, of: MessageId, act: Act, who: str) -> None:
        known = self.model[of]
        if known.state is not RESULT[act]:
            known.to(RESULT[act])
        known.due, known.lease_until = self.now, None
        if act is Act.CANCEL:
            known.by = who

    @rule(recipient=st.sampled_from(PUSH + MAILBOX))
    def person_pauses(self, recipient: PartyId) -> None:
        """What is in hand goes on to its end; nothing new is claimed or handed out."""
        refused = self.do(self.store.run(SwitchJob(Switch.PAUSE, recipient, "aigul", "moving", self.now)))
        assert (refused is not None) == (recipient in self.paused)
        self.paused.add(recipient)

    @precondition(lambda self: self.paused)
    @rule(which=WHICH)
    def person_resumes_one(self, which: int) -> None:
        self.person_resumes(sorted(self.paused)[which % len(self.paused)])

    def person_resumes(self, recipient: PartyId) -> None:
        assert self.do(self.store.run(SwitchJob(Switch.RESUME, recipient, "aigul", "moved", self.now))) is None
        self.paused.discard(recipient)

    @rule(span=st.sampled_from([timedelta(seconds=1), MINUTE, timedelta(hours=1)]))
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def rescuer_looks(self) -> None:
        rescued = self.do(self.store.run(Rescue(now=self.now)))
        lost = [known for known in self.model.values() if self._is_lost(known)]
        assert rescued == len(lost)
        for known in lost:
            known.to(S.RETRY_SCHEDULED)
            known.due, known.lease_until = self.now, None

    # --- what always holds ---

    @invariant()
    def store_says_what_the_model_says(self) -> None:
        rows = self.do(self.store.run(DeliveryPageQuery(limit=10_000)))
        assert {row.message_id: row.state for row in rows} == {one: known.state for one, known in self.model.items()}
        assert all((row.finished_at is not None) == (row.state in FINAL) for row in rows)

    @invariant()
    def everybody_sees_who_is_paused(self) -> None:
        assert {pause.party_id for pause in self.do(self.store.run(ListPauses()))} == self.paused

    @invariant()
    def only_one_of_a_pair_is_under_way(self) -> None:
        under_way = [known.pair for known in self.model.values() if known.state in {S.IN_FLIGHT, S.DELIVERED}]
        assert len(under_way) == len(set(under_way))

    @invariant()
    def what_waits_can_be_seen_to_wait(self) -> None:
        """Nothing that is not final is without a time at which it goes on, unless a person has to look."""
        for row in self.do(self.store.run(DeliveryPageQuery(limit=10_000))):
            if row.state not in FINAL | SET_ASIDE | {S.IN_FLIGHT}:
                assert row.next_attempt_at is not None

    # --- the bookkeeping ---

    def _one(self, which: int) -> MessageId:
        return list(self.model)[which % len(self.model)]

    def _enqueued(self, conversation: ConversationId, messages: list[Any]) -> None:
        for message in messages:
            number = len(self.model)
            self.model[message.message_id] = ModelDelivery(number, message.recipient, conversation, due=self.now)

    def _due_heads(self, recipients: tuple[PartyId, ...]) -> set[MessageId]:
        return {
            one
            for one, known in self.model.items()
            if known.recipient in recipients and self._is_due(known) and self._is_head(known)
        }

    def _is_due(self, known: ModelDelivery) -> bool:
        if known.state in CLAIMABLE:
            return known.due <= self.now
        handed_out = known.recipient in MAILBOX and known.state is S.DELIVERED and known.lease_until is not None
        return handed_out and known.lease_until <= self.now

    def _is_leased_out(self, known: ModelDelivery) -> bool:
        return known.state is S.DELIVERED and known.lease_until is not None and known.lease_until > self.now

    def _is_head(self, known: ModelDelivery) -> bool:
        return not any(
            other.pair == known.pair and other.number < known.number and other.state not in FINAL
            for other in self.model.values()
        )

    def _is_lost(self, known: ModelDelivery) -> bool:
        if known.state is S.IN_FLIGHT:
            return known.lease_until is not None and known.lease_until <= self.now
        return known.state is S.DELIVERED and known.due <= self.now

    def _leased(self, claim: ClaimedDelivery, state: DeliveryState, lease: datetime) -> None:
        known = self.model[claim.message_id]
        if known.state is not state:  # a mailbox batch whose lease ended is handed out again as it stands
            known.to(state)
        known.lease_until, known.due = lease, lease
        known.claimed_at = self.now
        known.claims += 1
        known.attempts += 1
        assert (claim.attempt, claim.fence) == (known.attempts, known.claims)
        assert (claim.delivery_id, claim.fence) not in self.fences  # never used again
        self.fences.add((claim.delivery_id, claim.fence))

    def _taken(self, which: int) -> ClaimedDelivery:
        return self.in_hand.pop(which % len(self.in_hand))

    def _is_held_by(self, claim: ClaimedDelivery) -> bool:
        known = self.model[claim.message_id]
        return known.state is S.IN_FLIGHT and known.claims == claim.fence

    def _recorded(self, claim: ClaimedDelivery, state: DeliveryState) -> None:
        known = self.model[claim.message_id]
        counts = may_move(known.state, state) if state in SIGNALLED else self._is_held_by(claim)
        changes = {"finished_at": self.now}
        if state in {S.RETRY_SCHEDULED, S.DELIVERED}:
            changes["next_attempt_at"] = self.now + MINUTE
        result = self.do(self.store.run(attempt(claim, state, **changes)))
        assert isinstance(result, Recorded if counts else FenceLost)
        self.spent.append(claim)
        if counts:
            known.to(state)
            known.due, known.lease_until = self.now + MINUTE, None


def _ends(connection: Connection) -> list[int]:
    keys = connection.scalars(select(leaves.c.key).where(leaves.c.record == DELIVERY_ENDS.name))
    return [json.loads(key)[0] for key in keys]


def _acts(connection: Connection) -> int:
    lines = select(func.count()).select_from(audit_log).where(audit_log.c.act.like("delivery.%"))
    return connection.execute(lines).scalar_one()


@contextmanager
def fresh_sqlite(request: pytest.FixtureRequest) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield migrated(Path(folder))


@contextmanager
def fresh_postgresql(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue("postgres").database() as url:
        yield url


@contextmanager
def in_memory(_: pytest.FixtureRequest) -> Iterator[str]:
    yield ""


@pytest.mark.parametrize("fresh", [fresh_sqlite, fresh_postgresql, in_memory], ids=["sqlite", "postgresql", "memory"])
def test_any_order_of_events_leaves_every_delivery_ended_or_visibly_waiting(request: pytest.FixtureRequest, fresh):
    class Machine(Deliveries):
        def __init__(self) -> None:
            self.stack = ExitStack()
            self.url = self.stack.enter_context(fresh(request))
            super().__init__()

        def teardown(self) -> None:
            with self.stack:
                super().teardown()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
