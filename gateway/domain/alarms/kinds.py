"""What people are alarmed about: one table of kinds, with what each means and what helps. Pure.

Condition: what a look finds wrong now. Alarm: a condition that people were told of, until it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.party import LocalText
from gateway.domain.delivery.escalation import STEPS, EscalationStep
from gateway.texts.alarms import HELPS, MEANS, NAMES


class AlarmKind(StrEnum):
    """What may be wrong; its subject is who or what it is wrong with."""

    LEDGER_BROKEN = "ledger_broken"  # "ledger"
    DISK_LOW = "disk_low"  # a node and a folder
    LOOP_UNLED = "loop_unled"  # a loop
    NODE_LOST = "node_lost"  # a node
    SEAL_LATE = "seal_late"  # "ledger"
    STAMP_LATE = "stamp_late"  # "ledger"
    UNHEARD = "unheard"  # a channel of messages about alarms
    PARTY_SILENT = "party_silent"  # a party
    BREAKER_OPEN = "breaker_open"  # a party
    OLDEST_OVER = "oldest_over"  # a party
    DEAD_LETTERS = "dead_letters"  # a party
    REFUSALS_RISING = "refusals_rising"  # "intake"
    TERM_BREACHED = "term_breached"  # a party
    TERM_NEAR = "term_near"  # a party
    CERTIFICATE_ENDING = "certificate_ending"  # a party, or a key of ours


@dataclass(frozen=True, slots=True)
class Spec:
    """One line of the table. ``severity``: how loudly it is raised; ``loudest``: as loud as it becomes unheard.

    ``limit``: the field of ``Limits`` that says when; None where the agreement with the party does, or any is wrong.
    ``place``: the page concerned, below the console, with ``{subject}`` in it; empty where there is none.
    """

    severity: EscalationStep
    loudest: EscalationStep
    name: LocalText
    means: LocalText
    helps: LocalText
    limit: str | None
    place: str


def _spec(
    kind: AlarmKind, severity: EscalationStep, loudest: EscalationStep, limit: str | None, place: str = ""
) -> tuple[AlarmKind, Spec]:
    return kind, Spec(severity, loudest, NAMES[kind], MEANS[kind], HELPS[kind], limit, place)


K, S = AlarmKind, EscalationStep
_PARTY: Final = "/parties/{subject}"

KINDS: Final[Mapping[AlarmKind, Spec]] = dict(
    (
        _spec(K.LEDGER_BROKEN, S.PAGE, S.PAGE, None),
        _spec(K.DISK_LOW, S.ALARM, S.PAGE, "disk_free_bytes"),
        _spec(K.LOOP_UNLED, S.ALARM, S.PAGE, "unled_for"),
        _spec(K.NODE_LOST, S.ALARM, S.PAGE, "node_lost_for"),
        _spec(K.SEAL_LATE, S.ALARM, S.PAGE, "seal_late_for"),
        _spec(K.STAMP_LATE, S.WARN, S.ALARM, "stamp_late_for"),
        _spec(K.UNHEARD, S.ALARM, S.PAGE, "failing_tries"),
        _spec(K.PARTY_SILENT, S.ALARM, S.PAGE, "silent_for", _PARTY),
        _spec(K.BREAKER_OPEN, S.WARN, S.WARN, None, _PARTY),
        _spec(K.OLDEST_OVER, S.WARN, S.PAGE, None, "/deliveries?recipient={subject}&group=open&order=oldest"),
        _spec(K.DEAD_LETTERS, S.WARN, S.ALARM, "dead_letters", "/deliveries?recipient={subject}&state=dead_lettered"),
        _spec(K.REFUSALS_RISING, S.WARN, S.ALARM, "refusals", "/refusals"),
        _spec(K.TERM_BREACHED, S.ALARM, S.ALARM, "breached_within", "/terms?which=breached&body={subject}"),
        _spec(K.TERM_NEAR, S.WARN, S.WARN, "near_within", "/terms?which=open&body={subject}"),
        _spec(K.CERTIFICATE_ENDING, S.WARN, S.PAGE, "certificate_days", "/parties/certificates"),
    )
)
"""The worst first: so are open alarms of one loudness listed."""


@dataclass(frozen=True, slots=True)
class AlarmLimits:
    """When a condition is one. Of each the setting ``alarms.limits`` of that name, spans there in seconds."""

    silent_for: timedelta = timedelta(minutes=30)  # nobody answered there, nor fetched what waits
    near_within: timedelta = timedelta(days=1)  # until a term falls due
    breached_within: timedelta = timedelta(days=1)  # since a term was missed that is still unmet
    certificate_days: tuple[int, ...] = (60, 30, 14, 7, 1)  # until it ends and none follows; each is told once
    seal_late_for: timedelta = timedelta(minutes=10)  # records without a seal
    stamp_late_for: timedelta = timedelta(hours=1)  # seals without a time stamp
    disk_free_bytes: int = 1024**3  # above the reserve at which nothing is taken any more
    refusals: int = 50  # in a quarter of an hour, and refusals_times as many as in the hours before
    refusals_times: float = 3.0
    dead_letters: int = 1  # of one party
    node_lost_for: timedelta = timedelta(minutes=1)  # silent, and not taken down by anybody
    unled_for: timedelta = timedelta(minutes=1)  # no node runs a loop that one must
    failing_tries: int = 3  # of one message about an alarm, in vain


@dataclass(frozen=True, slots=True)
class Condition:
    """What is wrong now. ``rank``: a higher one is worse, whatever was acknowledged. ``until``: when it gets worse."""

    kind: AlarmKind
    subject: str
    level: EscalationStep
    rank: int = 0
    since: datetime | None = None
    count: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlarmTakenUp:
    """Somebody has taken it up."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition that people were told of. ``alarm_id``: 0 before it is kept.

    ``louder_at``: since when it is as loud as it is; ``told_at``: when people were told of it last. ``unseen_since``:
    not found any more since then, which may be a pause only; ``returns``: how often it was. ``cleared_at``: over.
    """

    alarm_id: int
    kind: AlarmKind
    subject: str
    level: EscalationStep
    rank: int
    since: datetime | None
    count: int | None
    until: datetime | None
    raised_at: datetime
    louder_at: datetime
    notified_at: datetime
    acknowledged: AlarmTakenUp | None = None
    unseen_since: datetime | None = None
    returns: int = 0
    cleared_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.cleared_at is None

    @property
    def place(self) -> str:
        """The page concerned; a key of ours has none."""
        return KINDS[self.kind].place.replace("{subject}", self.subject)


def loudness(step: EscalationStep) -> int:
    """The louder, the higher."""
    return STEPS.index(step)


@dataclass(frozen=True, slots=True)
class Band:
    """Open alarms that stand together in a list, the newest of them first."""

    is_heeded: bool
    level: EscalationStep


BANDS: Final = tuple(Band(is_heeded, level) for is_heeded in (False, True) for level in reversed(STEPS))
"""In the order of a list: what nobody has taken up goes first, and of that the loudest."""


def band_of(alarm: Alarm) -> Band:
    """Where an open one stands."""
    return Band(alarm.acknowledged is not None, alarm.level)
