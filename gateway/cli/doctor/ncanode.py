"""What ``dalel doctor`` asks NCANode, where one is set: to tell about a certificate of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from gateway.bootstrap.authorities import ncanode, public_name
from gateway.config.settings import Settings
from gateway.domain.alarms.findings import CheckFinding, Health
from signing.errors import KeyUnavailable, SigningError

SUBJECT = "NCANode"


def check_ncanode(settings: Settings) -> Iterator[CheckFinding]:
    """A real question; what it thinks of our certificate is not the point, that it answers is."""
    if settings.ncanode_url is None:
        return
    try:
        certificate = settings.seal_key_place.load(datetime.now(UTC)).certificate.der
    except SigningError:
        return  # the check of the seal key tells it
    try:
        asyncio.run(_ask(settings, settings.ncanode_url, certificate))
    except KeyUnavailable as away:
        yield CheckFinding(Health.FAIL, SUBJECT, str(away), "Start it, or mend ncanode_url; dalel eds needs it.")
    except SigningError as trouble:
        yield CheckFinding(
            Health.FAIL, SUBJECT, str(trouble), "Mend ncanode_url: the address of an NCANode of version 3."
        )
    else:
        yield CheckFinding(Health.OK, SUBJECT, f"answers at {public_name(settings.ncanode_url)}")


async def _ask(settings: Settings, url: str, certificate: bytes) -> None:
    import aiohttp

    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await ncanode(settings, url, session, lambda: datetime.now(UTC)).describe(certificate)
