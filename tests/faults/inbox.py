"""The inboxes of the parties that can be called: each on its own port, answering with receipts that it has signed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from connectors.soap.reading import DeliveryRefused, VerifiedDelivery
from contracts.codec import build_answer
from contracts.codes import Code
from contracts.header import Action, Header, Message, MessageId
from contracts.payloads import DeliverAnswer
from contracts.receipt import Receipt
from contracts.soap import build_fault
from contracts.xmlsafe import MAX_BYTES
from signing.keys.keypair import SigningKey
from signing.profile.writing import sign_envelope
from tests.faults.parties import FaultParties
from tests.faults.post import PartyPostOffice


@asynccontextmanager
async def open_inbox(post: PartyPostOffice, key: SigningKey, port: int, parties: FaultParties) -> AsyncIterator[None]:
    """Take messages for ``post.me`` until the block ends."""
    answers: dict[MessageId, bytes] = {}  # a repeat gets the same Body, freshly signed

    async def take(request: web.Request) -> web.Response:
        try:
            delivery = post.verified(await request.read())
        except DeliveryRefused as refused:
            return _signed(500, build_fault(refused.code, detail=refused.detail, message_id=None), key)
        try:
            outcome = parties.take(delivery)
        except ValueError as unexpected:
            parties.problems.append(unexpected)
            return _signed(500, build_fault(Code.INTERNAL, detail="not expected", message_id=None), key)
        if outcome.hang_up and request.transport is not None:
            request.transport.abort()
        if outcome.receipt is None:
            return web.Response(status=202)
        content = answers.get(outcome.receipt.message_id) or _answer(post, delivery, outcome.receipt)
        answers[outcome.receipt.message_id] = content
        return _signed(200, content, key)

    application = web.Application(client_max_size=MAX_BYTES)
    application.router.add_post("/inbox", take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, backlog=1024).start()
        yield
    finally:
        await runner.cleanup()


def _answer(post: PartyPostOffice, delivery: VerifiedDelivery, receipt: Receipt) -> bytes:
    header = Header(
        message_id=MessageId(str(uuid.uuid4())),
        conversation_id=delivery.header.conversation_id,
        ref_to_message_id=delivery.header.message_id,
        sender=post.me,
        recipient=post.exchange,
        action=Action.ANSWER,
        created_at=receipt.accepted_at,
    )
    return build_answer("Deliver", Message(header, DeliverAnswer(receipt)))


def _signed(status: int, content: bytes, key: SigningKey) -> web.Response:
    envelope = sign_envelope(content, key, now=datetime.now(UTC))
    return web.Response(status=status, body=envelope, content_type="text/xml", charset="utf-8")
