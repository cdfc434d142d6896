"""Parties as the console shows them: who is paused, how attempts went of late, when each was heard of last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.party import Party, PartyId, Registry
from gateway.domain.refusal import ActRefusal
from gateway.domain.registry.revocation import KnownRevocation, RevocationCheck
from gateway.ports.operations import Read, Write
from gateway.ports.people.users import AuditNote
from signing.trust.revocation import RevocationValues


class Switch(StrEnum):
    """What a person does to a party's deliveries as a whole."""

    PAUSE = "pause"  # nothing new goes out to it; attempts in hand finish, intake goes on, what is due waits
    RESUME = "resume"  # it goes out again


@dataclass(frozen=True, slots=True)
class SwitchJob(Write[ActRefusal | None]):
    """Pause a party or resume it. ``by``: as the audit log names who acts.

    While it is paused nothing new is claimed for it nor handed out of its mailbox; what is in hand finishes. Returns
    what stands against it in words, None when it is done.
    """

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


@dataclass(frozen=True, slots=True)
class ApplyRegistry(Write[int]):
    """A new version, by a named person (the value's own ``version`` is ignored); returns its number."""

    registry: Registry
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RecordCheck(Write[None]):
    """What an authority said of a certificate, with the answer that says so."""

    check: RevocationCheck


@dataclass(frozen=True, slots=True)
class LoadRegistry(Read[Registry]):
    """The newest version, whole."""


@dataclass(frozen=True, slots=True)
class LoadRegistryVersion(Read[int]):
    """The number of the newest version."""


@dataclass(frozen=True, slots=True)
class ListRevocations(Read[tuple[KnownRevocation, ...]]):
    """What is known of every certificate that was ever asked about."""


@dataclass(frozen=True, slots=True)
class LoadRevocationValues(Read[RevocationValues]):
    """Kept answers, the newest good and the newest revoked, about each certificate (SHA-256, hex)."""

    certificates: Collection[str]


@dataclass(frozen=True, slots=True)
class FindPartiesEver(Read[tuple[Party, ...]]):
    """Each as the newest version that has it says, with every certificate it ever had.

    What a party signed stays signed, also after its key was replaced or it left.
    """

    party_ids: Collection[PartyId]


@dataclass(frozen=True, slots=True)
class ListPauses(Read[tuple[Pause, ...]]):
    """Of all parties that are paused now, in order of their ids."""


@dataclass(frozen=True, slots=True)
class CountRecentAttempts(Read[RecentAttemptCounts]):
    """Counted over the newest attempts, of which it looks at a bounded number."""

    hour_from: datetime
    day_from: datetime


@dataclass(frozen=True, slots=True)
class LoadLastContacts(Read[LastContacts]):
    """When each party was heard of last."""


@dataclass(frozen=True, slots=True)
class ListPartyAttempts(Read[tuple[PartyAttempt, ...]]):
    """The newest first, among its newest deliveries and those that wait longest to be tried again."""

    party_id: PartyId


@dataclass(frozen=True, slots=True)
class ListActsOnParty(Read[tuple[AuditNote, ...]]):
    """What people did to the party itself, newest first."""

    party_id: PartyId
