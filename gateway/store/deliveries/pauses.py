"""Pauses: a person lets nothing new go out to a party, and lets it go out again; each with its line in the audit log.

A pause is three columns of the party's lane, which every claim has before it anyway.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, exists, select, update

from contracts.party import PartyId
from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.parties import ListPauses, Pause, Switch, SwitchJob
from gateway.ports.people.users import AuditNote
from gateway.store.deliveries.lanes import LOCKED, make_missing
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.wake import note_work
from gateway.store.people.accounts import note
from gateway.store.registry.versions import channels_of
from gateway.store.tables import lanes

UNTIL_RESUMED: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""The rest of a paused party, for nodes of the release before, which know rests only."""

_PAST: Final = {Switch.PAUSE: "paused", Switch.RESUME: "resumed"}


@serves(ListPauses)
def pauses(connection: Connection, _: ListPauses) -> tuple[Pause, ...]:
    """Of all parties that are paused now."""
    paused = select(lanes).where(lanes.c.paused_at.is_not(None)).order_by(lanes.c.party_id)
    return tuple(
        Pause(row.party_id, row.paused_at, row.paused_by or "", row.pause_reason or "")
        for row in connection.execute(paused)
    )


def is_paused(connection: Connection, party_id: PartyId) -> bool:
    """Whether nothing new goes out to it now."""
    paused = exists().where(lanes.c.party_id == party_id, lanes.c.paused_at.is_not(None))
    return bool(connection.execute(select(paused)).scalar_one())


@writes(SwitchJob)
@each
def switch(connection: Connection, job: SwitchJob) -> ActRefusal | None:
    """Carry it out, or say what stands against it; the audit log has a line either way."""
    against = _against(connection, job)
    if against is None:
        connection.execute(update(lanes).where(lanes.c.party_id == job.party_id).values(_values(job)))
    result = _PAST[job.switch] if against is None else refused_line(against.line)
    note(connection, [AuditNote(job.by, f"party.{_PAST[job.switch]}", job.party_id, job.reason, result, job.at)])
    if against is None and job.switch is Switch.RESUME:
        note_work(connection)
    return against


def _against(connection: Connection, job: SwitchJob) -> ActRefusal | None:
    """Holds the lane until the commit, so that of two who pause at once one is told."""
    if channels_of(connection, [job.party_id]):
        make_missing(connection, [job.party_id])
    row = next(iter(LOCKED.rows(connection, [job.party_id])), None)
    if row is None:
        return refusal_of(RefusalReason.NO_PARTY)
    if job.switch is Switch.PAUSE and row.paused_at is not None:
        return refusal_of(RefusalReason.PAUSED_ALREADY, since=f"{row.paused_at:%Y-%m-%d %H:%M}")
    if job.switch is Switch.RESUME and row.paused_at is None:
        return refusal_of(RefusalReason.NOT_PAUSED)
    return None


def _values(job: SwitchJob) -> dict[str, Any]:
    if job.switch is Switch.PAUSE:
        paused = {"paused_at": job.at, "paused_by": job.by, "pause_reason": job.reason}
        return {**paused, "rests_until": UNTIL_RESUMED}
    return {"paused_at": None, "paused_by": None, "pause_reason": None, "rests_until": None}
