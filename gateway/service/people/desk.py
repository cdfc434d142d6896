"""What people do at the support desk: write notes, hand them over, take, weigh and close incidents; within rights."""

from __future__ import annotations

from gateway.domain.people.access import Right
from gateway.domain.people.desk import PAST, IncidentAct, NoteHolder, Severity
from gateway.domain.refusal import ActRefusal
from gateway.ports.people.desk import IncidentJob, NoteChange, NoteSubject, NoteWrite, SeverityJob
from gateway.service.authorise import Actor, AttemptedAct, audit_name, require
from gateway.service.exchange import Exchange
from gateway.service.operate import desk_name


async def write_note(exchange: Exchange, user: Actor, subject: NoteSubject, text: str, to: NoteHolder) -> int:
    """Returns its number. Raises NotAllowed."""
    await require(exchange, user, Right.HANDLE, AttemptedAct("note.written", f"{subject.about} {subject.key}"))
    written = NoteWrite(subject, text, desk_name(user), to, audit_name(user), exchange.clock.now())
    return await exchange.store.run(written)


async def change_note(
    exchange: Exchange, user: Actor, note_id: int, to: NoteHolder | None, *, reason: str
) -> ActRefusal | None:
    """Hand it on, or close it where ``to`` is None; what stands against it. Raises NotAllowed."""
    await require(
        exchange, user, Right.HANDLE, AttemptedAct("note.closed" if to is None else "note.handed_on", f"note {note_id}")
    )
    change = NoteChange(note_id, to, reason, audit_name(user), desk_name(user), exchange.clock.now())
    return await exchange.store.run(change)


async def move_incident(
    exchange: Exchange, user: Actor, act: IncidentAct, number: str, *, reason: str
) -> ActRefusal | None:
    """Take it over or close it; what stands against it. Raises NotAllowed."""
    await require(exchange, user, Right.HANDLE, AttemptedAct(f"incident.{PAST[act]}", f"incident {number}"))
    return await exchange.store.run(
        IncidentJob(act, number, reason, audit_name(user), desk_name(user), exchange.clock.now())
    )


async def change_severity(
    exchange: Exchange, user: Actor, number: str, to: Severity, *, reason: str
) -> ActRefusal | None:
    """Another one than follows from the code; what stands against it. Raises NotAllowed."""
    await require(exchange, user, Right.HANDLE, AttemptedAct("incident.severity_changed", f"incident {number}"))
    job = SeverityJob(number, to, reason, audit_name(user), desk_name(user), exchange.clock.now())
    return await exchange.store.run(job)
