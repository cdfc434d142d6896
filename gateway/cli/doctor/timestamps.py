"""What ``dalel doctor`` finds out about time stamps: it asks each authority for one."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator

import aiohttp

from gateway.bootstrap.authorities import public_name
from gateway.bootstrap.exchange import Environment, time_stamps
from gateway.config.settings import Settings
from gateway.domain.alarms.findings import CheckFinding, Health
from gateway.process.log import no_log
from signing.timestamps.token import TimestampUnavailable

SUBJECT = "time stamps"


def check_time_stamps(settings: Settings) -> Iterator[CheckFinding]:
    """One finding for each authority; none of them fails the installation, since traffic goes on without."""
    if not settings.timestamp_urls:
        cure = 'Name your authorities in dalel.toml: timestamp_urls = ["https://…"]'
        yield CheckFinding(Health.WARN, SUBJECT, "no authority is named; dossiers carry no proof of their time", cure)
        return
    yield from asyncio.run(_ask_all(settings))


async def _ask_all(settings: Settings) -> list[CheckFinding]:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        with no_log():
            return await asyncio.gather(*(_ask(settings, url, session) for url in settings.timestamp_urls))


async def _ask(settings: Settings, url: str, session: aiohttp.ClientSession) -> CheckFinding:
    """A real stamp, through the same client as everything else."""
    alone = time_stamps(settings.model_copy(update={"timestamp_urls": (url,)}), session, Environment.real())
    try:
        token = await alone.stamp(hashlib.sha256(b"dalel doctor").digest())
    except TimestampUnavailable as problem:
        cure = "Start it, or mend timestamp_urls; its authority's certificate belongs into the trust folder."
        return CheckFinding(Health.WARN, SUBJECT, str(problem), cure)
    days = (token.authority.not_after - token.gen_time).days
    return CheckFinding(Health.OK, SUBJECT, f"{public_name(url)}: {token.authority.subject}, {days} days left")
