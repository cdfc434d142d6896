"""What the console's handlers are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gateway.console.pages import Pages
from gateway.domain.people.persons import PersonKey
from gateway.ports.health import Vitals
from gateway.ports.operations import Reads
from gateway.ports.outside import Prober
from gateway.ports.people.users import UserSession
from gateway.ports.request_pools import Pools, Slot
from gateway.reading.counts import CountCache
from gateway.reading.parties import Figures
from gateway.service.evidence.message import Packer
from gateway.service.exchange import Exchange
from gateway.service.people.login import LoginService
from gateway.service.people.oidc import OidcLogin
from gateway.texts.language import Catalogues
from signing.keys.keypair import Certificate, SigningKey

PREFIX: Final = "/console"
"""Where the application is mounted; every address in a page begins with it."""


@dataclass(frozen=True, slots=True)
class ConsoleContext:
    """``reads``: for pages, it cannot write. ``exchange``: for acts. ``wake``: the loops, after an act.

    ``prober``: knocks at parties' doors. ``leaving``: whether this node is about to end, so that no stream holds it.
    ``is_secure``: whether people come by https, so that cookies may insist on it. ``anchors``: whom a dossier is
    verified by, read anew each time. ``persons``: the key by which persons are found. ``seal_key``: seals
    evidence that is taken away. ``elsewhere``: where else than here one may sign in; None for nowhere. ``trace_url``:
    where one reads a trace, by ``{trace_id}``. ``vitals``: looks at this process; None where nobody can.
    ``packer``: lets one after the other seal evidence. ``pools``: gives places to requests. ``most_streams``: of
    live pages, at once in this process; each holds a place for as long as it lasts.
    """

    exchange: Exchange
    reads: Reads
    login: LoginService
    counts: CountCache
    figures: Figures
    prober: Prober
    wake: Callable[[], None]
    leaving: Callable[[], bool]
    is_secure: bool
    pools: Pools
    most_streams: int
    anchors: Callable[[], tuple[Certificate, ...]] = tuple
    persons: PersonKey | None = None
    seal_key: Callable[[], SigningKey] | None = None
    oidc_login: OidcLogin | None = None
    trace_url: str | None = None
    vitals: Vitals | None = None
    packer: Packer = field(default_factory=Packer)
    pages: Pages = field(default_factory=lambda: Pages(Catalogues.packaged()))


CONTEXT: Final = web.AppKey("around", ConsoleContext)
SESSION: Final = web.RequestKey("session", UserSession)
"""Of a request that has one; the guard lets no other request through to a page."""
SLOT: Final = web.RequestKey("slot", Slot)
"""The place that a request holds."""
