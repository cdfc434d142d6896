"""Push against a simulated party that is bent in every way there is: each way, the right outcome."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Rejected, Unknown
from connectors.sandbox import PartyFile
from connectors.sandbox.party import SandboxParty
from connectors.soap import push as push_module
from connectors.soap.judge import judge
from connectors.soap.push import PushConnector
from connectors.soap.transport import ANSWER_LIMIT_BYTES, HttpAnswer
from contracts.codes import Code
from contracts.party import PartyId
from signing.keys.pinned import PinnedCertificates
from signing.profile.offload import AT_ONCE_BYTES
from tests.integration.connectors.conftest import Panel
from tests.worlds.parties.tiny_exchange import TinyExchange
from tests.worlds.parties.world import (
    SignedOutgoing,
    WorldClock,
    eventually,
    free_port,
    key_of,
    make_party,
    notice,
    outgoing,
    pinned,
    row_of,
)

SOON = timedelta(seconds=0.3)


@pytest.fixture
async def agency(tmp_path: Path, exchange: TinyExchange) -> AsyncIterator[PartyFile]:
    file = make_party(tmp_path / "akimat", "akimat-almaty", exchange_url=exchange.url)
    async with SandboxParty(file):
        yield file


@pytest.fixture
def panel(agency: PartyFile, session: aiohttp.ClientSession) -> Panel:
    return Panel(session, agency)


async def test_a_party_acknowledges_with_a_receipt_for_our_message_and_digest(agency, push):
    message = outgoing(agency, notice())

    outcome = await push.send(message)

    assert isinstance(outcome, Acknowledged)
    assert (outcome.receipt.message_id, outcome.receipt.digest) == (message.message_id, message.digest)
    assert outcome.transmission.http_status == 200


async def test_the_same_message_again_gets_the_same_receipt_and_has_one_effect(agency, push, panel):
    message = outgoing(agency, notice())

    first, second = await push.send(message), await push.send(message)

    assert isinstance(first, Acknowledged)
    assert isinstance(second, Acknowledged)
    assert second.receipt == first.receipt
    assert (await panel.get("state"))["inbox"] == {"NotifyApplicant": 1}


async def test_repeats_at_the_same_time_have_one_effect(agency, push, panel):
    message = outgoing(agency, notice())

    outcomes = await asyncio.gather(*(push.send(message) for _ in range(8)))

    assert len({outcome.receipt for outcome in outcomes}) == 1
    assert (await panel.get("state"))["inbox"] == {"NotifyApplicant": 1}


async def test_another_content_under_a_known_message_id_is_refused_by_a_fault(agency, push):
    first, other = outgoing(agency, notice()), outgoing(agency, notice())
    await push.send(first)
    forged = SignedOutgoing(first.party, other.operation.replace(other.message_id.encode(), first.message_id.encode()),
                      first.message_id)  # fmt: skip

    outcome = await push.send(forged)

    assert isinstance(outcome, Deferred)
    assert Code.MESSAGE_ID_REUSED in outcome.reason


async def test_a_party_that_is_down_refuses_the_connection_then_comes_back(agency, push, panel):
    message = outgoing(agency, notice())
    await push.send(outgoing(agency, notice()))  # leaves a kept-alive connection, which must not get in either
    await panel.post("bend", kind="down", seconds=60)

    on_the_old_connection = await push.send(message)
    while_down = await push.send(message)
    await panel.post("bend", kind="straight")
    afterwards = await push.send(message)

    assert isinstance(on_the_old_connection, Unknown | Deferred)
    assert isinstance(while_down, Deferred)
    assert while_down.transmission.response is None
    assert isinstance(afterwards, Acknowledged)


async def test_a_party_that_stays_silent_leaves_the_outcome_unknown_and_has_the_message(agency, push, panel):
    await panel.post("bend", kind="silent", times=1)
    message = outgoing(agency, notice(), attempt_timeout=SOON)

    silent, again = await push.send(message), await push.send(message)

    assert isinstance(silent, Unknown)
    assert isinstance(again, Acknowledged)
    assert (await panel.get("state"))["inbox"] == {"NotifyApplicant": 1}


async def test_a_slow_party_is_waited_for_within_the_agreement(agency, push, panel):
    await panel.post("bend", kind="slow", seconds=0.5, times=2)

    patient = await push.send(outgoing(agency, notice()))
    impatient = await push.send(outgoing(agency, notice(), attempt_timeout=SOON))

    assert isinstance(patient, Acknowledged)
    assert isinstance(impatient, Unknown)


async def test_a_receipt_for_another_digest_proves_nothing(agency, push, panel):
    await panel.post("bend", kind="wrong_digest", times=1)
    message = outgoing(agency, notice())

    lied, then_true = await push.send(message), await push.send(message)

    assert isinstance(lied, Unknown)
    assert "digest 0000" in lied.reason
    assert isinstance(then_true, Acknowledged)


async def test_a_signed_error_signal_rejects_with_the_partys_words(agency, push, panel):
    await panel.post("bend", kind="refuses", words="Бұл бізге қатысты емес", times=1)
    message = outgoing(agency, notice())

    outcome, again = await push.send(message), await push.send(message)

    assert isinstance(outcome, Rejected)
    assert outcome.signal.detail == "Бұл бізге қатысты емес"
    assert isinstance(again, Rejected)
    assert again.signal == outcome.signal


async def test_rubbish_leaves_the_outcome_unknown(agency, push, panel):
    await panel.post("bend", kind="rubbish", times=1)

    outcome = await push.send(outgoing(agency, notice()))

    assert isinstance(outcome, Unknown)
    assert outcome.transmission.response is not None


async def test_an_unsigned_fault_only_defers_whatever_it_says(agency, push, panel):
    await panel.post("bend", kind="unsigned_fault", seconds=7, times=1)

    outcome = await push.send(outgoing(agency, notice()))

    assert isinstance(outcome, Deferred)
    assert outcome.retry_after == timedelta(seconds=7)


async def test_a_late_receipt_is_202_now_and_an_acknowledge_afterwards(agency, push, panel, exchange):
    await panel.post("bend", kind="late_receipt", times=1)
    message = outgoing(agency, notice())

    outcome = await push.send(message)
    await eventually(lambda: exchange.signals)

    assert isinstance(outcome, Delivered)
    assert [(signal.message_id, signal.digest) for signal in exchange.signals] == [(message.message_id, message.digest)]


async def test_a_true_receipt_of_another_party_proves_nothing(agency, session):
    connector = PushConnector(session, pinned=lambda: pinned("akimat-almaty", "jer-almaty"), me=agency.exchange_id,
                              clock=WorldClock())  # fmt: skip
    message = outgoing(agency, notice())
    stranger = SignedOutgoing(
        replace(row_of(agency), party_id=PartyId("jer-almaty")), message.operation, message.message_id
    )

    outcome = await connector.send(stranger)

    assert isinstance(outcome, Unknown)
    assert "akimat-almaty" in outcome.reason


@pytest.mark.parametrize("code", [Code.CERTIFICATE_REVOKED, Code.CERTIFICATE_UNCHECKED])
async def test_a_receipt_under_a_revoked_certificate_proves_nothing(agency, session, code):
    certificate = key_of("akimat-almaty").certificate
    barred = PinnedCertificates([("akimat-almaty", certificate)], barred={certificate.sha256: code})
    connector = PushConnector(session, pinned=lambda: barred, me=agency.exchange_id, clock=WorldClock())

    outcome = await connector.send(outgoing(agency, notice()))

    assert isinstance(outcome, Unknown)
    assert code.value in outcome.reason


async def test_a_name_that_does_not_resolve_defers(push, tmp_path):
    file = make_party(tmp_path, "akimat-almaty")
    message = outgoing(file, notice())
    nowhere = SignedOutgoing(row_of(file, "http://no-such-host.invalid/inbox"), message.operation, message.message_id)

    assert isinstance(await push.send(nowhere), Deferred)


async def test_a_connection_closed_without_an_answer_leaves_the_outcome_unknown(push, tmp_path):
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    assert isinstance(await _send_to(hang_up, push, tmp_path), Unknown)


async def test_an_endless_answer_is_not_read_to_its_end(push, tmp_path):
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        try:
            while True:
                writer.write(b" " * 65536)
                await writer.drain()
        except ConnectionError:
            writer.close()

    outcome = await _send_to(flood, push, tmp_path)

    assert isinstance(outcome, Unknown)
    assert str(ANSWER_LIMIT_BYTES) in outcome.reason


async def test_a_redirect_is_not_followed(push, tmp_path):
    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    outcome = await _send_to(redirect, push, tmp_path)

    assert isinstance(outcome, Deferred)
    assert outcome.reason == "HTTP 307"


async def test_the_peer_is_told_the_trace_that_it_may_go_on_with(push, tmp_path):
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "a=1"}
    await _send_to(listen, push, tmp_path, trace)
    await _send_to(listen, push, tmp_path)

    traced, plain = (request.decode() for request in heard)
    assert all(f"{name}: {value}\r\n" in traced for name, value in trace.items())
    assert "trace" not in plain


async def _send_to(handler, push: PushConnector, tmp_path: Path, trace: dict[str, str] | None = None):
    port = free_port()
    async with await asyncio.start_server(handler, "127.0.0.1", port):
        file = make_party(tmp_path, "akimat-almaty")
        message = outgoing(file, notice())
        return await push.send(
            SignedOutgoing(
                row_of(file, f"http://127.0.0.1:{port}/"),
                message.operation,
                message.message_id,
                trace_headers=trace or {},
            )
        )


async def test_a_long_answer_is_judged_beside_the_event_loop(agency, push, monkeypatch):
    judges = []

    async def answered(*_arguments: object, **_named: object) -> HttpAnswer:
        return HttpAnswer(200, b"<answer>" + b" " * AT_ONCE_BYTES)

    def noted(*arguments, **named):
        judges.append(threading.get_ident())
        return judge(*arguments, **named)

    monkeypatch.setattr(push_module, "post", answered)
    monkeypatch.setattr(push_module, "judge", noted)

    assert isinstance(await push.send(outgoing(agency, notice())), Unknown)
    assert len(judges) == 1
    assert threading.get_ident() not in judges
