"""Time stamps over HTTP (RFC 3161 §3.4), from several authorities in order of priority.

A token is taken only from an authority that we believe, over our digest, for our nonce, at about our time. One that
fails is left alone for a while, so that a dead authority costs the others nothing; then one caller tries it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import structlog
from yarl import URL

from connectors.authorities.transport import AuthoritySilent, fetch
from connectors.ports.clock import Clock
from signing.errors import KeyUnusable, TimestampRejected, TimestampUnavailable
from signing.keys.keypair import Certificate
from signing.timestamps.token import REQUEST_TYPE, RESPONSE_TYPE, TimestampToken, build_request, read_response
from signing.trust.path import CertificateStanding, Purpose, judge_path

log = structlog.get_logger(__name__)

RESPONSE_LIMIT_BYTES: Final = 64 * 1024  # a token with a long path has some 8 kB
CLOCKS_APART: Final = timedelta(minutes=5)  # as for messages: beyond, one of the two clocks is wrong
FIRST_REST: Final = timedelta(seconds=5)
LONGEST_REST: Final = timedelta(minutes=2)  # how late an authority that came back may be noticed


def public_name(url: str) -> str:
    """For logs and people: no user, no password, no key in a query."""
    return str(URL(url).with_user(None).with_query(None))


@dataclass(slots=True)
class _Standing:
    """What we remember of one authority: how often it failed in a row, and until when it is left alone."""

    url: str
    failures: int = 0
    rests_until: datetime | None = None

    def may_be_queried(self, now: datetime) -> bool:
        return self.rests_until is None or now >= self.rests_until

    def hold(self, now: datetime) -> None:
        """One that failed is tried again by one caller at a time: the others do not pay for the attempt."""
        if self.failures:
            self.rests_until = now + LONGEST_REST

    def rest(self, now: datetime) -> None:
        """Twice as long each time."""
        self.rests_until = now + min(LONGEST_REST, FIRST_REST * 2 ** min(self.failures, 10))
        self.failures += 1

    def recover(self) -> None:
        self.failures, self.rests_until = 0, None


class TimestampAuthorities:
    """Asks the first of ``urls`` (http or https) that is up. ``within`` bounds one stamp as a whole, whoever gives it.

    ``anchors``, and ``intermediates`` that authorities may leave out of their tokens, are asked for at every token, so
    that new ones count at once. ``nonce`` gives a fresh positive number
    of at least 64 random bits.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        urls: Sequence[str],
        *,
        anchors: Callable[[], Sequence[Certificate]],
        within: timedelta,
        clock: Clock,
        nonce: Callable[[], int],
        intermediates: Callable[[], Sequence[Certificate]] = tuple,
    ) -> None:
        self._session, self._within = session, within
        self._anchors, self._intermediates = anchors, intermediates
        self._clock, self._nonce = clock, nonce
        self._authorities = [_Standing(url) for url in urls]

    async def stamp(self, digest: bytes) -> TimestampToken:
        """A trusted token over a SHA-256 digest (32 bytes). Raises ``TimestampUnavailable`` in the set time."""
        usable = [one for one in self._authorities if one.may_be_queried(self._clock.now())]
        deadline = asyncio.get_running_loop().time() + self._within.total_seconds()
        reasons = [f"{public_name(one.url)} rests" for one in self._authorities if one not in usable]
        for place, authority in enumerate(usable):
            left = deadline - asyncio.get_running_loop().time()
            share = timedelta(seconds=left / (len(usable) - place))  # what one leaves over, the next ones have
            authority.hold(self._clock.now())
            try:
                token = await self._ask(authority, digest, share)
            except (AuthoritySilent, TimestampRejected) as failure:
                authority.rest(self._clock.now())
                name = public_name(authority.url)
                log.warning("timestamp.refused", authority=name, reason=str(failure))
                reasons.append(f"{name}: {failure}")
                continue
            authority.recover()
            return token
        raise TimestampUnavailable("; ".join(reasons) or "no time-stamp authority is configured")

    def is_away(self) -> bool:
        """Whether every authority is left alone now, so that ``stamp`` would raise at once."""
        return not any(one.may_be_queried(self._clock.now()) for one in self._authorities)

    async def _ask(self, authority: _Standing, digest: bytes, within: timedelta) -> TimestampToken:
        nonce = self._nonce()
        answer = await fetch(
            self._session,
            authority.url,
            question=build_request(digest, nonce=nonce),
            question_type=REQUEST_TYPE,
            answer_types=(RESPONSE_TYPE,),
            limit_bytes=RESPONSE_LIMIT_BYTES,
            within=within,
        )
        return await asyncio.to_thread(self._judge, answer, digest, nonce)

    def _judge(self, answer: bytes, digest: bytes, nonce: int) -> TimestampToken:
        """Raises ``TimestampRejected``. In a thread: building a path takes milliseconds."""
        token = read_response(answer, digest=digest, nonce=nonce)
        anchors, intermediates = self._believed()
        judged = judge_path(
            token.authority,
            anchors,
            at=token.gen_time,
            purpose=Purpose.TIME_STAMPS,
            intermediates=(*token.certificates[1:], *intermediates),
        )
        if judged.standing is not CertificateStanding.TRUSTED:
            raise TimestampRejected(f"the authority {token.authority.subject} is not trusted: {judged.detail}")
        apart = abs(token.gen_time - self._clock.now())
        if apart > CLOCKS_APART + token.accuracy:
            raise TimestampRejected(f"its clock and ours are {apart.total_seconds():.0f} s apart")
        return token

    def _believed(self) -> tuple[Sequence[Certificate], Sequence[Certificate]]:
        try:
            return self._anchors(), self._intermediates()
        except (KeyUnusable, OSError) as error:
            raise TimestampRejected(f"our own trust anchors cannot be read: {error}") from error
