"""Time and ids as this package needs them; whoever builds a client hands them in."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from contracts.header import MessageId


class Clock(Protocol):
    """The present instant, aware UTC."""

    def now(self) -> datetime: ...


class MessageIds(Protocol):
    """Mints the ids of our own messages."""

    def message_id(self) -> MessageId: ...
