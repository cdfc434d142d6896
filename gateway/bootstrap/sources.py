"""The authorities that ``dalel extend`` asks, as the blocking calls that an extension takes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread
from typing import Final

import aiohttp

from connectors.authorities.revocation import HttpRevocationAuthorities, Places
from connectors.authorities.timestamps import TimestampAuthorities
from dossier.packaging.extension import Sources
from gateway.process.ambient import SystemClock
from signing.keys.keypair import Certificate
from signing.timestamps.token import Stamp, TimestampUnavailable
from signing.trust.answer import AnswerSource
from signing.trust.revocation import NO_VALUES, RevocationValues

STAMP_WITHIN: Final = timedelta(seconds=30)  # somebody waits at a terminal, and a token now is worth it
ANSWER_WITHIN: Final = timedelta(seconds=30)  # national revocation lists are megabytes
SLACK: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whom to ask: time-stamp authorities by priority; for certificates those that they name, unless some are given."""

    stamps: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    crl: tuple[str, ...] = ()


@contextmanager
def authorities(addresses: Addresses, anchors: Sequence[Certificate]) -> Iterator[Sources]:
    """They are asked in a thread of their own, for as long as the context lasts."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="authorities", daemon=True)
    thread.start()
    session = asyncio.run_coroutine_threadsafe(_session(), loop).result()
    clock = SystemClock()
    try:
        stamping = TimestampAuthorities(
            session,
            addresses.stamps,
            anchors=lambda: anchors,
            within=STAMP_WITHIN,
            clock=clock,
            nonce=lambda: secrets.randbits(64) | 1 << 64,
        )
        answering = HttpRevocationAuthorities(
            session,
            Places(addresses.ocsp, addresses.crl),
            within=ANSWER_WITHIN,
            clock=clock,
            nonce=lambda: secrets.token_bytes(16),
        )
        yield Sources(stamp=_stamp(stamping, loop), revocation_of=_ask(answering, loop), clock=clock.now)
    finally:
        asyncio.run_coroutine_threadsafe(session.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(auto_decompress=False)


def _stamp(stamping: TimestampAuthorities, loop: asyncio.AbstractEventLoop) -> Stamp:
    def stamp(digest: bytes) -> bytes:
        stamping_future = asyncio.run_coroutine_threadsafe(stamping.stamp(digest), loop)
        try:
            return stamping_future.result((STAMP_WITHIN + SLACK).total_seconds()).der
        except (TimeoutError, CancelledError) as error:
            stamping_future.cancel()
            raise TimestampUnavailable(f"no answer within {STAMP_WITHIN.total_seconds():g} s") from error

    return stamp


def _ask(
    answering: HttpRevocationAuthorities, loop: asyncio.AbstractEventLoop
) -> Callable[[Certificate, Certificate], RevocationValues]:
    def ask(certificate: Certificate, issuer: Certificate) -> RevocationValues:
        answer = asyncio.run_coroutine_threadsafe(answering.query(certificate, issuer), loop).result().answer
        if answer is None:
            return NO_VALUES
        return (
            RevocationValues(ocsp=(answer.der,))
            if answer.source is AnswerSource.OCSP
            else RevocationValues(crls=(answer.der,))
        )

    return ask
