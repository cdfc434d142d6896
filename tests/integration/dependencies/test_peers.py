"""Peers that are bent in every way a socket allows: each costs itself alone, and is served once it is straight."""

from __future__ import annotations

import asyncio
import resource
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery, ListAttempts
from signing.keys.files import write_certificate, write_private_key
from tests.integration.dependencies.conftest import PeeredExchange
from tests.simulators.bent_peer import MANNERS, BentPeer, answers_ten_gigabytes, hears_and_never_answers
from tests.worlds.exchange.world import AKIMAT, PLATFORM

PATIENCE_S = 30.0


@pytest.mark.parametrize("manner", MANNERS)
async def test_whatever_a_peer_does_to_one_attempt_the_same_message_goes_again_and_arrives(
    among: PeeredExchange, manner: str
):
    among.agency.manner = MANNERS[manner]
    await among.world.register()
    async with asyncio.timeout(PATIENCE_S):
        await among.relay.run_once()
    bent, others = (await among.deliveries())[AKIMAT], len(among.platform.got)
    (attempt,) = await among.world.exchange.store.run(ListAttempts(bent.delivery_id))

    among.agency.manner = None
    await among.until_acknowledged()

    assert (bent.state, attempt.outcome) == (DeliveryState.RETRY_SCHEDULED, "Unknown")
    assert attempt.detail
    assert others == 1
    assert among.agency.got == [bent.message_id]


async def test_ten_gigabytes_of_an_answer_are_not_kept_in_memory(among: PeeredExchange):
    among.agency.manner = answers_ten_gigabytes
    await among.world.register()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with asyncio.timeout(PATIENCE_S):
        await among.relay.run_once()
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert grown_kib < 64 * 1024


async def test_a_silent_peer_with_many_messages_keeps_nobody_else_waiting(among: PeeredExchange):
    among.agency.manner = hears_and_never_answers
    for _ in range(20):
        await among.world.register()
    async with asyncio.timeout(PATIENCE_S):
        while await among.relay.run_once():
            pass
    rows = await among.world.exchange.store.run(DeliveryPageQuery(limit=100))

    assert {row.state for row in rows if row.recipient == PLATFORM} == {DeliveryState.ACKNOWLEDGED}
    assert DeliveryState.ACKNOWLEDGED not in {row.state for row in rows if row.recipient == AKIMAT}


async def answers_in_plain_words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As web servers do when they are spoken to in TLS on their plain port."""
    await reader.read(5)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()


async def test_a_peer_that_speaks_no_tls_is_tried_again_and_has_seen_nothing(among: PeeredExchange):
    plain = among.agency.endpoint
    among.agency.manner = answers_in_plain_words
    await move_agency(among, plain.replace("http://", "https://"))

    await _refused_then_straight(among, plain)


async def test_a_peer_whose_certificate_nobody_vouches_for_has_seen_nothing(among: PeeredExchange, tmp_path: Path):
    key = among.world.keys[AKIMAT]
    write_certificate(tmp_path / "cert.pem", key.certificate)
    write_private_key(tmp_path / "key.pem", key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    async with BentPeer(key, AKIMAT, among.world.clock.now).listening(tls) as unknown:
        await move_agency(among, unknown.endpoint)

        await _refused_then_straight(among, among.agency.endpoint)

    assert unknown.got == []


async def _refused_then_straight(among: PeeredExchange, endpoint: str) -> None:
    await among.world.register()
    async with asyncio.timeout(PATIENCE_S):
        await among.relay.run_once()
    refused = (await among.deliveries())[AKIMAT]
    heard = list(among.agency.got)
    among.agency.manner = None
    await move_agency(among, endpoint)
    await among.until_acknowledged()

    assert (refused.state, heard) == (DeliveryState.RETRY_SCHEDULED, [])
    assert "SSL" in (refused.detail or "")
    assert among.agency.got == [refused.message_id]


async def move_agency(among: PeeredExchange, endpoint: str) -> None:
    registry = among.world.in_force[0].registry
    parties = tuple(
        replace(party, endpoint=endpoint) if party.party_id == AKIMAT else party for party in registry.parties
    )
    await among.world.apply(replace(registry, parties=parties))
