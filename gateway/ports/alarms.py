"""Alarms as values: what a look writes, what the alarm notifier sends, what pages list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from contracts.party import PartyId
from gateway.domain.alarms.kinds import Alarm, AlarmKind, Band, Condition
from gateway.domain.alarms.letter import Draft
from gateway.domain.alarms.rule import AlarmEvent, AlarmRhythm, Change
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.refusal import ActRefusal
from gateway.ports.operations import Read, Write


@dataclass(frozen=True, slots=True)
class WatchJob(Write[tuple[Change, ...]]):
    """What one look saw, held against the alarms that are open at that moment; one node at a time.

    ``is_mine``: which open alarms this look would have seen; those of others it does not end. ``drafts``: to whom a
    change is told, and in which words; called with the alarm as it is kept.
    """

    seen: tuple[Condition, ...]
    is_mine: Callable[[Alarm], bool]
    rhythm: AlarmRhythm
    drafts: Callable[[Alarm, AlarmEvent], Iterable[Draft]]
    now: datetime


@dataclass(frozen=True, slots=True)
class AckJob(Write[ActRefusal | None]):
    """A person takes an alarm up. ``by``: as the audit log, which has a line either way, names who acts.

    Returns what stands against it, in words; None when it is done.
    """

    alarm_id: int
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """A message about an alarm that is to go out. ``tries``: of it so far, this one included."""

    letter_id: int
    draft: Draft
    made_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class ClaimLetters(Write[tuple[Letter, ...]]):
    """Messages that are due; nobody else gets them before ``lease_until``."""

    now: datetime
    limit: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class LetterResult(Write[None]):
    """What came of one try. ``next_try_at``: None when it was taken, or is given up.

    Changes nothing when another has tried it since.
    """

    letter_id: int
    tries: int
    is_taken: bool
    result: str
    next_try_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A message about an alarm as people see it. ``state``: waiting, taken, given_up."""

    step_id: int
    channel: str
    recipient: str
    state: str
    made_at: datetime
    tries: int
    next_try_at: datetime
    result: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One thing that happened to an alarm."""

    step_id: int
    at: datetime
    happening: AlarmEvent
    level: EscalationStep
    by: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class AlarmDetail:
    """An alarm with its story, and who was told of each part of it."""

    alarm: Alarm
    steps: tuple[StepRow, ...]
    letters: tuple[LetterRow, ...]


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """Where a page of open alarms ended."""

    band: Band
    alarm_id: int


@dataclass(frozen=True, slots=True)
class UndeliveredAlarms:
    """Messages of one channel that nobody takes. ``since``: when the oldest was made; ``words``: of the newest try."""

    channel: str
    count: int
    since: datetime
    words: str


@dataclass(frozen=True, slots=True)
class PartyTerms:
    """Open terms of a party that are due soon, and missed ones still unmet, both counted up to a bound."""

    party_id: PartyId
    near: int
    next_due_at: datetime | None
    breached: int
    last_breached_at: datetime | None


@dataclass(frozen=True, slots=True)
class RecentRefusalCounts:
    """How many in the last quarter of an hour, and in the day before it; counted up to a bound."""

    lately: int
    before: int


@dataclass(frozen=True, slots=True)
class LedgerWalk:
    """How far the check of the ledger has come. ``first``: the first fault of this pass or of the one before."""

    leaf_id: int
    began_at: datetime
    ended_at: datetime | None
    faults: int
    former_faults: int
    first: str | None


@dataclass(frozen=True, slots=True)
class WalkStep(Write[LedgerWalk]):
    """Hold the next ``limit`` records against their leaves; after the last a new pass begins with the first."""

    now: datetime
    limit: int


@dataclass(frozen=True, slots=True)
class AlarmQuery(Read[tuple[Alarm, ...]]):
    """Which alarms are looked for. ``after``: the alarm_id at which the page before ended.

    Newest first, a page at a time.
    """

    is_open: bool
    kind: AlarmKind | None = None
    after: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class OpenAlarmQuery(Read[tuple[Alarm, ...]]):
    """Which open alarms are looked for, the loudest first. ``after``: where the page before ended.

    Band by band, in each the newest first, a page at a time.
    """

    kind: AlarmKind | None = None
    after: OpenPlace | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class LoadAlarm(Read[AlarmDetail | None]):
    """An alarm with its story; None when there is none."""

    alarm_id: int


@dataclass(frozen=True, slots=True)
class CountUnacknowledged(Read[int]):
    """Open alarms that nobody has taken up."""


@dataclass(frozen=True, slots=True)
class ListFailingChannels(Read[tuple[UndeliveredAlarms, ...]]):
    """By channel: what waits after so many tries, and what was given up since then."""

    tries: int
    since: datetime


@dataclass(frozen=True, slots=True)
class CountTermsByParty(Read[tuple[PartyTerms, ...]]):
    """Of parties of the registry that have any; one look into two indexes for each."""

    now: datetime
    near_until: datetime
    breached_since: datetime


@dataclass(frozen=True, slots=True)
class CountRecentRefusals(Read[RecentRefusalCounts]):
    """How many requests were refused of late."""

    now: datetime


@dataclass(frozen=True, slots=True)
class LoadLedgerWalk(Read[LedgerWalk | None]):
    """How far the check of the ledger has come; None before the first."""
