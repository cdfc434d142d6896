"""What the console's handlers are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gateway.console.pages import Pages
from gateway.ports.health import Vitals
from gateway.ports.people.users import UserSession
from gateway.reading.context import CONSOLE, ServingContext
from gateway.texts.language import Catalogues

PREFIX: Final = CONSOLE
"""Where the application is mounted; every address in a page begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleContext(ServingContext):
    """What pages need besides.

    ``leaving``: whether this node is about to end, so that no stream holds it. ``most_streams``: of live pages, at
    once in this process; each holds a place for as long as it lasts. ``trace_url``: where one reads a trace, by
    ``{trace_id}``. ``vitals``: looks at this process; None where nobody can.
    """

    leaving: Callable[[], bool]
    most_streams: int
    trace_url: str | None = None
    vitals: Vitals | None = None
    pages: Pages = field(default_factory=lambda: Pages(Catalogues.packaged()))


CONTEXT: Final = web.AppKey("around", ConsoleContext)
SESSION: Final = web.RequestKey("session", UserSession)
"""Of a request that has one; the guard lets no other request through to a page."""
