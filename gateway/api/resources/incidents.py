"""Incidents that parties report: their list, one with its notes, taking it over, weighing and closing it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from pydantic import StringConstraints

from gateway.api.listed import list_operation, list_reader
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.persons import require_none_written
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.notes import note_of_row
from gateway.domain.people.access import Right
from gateway.domain.people.desk import PAST, About, IncidentAct, Severity
from gateway.lists.incidents import INCIDENTS, IncidentModel
from gateway.lists.models import EmptyParams, RequestModel, ResponseModel
from gateway.lists.notes import NoteModel
from gateway.ports.people.desk import FindIncidents, ListNotesAbout, NoteSubject
from gateway.service.people import desk

TAG: Final = "incidents"


class IncidentPath(RequestModel):
    """Which incident, by its number."""

    number: Annotated[str, StringConstraints(pattern=r"^IN-[0-9a-f-]{13}$")]


class ChangeSeverityBody(ReasonBody):
    """How much it stops, as a person sees it, and why."""

    severity: Severity


class OneIncident(ResponseModel):
    """An incident with its notes: the newest hundred."""

    incident: IncidentModel
    notes: tuple[NoteModel, ...]


async def show_incident(call: ApiCall[IncidentPath, EmptyParams, EmptyParams]) -> OneIncident:
    """With what people and the party wrote about it."""
    return await _whole(call)


def _doing(act: IncidentAct) -> Callable[[ApiCall[IncidentPath, EmptyParams, ReasonBody]], Awaitable[OneIncident]]:
    async def handle(call: ApiCall[IncidentPath, EmptyParams, ReasonBody]) -> OneIncident:
        number, reason = call.path.number, call.body.reason
        require_none_written(reason=reason)
        await _whole(call)  # which refuses what is not there
        against = await desk.move_incident(call.context.serving.exchange, call.token, act, number, reason=reason)
        if against is not None:
            raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
        return await _whole(call)

    return handle


async def change_severity(call: ApiCall[IncidentPath, EmptyParams, ChangeSeverityBody]) -> OneIncident:
    """Until it is closed."""
    number, body = call.path.number, call.body
    require_none_written(reason=body.reason)
    await _whole(call)  # which refuses what is not there
    exchange = call.context.serving.exchange
    against = await desk.change_severity(exchange, call.token, number, body.severity, reason=body.reason)
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
    return await _whole(call)


async def _whole(call: ApiCall[IncidentPath, Any, Any]) -> OneIncident:
    reads, number = call.context.serving.reads, call.path.number
    found = next((one for one in await reads.run(FindIncidents(number)) if one.number == number), None)
    if found is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    notes = await reads.run(ListNotesAbout(NoteSubject(About.INCIDENT, number)))
    return OneIncident(
        incident=INCIDENTS.item_of(found, list_reader(call)), notes=tuple(note_of_row(call, note) for note in notes)
    )


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
    list_operation(INCIDENTS),
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
