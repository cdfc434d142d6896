"""Time and ids as this package needs them; whoever builds a client hands them in."""

from __future__ import annotations

from typing import Protocol

from contracts.header import MessageId


class MessageIds(Protocol):
    """Mints the ids of our own messages."""

    def message_id(self) -> MessageId: ...
