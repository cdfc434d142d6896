"""Alarms: those that are open, the loudest first, and those that are over."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.domain.alarms.kinds import BANDS, KINDS, Alarm, AlarmKind, band_of
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Instant, Link, Local, Phrase, Piece, Span, Strong, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Paging, ResponseModel
from gateway.lists.reader import Reader
from gateway.ports.alarms import AlarmQuery, OpenAlarmQuery, OpenPlace
from gateway.texts.codes import STEPS
from gateway.texts.language import marked


class AlarmParams(Paging):
    """Which alarms; of those that are open the loudest first, of those that are over the newest."""

    is_open: bool = Field(default=True, description="Those that are not over, or those that are.")
    kind: AlarmKind | None = None
    after: Annotated[str, StringConstraints(pattern=rf"^([0-{len(BANDS) - 1}]-)?[0-9]{{1,18}}$")] | None = Field(
        default=None, description="The alarm at which the page before ended; of open ones its band stands before it."
    )


class AlarmAcknowledged(ResponseModel):
    """Somebody sees to it."""

    at: AwareDatetime
    by: str
    reason: str


async def _find(source: ListSource, params: AlarmParams, __: Reader) -> ListPage[Alarm]:
    band, _, number = (params.after or "").rpartition("-")
    after = int(number) if number else None
    if not params.is_open:
        query = AlarmQuery(is_open=False, kind=params.kind, after=after, limit=params.limit)
        return ListPage(await source.reads.run(query))
    place = None if after is None else OpenPlace(BANDS[int(band or 0)], after)
    return ListPage(await source.reads.run(OpenAlarmQuery(params.kind, place, params.limit)))


def version_of(open_ones: Sequence[Alarm], now: datetime) -> str:
    """Differs whenever an open one does, and each minute, since ages grow."""
    version = [(one.alarm_id, one.level, one.count, one.acknowledged, one.unseen_since) for one in open_ones]
    return hashlib.sha256(repr((now.replace(second=0, microsecond=0), version)).encode()).hexdigest()[:16]


def _name(row: Alarm, _: Reader) -> Cell:
    return (Link(f"/alarms/{row.alarm_id}", Local(KINDS[row.kind].name)), Under((Words(row.subject),)))


def _stands(row: Alarm, _: Reader) -> Cell:
    if row.cleared_at is not None:
        return (Phrase(marked("over")), Words(" "), Instant(row.cleared_at))
    unseen = (Under((Phrase(marked("not seen any more since")), Words(" "), Instant(row.unseen_since))),)
    return (*_figures(row), *(unseen if row.unseen_since else ()))


def _figures(row: Alarm) -> tuple[Piece, ...]:
    match row.kind:
        case AlarmKind.CERTIFICATE_ENDING:
            return (Phrase(marked("ends")), Words(" "), Instant(row.until)) if row.until else ()
        case AlarmKind.DISK_LOW:
            return (Words(f"{row.count or 0} MiB"),)
    pieces: list[Piece] = [] if row.count is None else [Strong((Words(str(row.count)),)), Words(" ")]
    pieces += [Phrase(marked("since")), Words(" "), Instant(row.since), Words(" ")] if row.since else []
    pieces += [Phrase(marked("until")), Words(" "), Instant(row.until)] if row.until else []
    return tuple(pieces)


def _raised(row: Alarm, reader: Reader) -> Cell:
    return (Instant(row.raised_at), Under((Span((row.cleared_at or reader.now) - row.raised_at),)))


def _taken_up(row: Alarm, _: Reader) -> Cell:
    if row.acknowledged is None:
        return Strong((Phrase(marked("nobody")),))
    return (Words(row.acknowledged.by), Under((Words(row.acknowledged.reason),)))


ALARMS: Final = Listing(
    key="alarms",
    name=marked("Alarms"),
    right=Right.SEE,
    params=AlarmParams,
    find=_find,
    place=lambda row: f"{BANDS.index(band_of(row))}-{row.alarm_id}" if row.is_open else str(row.alarm_id),
    columns=(
        Column(key="alarm_id", json=int, file="alarm"),
        Column(key="kind", json=AlarmKind, label=marked("Alarm"), css="named", cell=_name, file="kind"),
        Column(key="subject", json=str, about="Who or what it is wrong with.", file="subject"),
        Column(
            key="level", json=EscalationStep, label=marked("Loudness"), file="level",
            cell=lambda row, _: Styled(f"level {row.level}", Local(STEPS[row.level])),
        ),
        Column(key="name", json=str, of=lambda row, reader: Local(KINDS[row.kind].name).plain(reader)),
        Column(key="means", json=str, of=lambda row, reader: Local(KINDS[row.kind].means).plain(reader)),
        Column(key="helps", json=str, of=lambda row, reader: Local(KINDS[row.kind].helps).plain(reader)),
        Column(key="since", json=AwareDatetime | None, file="since_almaty"),
        Column(key="count", json=int | None, label=marked("How it stands"), cell=_stands, file="count"),
        Column(key="until", json=AwareDatetime | None, about="When it gets worse.", file="until_almaty"),
        Column(key="raised_at", json=AwareDatetime, label=marked("Raised"), cell=_raised, file="raised_almaty"),
        Column(key="notified_at", json=AwareDatetime),
        Column(
            key="acknowledged", json=AlarmAcknowledged | None, label=marked("Acknowledged by"), css="words",
            cell=_taken_up, file="acknowledged_by", text=lambda row: row.acknowledged.by if row.acknowledged else "",
        ),
        Column(key="cleared_at", json=AwareDatetime | None, about="Null while it is open.", file="over_almaty"),
    ),
    answers=ListAnswers(
        "/alarms", "list_alarms", "alarms", "List alarms.",
        (
            "AlarmModel",
            "Something wrong that people were told of. ``means`` and ``helps`` in the language asked for.",
        ),
        ("AlarmPage", "Alarms that are open, the loudest first, or that are over."),
    ),
    empty=marked("No alarm is open."),
    sheet="alarms",
    fields=(
        FormField(
            "kind", marked("Kind"), Widget.CHOICE, marked("all alarms"),
            {kind: Local(spec.name) for kind, spec in KINDS.items()}, css="two",
        ),
        FormField("is_open", "", Widget.HIDDEN),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    AlarmModel = ResponseModel
else:
    AlarmModel = ALARMS.item
