"""What the API's handlers are given: what the console's are, and how to look at this node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.reading.context import ServingContext
from gateway.reading.probes import Probe
from gateway.service.people.bearer_tokens import TokenAuthenticator
from gateway.texts.language import Catalogues

PREFIX: Final = "/api/v1"
"""Where the application is mounted. What it promises changes only with this number."""


@dataclass(frozen=True, slots=True)
class ApiContext:
    """``probes``: what must be well on this node, each asked ``within`` that time."""

    serving: ServingContext
    keeper: TokenAuthenticator
    probes: Mapping[str, Probe]
    within: timedelta
    catalogues: Catalogues = field(default_factory=Catalogues.packaged)


CONTEXT: Final = web.AppKey("behind", ApiContext)
