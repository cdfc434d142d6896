"""The client against a small exchange: one message however often the network fails, and only proven answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connectors.soap.errors import PeerFault, PeerSilent, PeerUntrusted
from contracts.codes import Code
from contracts.header import ConversationId
from contracts.operations import Service
from contracts.payloads import (
    PART_BYTES,
    Accepted,
    DocumentKind,
    PutDocument,
    Registered,
    ReportProgress,
    SubmitMaterials,
)
from tests.integration.connectors.conftest import client_of
from tests.worlds.parties.world import EXCHANGE, WorldClock, new_id

PAYLOAD = SubmitMaterials("Барлығы осы · Это всё", ())


def prepare(client):
    return client.prepare(Service.AGENCY, PAYLOAD, conversation_id=ConversationId(new_id()))


async def test_a_write_is_answered_by_a_receipt_for_its_very_bytes(client):
    call = prepare(client)

    answered = await client.send(call)

    assert isinstance(answered.message.payload, Accepted)
    assert answered.message.payload.receipt.digest == call.digest


async def test_a_retry_sends_the_same_operation_under_a_fresh_signature(client, exchange):
    exchange.forgetful = 1
    call = prepare(client)

    with pytest.raises(PeerSilent):
        await client.send(call)
    await client.send(call)

    assert exchange.digests == [call.digest, call.digest]
    assert len({message.header.message_id for message in exchange.requests}) == 1


async def test_nobody_there_is_silence(session):
    client = client_of("akimat-almaty", session, "http://127.0.0.1:1/soap/v1")

    with pytest.raises(PeerSilent):
        await client.send(prepare(client))


async def test_a_server_without_soap_is_silence(client, exchange):
    exchange.failing = 1

    with pytest.raises(PeerSilent, match="503"):
        await client.send(prepare(client))


async def test_a_signed_refusal_is_final_and_a_signed_delay_is_not(client, exchange):
    exchange.fault = Code.WRONG_STATE
    with pytest.raises(PeerFault) as refused:
        await client.send(prepare(client))
    exchange.fault = Code.SERVER_BUSY
    with pytest.raises(PeerFault) as busy:
        await client.send(prepare(client))

    assert (refused.value.info.code, refused.value.signed, refused.value.is_final) == (Code.WRONG_STATE, True, True)
    assert (busy.value.info.code, busy.value.is_final) == (Code.SERVER_BUSY, False)


async def test_a_refusal_that_the_exchange_did_not_sign_is_not_final(client, exchange):
    exchange.fault, exchange.signer = Code.WRONG_STATE, "jer-almaty"

    with pytest.raises(PeerFault) as refused:
        await client.send(prepare(client))

    assert (refused.value.signed, refused.value.is_final) == (False, False)


async def test_an_answer_signed_by_a_stranger_is_not_believed(client, exchange):
    exchange.signer = "jer-almaty"

    with pytest.raises(PeerUntrusted):
        await client.send(prepare(client))


@pytest.mark.parametrize(
    ("fact", "value"),
    [("message_id", new_id()), ("digest", "0" * 64)],
    ids=["message_id", "digest"],  # fixed names: workers that run beside each other must collect the same tests
)
async def test_a_receipt_for_something_else_is_not_believed(client, exchange, monkeypatch, fact, value):
    honest = exchange._answer
    monkeypatch.setattr(
        exchange,
        "_answer",
        lambda message, verified: Accepted(replace(honest(message, verified).receipt, **{fact: value})),
    )

    with pytest.raises(PeerUntrusted, match="receipt names"):
        await client.send(prepare(client))


@pytest.mark.parametrize(
    ("fact", "value"),
    [("ref_to_message_id", new_id()), ("recipient", "jer-almaty"), ("sender", "jer-almaty")],
    ids=["ref_to_message_id", "recipient", "sender"],
)
async def test_an_answer_from_or_to_or_about_something_else_is_not_believed(client, exchange, monkeypatch, fact, value):
    import tests.worlds.parties.tiny_exchange as module
    from contracts.codec import build_answer

    monkeypatch.setattr(
        module,
        "build_answer",
        lambda name, message: build_answer(name, replace(message, header=replace(message.header, **{fact: value}))),
    )

    with pytest.raises(PeerUntrusted):
        await client.send(prepare(client))


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1])
async def test_a_document_of_any_size_goes_up_and_comes_back(client, tmp_path, size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    ref = await client.put_document(content, "a.pdf", "application/pdf", DocumentKind.ACT, "Шешім")
    await client.fetch_document(ref, tmp_path / "a.pdf")

    assert (ref.size, (tmp_path / "a.pdf").read_bytes()) == (size, content)


async def test_an_upload_that_broke_off_goes_on_under_the_same_document_id(client, exchange):
    exchange.forgetful = 1

    async def put():
        return await client.put_document(b"act", "a.pdf", "application/pdf", DocumentKind.ACT, "Шешім", upload_id="u-1")

    with pytest.raises(PeerSilent):
        await put()
    ref = await put()

    assert list(exchange.documents) == [ref.document_id]
    assert len(exchange.payloads(PutDocument)) == 2


async def test_a_document_other_than_the_message_names_is_not_kept(client, exchange, tmp_path):
    ref = await client.put_document(b"act", "a.pdf", "application/pdf", DocumentKind.ACT, "Шешім")
    exchange.documents[ref.document_id].parts[1] = b"axt"

    with pytest.raises(PeerUntrusted, match="names"):
        await client.fetch_document(ref, tmp_path / "a.pdf")

    assert not (tmp_path / "a.pdf").exists()


async def test_a_progress_report_names_conversation_and_message_in_its_header(client, exchange):
    conversation_id, ref = ConversationId(new_id()), new_id()
    step = ReportProgress(Registered("ЖТ-2026-00000042", WorldClock().now()), ())

    await client.call(Service.AGENCY, step, conversation_id=conversation_id, ref=ref)

    header = exchange.requests[0].header
    assert (header.conversation_id, header.ref_to_message_id) == (conversation_id, ref)
    assert (header.sender, header.recipient, header.action) == ("akimat-almaty", EXCHANGE, "ReportProgress")
