"""What may be wrong with a request, as problem details (RFC 9457) in the caller's language: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import Final

from contracts.party import LocalText
from gateway.texts.text_file import TextFile

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:dalel:problem:"


class ProblemType(StrEnum):
    """Each has one HTTP status and never changes its meaning; programs act on these, people read the words."""

    INVALID = "invalid-request"
    NO_TOKEN = "no-token"  # noqa: S105 - no password
    NO_RIGHT = "no-right"
    NOT_FOUND = "not-found"
    NOT_SEALED = "not-sealed-yet"
    NO_SUCH_METHOD = "no-such-method"
    REFUSED = "refused"
    IN_HAND = "in-hand"
    OUTCOME_UNKNOWN = "outcome-unknown"
    TOO_LONG = "too-long"
    TOO_SLOW = "too-slow"
    NOT_JSON = "not-json"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many-failures"
    FAILED = "failed"
    AWAY = "store-away"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """``cure``: what to do about it."""

    status: HTTPStatus
    title: LocalText
    cure: LocalText


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """``place``: path, query, header or body; ``name``: of the parameter, or the way to the member."""

    place: str
    name: str
    what: LocalText


class RequestRefusal(Exception):
    """Ends a request. ``reason``: words of the exchange itself, as the audit log has them, English."""

    def __init__(
        self,
        problem: ProblemType,
        wrong: tuple[FieldProblem, ...] = (),
        *,
        reason: str | None = None,
        right: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(problem.value)
        self.problem, self.wrong, self.reason, self.right, self.headers = problem, wrong, reason, right, headers


_STATUSES: Final[Mapping[ProblemType, HTTPStatus]] = {
    ProblemType.INVALID: HTTPStatus.BAD_REQUEST,
    ProblemType.NO_TOKEN: HTTPStatus.UNAUTHORIZED,
    ProblemType.NO_RIGHT: HTTPStatus.FORBIDDEN,
    ProblemType.NOT_FOUND: HTTPStatus.NOT_FOUND,
    ProblemType.NOT_SEALED: HTTPStatus.NOT_FOUND,
    ProblemType.NO_SUCH_METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    ProblemType.REFUSED: HTTPStatus.CONFLICT,
    ProblemType.IN_HAND: HTTPStatus.CONFLICT,
    ProblemType.OUTCOME_UNKNOWN: HTTPStatus.CONFLICT,
    ProblemType.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ProblemType.TOO_SLOW: HTTPStatus.REQUEST_TIMEOUT,
    ProblemType.NOT_JSON: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    ProblemType.KEY_REUSED: HTTPStatus.UNPROCESSABLE_ENTITY,
    ProblemType.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    ProblemType.FAILED: HTTPStatus.INTERNAL_SERVER_ERROR,
    ProblemType.AWAY: HTTPStatus.SERVICE_UNAVAILABLE,
    ProblemType.BUSY: HTTPStatus.SERVICE_UNAVAILABLE,
}
_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
_TITLES: Final = _TEXTS.table_of("titles", ProblemType)
_CURES: Final = _TEXTS.table_of("cures", ProblemType)
WORDS: Final[Mapping[ProblemType, ProblemWords]] = {
    problem: ProblemWords(status, _TITLES[problem], _CURES[problem]) for problem, status in _STATUSES.items()
}

MISSING: Final = _TEXTS.text("missing")
UNKNOWN: Final = _TEXTS.text("unknown")
TWICE: Final = _TEXTS.text("twice")
NO_FIT: Final = _TEXTS.text("no_fit")
NO_JSON: Final = _TEXTS.text("no_json")
PERSON: Final = _TEXTS.text("person")
PERSON_IN_WORDS: Final = _TEXTS.text("person_in_words")
NO_HAND: Final = _TEXTS.text("no_hand")
_TEXTS.end()
