"""The sandbox's own time, ids and chance; nothing below ``party`` reads them for itself."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime

from contracts.header import MessageId


class SandboxSystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxRandomIds:
    """Ids from the operating system's entropy."""

    def message_id(self) -> MessageId:
        return MessageId(str(uuid.uuid4()))


def system_chance() -> float:
    """Uniform in [0, 1)."""
    return random.random()  # noqa: S311 - spreads retries, protects nothing
