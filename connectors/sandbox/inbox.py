"""The Inbox that a party offers: POST /inbox takes Deliver and answers with a signed receipt or error signal."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from aiohttp import web

from connectors.ports.clock import Clock
from connectors.sandbox.behaviour import BendKind, Bends
from connectors.sandbox.intake import SandboxIntake
from connectors.soap.errors import CallFailed
from connectors.soap.reading import DeliveryRefused, verify_delivery
from contracts.codec import build_answer, parse_operation
from contracts.codes import Code
from contracts.header import MessageId
from contracts.party import PartyId
from contracts.payloads import DeliverAnswer
from contracts.soap import SOAP_ENV, build_fault
from contracts.xmlsafe import MAX_BYTES
from signing.keys.keypair import SigningKey
from signing.profile.offload import aside
from signing.profile.verification import PinnedCertificates
from signing.profile.writing import sign_envelope

PATH: Final = "/inbox"
_RUBBISH: Final = "<html><body>It works!</body></html>"
_HANG_S: Final = 600.0


class Inbox:
    """One party's endpoint. ``taken`` is called after every message, for there may be duties now."""

    def __init__(
        self,
        intake: SandboxIntake,
        bends: Bends,
        *,
        me: PartyId,
        exchange: PartyId,
        pinned: PinnedCertificates,
        key: SigningKey,
        clock: Clock,
        taken: Callable[[], None],
    ) -> None:
        self._intake = intake
        self._bends = bends
        self._me = me
        self._exchange = exchange
        self._pinned = pinned
        self._key = key
        self._clock = clock
        self._taken = taken
        self._closing = asyncio.Event()

    def application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BYTES)
        app.router.add_post(PATH, self.handle)
        return app

    def close(self) -> None:
        """Let go of everyone who is being kept waiting."""
        self._closing.set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        envelope = await request.read()
        early = self._answer_untaken()
        if early is not None:
            return early
        if (slow := self._bends.take(BendKind.SLOW)) is not None:
            await asyncio.sleep(slow.seconds)
        response = await self._take(envelope)
        if self._bends.take(BendKind.SILENT):
            return await self._hang()
        return response

    async def _take(self, envelope: bytes) -> web.Response:
        message_id: MessageId | None = None
        try:
            me, exchange, now = self._me, self._exchange, self._clock.now()
            verify = partial(verify_delivery, envelope, self._pinned, me=me, exchange=exchange, now=now)
            delivery = await aside(envelope, verify)
            message_id = delivery.header.message_id
            answer = await self._intake.take(delivery)
        except DeliveryRefused as refused:
            return self._fault(500, refused.code, refused.detail, message_id)
        except CallFailed as failure:  # what it takes to decide is not to be had: busy, not refused
            return self._fault(503, Code.SERVER_BUSY, failure.reason, message_id)
        self._taken()
        if answer is None:
            return web.Response(status=202)
        return self._signed(200, self._bent(answer))

    def _answer_untaken(self) -> web.Response | None:
        """Answers of somebody who is not the party at all: nothing behind them has seen the message."""
        if self._bends.take(BendKind.RUBBISH):
            return web.Response(text=_RUBBISH, content_type="text/html")
        bend = self._bends.take(BendKind.UNSIGNED_FAULT)
        if bend is None:
            return None
        fault = build_fault(Code.DOSSIER_REFUSED, detail="an unsigned fault, which must end nothing")
        frame = f'<soapenv:Envelope xmlns:soapenv="{SOAP_ENV}"><soapenv:Body>%s</soapenv:Body></soapenv:Envelope>'
        headers = {"Retry-After": f"{bend.seconds:.0f}"} if bend.seconds else {}
        return web.Response(
            status=500, body=frame.encode() % fault, content_type="text/xml", charset="utf-8", headers=headers
        )

    def _bent(self, answer: bytes) -> bytes:
        """The true answer, or one whose receipt names a digest that nobody sent."""
        if self._bends.take(BendKind.WRONG_DIGEST) is None:
            return answer
        message = parse_operation(answer)
        if not isinstance(message.payload, DeliverAnswer):
            return answer
        lie = DeliverAnswer(replace(message.payload.signal, digest="0" * 64))
        return build_answer("Deliver", replace(message, payload=lie))

    def _signed(self, status: int, content: bytes) -> web.Response:
        envelope = sign_envelope(content, self._key, now=self._clock.now())
        return web.Response(status=status, body=envelope, content_type="text/xml", charset="utf-8")

    def _fault(self, status: int, code: Code, detail: str, message_id: MessageId | None) -> web.Response:
        return self._signed(status, build_fault(code, detail=detail, message_id=message_id))

    async def _hang(self) -> web.StreamResponse:
        """Say nothing, for longer than any caller listens."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HANG_S):
                await self._closing.wait()
        return web.Response(status=503)
