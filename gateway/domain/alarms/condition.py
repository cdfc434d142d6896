"""How the exchange is, judged from what is seen: each thing well, not for long, or not at all, and what helps. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from contracts.party import LocalText
from gateway.domain.alarms.findings import Health
from gateway.texts import conditions as words
from gateway.texts.conditions import ConditionPart

DAYS_TO_WORRY: Final = 30
DAYS_TO_HURRY: Final = 7
"""A new certificate takes some working days to get, and every party must apply it before the old one ends."""
DISK_MARGIN: Final = 4
"""So many times the reserve are not much: one large case file takes a part of it."""
CLOCK_SLACK: Final = timedelta(seconds=2)
CLOCK_BROKEN: Final = timedelta(seconds=150)
"""Half of what a signed message may be old."""
MISSED_SEALS: Final = 5
TOKEN_PATIENCE: Final = timedelta(hours=1)
CHECK_EVERY: Final = timedelta(days=2)
"""A nightly check of the ledger may fail once."""
SILENT_AFTER: Final = timedelta(seconds=10)
_GIB: Final = 1024**3


@dataclass(frozen=True, slots=True)
class HealthCondition:
    """One part. ``since``: when it came to stand so, where that is known. ``page``: of the console."""

    part: ConditionPart
    health: Health
    message: LocalText
    cure: LocalText | None = None
    page: str = ""
    since: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node that has not left. ``silent_for``: by the clock of the database."""

    name: str
    version: str
    schema_step: str
    leads: tuple[str, ...]
    silent_for: timedelta
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Observation:
    """All that is judged, as of ``now``.

    ``database``: its name and version; empty when it does not answer, and then ``database_trouble`` says why.
    ``clock_off``: of this machine against the database; None where that is not known. ``keys``: name, end, trouble.
    ``oldest_waits``: with how long people are to be warned and called after, None when nothing waits.
    ``path_invalid``, ``no_path``: how many of the ``unknown`` are so because no valid path leads to an anchor.
    ``checked``: when the whole ledger was checked last, and whether it held.
    """

    now: datetime
    database: str = ""
    database_trouble: str = ""
    documents_trouble: str = ""
    closed: Mapping[str, str] = field(default_factory=dict)
    leaving: bool = False
    keys: tuple[tuple[str, datetime, str], ...] = ()
    has_authorities: bool = False
    authorities_away: bool = False
    tokenless_since: datetime | None = None
    revoked: int = 0
    unknown: int = 0
    path_invalid: int = 0
    no_path: int = 0
    judged_count: int = 0
    free_bytes: Mapping[str, int] = field(default_factory=dict)
    reserve_bytes: int = 0
    clock_off: timedelta | None = None
    nodes: tuple[NodeSeen, ...] = ()
    leads_alone: frozenset[str] = frozenset()
    ledger_broken: str = ""
    unsealed: int = 0
    unsealed_since: datetime | None = None
    seal_every: timedelta = timedelta(minutes=1)
    checked: tuple[datetime, bool] | None = None
    dead_letters: int = 0
    waiting: int = 0
    oldest_since: datetime | None = None
    oldest_waits: tuple[timedelta, timedelta] | None = None
    silent_parties: int = 0


def conditions_of(seen: Observation) -> tuple[HealthCondition, ...]:
    """All of them, in the order in which one looks."""
    if seen.database_trouble:
        trouble = HealthCondition(
            ConditionPart.DATABASE, Health.FAIL, words.NO_DATABASE, words.START_DATABASE, detail=seen.database_trouble
        )
        return (trouble, *_of_this_process(seen))
    return (
        HealthCondition(ConditionPart.DATABASE, Health.OK, words.DATABASE_ANSWERS, detail=seen.database),
        *_of_this_process(seen),
        *_of_ledger(seen),
        _revocation(seen),
        *_nodes(seen),
        *_backlog(seen),
    )


def _of_this_process(seen: Observation) -> Iterator[HealthCondition]:
    if seen.documents_trouble:
        cure, detail = words.MEND_DOCUMENTS, seen.documents_trouble
        yield HealthCondition(ConditionPart.DOCUMENTS, Health.FAIL, words.NO_DOCUMENTS, cure, detail=detail)
    else:
        yield HealthCondition(ConditionPart.DOCUMENTS, Health.OK, words.DOCUMENTS_WRITABLE)
    yield _intake(seen)
    for name, not_after, trouble in seen.keys:
        yield _key(name, not_after, trouble, seen.now)
    yield _authorities(seen)
    yield _disk(seen)
    yield _clock(seen)


def _intake(seen: Observation) -> HealthCondition:
    if seen.closed:
        detail = "; ".join(seen.closed.values())
        return HealthCondition(ConditionPart.INTAKE, Health.FAIL, words.INTAKE_CLOSED, words.OPEN_INTAKE, detail=detail)
    if seen.leaving:
        return HealthCondition(ConditionPart.INTAKE, Health.WARN, words.NODE_LEAVES, words.OTHERS_GO_ON)
    return HealthCondition(ConditionPart.INTAKE, Health.OK, words.INTAKE_OPEN)


def _key(name: str, not_after: datetime, trouble: str, now: datetime) -> HealthCondition:
    part = ConditionPart.SEAL_KEY if name == "seal" else ConditionPart.MESSAGE_KEY
    days = (not_after - now).days
    if not_after <= now:
        return HealthCondition(part, Health.FAIL, words.KEY_ENDED, words.NEW_KEY, since=not_after)
    if trouble:
        return HealthCondition(part, Health.WARN, words.KEY_NOT_REPLACED, words.MEND_NEW_KEY, detail=trouble)
    message = words.filled(words.KEY_DAYS, days=days)
    if days < DAYS_TO_WORRY:
        return HealthCondition(part, Health.FAIL if days < DAYS_TO_HURRY else Health.WARN, message, words.ORDER_KEY)
    return HealthCondition(part, Health.OK, message)


def _authorities(seen: Observation) -> HealthCondition:
    if not seen.has_authorities:
        return HealthCondition(ConditionPart.TIME_STAMPS, Health.WARN, words.NO_AUTHORITY, words.NAME_AUTHORITY)
    late = seen.tokenless_since is not None and seen.now - seen.tokenless_since > TOKEN_PATIENCE
    if late or seen.authorities_away:
        health = Health.FAIL if late and seen.authorities_away else Health.WARN
        return HealthCondition(
            ConditionPart.TIME_STAMPS,
            health,
            words.AUTHORITY_AWAY,
            words.CALL_AUTHORITY,
            "/ledger",
            seen.tokenless_since,
        )
    return HealthCondition(ConditionPart.TIME_STAMPS, Health.OK, words.AUTHORITY_ANSWERS, page="/ledger")


def _disk(seen: Observation) -> HealthCondition:
    if not seen.free_bytes:
        return HealthCondition(ConditionPart.DISK, Health.WARN, words.DISK_UNKNOWN, words.WAIT_FOR_LOOK)
    folder, least = min(seen.free_bytes.items(), key=lambda one: one[1])
    message = words.filled(words.DISK_FREE, gib=f"{least / _GIB:.1f}")
    if least < seen.reserve_bytes:
        return HealthCondition(ConditionPart.DISK, Health.FAIL, message, words.MAKE_ROOM, detail=folder)
    if least < DISK_MARGIN * seen.reserve_bytes:
        return HealthCondition(ConditionPart.DISK, Health.WARN, message, words.MAKE_ROOM, detail=folder)
    return HealthCondition(ConditionPart.DISK, Health.OK, message, detail=folder)


def _clock(seen: Observation) -> HealthCondition:
    if seen.clock_off is None:
        return HealthCondition(ConditionPart.CLOCK, Health.OK, words.CLOCK_ALONE)
    off = abs(seen.clock_off)
    message = words.filled(words.CLOCK_OFF, seconds=f"{seen.clock_off.total_seconds():+.1f}")
    if off > CLOCK_SLACK:
        return HealthCondition(
            ConditionPart.CLOCK, Health.FAIL if off > CLOCK_BROKEN else Health.WARN, message, words.SET_CLOCK
        )
    return HealthCondition(ConditionPart.CLOCK, Health.OK, message)


def _of_ledger(seen: Observation) -> Iterator[HealthCondition]:
    if seen.ledger_broken:
        yield HealthCondition(
            ConditionPart.LEDGER,
            Health.FAIL,
            words.LEDGER_BROKEN,
            words.NAME_ROWS,
            "/ledger",
            detail=seen.ledger_broken,
        )
    elif seen.unsealed_since is not None and seen.now - seen.unsealed_since > MISSED_SEALS * seen.seal_every:
        message = words.filled(words.UNSEALED, count=seen.unsealed)
        yield HealthCondition(
            ConditionPart.LEDGER, Health.WARN, message, words.LOOK_FOR_SEALER, "/ledger", seen.unsealed_since
        )
    else:
        message = words.filled(words.SEALED, count=seen.unsealed)
        yield HealthCondition(ConditionPart.LEDGER, Health.OK, message, page="/ledger")
    yield _check(seen)


def _check(seen: Observation) -> HealthCondition:
    if seen.checked is None:
        return HealthCondition(
            ConditionPart.LEDGER_CHECK, Health.WARN, words.NEVER_CHECKED, words.CHECK_NIGHTLY, "/ledger"
        )
    at, held = seen.checked
    if not held:
        return HealthCondition(
            ConditionPart.LEDGER_CHECK, Health.FAIL, words.CHECK_FAILED, words.NAME_ROWS, "/ledger", at
        )
    if seen.now - at > CHECK_EVERY:
        return HealthCondition(
            ConditionPart.LEDGER_CHECK, Health.WARN, words.CHECKED_LONG_AGO, words.CHECK_NIGHTLY, "/ledger", at
        )
    return HealthCondition(ConditionPart.LEDGER_CHECK, Health.OK, words.CHECK_HELD, page="/ledger", since=at)


def _revocation(seen: Observation) -> HealthCondition:
    page = "/parties/certificates"
    if seen.revoked:
        message = words.filled(words.REVOKED, count=seen.revoked)
        return HealthCondition(ConditionPart.REVOCATION, Health.FAIL, message, words.CALL_PARTY, page)
    if seen.path_invalid:
        message = words.filled(words.PATH_INVALID, count=seen.path_invalid)
        return HealthCondition(ConditionPart.REVOCATION, Health.FAIL, message, words.MEND_PATH, page)
    if seen.no_path:
        message = words.filled(words.NO_PATH, count=seen.no_path, judged_count=seen.judged_count)
        return HealthCondition(ConditionPart.REVOCATION, Health.WARN, message, words.MEND_PATH, page)
    if seen.unknown:
        message = words.filled(words.REVOCATION_UNKNOWN, count=seen.unknown, judged_count=seen.judged_count)
        return HealthCondition(ConditionPart.REVOCATION, Health.WARN, message, words.CALL_RESPONDER, page)
    return HealthCondition(
        ConditionPart.REVOCATION, Health.OK, words.filled(words.NONE_REVOKED, judged_count=seen.judged_count), page=page
    )


def _nodes(seen: Observation) -> Iterator[HealthCondition]:
    there = [node for node in seen.nodes if node.silent_for <= SILENT_AFTER]
    for node in seen.nodes:
        if node not in there:
            message = words.filled(words.NODE_SILENT, name=node.name)
            yield HealthCondition(ConditionPart.NODES, Health.WARN, message, words.START_NODE, since=node.last_seen_at)
    if len({(node.version, node.schema_step) for node in there}) > 1:
        yield HealthCondition(
            ConditionPart.NODES, Health.WARN, words.VERSIONS_DIFFER, words.UPDATE_ALL, detail=_versions(there)
        )
    else:
        message = words.filled(words.NODES_THERE, count=len(there))
        yield HealthCondition(ConditionPart.NODES, Health.OK, message, detail=_versions(there))
    led = {loop for node in there for loop in node.leads}
    if there and (idle := sorted(seen.leads_alone - led)):
        yield HealthCondition(
            ConditionPart.LOOPS, Health.WARN, words.NOBODY_LEADS, words.RESTART_NODE, detail=", ".join(idle)
        )
    elif there:
        yield HealthCondition(ConditionPart.LOOPS, Health.OK, words.LOOPS_LED, detail=_leaders(there))


def _versions(nodes: Sequence[NodeSeen]) -> str:
    return ", ".join(f"{node.name}: {node.version}, schema {node.schema_step}" for node in nodes)


def _leaders(nodes: Sequence[NodeSeen]) -> str:
    return "; ".join(f"{node.name}: {', '.join(node.leads)}" for node in nodes if node.leads)


def _backlog(seen: Observation) -> Iterator[HealthCondition]:
    oldest = "/deliveries?group=open&order=oldest"
    waits = seen.now - seen.oldest_since if seen.oldest_since else timedelta(0)
    warn, call = seen.oldest_waits or (waits, waits)
    message = words.filled(words.WAITING, count=seen.waiting)
    if waits > warn:
        health = Health.FAIL if waits > call else Health.WARN
        yield HealthCondition(ConditionPart.BACKLOG, health, message, words.READ_OLDEST, oldest, seen.oldest_since)
    else:
        yield HealthCondition(ConditionPart.BACKLOG, Health.OK, message, page=oldest, since=seen.oldest_since)
    if seen.dead_letters:
        message = words.filled(words.DEAD_LETTERS, count=seen.dead_letters)
        page = "/deliveries?state=dead_lettered&order=oldest"
        yield HealthCondition(ConditionPart.DEAD_LETTERS, Health.FAIL, message, words.MEND_AND_RESEND, page)
    if seen.silent_parties:
        message = words.filled(words.PARTIES_SILENT, count=seen.silent_parties)
        yield HealthCondition(ConditionPart.PARTIES, Health.WARN, message, words.CALL_SILENT, "/parties?only=silent")
