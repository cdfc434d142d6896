"""Instants and spans as people here read them: Almaty's clock, the two largest units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gateway.texts.language import marked

ALMATY: Final = ZoneInfo("Asia/Almaty")

_UNITS: Final = (
    (86_400, marked("{n} d")),
    (3_600, marked("{n} h")),
    (60, marked("{n} min")),
    (1, marked("{n} s")),
)


def when(instant: datetime | None) -> str:
    """To the second, in Almaty; empty when there is none."""
    return instant.astimezone(ALMATY).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def span(say: Callable[[str], str], length: timedelta) -> str:
    """The two largest units: "3 h 12 min"."""
    left_s = max(0, int(length.total_seconds()))
    parts: list[tuple[int, str]] = []
    for unit_s, words_of in _UNITS:
        count, left_s = divmod(left_s, unit_s)
        if count or parts:
            parts.append((count, words_of))
    parts = parts or [(0, _UNITS[-1][1])]
    return " ".join(say(text).format(n=count) for count, text in parts[:2] if count or len(parts) == 1)
