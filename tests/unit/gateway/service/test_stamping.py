"""The stamp that a thread waits for."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.tsa import TimeStampAuthority
from gateway.service.evidence import stamping
from gateway.service.evidence.stamping import blocking_stamp
from signing.errors import TimestampUnavailable
from signing.timestamps.token import TimestampToken, read_token

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DIGEST = hashlib.sha256(b"signature value").digest()
KEY = SandboxAuthority.create("authority", now=NOW).issue(
    "tsa", bin="000000000000", usage=Usage.TIME_STAMPS, now=NOW, key_kind="P-256"
)


class Authority:
    """Answers at once, with a token or with trouble; or never."""

    def __init__(self, trouble: Exception | None = None, *, silent: bool = False) -> None:
        self._trouble, self._silent = trouble, silent
        self.given_up = asyncio.Event()

    async def stamp(self, digest: bytes) -> TimestampToken:
        if self._silent:
            try:
                await asyncio.Event().wait()
            finally:
                self.given_up.set()
        if self._trouble:
            raise self._trouble
        return read_token(TimeStampAuthority(KEY).token(digest, now=NOW))

    def is_away(self) -> bool:
        return False


async def test_a_thread_gets_the_token_that_the_loop_asked_for():
    stamp = blocking_stamp(Authority(), within=timedelta(seconds=5))

    token = read_token(await asyncio.to_thread(stamp, DIGEST))

    assert token.digest == DIGEST


async def test_that_none_is_to_be_had_is_told_in_the_thread():
    stamp = blocking_stamp(Authority(TimestampUnavailable("all rest")), within=timedelta(seconds=5))

    with pytest.raises(TimestampUnavailable, match="all rest"):
        await asyncio.to_thread(stamp, DIGEST)


async def test_a_thread_never_waits_longer_than_the_set_time_and_the_question_is_given_up(monkeypatch):
    monkeypatch.setattr(stamping, "SLACK", timedelta(0))
    authority = Authority(silent=True)

    with pytest.raises(TimestampUnavailable, match=r"within 0\.05 s"):
        await asyncio.to_thread(blocking_stamp(authority, within=timedelta(seconds=0.05)), DIGEST)

    async with asyncio.timeout(5):
        await authority.given_up.wait()
