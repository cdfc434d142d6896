"""The mailbox agent: fetched, verified, handed over, acknowledged; and what happens when any of it breaks off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.mailbox.agent import MailboxAgent
from connectors.soap.errors import PeerSilent
from connectors.soap.reading import VerifiedDelivery
from contracts.payloads import Acknowledge
from contracts.receipt import ErrorSignal, Receipt
from tests.integration.connectors.conftest import client_of
from tests.worlds.parties.world import EXCHANGE, WorldClock, deliver, notice, pinned

ME = "jer-almaty"


class AgencySystem:
    """A body's own system: keeps what it was handed, answers a repeat as before."""

    def __init__(self) -> None:
        self.receipts: dict[str, Receipt] = {}
        self.handed: list[str] = []
        self.is_closed = False

    async def handle(self, delivery: VerifiedDelivery) -> Receipt | ErrorSignal | None:
        message_id = delivery.header.message_id
        self.handed.append(message_id)
        if self.is_closed:
            return None
        return self.receipts.setdefault(message_id, Receipt(message_id, delivery.digest, datetime.now(UTC)))


@pytest.fixture
def desk() -> AgencySystem:
    return AgencySystem()


@pytest.fixture
def agent(session, exchange, desk) -> MailboxAgent:
    client = client_of(ME, session, exchange.url)
    return MailboxAgent(client, pinned=pinned(EXCHANGE), clock=WorldClock(), handle=desk.handle, batch=2)


def post(exchange, count: int = 1, **terms: str) -> list[str]:
    letters = [
        deliver(notice(), terms.get("recipient", ME), sender=terms.get("sender", EXCHANGE)) for _ in range(count)
    ]
    exchange.mailbox.update(letters)
    return [message_id for message_id, _ in letters]


async def test_an_empty_mailbox_is_no_work(agent, exchange):
    done = await agent.run_once()

    assert (done.fetched, done.acknowledged, done.waiting) == (0, 0, 0)
    assert exchange.payloads(Acknowledge) == []


async def test_a_batch_is_handed_over_and_acknowledged_at_once(agent, exchange, desk):
    posted = post(exchange, 3)

    first, second = await agent.run_once(), await agent.run_once()

    assert (first.fetched, first.acknowledged, first.waiting) == (2, 2, 1)
    assert (second.fetched, second.waiting) == (1, 0)
    assert desk.handed == posted
    assert len(exchange.payloads(Acknowledge)) == 2
    assert [signal.message_id for signal in exchange.signals] == posted


async def test_a_lost_acknowledgement_brings_the_message_again_and_the_same_receipt(agent, exchange, desk):
    [message_id] = post(exchange)
    letter = exchange.mailbox[message_id]
    await agent.run_once()
    [first] = exchange.signals
    exchange.mailbox[message_id] = letter  # as if the Acknowledge had not arrived

    await agent.run_once()

    assert exchange.signals == [first, first]
    assert desk.handed == [message_id, message_id]


async def test_what_the_body_cannot_take_now_is_not_acknowledged_and_comes_again(agent, exchange, desk):
    [message_id] = post(exchange)
    desk.is_closed = True
    await agent.run_once()
    desk.is_closed = False
    await agent.run_once()

    assert desk.handed == [message_id, message_id]
    assert [signal.message_id for signal in exchange.signals] == [message_id]


@pytest.mark.parametrize("terms", [{"recipient": "akimat-almaty"}, {"sender": "akimat-almaty"}])
async def test_a_message_to_or_from_somebody_else_is_left_alone_and_the_rest_goes_on(agent, exchange, desk, terms):
    post(exchange, 1, **terms)
    [good] = post(exchange)

    done = await agent.run_once()

    assert (done.fetched, done.acknowledged) == (2, 1)
    assert desk.handed == [good]


async def test_an_exchange_that_cannot_be_reached_is_reported_and_nothing_is_lost(agent, exchange, desk):
    [message_id] = post(exchange)
    exchange.failing = 1

    with pytest.raises(PeerSilent):
        await agent.run_once()
    await agent.run_once()

    assert desk.handed == [message_id]
