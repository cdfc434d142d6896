"""One question to an authority over HTTP: bounded in time and size, never redirected, every trouble one error."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

import aiohttp

CONNECT_WITHIN_S: Final = 3.0
_CHUNK_BYTES: Final = 64 * 1024


class AuthoritySilent(Exception):
    """No usable answer came: not reached, too late, too long, another status, another content type."""


async def fetch(
    session: aiohttp.ClientSession,
    url: str,
    *,
    question: bytes | None = None,
    question_type: str = "",
    answer_types: Collection[str] = (),
    limit_bytes: int,
    within: timedelta,
) -> bytes:
    """POST ``question``, or GET without one; the body of a 200 of one of ``answer_types`` (any when empty), unverified.

    ``within`` bounds the whole exchange. Raises ``AuthoritySilent`` for whatever the authority or the network does.
    """
    total = within.total_seconds()
    if total <= 0:
        raise AuthoritySilent("no time was left to ask")
    headers = {"Accept-Encoding": "identity"} | ({"Content-Type": question_type} if question is not None else {})
    if answer_types:
        headers["Accept"] = ", ".join(answer_types)
    try:
        async with session.request(
            "GET" if question is None else "POST",
            url,
            data=question,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=total, connect=min(total, CONNECT_WITHIN_S)),
            allow_redirects=False,  # who answers is decided by settings and certificates, not by the one who answers
        ) as answer:
            if answer.status != 200:
                raise AuthoritySilent(f"HTTP status {answer.status}")
            if answer_types and answer.content_type.lower() not in answer_types:
                raise AuthoritySilent(f"an answer of type {answer.content_type[:60]}")
            return await _read(answer, limit_bytes)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise AuthoritySilent(f"{type(error).__name__} {error}".rstrip()) from error


async def _read(answer: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    """Count while reading: a Content-Length may be absent, or a lie."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > limit_bytes:
            raise AuthoritySilent(f"more than {limit_bytes} bytes")
    return bytes(body)
