"""In which language a page is: what its reader chose, else what the browser names."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.texts.language import KNOWN, PageLanguage

COOKIE: Final = "dalel_language"


def language_of(request: web.Request) -> PageLanguage:
    """What the reader chose, else the first that the browser names, else Russian."""
    named = [request.cookies.get(COOKIE, ""), *_accepted(request.headers.get("Accept-Language", ""))]
    return next((PageLanguage(name) for name in named if name in KNOWN), PageLanguage.RU)


def _accepted(header: str) -> list[str]:
    """Browsers write them in the order of preference."""
    return [part.partition(";")[0].strip().lower().partition("-")[0] for part in header[:200].split(",")]
