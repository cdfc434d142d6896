"""Incidents that parties report: their list, one with its notes, taking it over, weighing and closing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.party import PartyId
from gateway.api.models import EmptyParams, Number, PageOf, Paging, Party, ReasonBody, RequestModel, ResponseModel
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.paging import paged
from gateway.api.persons import require_none_written
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.notes import NoteModel, note_of_row
from gateway.console.desk.status_text import incident_status
from gateway.console.masking import blotted_for
from gateway.domain.people.access import Right
from gateway.domain.people.desk import PAST, About, IncidentAct, IncidentState, Severity
from gateway.ports.desk import FindIncidents, IncidentQuery, ListNotesAbout, NoteSubject
from gateway.ports.desk import Incident as KeptIncident
from gateway.service.people import desk

TAG: Final = "incidents"


class IncidentPath(RequestModel):
    """Which incident, by its number."""

    number: Annotated[str, StringConstraints(pattern=r"^IN-[0-9a-f-]{13}$")]


class IncidentParams(Paging):
    """What the list is narrowed to; newest first."""

    state: IncidentState | None = None
    party: Party | None = Field(default=None, description="Who reported it.")
    severity: Severity | None = None
    after: Number | None = Field(default=None, description="incident_id at which the page before ended.")


class ChangeSeverityBody(ReasonBody):
    """How much it stops, as a person sees it, and why."""

    severity: Severity


class IncidentModel(ResponseModel):
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


class IncidentPage(PageOf[IncidentModel]):
    """Incidents by when they were reported."""


class OneIncident(ResponseModel):
    """An incident with its notes: the newest hundred."""

    incident: IncidentModel
    notes: tuple[NoteModel, ...]


async def list_incidents(call: ApiCall[EmptyParams, IncidentParams, EmptyParams]) -> IncidentPage:
    """A page off an index."""
    query = call.query
    query_made = IncidentQuery(query.state, query.party, query.severity, query.after, limit=query.limit + 1)
    found = await call.context.console.reads.run(query_made)
    return paged(
        IncidentPage,
        "/incidents",
        query,
        found,
        item_of=lambda one: _incident(call, one),
        place=lambda one: one.incident_id,
    )


async def show_incident(call: ApiCall[IncidentPath, EmptyParams, EmptyParams]) -> OneIncident:
    """With what people and the party wrote about it."""
    return await _whole(call)


def _doing(act: IncidentAct) -> Callable[[ApiCall[IncidentPath, EmptyParams, ReasonBody]], Awaitable[OneIncident]]:
    async def handle(call: ApiCall[IncidentPath, EmptyParams, ReasonBody]) -> OneIncident:
        number, reason = call.path.number, call.body.reason
        require_none_written(reason=reason)
        await _whole(call)  # which refuses what is not there
        against = await desk.move_incident(call.context.console.exchange, call.token, act, number, reason=reason)
        if against is not None:
            raise RequestRefusal(ProblemType.REFUSED, reason=against)
        return await _whole(call)

    return handle


async def change_severity(call: ApiCall[IncidentPath, EmptyParams, ChangeSeverityBody]) -> OneIncident:
    """Until it is closed."""
    number, body = call.path.number, call.body
    require_none_written(reason=body.reason)
    await _whole(call)  # which refuses what is not there
    exchange = call.context.console.exchange
    against = await desk.change_severity(exchange, call.token, number, body.severity, reason=body.reason)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against)
    return await _whole(call)


async def _whole(call: ApiCall[IncidentPath, Any, Any]) -> OneIncident:
    reads, number = call.context.console.reads, call.path.number
    found = next((one for one in await reads.run(FindIncidents(number)) if one.number == number), None)
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    notes = await reads.run(ListNotesAbout(NoteSubject(About.INCIDENT, number)))
    return OneIncident(incident=_incident(call, found), notes=tuple(note_of_row(call, note) for note in notes))


def _incident(call: ApiCall[Any, Any, Any], incident: KeptIncident) -> IncidentModel:
    blotted, own = blotted_for(call.token.role), {"text", "contact", "todo"}
    copied = {name: getattr(incident, name) for name in IncidentModel.model_fields if name not in own}
    todo = call.translate(incident_status(incident).text.todo)
    return IncidentModel(**copied, text=blotted(incident.text), contact=blotted(incident.contact), todo=todo)


_SUMMARIES: Final = {
    IncidentAct.TAKE: "Take it over, also from whoever has it",
    IncidentAct.CLOSE: "Close it, which is final; the reason says what was found, and the party is told when it asks",
}


def _on_one(act: IncidentAct) -> ApiOperation[IncidentPath, EmptyParams, ReasonBody]:
    return ApiOperation(
        "POST", f"/incidents/{{number}}/{act}", f"{act}_incident", TAG, f"{_SUMMARIES[act]}.", Right.HANDLE,
        OneIncident, IncidentPath, EmptyParams, ReasonBody, _doing(act),
        frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED}), f"incident.{PAST[act]}", is_once=True,
    )  # fmt: skip


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/incidents", "list_incidents", TAG, "List incidents that parties reported.", Right.SEE,
        IncidentPage, EmptyParams, IncidentParams, EmptyParams, list_incidents,
    ),
    ApiOperation(
        "GET", "/incidents/{number}", "show_incident", TAG, "Show one incident with its notes.", Right.SEE,
        OneIncident, IncidentPath, EmptyParams, EmptyParams, show_incident, frozenset({ProblemType.NOT_FOUND}),
    ),
    ApiOperation(
        "POST", "/incidents/{number}/severity", "change_severity", TAG,
        "Say that it stops more or less than its code says.", Right.HANDLE,
        OneIncident, IncidentPath, EmptyParams, ChangeSeverityBody, change_severity,
        frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED}), "incident.severity_changed", is_once=True,
    ),
    *map(_on_one, IncidentAct),
)  # fmt: skip
