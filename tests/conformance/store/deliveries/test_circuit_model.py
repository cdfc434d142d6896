"""The circuit as a model: one party that answers or not as it likes, one that always does, and nodes that die.

Whatever the order of events: never two probes at once, an outage costs one attempt a rest, the healthy party is never
shut, and once the other answers again, everything is delivered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from connectors.ports.outcome import Reach
from contracts.party import Agreement, PartyId
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.retry import wait_before
from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, ClaimedDelivery, DeliveryPageQuery, ListCircuits, Rescue
from gateway.store.database import SqlStore, open_store
from tests.worlds.builders import AKIMAT, COURT, MINUTE, NOON, attempt, conversation_id, opening, outgoing
from tests.worlds.sqlite import migrated

T = TypeVar("T")
C = CircuitState
MOODY, HEALTHY = AKIMAT, COURT
SPANS = st.sampled_from([timedelta(seconds=s) for s in (1, 29, 31, 61, 400, 1000)])


class Outage(RuleBasedStateMachine):
    """``urls``: one per node, of the same database."""

    urls: tuple[str, ...]

    def __init__(self) -> None:
        super().__init__()
        self.now, self.is_up = NOON, True
        self.in_hand: list[ClaimedDelivery] = []
        self.probes: list[tuple[datetime, ClaimedDelivery]] = []  # lease and claim of each probe not heard of
        self.runner = asyncio.Runner()
        self.nodes: list[SqlStore] = [self.do(open_store(url, window=timedelta(0))) for url in self.urls]

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        try:
            self.is_up = True
            for _ in range(40):
                self.now += 16 * MINUTE
                self.do(self.nodes[0].run(Rescue(now=self.now)))
                self.nodes_claim()
                while self.in_hand:
                    self.attempt_ends(0)
            assert all(row.state in FINAL for row in self.do(self.nodes[0].run(DeliveryPageQuery(limit=1000))))
        finally:
            for node in self.nodes:
                self.do(node.close())
            self.runner.close()

    @rule(party=st.sampled_from([MOODY, HEALTHY]), count=st.integers(1, 6))
    def messages_come(self, party: PartyId, count: int) -> None:
        for _ in range(count):
            self.do(self.nodes[0].run(opening(outgoing(conversation_id(), party, created_at=self.now))))

    @rule()
    def the_moody_one_falls_silent_or_comes_back(self) -> None:
        self.is_up = not self.is_up

    @rule(span=SPANS)
    def time_passes(self, span: timedelta) -> None:
        self.now += span

    @rule()
    def nodes_claim(self) -> None:
        """All at once. A party that is left alone gives out one at most, after its rest."""
        before = self._circuit()
        lease = self.now + MINUTE
        claims = self.do(self._claim_everywhere(lease))
        moody = [one for one in claims if one.recipient == MOODY]
        if before.state is not C.CLOSED:
            assert len(moody) <= (1 if before.lets_through(self.now) else 0)
            self.probes += [(lease, one) for one in moody]
        self.in_hand += claims

    async def _claim_everywhere(self, lease: datetime) -> list[ClaimedDelivery]:
        claims = await asyncio.gather(
            *(node.run(ClaimDeliveries(now=self.now, limit=9, lease_until=lease)) for node in self.nodes)
        )
        return [one for batch in claims for one in batch]

    @precondition(lambda self: self.in_hand)
    @rule(which=st.integers(0, 50))
    def attempt_ends(self, which: int) -> None:
        claim = self.in_hand.pop(which % len(self.in_hand))
        self.probes = [(lease, one) for lease, one in self.probes if one != claim]
        times = {"started_at": self.now, "finished_at": self.now}
        if claim.recipient == HEALTHY or self.is_up:
            record = attempt(claim, reach=Reach.ANSWERED, **times)
        else:
            again = self.now + wait_before(claim.attempt, Agreement(MOODY), jitter=0)
            state = DeliveryState.RETRY_SCHEDULED
            record = attempt(claim, state, next_attempt_at=again, reach=Reach.SILENT, **times)
        self.do(self.nodes[which % len(self.nodes)].run(record))

    @rule()
    def a_node_dies_and_the_rescuer_comes(self) -> None:
        self.in_hand = []
        self.now += 2 * MINUTE
        self.do(self.nodes[0].run(Rescue(now=self.now)))

    @invariant()
    def there_are_never_two_probes(self) -> None:
        if self._circuit().state is C.HALF_OPEN:
            assert len([lease for lease, _ in self.probes if lease > self.now]) <= 1

    @invariant()
    def the_healthy_one_is_never_shut(self) -> None:
        assert all(one.party_id == MOODY for one in self.do(self.nodes[0].run(ListCircuits())))

    def _circuit(self) -> Circuit:
        return next(iter(self.do(self.nodes[0].run(ListCircuits()))), Circuit(MOODY))


@contextmanager
def one_on_sqlite(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    with TemporaryDirectory() as folder:
        yield (migrated(Path(folder)),)


@contextmanager
def two_on_postgresql(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    with request.getfixturevalue("postgres").database() as url:
        yield url, url


@pytest.mark.parametrize("nodes", [one_on_sqlite, two_on_postgresql])
def test_whatever_happens_an_outage_costs_one_attempt_a_rest_and_nobody_else_anything(
    request: pytest.FixtureRequest, nodes
):
    class Machine(Outage):
        def __init__(self) -> None:
            self.stack = ExitStack()
            self.urls = self.stack.enter_context(nodes(request))
            super().__init__()

        def teardown(self) -> None:
            with self.stack:
                super().teardown()

    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=checks),
    )
