"""Spans of time as people write them on a command line: 90s, 15m, 6h, 3d."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import typer

_SPAN: Final = re.compile(r"(\d{1,6})([smhd])")
_UNITS: Final = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def parse_span(text: str) -> timedelta:
    """The span of a text. Raises BadParameter, which ends the command as called wrongly."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no span; write a number and s, m, h or d, as 90s, 15m, 6h, 3d")
    return int(found[1]) * _UNITS[found[2]]


def span_text(span: timedelta) -> str:
    """The span for people, in its two largest units."""
    left = int(span.total_seconds())
    parts: list[str] = []
    for name, unit in reversed(_UNITS.items()):
        count, left = divmod(left, int(unit.total_seconds()))
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
