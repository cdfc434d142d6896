"""What the handlers of console and API are both given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from gateway.domain.people.persons import PersonKey
from gateway.ports.operations import Reads
from gateway.ports.outside import Prober
from gateway.ports.request_pools import Pools, Slot
from gateway.reading.counts import CountCache
from gateway.reading.parties import Figures
from gateway.service.evidence.message import Packer
from gateway.service.exchange import Exchange
from gateway.service.people.login import LoginService
from gateway.service.people.oidc import OidcLogin
from signing.keys.keypair import Certificate, SigningKey

CONSOLE: Final = "/console"
"""Where people's pages are; links that programs are given lead there."""
SLOT: Final = web.RequestKey("slot", Slot)
"""The place that a request holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingContext:
    """``reads``: for what is shown, it cannot write. ``exchange``: for acts. ``wake``: the loops, after an act.

    ``prober``: knocks at parties' doors. ``is_secure``: whether people come by https, so that cookies may insist on
    it. ``anchors``: whom a dossier is verified by, read anew each time. ``persons``: the key by which persons are
    found. ``seal_key``: seals evidence that is taken away; ``packer``: lets one after the other do it.
    ``oidc_login``: where else than here one may sign in; None for nowhere. ``pools``: gives places to requests.
    """

    exchange: Exchange
    reads: Reads
    login: LoginService
    counts: CountCache
    figures: Figures
    prober: Prober
    wake: Callable[[], None]
    is_secure: bool
    pools: Pools
    anchors: Callable[[], tuple[Certificate, ...]] = tuple
    persons: PersonKey | None = None
    seal_key: Callable[[], SigningKey] | None = None
    oidc_login: OidcLogin | None = None
    packer: Packer = field(default_factory=Packer)
