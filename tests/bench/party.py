"""The party at the far end of the relay, in a process of its own: verifies every Deliver and signs a true receipt."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context

from aiohttp import web
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from connectors.soap.reading import verify_delivery
from contracts import xmlsafe
from contracts.codec import build_answer, parse_operation
from contracts.header import Action, Header, MessageId
from contracts.operations import Message
from contracts.party import PartyId
from contracts.payloads import DeliverAnswer
from contracts.receipt import Receipt
from contracts.soap import operation_of
from signing.keys import Certificate, SoftwareKey
from signing.verification import PinnedCertificates
from signing.wss import sign_envelope
from tests.bench.exchange import ME

KeyPair = tuple[bytes, bytes]
"""Private key and certificate, PEM: what can be handed to another process."""


@contextmanager
def inbox(keys: Mapping[PartyId, SoftwareKey]) -> Iterator[str]:
    """The URL at which all parties take messages until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    pairs = {party: _pair(key) for party, key in keys.items()}
    process = get_context("spawn").Process(target=_serve, args=(listening, pairs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/inbox"
    finally:
        process.terminate()
        process.join()
        listening.close()


def _pair(key: SoftwareKey) -> KeyPair:
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, key.certificate.to_pem()


def _serve(listening: socket.socket, pairs: Mapping[PartyId, KeyPair]) -> None:
    keys = {
        party: SoftwareKey(load_pem_private_key(key, None), Certificate.from_pem(certificate))  # type: ignore[arg-type]  # made by us as RSA
        for party, (key, certificate) in pairs.items()
    }
    pinned = PinnedCertificates([(ME, keys[ME].certificate)])

    async def take(request: web.Request) -> web.Response:
        return web.Response(body=_receipt(await request.read(), keys, pinned), content_type="text/xml")

    app = web.Application()
    app.router.add_post("/inbox", take)
    web.run_app(app, sock=listening, print=None, access_log=None, loop=asyncio.new_event_loop())


def _receipt(envelope: bytes, keys: Mapping[PartyId, SoftwareKey], pinned: PinnedCertificates) -> bytes:
    now = datetime.now(UTC)
    me = parse_operation(xmlsafe.canonical(operation_of(xmlsafe.parse(envelope)))).header.recipient
    taken = verify_delivery(envelope, pinned, me=me, exchange=ME, now=now)
    header = Header(
        message_id=MessageId(str(uuid.uuid4())),
        conversation_id=taken.header.conversation_id,
        ref_to_message_id=taken.header.message_id,
        sender=me,
        recipient=ME,
        action=Action.ANSWER,
        created_at=now,
    )
    receipt = DeliverAnswer(Receipt(taken.header.message_id, taken.digest, now))
    return sign_envelope(build_answer("Deliver", Message(header, receipt)), keys[me], now=now)
