"""In which language a caller is told: by Accept-Language (RFC 9110 §12.5.4), else Russian, as everywhere."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from contracts.party import LocalText
from gateway.texts.language import KNOWN, PageLanguage

_LONGEST: Final = 200


def accepted(request: web.Request) -> PageLanguage:
    """The one that the caller likes best of those that we have."""
    wanted = [_weighed(part) for part in request.headers.get("Accept-Language", "")[:_LONGEST].split(",")]
    known = [(weight, name) for name, weight in wanted if name in KNOWN and weight > 0]
    return PageLanguage(max(known, key=lambda one: one[0])[1]) if known else PageLanguage.RU


def localized(language: PageLanguage, text: LocalText) -> str:
    """The words in that language."""
    found: str = getattr(text, language.value)
    return found


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.partition(";")
    try:
        likes = float(weight.strip().removeprefix("q=")) if weight else 1.0
    except ValueError:
        likes = 0.0
    return name.strip().lower().partition("-")[0], likes
