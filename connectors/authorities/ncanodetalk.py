"""One call of NCANode's REST interface: bounded in time and size; each trouble becomes retry, reject or park."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp

from connectors.authorities.ncanodeform import Answer, NcaNodeRefusal, read_answer
from signing.errors import KeyUnavailable, KeyUnusable, OrderRefused

CONNECT_WITHIN_S: Final = 3.0
LIMIT_BYTES: Final = 32 * 1024 * 1024
"""It answers with the whole document that it signed."""

_KEY_TROUBLE: Final = "Key reading error"  # how every message of NCANode about a PKCS#12 begins
_CHUNK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class NcaNodeClient:
    """Where it is and how long a call may last as a whole."""

    session: aiohttp.ClientSession
    url: str  # without the path, as in http://127.0.0.1:14579
    within: timedelta

    async def post(self, path: str, question: dict[str, Any], kind: type[Answer]) -> Answer:
        """POST JSON and read the answer. The question may hold a key: nothing of it goes into an error."""
        status, body = await self._post(path, json.dumps(question).encode())
        if status == 200:
            return read_answer(kind, body)
        raise _refused(path, status, body)

    async def _post(self, path: str, question: bytes) -> tuple[int, bytes]:
        total = self.within.total_seconds()
        timeout = aiohttp.ClientTimeout(total=total, connect=min(total, CONNECT_WITHIN_S))
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        try:
            async with self.session.post(
                f"{self.url.rstrip('/')}{path}", data=question, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return answer.status, await _read(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise KeyUnavailable(f"NCANode does not answer {path} ({type(error).__name__})") from error


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Count while reading: a Content-Length may be absent, or a lie."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise KeyUnavailable(f"NCANode answered more than {LIMIT_BYTES} bytes")
    return bytes(body)


def _refused(path: str, status: int, body: bytes) -> KeyUnavailable | KeyUnusable | OrderRefused:
    """4xx: what we sent is at fault, be it key or document. Anything else: the service, or what is before it."""
    if status == 404:
        return KeyUnusable(f"there is no {path} at the address set for NCANode; it must be NCANode of version 3")
    if not 400 <= status < 500 or status in {408, 429}:
        return KeyUnavailable(f"NCANode failed at {path} (HTTP status {status})")
    words = (read_answer(NcaNodeRefusal, body).message or "")[:200]
    if words.startswith(_KEY_TROUBLE):
        return KeyUnusable(f"NCANode cannot use the key: {words}")
    return OrderRefused(f"NCANode refused at {path}: {words}")
