"""Incidents that parties report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.domain.people.access import Right
from gateway.domain.people.desk import IncidentState, Severity
from gateway.lists.cell import ERASED, Cell, FaultCode, Link, Phrase, Styled, Under, Words, shortened
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Number, OrderedPaging, Party, ResponseModel, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.people.desk import Incident, IncidentQuery
from gateway.reading.status_text import incident_status
from gateway.texts.language import marked

STATES: Final[Mapping[IncidentState, str]] = {
    IncidentState.OPEN: marked("nobody has it"),
    IncidentState.TAKEN: marked("taken over"),
    IncidentState.CLOSED: marked("settled"),
}
SEVERITIES: Final[Mapping[Severity, str]] = {
    Severity.HIGH: marked("stops everything"),
    Severity.NORMAL: marked("one matter"),
}


class IncidentParams(OrderedPaging):
    """What the list is narrowed to."""

    state: IncidentState | None = None
    party: Party | None = Field(default=None, description="Who reported it.")
    severity: Severity | None = None
    after: Number | None = Field(default=None, description="incident_id at which the page before ended.")


async def _find(source: ListSource, params: IncidentParams, _: Reader) -> ListPage[Incident]:
    query = IncidentQuery(
        params.state, params.party, params.severity, params.after, params.limit, params.order is SortOrder.OLDEST
    )
    return ListPage(await source.reads.run(query))


def _state(row: Incident, _: Reader) -> Cell:
    return (Phrase(STATES[row.state]), *([Under((Words(row.moved_by),))] if row.moved_by else []))


def _text(row: Incident, reader: Reader) -> Cell:
    return ERASED if row.erased_at else Words(shortened(reader.blotted(row.text)))


INCIDENTS: Final = Listing(
    key="incidents",
    name=marked("Incidents"),
    right=Right.SEE,
    params=IncidentParams,
    find=_find,
    place=lambda row: row.incident_id,
    columns=(
        Column(key="incident_id", json=int),
        Column(
            key="number", json=str, label=marked("Number"), css="whole", file="incident",
            cell=lambda row, _: Link(f"/incidents/{row.number}", Words(row.number)),
        ),
        Column(key="reported_at", json=AwareDatetime, label=marked("Reported"), turns=True, file="reported_almaty"),
        Column(key="party", json=PartyId, label=marked("Party"), file="party"),
        Column(key="message_id", json=str, about="Of the report.", file="message"),
        Column(key="about_message_id", json=str | None, file="about_message"),
        Column(key="appeal_number", json=str | None, file="appeal"),
        Column(
            key="severity", json=Severity, label=marked("Severity"), file="severity",
            cell=lambda row, _: Styled(f"severity {row.severity}", Phrase(SEVERITIES[row.severity])),
        ),
        Column(
            key="severity_by", json=str | None, file="severity_by",
            about="Who changed it last; null while it follows from the code.",
        ),
        Column(key="severity_at", json=AwareDatetime | None),
        Column(key="severity_why", json=str | None),
        Column(key="state", json=IncidentState, label=marked("State"), cell=_state, file="state"),
        Column(
            key="code", json=str | None, label=marked("Code"), about="The fault code that the party met.", file="code",
            cell=lambda row, _: FaultCode(row.code) if row.code else (),
        ),
        Column(
            key="text", json=str, label=marked("Words"), css="words", cell=_text, file="text",
            of=lambda row, reader: reader.blotted(row.text),
        ),
        Column(key="contact", json=str, of=lambda row, reader: reader.blotted(row.contact)),
        Column(
            key="moved_by", json=str | None, about="Who took or closed it: a user, or `token:NAME`.", file="moved_by"
        ),
        Column(key="moved_at", json=AwareDatetime | None, file="moved_almaty"),
        Column(
            key="words", json=str | None, about="What was found, which the party is told; null until it is closed."
        ),
        Column(key="erased_at", json=AwareDatetime | None, about="When retention took all words of it."),
        Column(
            key="todo", json=str, about="What is to be done now, in the language asked for.",
            of=lambda row, reader: reader.translate(incident_status(row).text.todo),
        ),
    ),
    answers=ListAnswers(
        "/incidents", "list_incidents", "incidents", "List incidents that parties reported.",
        ("IncidentModel", "What a party reported. ``text``, ``contact``: its own words, unverified."),
        ("IncidentPage", "Incidents by when they were reported."),
    ),
    empty=marked("No incident fits."),
    fields=(
        FormField("party", marked("Party"), Widget.PARTY, marked("any party")),
        FormField(
            "state", marked("State"), Widget.CHOICE, marked("any state"),
            {one: Phrase(words) for one, words in STATES.items()},
        ),
        FormField(
            "severity", marked("Severity"), Widget.CHOICE, marked("any severity"),
            {one: Phrase(words) for one, words in SEVERITIES.items()},
        ),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    IncidentModel = ResponseModel
else:
    IncidentModel = INCIDENTS.item
