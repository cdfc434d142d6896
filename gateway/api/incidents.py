"""Incidents that parties report: their list, one with its notes, taking it over, weighing and closing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.party import PartyId
from gateway.api.models import Answer, Asking, Nothing, Number, PageOf, Paging, Party, Reasoned
from gateway.api.notes import Note, note_told
from gateway.api.operation import Asked, Operation
from gateway.api.paging import paged
from gateway.api.persons import require_none_written
from gateway.api.problems import Problem, Refusal
from gateway.console.desk.telling import tell_incident
from gateway.console.masking import blotted_for
from gateway.domain.access import Right
from gateway.domain.desk import PAST, About, IncidentAct, IncidentState, Severity
from gateway.ports.desk import Incident as KeptIncident
from gateway.ports.desk import IncidentsLooked, Subject
from gateway.service import desk

TAG: Final = "incidents"


class IncidentPath(Asking):
    """Which incident, by its number."""

    number: Annotated[str, StringConstraints(pattern=r"^IN-[0-9a-f-]{13}$")]


class IncidentQuery(Paging):
    """What the list is narrowed to; newest first."""

    state: IncidentState | None = None
    party: Party | None = Field(default=None, description="Who reported it.")
    severity: Severity | None = None
    after: Number | None = Field(default=None, description="incident_id at which the page before ended.")


class SeverityAsked(Reasoned):
    """How much it stops, as a person sees it, and why."""

    severity: Severity


class Incident(Answer):
    """What a party reported. ``text``, ``contact``: its own words, unverified."""

    incident_id: int
    number: str
    party: PartyId
    message_id: str = Field(description="Of the report.")
    about_message_id: str | None
    appeal_number: str | None
    code: str | None = Field(description="The fault code that the party met.")
    severity: Severity
    severity_by: str | None = Field(description="Who changed it last; null while it follows from the code.")
    severity_at: AwareDatetime | None
    severity_why: str | None
    text: str
    contact: str
    reported_at: AwareDatetime
    state: IncidentState
    moved_by: str | None = Field(description="Who took or closed it: a user, or `token:NAME`.")
    moved_at: AwareDatetime | None
    words: str | None = Field(description="What was found, which the party is told; null until it is closed.")
    erased_at: AwareDatetime | None = Field(description="When retention took all words of it.")
    todo: str = Field(description="What is to be done now, in the language asked for.")


class IncidentPage(PageOf[Incident]):
    """Incidents by when they were reported."""


class OneIncident(Answer):
    """An incident with its notes: the newest hundred."""

    incident: Incident
    notes: tuple[Note, ...]


async def list_incidents(asked: Asked[Nothing, IncidentQuery, Nothing]) -> IncidentPage:
    """A page off an index."""
    query = asked.query
    looked = IncidentsLooked(query.state, query.party, query.severity, query.after, limit=query.limit + 1)
    found = await asked.behind.around.reads.look_for_incidents(looked)
    return paged(
        IncidentPage, "/incidents", query, found, told=lambda one: _told(asked, one), place=lambda one: one.incident_id
    )


async def show_incident(asked: Asked[IncidentPath, Nothing, Nothing]) -> OneIncident:
    """With what people and the party wrote about it."""
    return await _whole(asked)


def _doing(act: IncidentAct) -> Callable[[Asked[IncidentPath, Nothing, Reasoned]], Awaitable[OneIncident]]:
    async def handle(asked: Asked[IncidentPath, Nothing, Reasoned]) -> OneIncident:
        number, reason = asked.path.number, asked.body.reason
        require_none_written(reason=reason)
        await _whole(asked)  # which refuses what is not there
        against = await desk.move_incident(asked.behind.around.exchange, asked.token, act, number, reason=reason)
        if against is not None:
            raise Refusal(Problem.REFUSED, reason=against)
        return await _whole(asked)

    return handle


async def change_severity(asked: Asked[IncidentPath, Nothing, SeverityAsked]) -> OneIncident:
    """Until it is closed."""
    number, body = asked.path.number, asked.body
    require_none_written(reason=body.reason)
    await _whole(asked)  # which refuses what is not there
    exchange = asked.behind.around.exchange
    against = await desk.change_severity(exchange, asked.token, number, body.severity, reason=body.reason)
    if against is not None:
        raise Refusal(Problem.REFUSED, reason=against)
    return await _whole(asked)


async def _whole(asked: Asked[IncidentPath, Any, Any]) -> OneIncident:
    reads, number = asked.behind.around.reads, asked.path.number
    found = next((one for one in await reads.incidents_by(number) if one.number == number), None)
    if found is None:
        raise Refusal(Problem.NOT_FOUND)
    notes = await reads.notes_about(Subject(About.INCIDENT, number))
    return OneIncident(incident=_told(asked, found), notes=tuple(note_told(asked, note) for note in notes))


def _told(asked: Asked[Any, Any, Any], incident: KeptIncident) -> Incident:
    blotted, own = blotted_for(asked.token.role), {"text", "contact", "todo"}
    copied = {name: getattr(incident, name) for name in Incident.model_fields if name not in own}
    todo = asked.say(tell_incident(incident).said.todo)
    return Incident(**copied, text=blotted(incident.text), contact=blotted(incident.contact), todo=todo)


_SUMMARIES: Final = {
    IncidentAct.TAKE: "Take it over, also from whoever has it",
    IncidentAct.CLOSE: "Close it, which is final; the reason says what was found, and the party is told when it asks",
}


def _on_one(act: IncidentAct) -> Operation[IncidentPath, Nothing, Reasoned]:
    return Operation(
        "POST", f"/incidents/{{number}}/{act}", f"{act}_incident", TAG, f"{_SUMMARIES[act]}.", Right.HANDLE,
        OneIncident, IncidentPath, Nothing, Reasoned, _doing(act),
        frozenset({Problem.NOT_FOUND, Problem.REFUSED}), f"incident.{PAST[act]}", is_once=True,
    )  # fmt: skip


OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/incidents", "list_incidents", TAG, "List incidents that parties reported.", Right.SEE,
        IncidentPage, Nothing, IncidentQuery, Nothing, list_incidents,
    ),
    Operation(
        "GET", "/incidents/{number}", "show_incident", TAG, "Show one incident with its notes.", Right.SEE,
        OneIncident, IncidentPath, Nothing, Nothing, show_incident, frozenset({Problem.NOT_FOUND}),
    ),
    Operation(
        "POST", "/incidents/{number}/severity", "change_severity", TAG,
        "Say that it stops more or less than its code says.", Right.HANDLE,
        OneIncident, IncidentPath, Nothing, SeverityAsked, change_severity,
        frozenset({Problem.NOT_FOUND, Problem.REFUSED}), "incident.severity_changed", is_once=True,
    ),
    *map(_on_one, IncidentAct),
)  # fmt: skip
