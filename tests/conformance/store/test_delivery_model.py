"""The life of deliveries against a model: any order of claims, crashes, late signals and resends keeps the promises.

The model is the table of moves in ``gateway.domain.delivery`` and a dozen lines of bookkeeping. After every step the
store must say what the model says; when everything has answered, nothing may be left but what has visibly ended.
"""

from __future__ import annotations

import asyncio
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

from contracts.header import ConversationId, MessageId
from contracts.party import PartyId
from gateway.domain.delivery import CLAIMABLE, FINAL, DeliveryState, may_move
from gateway.ports import ClaimedDelivery, FenceLost, Recorded
from gateway.store.database import SqlStore, open_store
from tests.builders import (
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
    opening,
    outgoing,
    party,
    registry,
    rejected,
    writing,
)

S = DeliveryState
T = TypeVar("T")
PUSH, MAILBOX = (AKIMAT, COURT), (JER,)
STEPS, EXAMPLES = 40, 40
WHICH = st.integers(0, 50)  # taken modulo what there is: ids are random, places are not


@dataclass
class Expected:
    """What the model knows of one delivery."""

    number: int  # order of enqueueing: order holds within (recipient, conversation)
    recipient: PartyId
    conversation: ConversationId
    state: DeliveryState = S.PENDING
    due: datetime = NOON  # of a claimable one, or when the receipt of a delivered one is overdue
    lease_until: datetime | None = None
    claims: int = 0
    endings: int = 0

    @property
    def pair(self) -> tuple[PartyId, ConversationId]:
        return self.recipient, self.conversation

    def to(self, state: DeliveryState) -> None:
        assert may_move(self.state, state), f"{self.state} may not become {state}"
        self.state = state
        self.endings += state in FINAL


class Deliveries(RuleBasedStateMachine):
    """One store, its relays and the people around it; the test says which by ``url``."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[MessageId, Expected] = {}
        self.seqs: dict[ConversationId, int] = {}
        self.in_hand: list[ClaimedDelivery] = []  # claimed by a relay that lives
        self.spent: list[ClaimedDelivery] = []  # recorded, or their relay was killed
        self.now = NOON
        self.runner = asyncio.Runner()
        self.store: SqlStore = self.do(open_store(self.url, window=timedelta(0)))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        """Every peer answers at last: what does not wait for a person ends, and only so."""
        try:
            for _ in range(3 * len(self.model) + 3):
                self.time_passes(timedelta(hours=1))
                self.rescuer_looks()
                self.relay_claims(100)
                self.mailbox_fetches(100)
                while self.in_hand:
                    self.peer_acknowledges(0)
                for found in [one for one, known in self.model.items() if known.state is S.DELIVERED]:
                    self.signal_comes(found, refused=False)
            assert {known.state for known in self.model.values()} <= FINAL | {S.DEAD_LETTERED} | self.held()
            assert all(known.endings <= 1 for known in self.model.values())
        finally:
            self.do(self.store.close())
            self.runner.close()

    def held(self) -> set[DeliveryState]:
        """States that may remain behind a dead letter, which holds its own pair."""
        holding = {known.pair: known.number for known in self.model.values() if known.state is S.DEAD_LETTERED}
        behind = [one for one in self.model.values() if one.number > holding.get(one.pair, one.number)]
        return {known.state for known in behind}

    # --- what happens ---

    @initialize()
    def parties_are_known(self) -> None:
        self.do(self.store.apply_registry(registry(party(AKIMAT), party(COURT), mailbox_party(JER)), by="t", at=NOON))

    @rule(recipients=st.lists(st.sampled_from(PUSH + MAILBOX), min_size=1, max_size=3))
    def appeal_is_registered(self, recipients: list[PartyId]) -> None:
        conversation = conversation_id()
        messages = [outgoing(conversation, one, created_at=self.now) for one in recipients]
        assert isinstance(self.do(self.store.write_case(opening(*messages, at=self.now))), Recorded)
        self.seqs[conversation] = 1
        self._enqueued(conversation, messages)

    @precondition(lambda self: self.seqs)
    @rule(which=WHICH, recipient=st.sampled_from(PUSH + MAILBOX))
    def case_goes_on(self, which: int, recipient: PartyId) -> None:
        conversation = list(self.seqs)[which % len(self.seqs)]
        message = outgoing(conversation, recipient, created_at=self.now)
        write = writing(conversation, self.seqs[conversation], messages=(message,), at=self.now)
        assert isinstance(self.do(self.store.write_case(write)), Recorded)
        self.seqs[conversation] += 1
        self._enqueued(conversation, [message])

    @rule(limit=st.integers(1, 5))
    def relay_claims(self, limit: int) -> None:
        lease = self.now + MINUTE
        claims = self.do(self.store.claim(now=self.now, limit=limit, lease_until=lease))
        due = self._due_heads(PUSH)
        assert len(claims) == min(limit, len(due))
        for claim in claims:
            assert claim.message_id in due
            self._leased(claim, S.IN_FLIGHT, lease)
            self.in_hand.append(claim)

    @rule(limit=st.integers(1, 5))
    def mailbox_fetches(self, limit: int) -> None:
        leased = {i for i, k in self.model.items() if k.recipient == JER and self._is_leased_out(k)}
        due = self._due_heads(MAILBOX)
        lease = self.now + MINUTE
        batch, waiting = self.do(self.store.fetch(JER, now=self.now, limit=limit, lease_until=lease))
        got = {claim.message_id for claim in batch}
        if leased:  # a repeated fetch returns its leased batch, nothing new
            assert got <= leased
            assert len(got) == min(limit, len(leased))
        else:
            assert got <= due
            assert len(got) == min(limit, len(due))
            for claim in batch:
                self._leased(claim, S.DELIVERED, lease)
        assert waiting >= len(due - got if not leased else due)

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

    @precondition(lambda self: self.spent)
    @rule(which=WHICH, state=st.sampled_from([S.ACKNOWLEDGED, S.REJECTED, S.RETRY_SCHEDULED]))
    def an_outcome_comes_again_or_late(self, which: int, state: DeliveryState) -> None:
        claim = self.spent[which % len(self.spent)]
        known = self.model[claim.message_id]
        is_held = known.state is S.IN_FLIGHT and known.claims == claim.fence
        if is_held:  # its relay was not dead, only slow
            self.spent.remove(claim)
            self._recorded(claim, state)
        else:
            assert isinstance(self.do(self.store.record(attempt(claim, state))), FenceLost)

    @precondition(lambda self: self.model)
    @rule(which=WHICH, refused=st.booleans())
    def signal_comes_late(self, which: int, refused: bool) -> None:
        self.signal_comes(self._one(which), refused=refused)

    def signal_comes(self, of: MessageId, *, refused: bool) -> None:
        """A receipt or error signal through Acknowledge: it counts in every state but the final ones."""
        known = self.model[of]
        signal = rejected(of) if refused else acknowledged(of)
        taken = acceptance(signals=(signal,), sender=known.recipient, received_at=self.now)
        assert isinstance(self.do(self.store.accept(taken)), Recorded)
        if known.state not in FINAL:
            known.to(signal.state)

    @precondition(lambda self: self.model)
    @rule(which=WHICH)
    def person_resends(self, which: int) -> None:
        of = self._one(which)
        known = self.model[of]
        row = self.do(self.store.find_delivery(known.recipient, of))
        assert row is not None
        self.do(self.store.resend(row.delivery_id, by="aigul", reason="asked by the party", at=self.now))
        if known.state is S.PENDING:
            known.due = self.now
        elif known.state not in FINAL | {S.IN_FLIGHT}:
            known.to(S.PENDING)
            known.due, known.lease_until = self.now, None

    @rule(span=st.sampled_from([timedelta(seconds=1), MINUTE, timedelta(hours=1)]))
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def rescuer_looks(self) -> None:
        rescued = self.do(self.store.rescue(now=self.now))
        lost = [known for known in self.model.values() if self._is_lost(known)]
        assert rescued == len(lost)
        for known in lost:
            known.to(S.RETRY_SCHEDULED)
            known.due, known.lease_until = self.now, None

    # --- what always holds ---

    @invariant()
    def store_says_what_the_model_says(self) -> None:
        rows = self.do(self.store.deliveries(limit=10_000))
        assert {row.message_id: row.state for row in rows} == {one: known.state for one, known in self.model.items()}
        assert all((row.finished_at is not None) == (row.state in FINAL) for row in rows)

    @invariant()
    def only_one_of_a_pair_is_under_way(self) -> None:
        under_way = [known.pair for known in self.model.values() if known.state is S.IN_FLIGHT]
        assert len(under_way) == len(set(under_way))

    # --- the bookkeeping ---

    def _one(self, which: int) -> MessageId:
        return list(self.model)[which % len(self.model)]

    def _enqueued(self, conversation: ConversationId, messages: list[Any]) -> None:
        for message in messages:
            number = len(self.model)
            self.model[message.message_id] = Expected(number, message.recipient, conversation, due=self.now)

    def _due_heads(self, recipients: tuple[PartyId, ...]) -> set[MessageId]:
        return {
            one
            for one, known in self.model.items()
            if known.recipient in recipients and self._is_due(known) and self._is_head(known)
        }

    def _is_due(self, known: Expected) -> bool:
        if known.state in CLAIMABLE:
            return known.due <= self.now
        handed_out = known.recipient in MAILBOX and known.state is S.DELIVERED and known.lease_until is not None
        return handed_out and known.lease_until <= self.now

    def _is_leased_out(self, known: Expected) -> bool:
        return known.state is S.DELIVERED and known.lease_until is not None and known.lease_until > self.now

    def _is_head(self, known: Expected) -> bool:
        return not any(
            other.pair == known.pair and other.number < known.number and other.state not in FINAL
            for other in self.model.values()
        )

    def _is_lost(self, known: Expected) -> bool:
        if known.state is S.IN_FLIGHT:
            return known.lease_until is not None and known.lease_until <= self.now
        return known.state is S.DELIVERED and known.due <= self.now

    def _leased(self, claim: ClaimedDelivery, state: DeliveryState, lease: datetime) -> None:
        known = self.model[claim.message_id]
        if known.state is not state:  # a mailbox batch whose lease ended is handed out again as it stands
            known.to(state)
        known.lease_until, known.due = lease, lease
        known.claims += 1
        assert (claim.attempt, claim.fence) == (known.claims, known.claims)

    def _taken(self, which: int) -> ClaimedDelivery:
        return self.in_hand.pop(which % len(self.in_hand))

    def _recorded(self, claim: ClaimedDelivery, state: DeliveryState) -> None:
        known = self.model[claim.message_id]
        is_held = known.state is S.IN_FLIGHT and known.claims == claim.fence
        changes = {"finished_at": self.now}
        if state in {S.RETRY_SCHEDULED, S.DELIVERED}:
            changes["next_attempt_at"] = self.now + MINUTE
        result = self.do(self.store.record(attempt(claim, state, **changes)))
        assert isinstance(result, Recorded if is_held else FenceLost)
        self.spent.append(claim)
        if is_held:
            known.to(state)
            known.due, known.lease_until = self.now + MINUTE, None


@contextmanager
def fresh_sqlite(request: pytest.FixtureRequest) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'dalel.db'}"


@contextmanager
def fresh_postgresql(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.mark.parametrize("fresh", [fresh_sqlite, fresh_postgresql], ids=["sqlite", "postgresql"])
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
