"""A clock that jumps by an hour, either way: nothing is lost or done twice, and nothing waits for the hour to pass."""

from __future__ import annotations

from contracts.codes import Code
from contracts.operations import Service
from contracts.payloads import GetHistory
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery
from tests.integration.dependencies.conftest import PeeredExchange
from tests.simulators.bent_peer import answers_rubbish
from tests.worlds.exchange.world import AKIMAT, PLATFORM, an_appeal


async def a_moment_later(among: PeeredExchange) -> None:
    """The loops' next looks, within two minutes of the clock as it is now."""
    for _ in range(6):
        among.world.clock.advance(seconds=20)
        await among.world.rescuer.run_once()
        while await among.relay.run_once():
            pass


async def test_after_a_jump_back_a_retry_waits_its_seconds_and_not_the_hour(among: PeeredExchange):
    among.world.clock.advance(hours=1)
    await among.world.rescuer.run_once()
    among.agency.manner = answers_rubbish
    await among.world.register()
    await among.relay.run_once()
    retried = (await among.deliveries())[AKIMAT].state

    among.world.clock.advance(hours=-1)
    among.agency.manner = None
    await a_moment_later(among)

    assert retried is DeliveryState.RETRY_SCHEDULED
    assert {row.state for row in await among.world.exchange.store.run(DeliveryPageQuery())} == {
        DeliveryState.ACKNOWLEDGED
    }
    assert len(among.agency.got) == 1


async def test_after_a_jump_back_a_lease_that_nobody_holds_ends_as_soon_as_leases_do(among: PeeredExchange):
    among.world.clock.advance(hours=1)
    await among.world.rescuer.run_once()
    await among.world.register()
    store, now = among.world.exchange.store, among.world.clock.now()
    lost = await store.run(ClaimDeliveries(now=now, limit=10, lease_until=now + among.world.exchange.lease))

    among.world.clock.advance(hours=-1)
    await a_moment_later(among)

    assert lost
    assert {row.state for row in await store.run(DeliveryPageQuery())} == {DeliveryState.ACKNOWLEDGED}


async def test_after_a_jump_forward_leases_end_early_and_the_message_has_one_effect_all_the_same(among: PeeredExchange):
    await among.world.register()
    store, now = among.world.exchange.store, among.world.clock.now()
    await store.run(ClaimDeliveries(now=now, limit=10, lease_until=now + among.world.exchange.lease))

    among.world.clock.advance(hours=1)
    await a_moment_later(among)
    among.world.clock.advance(hours=-1)
    await a_moment_later(among)

    assert {row.state for row in await store.run(DeliveryPageQuery())} == {DeliveryState.ACKNOWLEDGED}
    assert len(among.agency.got) == len(set(among.agency.got)) == 1


async def test_while_our_clock_is_wrong_senders_are_told_which_time_it_is_here_and_are_taken_when_it_is_right(
    among: PeeredExchange,
):
    envelope = among.world.envelope(PLATFORM, an_appeal(among.world.clock))
    among.world.clock.advance(hours=1)
    too_old = await among.world.post(Service.APPEALS, envelope)
    among.world.clock.advance(hours=-2)
    from_the_future = await among.world.post(Service.APPEALS, envelope)
    among.world.clock.advance(hours=1)
    taken = await among.world.post(Service.APPEALS, envelope)

    assert too_old.fault.code is Code.TIMESTAMP_EXPIRED
    assert from_the_future.fault.code is Code.TIMESTAMP_IN_FUTURE
    assert taken.status == 200


async def test_a_history_written_across_a_jump_back_keeps_its_order(among: PeeredExchange):
    among.world.clock.advance(hours=1)
    conversation, number = await among.world.register()
    among.world.clock.advance(hours=-1)
    await a_moment_later(among)
    case = await among.world.case(conversation)
    requested = await among.world.call(Service.APPEALS, PLATFORM, GetHistory(appeal_number=number))

    assert [event.seq for event in case.events] == list(range(1, case.seq + 1))
    assert requested.status == 200
