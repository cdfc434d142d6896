"""The present, handed in by whoever builds a connector or a service."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The present instant, aware UTC."""

    def now(self) -> datetime: ...
