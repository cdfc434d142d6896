"""Load shedding at the console and the API: a place for each request, bounds for its body, and why one is shed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final, Protocol


class Area(StrEnum):
    """Whose places a request takes. SOAP has a gate of its own; health reads no body and holds no place."""

    SIGN_IN = "sign_in"  # of the console, open to whoever has no session
    CONSOLE = "console"
    API = "api"


class PoolCause(StrEnum):
    """Why a request is shed."""

    FULL = "full"  # every place is taken by a request whose body is there
    DISPLACED = "displaced"  # its body was still coming when a newcomer needed the place
    DEADLINE = "deadline"  # its body did not come whole in time
    SIZE = "size"  # its body is above the bound


STATUS: Final[Mapping[PoolCause, HTTPStatus]] = {
    PoolCause.FULL: HTTPStatus.SERVICE_UNAVAILABLE,
    PoolCause.DISPLACED: HTTPStatus.SERVICE_UNAVAILABLE,
    PoolCause.DEADLINE: HTTPStatus.REQUEST_TIMEOUT,
    PoolCause.SIZE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
"""RFC 9110 §15.6.4, §15.5.9, §15.5.14."""

RETRY_AFTER: Final = timedelta(seconds=5)


class Shed(Exception):
    """The request is not served, and nothing was done; counted already, and told in bulk."""

    def __init__(self, cause: PoolCause) -> None:
        super().__init__(cause.value)
        self.cause = cause

    @property
    def status(self) -> HTTPStatus:
        """Of the answer."""
        return STATUS[self.cause]

    @property
    def headers(self) -> dict[str, str]:
        """The connection ends, since the rest of the body is not read; too large a body need not come again."""
        retry = {"Retry-After": str(int(RETRY_AFTER.total_seconds()))} if self.cause is not PoolCause.SIZE else {}
        return {"Connection": "close", **retry}


class Slot(Protocol):
    """The place of one request."""

    @property
    def body_bytes(self) -> int:
        """How large its body may be."""
        ...

    def receiving(self) -> AbstractAsyncContextManager[None]:
        """While its body is coming. Raises Shed: too slow, or displaced by a newcomer."""
        ...

    def too_large(self) -> Shed:
        """For a body above the bound."""
        ...


class Pools(Protocol):
    """Gives places."""

    def admit(self, area: Area) -> AbstractContextManager[Slot]:
        """A place for one request, for as long as the block lasts. Raises Shed."""
        ...
