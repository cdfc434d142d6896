"""Refusals at intake as the console lists them: what was refused, why, and whoever it says it is of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.party import PartyId
from gateway.ports.operations import Read


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


@dataclass(frozen=True, slots=True)
class RefusalQuery(Read[tuple[RefusalRow, ...]]):
    """Which are looked for; what is empty or None narrows nothing.

    ``sender``, ``message_id``: what the request said of itself. ``since``: that instant included. ``after``: the
    refusal_id at which the page before ended.

    A page, the newest first but for ``oldest_first``; from an index whatever was refused before.
    """

    sender: str = ""
    code: str = ""
    message_id: str = ""
    since: datetime | None = None
    after: int | None = None
    limit: int = 50
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class FindRefusal(Read[RefusalRow | None]):
    """One refusal; None when there is none."""

    refusal_id: int


@dataclass(frozen=True, slots=True)
class LoadRefusedRequest(Read[bytes | None]):
    """The bytes that were refused; None where they were not kept, or no longer are."""

    row: RefusalRow


@dataclass(frozen=True, slots=True)
class LoadRefusalAnswer(Read[bytes | None]):
    """Our signed fault; empty when retention took it."""

    row: RefusalRow
