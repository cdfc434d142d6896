"""The authorities that commands ask beside the exchange: NCANode, and who is asked about a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp

from connectors.authorities.ncanode import NcaNode
from connectors.authorities.revocation import Places
from connectors.authorities.timestamps import public_name
from gateway.config.settings import Settings

__all__ = ["NcaNode", "Places", "ncanode", "places_of", "public_name"]


def places_of(settings: Settings) -> Places:
    """Whom the settings name to be asked about certificates."""
    return Places(settings.ocsp_urls, settings.crl_urls)


def ncanode(settings: Settings, url: str, session: aiohttp.ClientSession, now: Callable[[], datetime]) -> NcaNode:
    """NCANode at ``url``; it judges only, with no key of ours."""
    return NcaNode(session, url, key=None, now=now, within=timedelta(seconds=settings.ncanode_wait_s))
