"""Alarms in rows: decided and kept in one commit, one look at a time, so that no two nodes tell of the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select, text, update

from gateway.domain.alarms.kinds import BANDS, Alarm, AlarmKind, AlarmTakenUp, Band
from gateway.domain.alarms.rule import AlarmEvent, Change, decide
from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.alarms import (
    AckJob,
    AlarmDetail,
    AlarmQuery,
    CountUnacknowledged,
    LoadAlarm,
    OpenAlarmQuery,
    StepRow,
    WatchJob,
)
from gateway.ports.people.users import AuditNote
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import AnyRow
from gateway.store.people.accounts import note
from gateway.store.reads import alarm_letters
from gateway.store.tables import alarm_steps, alarms
from gateway.store.tables.alarm import IS_HEEDED, IS_OPEN, IS_OVER, IS_UNHEEDED

_WATCHING: Final = 0x44C3A46F  # any number, the same for every node: one decides, the others wait
MOST_STEPS: Final = 200
"""Newest steps of a story; what is reminded of for months has thousands."""


@writes(WatchJob)
def write_alarms(connection: Connection, jobs: Sequence[WatchJob]) -> list[tuple[Change, ...]]:
    """Hold each look against what is open now, and keep what follows."""
    _one_at_a_time(connection)
    return [_watch(connection, job) for job in jobs]


@writes(AckJob)
def acknowledge(connection: Connection, jobs: Sequence[AckJob]) -> list[ActRefusal | None]:
    """Carry it out, or say what stands against it."""
    _one_at_a_time(connection)
    return [_acknowledge(connection, job) for job in jobs]


@serves(AlarmQuery)
def list_alarms(connection: Connection, query: AlarmQuery) -> tuple[Alarm, ...]:
    """One page, newest first."""
    statement = select(alarms).where(IS_OPEN if query.is_open else IS_OVER)
    return _page(connection, statement, query.kind, query.after, query.limit)


@serves(OpenAlarmQuery)
def open_alarms(connection: Connection, query: OpenAlarmQuery) -> tuple[Alarm, ...]:
    """One page, band by band, each off its own part of an index."""
    found: tuple[Alarm, ...] = ()
    place = query.after
    for band in BANDS if place is None else BANDS[BANDS.index(place.band) :]:
        after = place.alarm_id if place is not None and place.band == band else None
        found += _page(connection, _of_band(band), query.kind, after, query.limit - len(found))
        if len(found) == query.limit:
            break
    return found


@serves(LoadAlarm)
def whole_alarm(connection: Connection, wanted: LoadAlarm) -> AlarmDetail | None:
    """With its story, the newest first."""
    row = connection.execute(select(alarms).where(alarms.c.alarm_id == wanted.alarm_id)).first()
    if row is None:
        return None
    of = select(alarm_steps).where(alarm_steps.c.alarm_id == wanted.alarm_id)
    found = connection.execute(of.order_by(alarm_steps.c.step_id.desc()).limit(MOST_STEPS)).all()
    steps = tuple(StepRow(one.step_id, one.at, one.happening, one.level, one.by, one.why) for one in found)
    return AlarmDetail(_alarm(row), steps, alarm_letters.letters_of(connection, [one.step_id for one in steps]))


@serves(CountUnacknowledged)
def count_unacknowledged(connection: Connection, _: CountUnacknowledged) -> int:
    """Among the few that are open."""
    unheeded = select(func.count()).select_from(alarms).where(IS_UNHEEDED)
    counted: int = connection.execute(unheeded).scalar_one()
    return counted


def _of_band(band: Band) -> Select[Any]:
    return select(alarms).where(IS_HEEDED if band.is_heeded else IS_UNHEEDED, alarms.c.level == band.level)


def _page(
    connection: Connection, statement: Select[Any], kind: AlarmKind | None, after: int | None, limit: int
) -> tuple[Alarm, ...]:
    """The newest first."""
    if kind is not None:
        statement = statement.where(alarms.c.kind == kind)
    if after is not None:
        statement = statement.where(alarms.c.alarm_id < after)
    rows = connection.execute(statement.order_by(alarms.c.alarm_id.desc()).limit(limit))
    return tuple(_alarm(row) for row in rows)


def _one_at_a_time(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite writes one transaction at a time anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WATCHING})


def _watch(connection: Connection, job: WatchJob) -> tuple[Change, ...]:
    open_ones = [_alarm(row) for row in connection.execute(select(alarms).where(IS_OPEN))]
    mine = [alarm for alarm in open_ones if job.is_mine(alarm)]
    changes = [_keep(connection, change) for change in decide(job.seen, mine, job.rhythm, now=job.now)]
    for change in changes:
        if change.happening is not None:
            step_id = _step(connection, change.alarm, change.happening, {"at": job.now})
            drafts = job.drafts(change.alarm, change.happening)
            alarm_letters.add_letters(connection, step_id, drafts, job.now)
    return tuple(changes)


def _keep(connection: Connection, change: Change) -> Change:
    alarm = change.alarm
    if not alarm.alarm_id:
        added = insert(alarms).values(_values(alarm)).returning(alarms.c.alarm_id)
        return replace(change, alarm=replace(alarm, alarm_id=connection.execute(added).scalar_one()))
    connection.execute(update(alarms).where(alarms.c.alarm_id == alarm.alarm_id).values(_values(alarm)))
    return change


def _step(connection: Connection, alarm: Alarm, happening: AlarmEvent, values: dict[str, Any]) -> int:
    named = {"alarm_id": alarm.alarm_id, "happening": happening, "level": alarm.level, **values}
    added = insert(alarm_steps).values(named).returning(alarm_steps.c.step_id)
    step_id: int = connection.execute(added).scalar_one()
    return step_id


def _acknowledge(connection: Connection, job: AckJob) -> ActRefusal | None:
    row = connection.execute(select(alarms).where(alarms.c.alarm_id == job.alarm_id)).first()
    against = _against(job.alarm_id, row)
    result = "acknowledged" if against is None else refused_line(against.line)
    note(connection, [AuditNote(job.by, "alarm.acknowledged", f"alarm:{job.alarm_id}", job.reason, result, job.at)])
    if row is not None and against is None:
        taken_up = {"acknowledged_at": job.at, "acknowledged_by": job.by, "acknowledged_why": job.reason}
        connection.execute(update(alarms).where(alarms.c.alarm_id == job.alarm_id).values(taken_up))
        values = {"at": job.at, "by": job.by, "why": job.reason}
        _step(connection, _alarm(row), AlarmEvent.ACKNOWLEDGED, values)
    return against


def _against(alarm_id: int, row: AnyRow | None) -> ActRefusal | None:
    if row is None:
        return refusal_of(RefusalReason.NO_ALARM, alarm=alarm_id)
    if row.cleared_at is not None:
        return refusal_of(RefusalReason.ALARM_OVER, since=f"{row.cleared_at:%Y-%m-%d %H:%M}")
    if row.acknowledged_at is not None:
        return refusal_of(RefusalReason.ALARM_ACKNOWLEDGED, by=row.acknowledged_by)
    return None


_PLAIN: Final = (
    "kind", "subject", "level", "rank", "since", "count", "until", "raised_at", "louder_at", "notified_at",
    "unseen_since",
    "returns", "cleared_at",
)  # fmt: skip


def _values(alarm: Alarm) -> dict[str, Any]:
    taken_up = alarm.acknowledged
    return {
        **{name: getattr(alarm, name) for name in _PLAIN},
        "acknowledged_at": taken_up.at if taken_up else None,
        "acknowledged_by": taken_up.by if taken_up else None,
        "acknowledged_why": taken_up.reason if taken_up else None,
    }


def _alarm(row: AnyRow) -> Alarm:
    values = row._mapping  # noqa: SLF001 - the documented way to a row by names, some of which tuples have, too
    taken_up = None
    if row.acknowledged_at is not None:
        taken_up = AlarmTakenUp(row.acknowledged_at, row.acknowledged_by or "", row.acknowledged_why or "")
    return Alarm(row.alarm_id, acknowledged=taken_up, **{name: values[name] for name in _PLAIN})
