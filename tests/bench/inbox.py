"""The party at the far end, in a process of its own: verifies every Deliver and signs a true receipt.

It can hold its answers back: a backlog builds up, and what sends it can then be measured alone.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from typing import Final

import uvloop
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
from contracts.header import Action, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import DeliverAnswer
from contracts.receipt import Receipt
from contracts.soap import operation_of
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.verification import PinnedCertificates
from signing.profile.writing import sign_envelope
from tests.bench.cast import ME

WITHIN_S: Final = 300.0
_LOOK_S: Final = 0.002
_KeyPair = tuple[bytes, bytes]
"""Private key and certificate, PEM: what can be handed to another process."""


@dataclass(frozen=True, slots=True)
class BenchInbox:
    """Where all parties take messages. ``taken``, ``received_bytes``: receipts given, and the envelopes for them."""

    url: str
    taken: Synchronized[int]
    received_bytes: Synchronized[int]
    opened: Event

    def open(self) -> None:
        """Answer what waits, and everything after it."""
        self.opened.set()

    def wait_until(self, count: int) -> None:
        """Until so many receipts were given. Raises TimeoutError."""
        deadline = time.monotonic() + WITHIN_S
        while self.taken.value < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.taken.value} messages came within {WITHIN_S:.0f} s, not {count}")
            time.sleep(_LOOK_S)  # another process counts

    @property
    def mean_bytes(self) -> float:
        """Of one envelope."""
        return self.received_bytes.value / self.taken.value


@contextmanager
def inbox(keys: Mapping[PartyId, SoftwareKey], *, holding: bool = False) -> Iterator[BenchInbox]:
    """Until the block ends. ``holding``: nothing is answered before it is opened."""
    spawn = multiprocessing.get_context("spawn")
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/inbox"
    box = BenchInbox(url, spawn.Value("q", 0), spawn.Value("q", 0), spawn.Event())
    if not holding:
        box.open()
    pairs = {party: _pair(key) for party, key in keys.items()}
    process = spawn.Process(
        target=_serve, args=(listening, pairs, box.taken, box.received_bytes, box.opened), daemon=True
    )
    process.start()
    try:
        yield box
    finally:
        process.terminate()
        process.join()
        listening.close()


def _pair(key: SoftwareKey) -> _KeyPair:
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, key.certificate.to_pem()


def _serve(
    listening: socket.socket,
    pairs: Mapping[PartyId, _KeyPair],
    taken: Synchronized[int],
    received_bytes: Synchronized[int],
    opened: Event,
) -> None:
    keys = {
        party: SoftwareKey(load_pem_private_key(key, None), Certificate.from_pem(certificate))  # type: ignore[arg-type]  # made by us as RSA
        for party, (key, certificate) in pairs.items()
    }
    pinned = PinnedCertificates([(ME, keys[ME].certificate)])

    async def take(request: web.Request) -> web.Response:
        envelope = await request.read()
        while not opened.is_set():  # noqa: ASYNC110 - another process sets it
            await asyncio.sleep(0.2)
        receipt = _receipt(envelope, keys, pinned)
        taken.value += 1
        received_bytes.value += len(envelope)
        return web.Response(body=receipt, content_type="text/xml")

    app = web.Application()
    app.router.add_post("/inbox", take)
    web.run_app(app, sock=listening, print=None, access_log=None, loop=uvloop.new_event_loop())


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
