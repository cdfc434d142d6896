"""Webhooks as Standard Webhooks spells them: JSON by POST to the configured address and nowhere else, signed.

No redirect is followed, and of an answer a line is read: whoever stands there can neither lead us on nor fill us up.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import aiohttp
from standardwebhooks import Webhook as Signer

from connectors.alarms.mail import one_line
from connectors.ports.notification import SendResult
from signing.errors import SigningError

_READ_BYTES: Final = 300
_GONE: Final = 410
"""Standard Webhooks: the receiver wants no more."""


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """``secret``: read at each message, so that a new one needs no restart; raises SigningError."""

    url: str
    secret: Callable[[], bytes]
    within_s: float


class Webhook:
    """Hands messages to one address. Never raises for what the receiver or the network does."""

    def __init__(self, session: aiohttp.ClientSession, place: WebhookPlace) -> None:
        self._session, self._place = session, place

    async def send(self, body: str, *, message_id: str, at: datetime) -> SendResult:
        """``message_id``: the same for a repetition; ``at``: the moment of this try, which a receiver checks."""
        try:
            headers = await asyncio.to_thread(self._headers, body, message_id, at)
            limit = aiohttp.ClientTimeout(total=self._place.within_s)
            content = io.BytesIO(body.encode())
            async with self._session.post(
                self._place.url, data=content, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                reply = await answer.content.read(_READ_BYTES)
                words = one_line(f"HTTP {answer.status} {reply.decode('utf-8', 'replace')}")
                return SendResult(is_taken=200 <= answer.status < 300, words=words, is_final=answer.status == _GONE)
        except TimeoutError:
            return SendResult(is_taken=False, words=f"no answer within {self._place.within_s:g} s")
        except (aiohttp.ClientError, OSError, SigningError, ValueError) as failed:
            return SendResult(is_taken=False, words=one_line(f"{type(failed).__name__}: {failed}"))

    def _headers(self, body: str, message_id: str, at: datetime) -> dict[str, str]:
        signature = Signer(self._place.secret()).sign(message_id, at, body)
        return {
            "Content-Type": "application/json",
            "User-Agent": "dalel",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
