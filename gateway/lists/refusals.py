"""Refusals at intake: what was refused, why, and whoever it says it is of."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime, Field

from contracts.codes import Code
from contracts.party import PartyId
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, FaultCode, Link, Phrase, Span, Under, Verbatim, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Number, OrderedPaging, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.refusals import RefusalQuery, RefusalRow
from gateway.texts.language import marked


class Within(StrEnum):
    """How long ago at most."""

    HOUR = "1h"
    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"


_WITHIN: Final = {
    Within.HOUR: timedelta(hours=1),
    Within.DAY: timedelta(days=1),
    Within.WEEK: timedelta(days=7),
    Within.MONTH: timedelta(days=30),
}


class RefusalParams(OrderedPaging):
    """What the log of refusals is narrowed to."""

    sender: Line | None = Field(default=None, description="Of whom the request said that it was.")
    code: Code | None = None
    message_id: Line | None = None
    since: AwareDatetime | None = Field(default=None, description="That instant included.")
    within: Within | None = Field(default=None, description="The same, reckoned back from now.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


async def _find(source: ListSource, params: RefusalParams, reader: Reader) -> ListPage[RefusalRow]:
    starts = [reader.now - _WITHIN[params.within]] if params.within else []
    starts += [params.since] if params.since else []
    query = RefusalQuery(
        params.sender or "", params.code or "", params.message_id or "", max(starts, default=None), params.after,
        params.limit, params.order is SortOrder.OLDEST,
    )  # fmt: skip
    return ListPage(await source.reads.run(query))


def _sender(row: RefusalRow, _: Reader) -> Cell:
    return (Words(row.sender) if row.sender else Phrase(marked("not said")), Under((Words(row.path),)))


def _signer(row: RefusalRow, _: Reader) -> Cell:
    return (Phrase(marked("of")), Words(f" {row.signer}")) if row.signer else Phrase(marked("proves nobody"))


_WHAT: Final = (
    "A request that was refused. ``sender``, ``message_id``: claimed; ``signer``: whose signature it carried.\n\n"
    "``detail``: may quote what was received; the number of a person in it is blotted out for who need not read that."
)
REFUSALS: Final = Listing(
    key="refusals",
    name=marked("Refusals at intake"),
    right=Right.SEE,
    params=RefusalParams,
    find=_find,
    place=lambda row: row.refusal_id,
    columns=(
        Column(
            key="refusal_id", json=int, label="№", css="n", file="refusal",
            cell=lambda row, _: Link(f"/refusals/{row.refusal_id}", Words(str(row.refusal_id))),
        ),
        Column(key="at", json=AwareDatetime, label=marked("When"), turns=True, file="at_almaty"),
        Column(key="sender", json=str | None, label=marked("Sender, as it says"), cell=_sender, file="sender_claimed"),
        Column(key="signer", json=PartyId | None, label=marked("Signature"), cell=_signer, file="signer_proved"),
        Column(key="path", json=str, file="path"),
        Column(key="code", json=str, label=marked("Code"), cell=lambda row, _: FaultCode(row.code), file="code"),
        Column(
            key="detail", json=str, label=marked("Why"), css="words", file="detail",
            of=lambda row, reader: reader.blotted(row.detail),
        ),
        Column(
            key="message_id", json=str | None, label=marked("Message"), css="words", file="message",
            cell=lambda row, _: Verbatim(row.message_id) if row.message_id else (),
        ),
        Column(key="size", json=int, file="bytes"),
        Column(key="request_sha256", json=str, file="request_sha256"),
        Column(key="remote", json=str, file="remote"),
    ),
    answers=ListAnswers(
        "/refusals", "list_refusals", "audit", "List what was refused at intake.",
        ("RefusalLine", _WHAT),
        ("RefusalPage", "The log of refusals."),
    ),
    empty=marked("Nothing that fits was refused."),
    hint=marked(
        "What the sender and the number of the message are called is what the request says of itself. Requests that "
        "were turned away unread, because there was no room, are counted among the metrics and not listed."
    ),
    fields=(
        FormField("sender", marked("Sender, as it says"), Widget.PARTY, marked("any sender")),
        FormField("code", marked("Code"), Widget.CHOICE, marked("any code"), {code: Words(code) for code in Code}),
        FormField(
            "within", marked("Within the last"), Widget.CHOICE, marked("any age"),
            {one: Span(length) for one, length in _WITHIN.items()},
        ),
        FormField("message_id", marked("Message"), css="two"),
    ),
)  # fmt: skip
