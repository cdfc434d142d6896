"""Refusals at intake as the console lists them: what was refused, why, and whoever it says it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contracts.party import PartyId


@dataclass(frozen=True, slots=True)
class RefusalQuery:
    """Which are looked for; what is empty or None narrows nothing.

    ``sender``, ``message_id``: what the request said of itself. ``since``: that instant included. ``after``: the
    refusal_id at which the page before ended.
    """

    sender: str = ""
    code: str = ""
    message_id: str = ""
    since: datetime | None = None
    after: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """``sender``, ``message_id``: claimed, proved by nobody. ``signer``: whose signature it proved to carry.

    ``answer_sha256``: of our signed fault, where it is kept.
    """

    refusal_id: int
    at: datetime
    path: str
    remote: str
    code: str
    detail: str
    sender: str | None
    message_id: str | None
    request_sha256: str
    size: int
    signer: PartyId | None
    answer_sha256: str | None


class RefusalReads(Protocol):
    """What the pages about refusals are made from."""

    async def list_refusals(self, query: RefusalQuery) -> tuple[RefusalRow, ...]:
        """A page, the newest first; from an index whatever was refused before."""
        ...

    async def refusal(self, refusal_id: int) -> RefusalRow | None: ...
    async def refused_request(self, row: RefusalRow) -> bytes | None:
        """The bytes that were refused; None where they were not kept, or no longer are."""
        ...

    async def refusal_answer(self, row: RefusalRow) -> bytes | None:
        """Our signed fault; empty when retention took it."""
        ...
