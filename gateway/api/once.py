"""An act under a key of the caller's choice is done once: whoever asks again gets the answer that there was."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from contracts.party import LocalText
from gateway.api.problems import MISSING, NO_FIT, FieldProblem, ProblemType, RequestRefusal
from gateway.ports.operations import Writes
from gateway.ports.people.tokens import ApiToken, BeginRequest, KeyedRequest, StoredAnswer

HEADER: Final = "Idempotency-Key"
KEY: Final = re.compile(r"[\x21-\x7e]{8,200}")
IN_HAND_FOR: Final = timedelta(minutes=2)
"""An act takes some seconds at worst; a request that is older and has no answer was broken off."""
_AGAIN_S: Final = 2


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The answer to the first request under this key."""

    status: int
    body: bytes


def request_of(request: web.Request, token: ApiToken, content: bytes, at: datetime) -> KeyedRequest:
    """The key with all that is asked under it. Raises Refusal when there is no key."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise RequestRefusal(ProblemType.INVALID, (FieldProblem("header", HEADER, MISSING),))
    if not KEY.fullmatch(key):
        ought = {one: getattr(NO_FIT, one).format(ought=KEY.pattern) for one in ("kk", "ru", "en")}
        raise RequestRefusal(ProblemType.INVALID, (FieldProblem("header", HEADER, LocalText(**ought)),))
    digested = b"\0".join((request.method.encode(), request.path_qs.encode(), content))
    return KeyedRequest(
        token.token_id, hashlib.sha256(key.encode()).hexdigest(), hashlib.sha256(digested).hexdigest(), at
    )


async def begun(tokens: Writes, request: KeyedRequest, now: datetime) -> StoredReply | None:
    """None when it is the first. Raises Refusal when the key is another request's, or its answer is not there."""
    earlier = await tokens.run(BeginRequest(request))
    return None if earlier is None else _replayed(earlier, request, now)


def _replayed(earlier: StoredAnswer, request: KeyedRequest, now: datetime) -> StoredReply:
    if earlier.request_sha256 != request.request_sha256:
        raise RequestRefusal(ProblemType.KEY_REUSED)
    if earlier.status is None or earlier.answer is None:
        if now - earlier.at < IN_HAND_FOR:
            raise RequestRefusal(ProblemType.IN_HAND, headers={"Retry-After": str(_AGAIN_S)})
        raise RequestRefusal(ProblemType.OUTCOME_UNKNOWN)
    return StoredReply(earlier.status, earlier.answer)
