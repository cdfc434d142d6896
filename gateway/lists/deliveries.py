"""Deliveries, by number or by their end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field, model_validator

from contracts.header import Action, MessageId
from contracts.party import PartyId
from dossier.case.narration import action_text
from gateway.domain.delivery.states import CLAIMABLE, OPEN, DeliveryState
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, FaultCode, Instant, Link, Local, Phrase, Piece, Span, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Moment, Number, OrderedPaging, Party, ResponseModel, SortOrder, end_of, start_of
from gateway.lists.reader import Reader
from gateway.ports.console import DeliveryQuery, InstantPeriod
from gateway.ports.deliveries import DeliveryRow
from gateway.texts.codes import DELIVERY_STATES
from gateway.texts.language import marked


class StateGroup(StrEnum):
    """States that are asked for together."""

    OPEN = "open"  # all that have not ended
    WAITING = "waiting"  # queued or to be repeated


class PeriodOf(StrEnum):
    """What of a delivery a period is about."""

    MADE = "made"
    ENDED = "ended"


_GROUPS: Final[Mapping[StateGroup, frozenset[DeliveryState]]] = {StateGroup.OPEN: OPEN, StateGroup.WAITING: CLAIMABLE}


class DeliveryAge(StrEnum):
    """How long ago at least."""

    QUARTER = "15m"
    HOUR = "1h"
    QUARTER_DAY = "6h"
    DAY = "1d"
    THREE_DAYS = "3d"

    @property
    def length(self) -> timedelta:
        return int(self[:-1]) * _UNITS[self[-1]]


_UNITS: Final = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class DeliveryParams(OrderedPaging):
    """What the list is narrowed to; what is not said narrows nothing."""

    number: Line | None = Field(default=None, description="Of a delivery, an appeal, a conversation or a message.")
    state: DeliveryState | None = None
    group: StateGroup | None = Field(default=None, description="Several states at once; not together with state.")
    recipient: Party | None = None
    action: Action | None = None
    code: Line | None = Field(default=None, description="Of the newest attempt; `-` for those that have none.")
    created_before: AwareDatetime | None = Field(default=None, description="That instant included.")
    older: DeliveryAge | None = Field(default=None, description="The same, reckoned back from now.")
    period: PeriodOf = Field(default=PeriodOf.MADE, description="What `since` and `until` are about.")
    since: Moment | None = Field(default=None, description="That instant, or day in Almaty, included.")
    until: Moment | None = Field(default=None, description="That instant not included, or that day included.")
    after: Number | None = Field(default=None, description="The delivery at which the page before ended.")

    @model_validator(mode="after")
    def _one_way(self) -> DeliveryParams:
        if self.state is not None and self.group is not None:
            raise ValueError("state or group, not both")
        return self

    @property
    def states(self) -> frozenset[DeliveryState]:
        """All that are meant; none for any."""
        if self.group is not None:
            return _GROUPS[self.group]
        return frozenset() if self.state is None else frozenset({self.state})

    def spans(self, of: PeriodOf) -> InstantPeriod | None:
        """The period, if it is about this."""
        if self.period is not of or (self.since is None and self.until is None):
            return None
        return InstantPeriod(start_of(self.since), end_of(self.until))

    def made_before(self, now: datetime) -> datetime | None:
        """The earlier of both ways to say it."""
        ends = [self.created_before] if self.created_before else []
        ends += [now - self.older.length] if self.older else []
        return min(ends, default=None)


def query_of(params: DeliveryParams, now: datetime) -> DeliveryQuery:
    """In terms of the store."""
    return DeliveryQuery(
        number=params.number or "",
        states=params.states,
        recipient=params.recipient,
        action=params.action,
        code=params.code or "",
        made_before=params.made_before(now),
        made=params.spans(PeriodOf.MADE),
        ended=params.spans(PeriodOf.ENDED),
        oldest_first=params.order is SortOrder.OLDEST,
        after=params.after,
        limit=params.limit,
    )


async def _find(source: ListSource, params: DeliveryParams, reader: Reader) -> ListPage[DeliveryRow]:
    found = await source.reads.run(query_of(params, reader.now))
    return ListPage(found.rows, found.go_on_after)


def _message(row: DeliveryRow, _: Reader) -> Cell:
    appeal = Link(f"/deliveries?number={quote(row.appeal_number, safe='')}", Words(row.appeal_number))
    return (Local(action_text(row.action)), Under((Styled("whole", appeal),)))


def _times(row: DeliveryRow, _: Reader) -> Cell:
    made = Instant(row.created_at)
    if row.finished_at:
        return (made, Under((Instant(row.finished_at),)))
    return (made, Under((Words("→ "), Instant(row.next_attempt_at)))) if row.next_attempt_at else made


def last_words(code: str | None, detail: str | None) -> tuple[Piece, ...]:
    """A fault and what the peer or the network said."""
    pieces: tuple[Piece, ...] = (FaultCode(code), Words(" ")) if code else ()
    return (*pieces, Words(detail or ""))


DELIVERIES: Final = Listing(
    key="deliveries",
    name=marked("Deliveries"),
    right=Right.SEE,
    params=DeliveryParams,
    find=_find,
    place=None,
    columns=(
        Column(
            key="delivery_id", json=int, label="№", css="n", file="delivery",
            cell=lambda row, _: Link(f"/deliveries/{row.delivery_id}", Words(str(row.delivery_id))),
        ),
        Column(key="appeal_number", json=str, file="appeal"),
        Column(key="message_id", json=MessageId, file="message"),
        Column(key="conversation_id", json=str),
        Column(key="recipient", json=PartyId, label=marked("To"), file="to"),
        Column(key="action", json=Action, label=marked("Message, appeal"), css="told", cell=_message, file="action"),
        Column(
            key="state", json=DeliveryState, label=marked("State"), file="state",
            cell=lambda row, _: Styled(f"state {row.state}", Local(DELIVERY_STATES[row.state])),
        ),
        Column(key="attempts", json=int, label=marked("Attempts"), css="n", file="attempts"),
        Column(
            key="created_at", json=AwareDatetime, label=marked("Made, ended or next attempt"), turns=True, cell=_times,
            file="created_almaty",
        ),
        Column(key="next_attempt_at", json=AwareDatetime | None, file="next_attempt_almaty"),
        Column(key="finished_at", json=AwareDatetime | None, file="finished_almaty"),
        Column(
            key="code", json=str | None, file="code",
            about="Of the contract, where an attempt or a refusal had one.",
        ),
        Column(
            key="detail", json=str | None, label=marked("Last words"), css="words", file="detail",
            about="The peer's or the network's own words; unverified.",
            cell=lambda row, _: last_words(row.code, row.detail),
        ),
        Column(key="digest", json=str),
    ),
    answers=ListAnswers(
        "/deliveries", "list_deliveries", "deliveries", "List deliveries.",
        (
            "Delivery",
            "One message on its way to one party. ``digest``: of the signed operation, which every attempt carries.",
        ),
        (
            "DeliveryPage",
            "Deliveries by their number. A page may be short, even empty, and yet have a next: so far was looked.",
        ),
    ),
    empty=marked("No delivery fits."),
    sheet="deliveries",
    is_dense=True,
    fields=(
        FormField("number", marked("Number"), Widget.LINE, marked("appeal, message, case …")),
        FormField(
            "state", marked("State"), Widget.CHOICE, marked("any state"),
            {state: Local(DELIVERY_STATES[state]) for state in DeliveryState},
        ),
        FormField(
            "group", marked("Which"), Widget.CHOICE, marked("all deliveries"),
            {
                StateGroup.OPEN: Phrase(marked("all that have not ended")),
                StateGroup.WAITING: Phrase(marked("waiting: queued or to be repeated")),
            },
        ),
        FormField("recipient", marked("Party"), Widget.PARTY, marked("any party")),
        FormField(
            "older", marked("Older than"), Widget.CHOICE, marked("any age"),
            {age: Span(age.length) for age in DeliveryAge},
        ),
        FormField(
            "order", marked("Order"), Widget.CHOICE,
            choices={
                SortOrder.NEWEST: Phrase(marked("newest first")),
                SortOrder.OLDEST: Phrase(marked("oldest first")),
            },
        ),
        FormField(
            "action", marked("Operation"), Widget.CHOICE, marked("any operation"),
            {action: Local(action_text(action)) for action in Action}, is_further=True,
        ),
        FormField("code", marked("Error code"), Widget.LINE, marked("any, - for none"), is_further=True),
        FormField(
            "period", marked("Period of"), Widget.CHOICE, is_further=True,
            choices={PeriodOf.MADE: Phrase(marked("made")), PeriodOf.ENDED: Phrase(marked("ended"))},
        ),
        FormField("since", marked("Beginning"), Widget.MINUTE, is_further=True),
        FormField("until", marked("Ending"), Widget.MINUTE, is_further=True),
    ),
    further=marked("By operation, error code or period"),
)  # fmt: skip
if TYPE_CHECKING:
    Delivery = ResponseModel
else:
    Delivery = DELIVERIES.item
