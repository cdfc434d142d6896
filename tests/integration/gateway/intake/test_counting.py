"""What happens is counted where it is logged: once, and only when it was committed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from connectors.ports.outcome import Deferred, Transmission
from contracts.header import Action
from contracts.operations import Service
from gateway.metrics.counts import PrometheusMeter
from gateway.ports.deliveries import ClaimDeliveries
from gateway.ports.ledger import LoadLedgerStatus
from gateway.workers.escalator import Escalator
from gateway.workers.sealer import Sealer
from tests.worlds.exchange.world import AKIMAT, PLATFORM, World, a_world, an_appeal


class MeteredCounts:
    """One registry, asked by name."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.meter = PrometheusMeter(self._registry)

    def __call__(self, name: str, **labels: str) -> float:
        return self._registry.get_sample_value(name, labels) or 0.0

    def attempts(self, role: str, outcome: str) -> float:
        return self("dalel_delivery_attempt_duration_seconds_count", role=role, outcome=outcome)


@pytest.fixture
def counts() -> MeteredCounts:
    return MeteredCounts()


@pytest.fixture
async def world(tmp_path, counts: MeteredCounts):
    async with a_world(tmp_path, meter=counts.meter) as made:
        yield made


async def test_a_message_that_comes_again_is_answered_twice_and_written_once(world: World, counts: MeteredCounts):
    envelope = world.envelope(PLATFORM, an_appeal(world.clock))
    answers = [await world.post(Service.APPEALS, envelope) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert counts("dalel_messages_total", action="RegisterAppeal", outcome="accepted") == 2
    assert counts("dalel_case_events_total", kind="appeal_registered") == 1
    assert counts("dalel_request_duration_seconds_count", service="appeals") == 2


async def test_a_refusal_is_counted_by_its_code_and_what_was_asked(world: World, counts: MeteredCounts):
    refused = await world.call(Service.AGENCY, PLATFORM, an_appeal(world.clock))
    code = refused.fault.code.value

    assert counts("dalel_refusals_total", code=code) == 1
    assert counts("dalel_case_events_total", kind="appeal_registered") == 0


async def test_an_attempt_is_counted_by_role_and_outcome_and_what_it_brings_is_written(
    world: World, counts: MeteredCounts
):
    world.connector.script[Action.ASSIGN_APPEAL] = [Deferred("nobody there", Transmission(b""))]
    await world.register()
    await world.settle()

    assert counts.attempts("agency", "deferred") == 1
    assert counts.attempts("agency", "acknowledged") == 0
    assert counts.attempts("platform", "acknowledged") > 0
    written = counts("dalel_case_events_total", kind="message_acknowledged")
    world.clock.advance(minutes=1)
    await world.settle()
    assert counts.attempts("agency", "acknowledged") > 0
    assert counts("dalel_case_events_total", kind="message_acknowledged") > written


async def test_a_term_that_passes_is_counted_by_what_follows(world: World, counts: MeteredCounts):
    await world.register()
    await world.settle()
    world.clock.advance(minutes=30)
    while await world.term_clock.run_once():
        pass

    assert counts("dalel_case_events_total", kind="term_breached") > 0


async def test_what_waits_too_long_is_counted_when_people_are_told(world: World, counts: MeteredCounts):
    world.connector.script[Action.ASSIGN_APPEAL] = [Deferred("nobody there", Transmission(b""))] * 9
    await world.register()
    await world.settle()
    world.clock.advance(hours=25)
    reported = 0
    while done := await Escalator(world.exchange).run_once():
        reported += done

    assert reported > 0
    assert counts("dalel_escalations_total", step="alarm") > 0
    assert sum(counts("dalel_escalations_total", step=step) for step in ("warn", "alarm", "page")) == reported


async def test_what_a_killed_process_held_is_counted_when_it_is_taken_back(world: World, counts: MeteredCounts):
    await world.register()
    now = world.clock.now()
    held = await world.exchange.store.run(ClaimDeliveries(now=now, limit=9, lease_until=now + timedelta(seconds=60)))
    world.clock.advance(minutes=2)
    await world.rescuer.run_once()

    assert counts("dalel_deliveries_rescued_total") == len(held) > 0


async def test_a_seal_is_counted_with_its_leaves(world: World, counts: MeteredCounts):
    await world.register()
    await Sealer(world.exchange, lambda: world.seal, limit=1000).run_once()
    status = await world.exchange.store.run(LoadLedgerStatus())

    assert counts("dalel_ledger_seals_total") == 1
    assert counts("dalel_ledger_leaves_sealed_total") == status.tree_size > 0


async def test_a_party_that_left_is_no_reason_to_fail(world: World, counts: MeteredCounts):
    """What was to be sent to it is set aside, which is no attempt."""
    await world.register()
    registry = world.in_force[0].registry
    assert AKIMAT in {party.party_id for party in registry.parties}
    left = replace(registry, parties=tuple(one for one in registry.parties if one.party_id != AKIMAT))
    world.in_force[0] = type(world.in_force[0]).of(left)
    await world.settle()

    assert counts.attempts("unknown", "poison") == 0
    assert counts.attempts("agency", "acknowledged") == 0
