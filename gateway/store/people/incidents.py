"""Incidents that parties report: written in the commit that takes the report, taken over, weighed, closed, found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, select, update

from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.people.desk import PAST, RESULT, IncidentAct, IncidentState, against_act, against_severity
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.people.desk import FindIncidents, Incident, IncidentJob, IncidentQuery, IncidentWrite, SeverityJob
from gateway.ports.people.users import AuditNote
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.paging import in_order
from gateway.store.engine.statements import Values, add
from gateway.store.people.accounts import note as audit
from gateway.store.tables import conversations, incidents

MOST_BY_NUMBER: Final = 10
_NONE_SUCH: Final = refusal_of(RefusalReason.NO_INCIDENT)
_OF: Final = incidents.c


def write_incidents(connection: Connection, reported: Sequence[IncidentWrite]) -> None:
    """As they are reported, open."""
    add(connection, incidents, [_row(one) for one in reported])


@writes(IncidentJob)
@each
def move_incidents(connection: Connection, job: IncidentJob) -> ActRefusal | None:
    """Carry it out, or say what stands against it; the audit log has a line either way."""
    of = _OF.number == job.number
    state: IncidentState | None = connection.scalar(select(_OF.state).where(of).with_for_update())
    against = _NONE_SUCH if state is None else against_act(state)
    if against is None:
        words = {"words": job.reason} if job.act is IncidentAct.CLOSE else {}
        values = {"state": RESULT[job.act], "moved_by": job.name, "moved_at": job.at, **words}
        connection.execute(update(incidents).where(of).values(values))
    result = PAST[job.act] if against is None else refused_line(against.line)
    act = f"incident.{PAST[job.act]}"
    audit(connection, [AuditNote(job.by, act, f"incident {job.number}", job.reason, result, job.at)])
    return against


@writes(SeverityJob)
@each
def change_severities(connection: Connection, job: SeverityJob) -> ActRefusal | None:
    """Change it, or say what stands against it; the audit log has a line either way."""
    of = _OF.number == job.number
    row = connection.execute(select(_OF.state, _OF.severity).where(of).with_for_update()).first()
    against = _NONE_SUCH if row is None else against_severity(row.state, row.severity, job.to)
    result = refused_line(against.line if against else "")
    if row is not None and against is None:
        values = {"severity_by": job.name, "severity_at": job.at, "severity_why": job.reason}
        connection.execute(update(incidents).where(of).values(severity=job.to, **values))
        result = f"{job.to}, was {row.severity}"
    line = AuditNote(job.by, "incident.severity_changed", f"incident {job.number}", job.reason, result, job.at)
    audit(connection, [line])
    return against


@serves(IncidentQuery)
def list_incidents(connection: Connection, query: IncidentQuery) -> tuple[Incident, ...]:
    """One page."""
    statement = in_order(_rows().where(*_narrowed(query)), _OF.incident_id, query)
    return tuple(Incident(*row) for row in connection.execute(statement))


@serves(FindIncidents)
def incidents_by(connection: Connection, wanted: FindIncidents) -> tuple[Incident, ...]:
    """By whatever of its numbers; each asked by itself, since each has its own index."""
    found: dict[int, Incident] = {}
    by_thread = wanted.number[:13] if len(wanted.number) == 36 else wanted.number.removeprefix("IN-")
    for of in (_OF.number == f"IN-{by_thread}", _OF.message_id == wanted.number, _OF.about_message_id == wanted.number):
        newest = _rows().where(of).order_by(_OF.incident_id.desc()).limit(MOST_BY_NUMBER)
        found |= {row.incident_id: Incident(*row) for row in connection.execute(newest)}
    return tuple(found.values())


def _rows() -> Select[*tuple[Any, ...]]:
    joined = incidents.outerjoin(conversations, _OF.conversation_id == conversations.c.conversation_id)
    of = {**{column.name: column for column in incidents.columns}, "appeal_number": conversations.c.appeal_number}
    return select(*(of[name] for name in Incident.__dataclass_fields__)).select_from(joined)


def _narrowed(query: IncidentQuery) -> Iterator[ColumnElement[bool]]:
    if query.state is not None:
        yield _OF.state == query.state
    if query.party is not None:
        yield _OF.party == query.party
    if query.severity is not None:
        yield _OF.severity == query.severity


def _row(one: IncidentWrite) -> Values:
    return {
        "thread": one.thread,
        "number": one.number,
        "party": one.party,
        "message_id": one.message_id,
        "about_message_id": one.about_message_id,
        "conversation_id": one.conversation_id,
        "code": one.code,
        "severity": one.severity,
        "text": one.text,
        "contact": one.contact,
        "reported_at": one.reported_at,
        "state": IncidentState.OPEN,
    }
