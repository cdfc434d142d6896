"""Parties, agreements and routes: who takes part, on what terms, and who is competent for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from enum import IntEnum, StrEnum
from typing import Final, NewType

PartyId = NewType("PartyId", str)
"""Short stable name of an organisation on the exchange, ``[a-z0-9][a-z0-9.-]{1,62}``."""

ANYWHERE: Final = "*"
_KATO_DIGITS: Final = 9
_UNITS: Final = (6, 4, 2)  # KATO writes AB CD EF HIJ: region, district or city, rural district, settlement


class PartyRole(StrEnum):
    """What a party is to the exchange; a service path admits certain roles only."""

    EXCHANGE = "exchange"
    PLATFORM = "platform"
    AGENCY = "agency"
    COURT = "court"


class Channel(StrEnum):
    """How messages reach a party: we call it, or it fetches."""

    PUSH = "push"
    MAILBOX = "mailbox"

    @property
    def is_called(self) -> bool:
        """Whether the exchange calls; else the party comes. Whoever asks more than that is the channel's connector."""
        return self is not Channel.MAILBOX


class BodyLevel(StrEnum):
    """How high a body stands, from the lowest up: the one nearest to the applicant decides first."""

    DISTRICT = "district"
    REGION = "region"  # also a city of republican significance
    NATIONAL = "national"

    @property
    def above(self) -> tuple[BodyLevel, ...]:
        """The levels above this one, the nearest first."""
        ranks = tuple(BodyLevel)
        return ranks[ranks.index(self) + 1 :]


@dataclass(frozen=True, slots=True)
class LocalText:
    """The same statement in the state language, Russian and English."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Party:
    """One organisation. ``certificates`` are DER; ``endpoint`` is set exactly when its channel is called.

    ``higher``: the agency that a complaint against this one goes to (АППК Art. 91(3)), where the routes do not tell it.
    ``kato``: its place, nine digits. ``contact``: whom the support desk calls there, and how, in one line.
    """

    party_id: PartyId
    role: PartyRole
    bin: str
    name: LocalText
    channel: Channel
    endpoint: str | None
    certificates: tuple[bytes, ...]
    higher: PartyId | None = None
    kato: str | None = None
    contact: str | None = None

    @property
    def is_called(self) -> bool:
        """Whether the exchange calls it; else it fetches."""
        return self.channel.is_called


class UnknownRevocation(StrEnum):
    """What becomes of a party's messages while nobody can say whether its certificate was revoked."""

    ACCEPT = "accept"  # taken, however long it lasts
    WAIT = "wait"  # taken for ``revocation_patience`` after the last good answer, then refused
    REFUSE = "refuse"  # refused, unless a fresh answer says good


class Weekday(IntEnum):
    """A day of the week as ISO 8601 numbers it."""

    MON = 1
    TUE = 2
    WED = 3
    THU = 4
    FRI = 5
    SAT = 6
    SUN = 7


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A window in which a party is not called. Naive times of the exchange's zone (Asia/Almaty), whole minutes.

    ``days``: those on which the window begins. One that ends at or before ``from_`` ends on the next day: 18:00 to
    08:00 is a night, 00:00 to 00:00 a whole day.
    """

    days: frozenset[Weekday]
    from_: time
    to: time


@dataclass(frozen=True, slots=True)
class Agreement:
    """Terms with one party. Waits are before jitter; ``receipt_within`` bounds a pending receipt.

    ``certificate_without_bin``: the party's certificates may name no BIN, as those of foreign authorities do; one that
    does name a BIN must name the party's.

    ``most_at_once``: attempts under way, all nodes together. ``most_per_minute``: attempts begun within any minute;
    None: no limit. ``breaker_after``: attempts in a row that nobody answered, until the party is left alone, for
    ``breaker_rest`` at first and up to ``longest_wait``. ``warn_after``, ``alarm_after``, ``page_after``: since the
    delivery was created, while it is not final.
    """

    party_id: PartyId
    attempt_timeout: timedelta = timedelta(seconds=30)
    first_wait: timedelta = timedelta(seconds=2)
    longest_wait: timedelta = timedelta(minutes=15)
    receipt_within: timedelta = timedelta(minutes=10)
    mailbox_lease: timedelta = timedelta(minutes=5)
    on_unknown_revocation: UnknownRevocation = UnknownRevocation.WAIT
    revocation_patience: timedelta = timedelta(hours=24)
    certificate_without_bin: bool = False
    most_at_once: int = 8
    most_per_minute: int | None = None
    quiet_hours: tuple[QuietHours, ...] = ()
    breaker_after: int = 5
    breaker_rest: timedelta = timedelta(seconds=30)
    warn_after: timedelta = timedelta(hours=1)
    alarm_after: timedelta = timedelta(hours=24)
    page_after: timedelta = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Route:
    """``party_id`` is competent for ``subject`` (a code and all below it) in ``kato`` (a prefix or a code); ``*``: all.

    ``level``: None where nobody said it; then it follows from the place, as ``stands_at`` tells.
    """

    role: PartyRole
    subject: str
    kato: str
    party_id: PartyId
    level: BodyLevel | None = None

    @property
    def area(self) -> str:
        """The prefix of all places meant: a whole code is that of a unit, the zeros at its end are what lies in it."""
        kept = self.kato
        if len(kept) == _KATO_DIGITS:
            for end in _UNITS:
                kept = kept[:end] if not kept[end:].strip("0") else kept
        return kept

    @property
    def stands_at(self) -> BodyLevel:
        """The level said, or that of the place: all of the country, a region (``75`` or ``750000000``), less."""
        if self.level is not None:
            return self.level
        if self.kato == ANYWHERE:
            return BodyLevel.NATIONAL
        return BodyLevel.REGION if len(self.area) <= min(_UNITS) else BodyLevel.DISTRICT


@dataclass(frozen=True, slots=True)
class Registry:
    """One version of all parties, agreements and routes; loaded and replaced as a whole.

    ``duty_body``: the agency that gets what no route fits, so that it never lies nowhere.
    """

    version: int
    parties: tuple[Party, ...]
    agreements: tuple[Agreement, ...]
    routes: tuple[Route, ...]
    duty_body: PartyId | None = None
