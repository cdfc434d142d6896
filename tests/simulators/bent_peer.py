"""A peer on loopback that speaks HTTP badly, in one of many manners; and one that is straight again when told to be.

Real sockets and real bytes: what aiohttp, the kernel and a web server's proxy do is part of what is tested.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
import struct
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import MappingProxyType

from contracts import codec, soap, xmlsafe
from contracts.header import Action, Header, Message, MessageId
from contracts.party import PartyId
from contracts.payloads import DeliverAnswer
from contracts.receipt import Receipt
from signing.keys.keypair import SoftwareKey
from signing.profile.writing import sign_envelope

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Manner = Callable[[Reader, Writer], Awaitable[None]]


class BentPeer:
    """``manner`` None: straight, every message gets its signed receipt. ``got``: message ids, as often as they came."""

    def __init__(self, key: SoftwareKey, me: PartyId, now: Callable[[], datetime]) -> None:
        self._key, self._me, self._now = key, me, now
        self.manner: Manner | None = None
        self.got: list[MessageId] = []
        self.endpoint = ""
        self._server: asyncio.Server | None = None
        self._at_work: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[BentPeer]:
        """On a free port, until the block ends."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.endpoint = f"http{'s' if tls else ''}://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/inbox"
        try:
            yield self
        finally:
            self._server.close()
            for task in self._at_work:
                task.cancel()
            await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _serve(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            await (self.manner or self._straight)(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._at_work.discard(task)
            writer.transport.abort()

    async def _straight(self, reader: Reader, writer: Writer) -> None:
        while not self.manner:
            operation = xmlsafe.canonical(soap.operation_of(xmlsafe.parse(await request(reader))))
            message = codec.parse_operation(operation)
            self.got.append(message.header.message_id)
            answer = self._receipt(message, hashlib.sha256(operation).hexdigest())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(answer))
            writer.write(answer)
            await writer.drain()

    def _receipt(self, message: Message, digest: str) -> bytes:
        receipt = Receipt(message.header.message_id, digest, self._now())
        header = Header(
            MessageId(str(uuid.uuid4())), None, message.header.message_id, self._me, message.header.sender,
            Action.ANSWER, self._now(),
        )  # fmt: skip
        return sign_envelope(
            codec.build_answer("Deliver", Message(header, DeliverAnswer(receipt))), self._key, now=self._now()
        )


async def request(reader: Reader) -> bytes:
    """The body of one whole request, of known length or in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length:" in head:
        return await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r\n")[0]))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


# --- manners: what the peer does with one connection ----------------------------------------------------------------


async def never_answers(_reader: Reader, _writer: Writer) -> None:
    """Takes the connection and neither reads nor writes."""
    await asyncio.Event().wait()


async def hears_and_never_answers(reader: Reader, _writer: Writer) -> None:
    await request(reader)
    await asyncio.Event().wait()


async def answers_rubbish(reader: Reader, writer: Writer) -> None:
    await request(reader)
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html><p>It works!</html>\r\n"
    )
    await writer.drain()


async def answers_no_http(reader: Reader, writer: Writer) -> None:
    await request(reader)
    writer.write(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await writer.drain()


async def answers_ten_gigabytes(reader: Reader, writer: Writer) -> None:
    """Announced honestly, and sent as far as anybody reads."""
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 10000000000\r\n\r\n")
    while True:
        writer.write(b" " * 65_536)
        await writer.drain()


async def answers_half_a_header(reader: Reader, writer: Writer) -> None:
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    await asyncio.Event().wait()


async def answers_a_header_without_end(reader: Reader, writer: Writer) -> None:
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Padding: " + b"x" * 4_000 + b"\r\n")
        await writer.drain()


async def trickles_in_chunks(reader: Reader, writer: Writer) -> None:
    """One byte at a time, so that something always comes and nothing ever ends."""
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\n<\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)  # the trickle is the manner


async def closes_half(reader: Reader, writer: Writer) -> None:
    """Says at once that it will say nothing, and goes on listening."""
    writer.write_eof()
    await reader.read()


async def hangs_up_in_the_middle(reader: Reader, writer: Writer) -> None:
    await request(reader)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5000\r\n\r\n<soapenv:Envelope")
    await writer.drain()


async def resets_in_the_middle(reader: Reader, writer: Writer) -> None:
    """RST instead of an end: what was under way is torn down on both sides."""
    await reader.readuntil(b"\r\n\r\n")
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


MANNERS: Mapping[str, Manner] = MappingProxyType(
    {
        manner.__name__: manner
        for manner in (
            never_answers,
            hears_and_never_answers,
            answers_rubbish,
            answers_no_http,
            answers_ten_gigabytes,
            answers_half_a_header,
            answers_a_header_without_end,
            trickles_in_chunks,
            closes_half,
            hangs_up_in_the_middle,
            resets_in_the_middle,
        )
    }
)
