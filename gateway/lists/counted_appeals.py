"""The appeals behind one figure of a report."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import quote

from pydantic import Field, model_validator

from dossier.case.appeal import Status
from gateway.domain.people.access import Right
from gateway.domain.reports.definitions import DEFINITIONS
from gateway.domain.reports.figures import CourtEnd, DisagreementRoad, DutyAnswer, Figure, GroupBy
from gateway.domain.reports.periods import DayPeriod
from gateway.lists.appeals import status_piece
from gateway.lists.cell import Cell, Link, Local, Piece, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Paging
from gateway.lists.reader import Reader
from gateway.ports.reports import CountedAppeal, CountedAppealsQuery
from gateway.texts.language import marked
from gateway.texts.times import ALMATY


class CountedAppealParams(Paging):
    """Which figure of which report; without days the one of this month."""

    figure: Figure = Figure.RECEIVED
    since: date | None = Field(default=None, description="The first day of registration, Almaty time.")
    until: date | None = Field(default=None, description="The last day; without it the first one alone.")
    among: GroupBy = Field(default=GroupBy.ALL, description="What `name` is of; not month.")
    name: Line | None = Field(default=None, description="Without it what has no name.")
    after: Line | None = Field(default=None, description="Number of the appeal at which the page before ended.")

    @model_validator(mode="after")
    def _whole(self) -> CountedAppealParams:
        if self.among is GroupBy.MONTH or (self.among is GroupBy.ALL and self.name is not None):
            raise ValueError("among body, region or subject, with its name; or neither")
        return self

    def days(self, today: date) -> DayPeriod:
        """That month where they name no day."""
        if self.since is None and self.until is None:
            return DayPeriod.of_months(today.replace(day=1), 1)
        return DayPeriod.free(self.since or self.until or today, self.until or self.since or today)


async def _find(source: ListSource, params: CountedAppealParams, reader: Reader) -> ListPage[CountedAppeal]:
    days = params.days(reader.now.astimezone(ALMATY).date())
    query = CountedAppealsQuery(
        days.since, days.until, params.figure, params.among, params.name or "", params.after, params.limit
    )
    return ListPage(await source.reads.run(query))


def _number(row: CountedAppeal, _: Reader) -> Cell:
    number = row.appeal.appeal_number
    link = Link(f"/appeals/{quote(number, safe='')}", Words(number))
    return (link, Under((Words(row.counted.subject),))) if row.counted.subject else link


def _figure(figure: str) -> Piece:
    return Local(DEFINITIONS[Figure(figure)].name)


def _answer(row: CountedAppeal, _: Reader) -> Cell:
    marks = {Figure.EXTENDED: row.counted.extended, Figure.FORMAL: row.counted.formal}
    return (_figure(row.counted.answer), *(Under((_figure(one),)) for one, is_so in marks.items() if is_so))


COUNTED_APPEALS: Final = Listing(
    key="counted-appeals",
    name=marked("Appeals behind a figure"),
    right=Right.SEE,
    params=CountedAppealParams,
    find=_find,
    place=lambda row: row.appeal.appeal_number,
    columns=(
        Column(
            key="appeal_number", json=str, label=marked("Appeal"), css="whole", cell=_number, file="appeal",
            of=lambda row, _: row.appeal.appeal_number,
        ),
        Column(key="day", json=date, label=marked("Registered"), file="day", of=lambda row, _: row.counted.day),
        Column(
            key="body", json=str, label=marked("Body"), css="whole", file="body", of=lambda row, _: row.counted.body
        ),
        Column(key="region", json=str, file="region", of=lambda row, _: row.counted.region),
        Column(key="subject", json=str, file="subject", of=lambda row, _: row.counted.subject),
        Column(
            key="answer", json=DutyAnswer, label=marked("Answer"), cell=_answer, file="answer",
            of=lambda row, _: row.counted.answer,
        ),
        Column(key="extended", json=bool, file="extended", text=lambda row: "1" if row.counted.extended else "0",
               of=lambda row, _: row.counted.extended),
        Column(key="formal", json=bool, file="formal", text=lambda row: "1" if row.counted.formal else "0",
               of=lambda row, _: row.counted.formal),
        Column(
            key="road", json=DisagreementRoad | None, label=marked("Disagreement"), file="road",
            of=lambda row, _: row.counted.road,
            cell=lambda row, _: _figure(row.counted.road) if row.counted.road else (),
        ),
        Column(
            key="court", json=CourtEnd | None, label=marked("Court"), file="court",
            of=lambda row, _: row.counted.court,
            cell=lambda row, _: _figure(row.counted.court) if row.counted.court else (),
        ),
        Column(
            key="status", json=Status | None, label=marked("Where it stands"), file="status",
            of=lambda row, _: row.appeal.status, cell=lambda row, _: status_piece(row.appeal.status),
        ),
    ),
    answers=ListAnswers(
        "/reports/appeals", "list_counted_appeals", "reports", "List the appeals behind a figure of a report.",
        ("CountedAppealModel", "An appeal and what it counts as."),
        ("CountedAppealPage", "Appeals that one figure counts, by the time of their registration."),
    ),
    empty=marked("No appeal fits."),
    sheet="reports",
    at="/reports/appeals",
    fields=tuple(FormField(name, "", Widget.HIDDEN) for name in ("figure", "since", "until", "among", "name")),
)  # fmt: skip
