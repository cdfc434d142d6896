"""A test ping: the way of a delivery to a party's door, step by step, without a delivery.

No operation of the contract is without effect at a party's Inbox, so none is called: the last step fetches the
description that the contract has every service give (``?wsdl``). A GET changes nothing by its definition (RFC 9110
§9.2.1), and whatever is answered shows that something that speaks HTTP is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, TypeVar

import aiohttp
from yarl import URL

from connectors.ports.probe import Probed, ProbeStep, ProbeStepResult, SeenCertificate
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate

T = TypeVar("T")

WITHIN: Final = {ProbeStep.NAME: 4.0, ProbeStep.CONNECT: 4.0, ProbeStep.TLS: 4.0, ProbeStep.ANSWER: 6.0}
"""Seconds for each step; all of them stay below what a person waits for a page."""
AT_ONCE: Final = 4
ADDRESSES: Final = 3
ANSWER_BYTES: Final = 16 * 1024
WORDS: Final = 200
"""Letters of an answer that are told."""

Context = Callable[[], ssl.SSLContext]


@dataclass
class _ProbeRun:
    """As far as one probe has come."""

    url: URL
    steps: list[ProbeStepResult] = field(default_factory=list)
    certificate: SeenCertificate | None = None


class _Stopped(Exception):
    """A step failed; it is noted, and none follows."""


class SoapProber:
    """Knocks for one process. ``seconds`` only goes forward; ``trust``: whom a handshake believes, as deliveries do.

    Names are looked up in threads of its own: a resolver that hangs keeps nobody else waiting. A few probes at a time.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        seconds: Callable[[], float],
        trust: Context = ssl.create_default_context,
    ) -> None:
        self._session, self._seconds, self._trust = session, seconds, trust
        self._names = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="probe-names")
        self._room = asyncio.Semaphore(AT_ONCE)

    async def probe(self, endpoint: str) -> Probed:
        """Each step within its seconds; never raises for what the peer or the network does."""
        way = _ProbeRun(URL(endpoint))
        async with self._room:
            with contextlib.suppress(_Stopped):
                await self._walk(way)
        return Probed(endpoint, tuple(way.steps), way.certificate)

    def close(self) -> None:
        """Let go of look-ups that hang."""
        self._names.shutdown(wait=False, cancel_futures=True)

    async def _walk(self, way: _ProbeRun) -> None:
        addresses = await self._step(way, ProbeStep.NAME, self._look_up(way.url))
        async with self._connected(way, addresses) as (_, writer):
            if way.url.scheme == "https":
                await self._step(way, ProbeStep.TLS, self._shake_hands(way, writer))
        await self._step(way, ProbeStep.ANSWER, self._ask(way.url))

    async def _step(self, way: _ProbeRun, step: ProbeStep, work: Awaitable[tuple[T, str]]) -> T:
        began_s = self._seconds()
        try:
            async with asyncio.timeout(WITHIN[step]):
                found, words = await work
        except (OSError, aiohttp.ClientError, ValueError) as failed:  # TimeoutError and those of ssl are OSErrors
            self._note(way, step, began_s, _words_of(failed, WITHIN[step]), is_good=False)
            raise _Stopped from failed
        self._note(way, step, began_s, words, is_good=True)
        return found

    def _note(self, way: _ProbeRun, step: ProbeStep, began_s: float, words: str, *, is_good: bool) -> None:
        way.steps.append(ProbeStepResult(step, is_good, timedelta(seconds=self._seconds() - began_s), words))

    async def _look_up(self, url: URL) -> tuple[list[str], str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._names, _addresses, url)
        return found, ", ".join(found)

    @contextlib.asynccontextmanager
    async def _connected(
        self, way: _ProbeRun, addresses: list[str]
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        streams = await self._step(way, ProbeStep.CONNECT, _connect(addresses, way.url))
        try:
            yield streams
        finally:
            streams[1].transport.abort()  # nothing was asked on it that one would wait for

    async def _shake_hands(self, way: _ProbeRun, writer: asyncio.StreamWriter) -> tuple[None, str]:
        context = await asyncio.to_thread(self._trust)
        address = writer.get_extra_info("peername")[0]
        try:
            await writer.start_tls(context, server_hostname=way.url.host)
        except ssl.SSLCertVerificationError:
            with contextlib.suppress(OSError, KeyUnusable):
                way.certificate = await _unbelieved(address, way.url)
            raise
        way.certificate = _seen(writer)
        version, cipher = writer.get_extra_info("ssl_object").version(), writer.get_extra_info("cipher")
        return None, f"{version}, {cipher[0]}"

    async def _ask(self, url: URL) -> tuple[None, str]:
        """Through the session that deliveries take, redirects not followed, either."""
        plain = {"Accept": "text/xml", "Accept-Encoding": "identity"}
        async with self._session.get(url.with_query("wsdl"), headers=plain, allow_redirects=False) as answer:
            body = await answer.content.read(ANSWER_BYTES)
            status_line = f"HTTP {answer.status} {answer.reason or ''}".strip()
            if answer.status >= 500:
                raise _Unwell(f"{status_line}: {_letters(body)}")
            return None, status_line + (", its description" if b"definitions" in body else f": {_letters(body)}")


class _Unwell(ValueError):
    """Something answers, and says itself that it cannot work."""


def _addresses(url: URL) -> list[str]:
    """In the order in which the system would try them. Raises OSError."""
    found = socket.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


async def _connect(addresses: list[str], url: URL) -> tuple[tuple[asyncio.StreamReader, asyncio.StreamWriter], str]:
    """The first address that takes the connection. Raises what the last one did."""
    refused: OSError = ConnectionError("no address")
    for address in addresses[:ADDRESSES]:
        try:
            return await asyncio.open_connection(address, url.port), f"{address}, port {url.port}"
        except OSError as failed:
            refused = failed
    raise refused


async def _unbelieved(address: str, url: URL) -> SeenCertificate | None:
    """What the host shows, though nobody we believe vouches for it: looked at, and nothing is sent."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, writer = await asyncio.open_connection(address, url.port, ssl=context, server_hostname=url.host)
    try:
        return _seen(writer)
    finally:
        writer.transport.abort()


def _seen(writer: asyncio.StreamWriter) -> SeenCertificate | None:
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    if der is None:
        return None
    one = Certificate.from_der(der)
    return SeenCertificate(one.subject, one.issuer, f"{one.serial:x}", one.not_after, one.sha256)


def _words_of(failed: Exception, within_s: float) -> str:
    if isinstance(failed, TimeoutError):
        return f"nothing came within {within_s:g} s"
    if isinstance(failed, ssl.SSLCertVerificationError):
        return f"its certificate is not believed: {failed.verify_message}"
    return _printable(str(failed)) or type(failed).__name__


def _letters(body: bytes) -> str:
    """The words of a page without its marks."""
    return _printable(re.sub(r"<[^>]*>", " ", body.decode("utf-8", "replace"))) or "no words"


def _printable(text: str) -> str:
    return " ".join("".join(_shown(text)).split())[:WORDS]


def _shown(text: str) -> Iterator[str]:
    return (letter if letter.isprintable() else " " for letter in text)
