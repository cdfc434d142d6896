"""Appeals, by the time of their registration."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.case.appeal import Status
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Link, Local, Phrase, Piece, Span, Strong, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, OrderedPaging, Party, ResponseModel, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.appeals import AppealQuery, AppealRow
from gateway.texts.codes import STATUSES
from gateway.texts.language import marked

IN_COURT: Final = frozenset(
    {
        Status.DOSSIER_FILED,
        Status.AT_COURT,
        Status.COURT_REFUSED,
        Status.CASE_OPEN,
        Status.LEFT_WITHOUT_MOVEMENT,
        Status.RETURNED,
        Status.CLOSED,
    }
)


class AppealGroup(StrEnum):
    """Appeals that are asked for together."""

    DISAGREED = "disagreed"  # the applicant disagreed
    COURT = "court"  # filed with the court or further


class AppealAge(StrEnum):
    """How long ago at least."""

    DAY = "1d"
    WEEK = "7d"
    HALF_MONTH = "15d"
    MONTH = "30d"
    QUARTER = "90d"
    YEAR = "365d"

    @property
    def length(self) -> timedelta:
        return timedelta(days=int(self.removesuffix("d")))


class AppealParams(OrderedPaging):
    """What the list is narrowed to; what is not said narrows nothing."""

    status: Status | None = None
    group: AppealGroup | None = None
    body: Party | None = None
    missed: bool = Field(default=False, description="Only those in which a term was let pass.")
    opened_before: AwareDatetime | None = Field(default=None, description="That instant included.")
    older: AppealAge | None = Field(default=None, description="The same, reckoned back from now.")
    after: Line | None = Field(default=None, description="Number of the appeal at which the page before ended.")


async def _find(source: ListSource, params: AppealParams, reader: Reader) -> ListPage[AppealRow]:
    in_court = IN_COURT if params.group is AppealGroup.COURT else frozenset(Status)
    wanted = frozenset({params.status} & in_court) if params.status else in_court
    if not wanted:
        return ListPage(())
    ends = [params.opened_before] if params.opened_before else []
    ends += [reader.now - params.older.length] if params.older else []
    query = AppealQuery(
        statuses=frozenset() if wanted == frozenset(Status) else wanted,
        body=params.body,
        missed=params.missed,
        disagreed=params.group is AppealGroup.DISAGREED,
        opened_before=min(ends, default=None),
        oldest_first=params.order is SortOrder.OLDEST,
        after=params.after,
        limit=params.limit,
    )
    return ListPage(await source.reads.run(query))


def _number(row: AppealRow, _: Reader) -> Cell:
    link = Link(f"/appeals/{quote(row.appeal_number, safe='')}", Words(row.appeal_number))
    return (link, Under((Words(row.subject),))) if row.subject else link


def status_piece(status: Status | None) -> Piece:
    """None for some seconds after the registration."""
    if status is None:
        return Styled("state", Phrase(marked("being listed")))
    return Styled(f"state appeal {status}", Local(STATUSES[status]))


def _stands(row: AppealRow, _: Reader) -> Cell:
    further: list[Piece] = []
    if row.disagreed:
        further.append(Under((Phrase(marked("disagreed")),)))
    if row.case_number:
        further.append(Under((Phrase(marked("Court case")), Words(f" {row.case_number}"))))
    if row.erased_at:
        further.append(Under((Phrase(marked("words erased")),)))
    return (status_piece(row.status), *further)


APPEALS: Final = Listing(
    key="appeals",
    name=marked("Appeals"),
    right=Right.SEE,
    params=AppealParams,
    find=_find,
    place=lambda row: row.appeal_number,
    columns=(
        Column(key="appeal_number", json=str, label=marked("Appeal"), css="whole", cell=_number, file="appeal"),
        Column(key="conversation_id", json=ConversationId),
        Column(key="opened_at", json=AwareDatetime, label=marked("Registered"), turns=True, file="opened_almaty"),
        Column(key="erased_at", json=AwareDatetime | None, about="When retention took what people wrote."),
        Column(key="status", json=Status | None, label=marked("Where it stands"), cell=_stands, file="status"),
        Column(key="subject", json=str, file="subject"),
        Column(key="body", json=PartyId | None, label=marked("Body"), css="whole", file="body"),
        Column(key="disagreed", json=bool, file="disagreed", text=lambda row: "1" if row.disagreed else "0"),
        Column(
            key="missed", json=int, label=marked("Terms missed"), css="n", file="terms_missed",
            about="How many terms were let pass.",
            cell=lambda row, _: (
                Strong((Words(str(row.missed)),), "missed") if row.missed else Styled("zero", Words("0"))
            ),
        ),
        Column(key="next_due_at", json=AwareDatetime | None, label=marked("Next term"), file="next_due_almaty"),
        Column(key="case_number", json=str | None, about="The court's.", file="court_case"),
    ),
    answers=ListAnswers(
        "/appeals", "list_appeals", "appeals", "List appeals.",
        (
            "AppealModel",
            "One appeal. ``status`` and what follows it: null or empty for some seconds after it was registered.",
        ),
        ("AppealPage", "Appeals by the time of their registration."),
    ),
    empty=marked("No appeal fits."),
    sheet="appeals",
    fields=(
        FormField(
            "status", marked("Where it stands"), Widget.CHOICE, marked("anywhere"),
            {status: Local(STATUSES[status]) for status in Status},
        ),
        FormField(
            "group", marked("Which"), Widget.CHOICE, marked("all appeals"),
            {
                AppealGroup.DISAGREED: Phrase(marked("the applicant disagreed")),
                AppealGroup.COURT: Phrase(marked("filed with the court or further")),
            },
        ),
        FormField("body", marked("Body"), Widget.AGENCY, marked("any body")),
        FormField(
            "older", marked("Older than"), Widget.CHOICE, marked("any age"),
            {age: Span(age.length) for age in AppealAge},
        ),
        FormField(
            "missed", marked("Terms"), Widget.CHOICE, marked("kept or missed"),
            {"true": Phrase(marked("at least one missed"))},
        ),
        FormField(
            "order", marked("Order"), Widget.CHOICE,
            choices={
                SortOrder.NEWEST: Phrase(marked("newest first")),
                SortOrder.OLDEST: Phrase(marked("oldest first")),
            },
        ),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    AppealModel = ResponseModel
else:
    AppealModel = APPEALS.item
