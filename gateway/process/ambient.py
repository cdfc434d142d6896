"""Time, ids and chance, handed to services by ``bootstrap``; nothing below reads them for itself."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, datetime
from typing import Protocol

import uuid_utils

from contracts.header import ConversationId, DocumentId, MessageId


class IdSource(Protocol):
    """Every id the exchange mints."""

    def message_id(self) -> MessageId: ...
    def conversation_id(self) -> ConversationId: ...
    def document_id(self) -> DocumentId: ...
    def appeal_number(self, year: int) -> str: ...
    def salt(self) -> bytes: ...


class Jitter(Protocol):
    """Chance for waits: uniform in [0, 1)."""

    def next(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class RandomIds:
    """Ids from the operating system's entropy."""

    def message_id(self) -> MessageId:
        return MessageId(str(uuid_utils.uuid7()))

    def conversation_id(self) -> ConversationId:
        return ConversationId(str(uuid_utils.uuid7()))

    def document_id(self) -> DocumentId:
        return DocumentId(secrets.token_urlsafe(32))

    def appeal_number(self, year: int) -> str:
        """``DL-<year>-<10 digits>``: random, so that numbers tell nothing; the store refuses a repeat."""
        return f"DL-{year}-{secrets.randbelow(10**10):010d}"

    def salt(self) -> bytes:
        return secrets.token_bytes(32)


class RandomJitter:
    """Chance from the interpreter's generator; nothing secret depends on it."""

    def __init__(self) -> None:
        self._random = random.Random()  # noqa: S311 - spreads retries, protects nothing

    def next(self) -> float:
        return self._random.random()
