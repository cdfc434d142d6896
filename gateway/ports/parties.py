"""Parties as the console shows them: who is paused, how attempts went of late, when each was heard of last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from contracts.party import PartyId
from gateway.domain.registry.revocation import KnownRevocation
from gateway.ports.users import AuditNote


class Switch(StrEnum):
    """What a person does to a party's deliveries as a whole."""

    PAUSE = "pause"  # nothing new goes out to it; attempts in hand finish, intake goes on, what is due waits
    RESUME = "resume"  # it goes out again


@dataclass(frozen=True, slots=True)
class SwitchJob:
    """``by``: as the audit log names who acts."""

    switch: Switch
    party_id: PartyId
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A party to which nothing new goes out, since when, by whom and why."""

    party_id: PartyId
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Attempts for one party. ``answered``: those that its software took or refused, signed or with a 202."""

    in_hour: int = 0
    answered_in_hour: int = 0
    in_day: int = 0
    answered_in_day: int = 0


@dataclass(frozen=True, slots=True)
class RecentAttemptCounts:
    """``counted``: over how many attempts of all parties, the newest, of at most a day.

    ``since``: when the oldest of them began; None when there was none. ``is_whole``: whether that is the whole day.
    """

    by_party: Mapping[PartyId, AttemptCounts]
    counted: int
    since: datetime | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class LastContacts:
    """When each party of the registry acknowledged last, and when it last asked for what is in its mailbox."""

    receipts: Mapping[PartyId, datetime]
    fetches: Mapping[PartyId, datetime]


@dataclass(frozen=True, slots=True)
class PartyAttempt:
    """One attempt for a party, with the peer's own words."""

    delivery_id: int
    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: str
    code: str | None
    detail: str | None
    http_status: int | None


class PartyReads(Protocol):
    """What the pages about parties are made from."""

    async def pauses(self) -> tuple[Pause, ...]:
        """Of all parties that are paused now, in order of their ids."""
        ...

    async def tried_lately(self, *, hour_from: datetime, day_from: datetime) -> RecentAttemptCounts:
        """Counted over the newest attempts, of which it looks at a bounded number."""
        ...

    async def last_contacts(self) -> LastContacts: ...
    async def attempts_for(self, party_id: PartyId) -> tuple[PartyAttempt, ...]:
        """The newest first, among its newest deliveries and those that wait longest to be tried again."""
        ...

    async def done_to(self, party_id: PartyId) -> tuple[AuditNote, ...]:
        """What people did to the party itself, newest first."""
        ...

    async def known_revocations(self) -> tuple[KnownRevocation, ...]: ...
