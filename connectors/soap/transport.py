"""One POST of signed bytes. The only place that knows what aiohttp raises, and what each error says of the peer."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final

import aiohttp

ANSWER_LIMIT_BYTES: Final = 8 * 1024 * 1024
"""A document part of 4 MiB in base64 with its envelope fits; a peer that sends more is not believed."""
CONNECT_WITHIN_S: Final = 10.0
AT_ONCE_BYTES: Final = 256 * 1024

_HEADERS: Final = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '""',
    "Accept": "text/xml",
    "Accept-Encoding": "identity",  # nothing to inflate, so no bomb
}

_NO_TRACE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status and body as received, unverified. ``retry_after`` is the peer's wish, unclamped."""

    status: int
    body: bytes
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ConnectionFailed:
    """No connection came about: the peer cannot have the message."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoResponse:
    """The connection stood, and no whole answer came: the peer may or may not have the message."""

    reason: str


async def post(
    session: aiohttp.ClientSession,
    url: str,
    envelope: bytes,
    *,
    within: timedelta,
    now: datetime,
    trace: Mapping[str, str] = _NO_TRACE,
) -> HttpAnswer | ConnectionFailed | NoResponse:
    """Send ``envelope`` and read the answer, all ``within`` one deadline. Never raises for the peer or the network.

    Redirects are not followed: a message goes where the registry says, or nowhere. ``trace``: headers of a trace that
    the peer may go on with.
    """
    total = within.total_seconds()
    timeout = aiohttp.ClientTimeout(total=total, connect=min(total, CONNECT_WITHIN_S))
    try:
        async with session.post(
            url, data=_body(envelope), headers={**_HEADERS, **trace}, timeout=timeout, allow_redirects=False
        ) as answer:
            body = await _read(answer)
            retry_after = parse_retry_after(answer.headers.get("Retry-After"), now=now)
            return HttpAnswer(answer.status, body, retry_after)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL) as error:
        return ConnectionFailed(_words(error))
    except (TimeoutError, aiohttp.ClientError, OSError, _TooMuch) as error:
        return NoResponse(_words(error))


def _body(envelope: bytes) -> bytes | io.BytesIO:
    """A document part is written piece by piece, so that other calls on this loop go on meanwhile."""
    return envelope if len(envelope) < AT_ONCE_BYTES else io.BytesIO(envelope)


class _TooMuch(Exception):
    """The answer is longer than any that the contract allows."""


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Count while reading: a Content-Length may be absent, or a lie."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in answer.content.iter_chunked(256 * 1024):
        size += len(chunk)
        if size > ANSWER_LIMIT_BYTES:
            raise _TooMuch(f"the answer exceeds {ANSWER_LIMIT_BYTES} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def parse_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """RFC 9110 §10.2.3: seconds or an HTTP date. Anything else, and a date gone by, is no wish at all."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:10]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # an hour of twenty digits is no ValueError
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at - now if at > now else None
