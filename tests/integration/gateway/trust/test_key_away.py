"""While the token that holds the key is pulled out nothing is lost: callers come again, deliveries wait."""

from datetime import timedelta

from contracts.codes import Code
from contracts.header import MessageId
from contracts.operations import Service
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery
from signing.errors import KeyUnavailable
from tests.worlds.exchange.world import ME, PLATFORM, a_world, an_appeal


class AwayKey:
    """A key whose token does not answer."""

    def __init__(self, key):
        self.certificate, self.algorithm = key.certificate, key.algorithm

    def sign(self, _: bytes) -> bytes:
        raise KeyUnavailable("token dalel is not there")


async def test_a_caller_is_told_to_come_again_and_gets_its_receipt_then(tmp_path):
    async with a_world(tmp_path) as world:
        key, message_id = world.keys[ME], MessageId("6b1f0f6e-6f0e-4a52-9f0e-2f6f4d1d9a11")
        appeal = an_appeal(world.clock)

        world.keys[ME] = AwayKey(key)
        away = await world.call(Service.APPEALS, PLATFORM, appeal, message_id=message_id)
        assert away.status == 500
        assert away.fault.code is Code.INTERNAL
        assert away.headers["Retry-After"]
        assert b"Signature" not in away.envelope

        world.keys[ME] = key
        back = await world.call(Service.APPEALS, PLATFORM, appeal, message_id=message_id)
        assert back.message.payload.receipt.message_id == message_id


async def test_a_delivery_waits_for_the_key_and_is_no_dead_letter(tmp_path):
    async with a_world(tmp_path) as world:
        await world.register()
        key = world.keys[ME]

        world.keys[ME] = AwayKey(key)
        await world.relay.run_once()
        waiting = await world.exchange.store.run(DeliveryPageQuery(limit=10))
        assert {row.state for row in waiting} <= {DeliveryState.RETRY_SCHEDULED, DeliveryState.PENDING}
        assert DeliveryState.RETRY_SCHEDULED in {row.state for row in waiting}
        assert world.connector.sent == []

        world.keys[ME] = key
        world.clock.advance(seconds=timedelta(hours=1).total_seconds())
        await world.settle()
        ended = await world.exchange.store.run(DeliveryPageQuery(limit=10, state=DeliveryState.ACKNOWLEDGED))
        assert {row.delivery_id for row in waiting} & {row.delivery_id for row in ended}
