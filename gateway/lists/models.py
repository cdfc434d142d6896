"""What all bodies share: answers are copied off the values of the exchange, requests refuse what they do not know."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Final, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)

from contracts.party import PartyId
from gateway.texts.times import ALMATY

T = TypeVar("T", bound=BaseModel)
LONGEST_PAGE: Final = 200
_BIGGEST: Final = 2**63 - 1
_MINUTE: Final = "%Y-%m-%dT%H:%M"


class ResponseModel(BaseModel):
    """What we say; later releases may say more. Instants are UTC, spans are seconds."""

    model_config = ConfigDict(frozen=True, from_attributes=True, ser_json_timedelta="float")


class RequestModel(BaseModel):
    """What callers say; nothing that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class EmptyParams(RequestModel):
    """No path, query or body."""


class PageOf(ResponseModel, Generic[T]):
    """One page of a list. ``next``: the address of the page behind it, none on the last."""

    items: tuple[T, ...]
    next: str | None = Field(description="Where the next page is, below the same host; null on the last one.")


class Paging(RequestModel):
    """Which page of a list, and how long."""

    limit: int = Field(default=50, ge=1, le=LONGEST_PAGE, description="How many at most.")


class SortOrder(StrEnum):
    """By the time of making."""

    NEWEST = "newest"
    OLDEST = "oldest"

    @property
    def other(self) -> SortOrder:
        return SortOrder.NEWEST if self is SortOrder.OLDEST else SortOrder.OLDEST


class OrderedPaging(Paging):
    """Of a list that goes by time, either way round."""

    order: SortOrder = SortOrder.NEWEST


def printable(words: str) -> str:
    """The words; raises ValueError where a letter of them is no letter that is printed."""
    if not words.isprintable():
        raise ValueError("letters that are printed")
    return words


def _moment(words: object) -> date | datetime:
    if isinstance(words, str) and len(words) == len("2026-11-24"):
        return date.fromisoformat(words)
    if isinstance(words, str) and len(words) == len("2026-11-24T12:00"):
        return datetime.strptime(words, _MINUTE).replace(tzinfo=ALMATY)
    return _AWARE.validate_python(words)


def minute_of(instant: date | None) -> str:
    """In Almaty, as it stands in an address and as a field of a form spells it; a day begins at midnight."""
    begin = start_of(instant)
    return begin.astimezone(ALMATY).strftime(_MINUTE) if begin else ""


def _spelt(moment: date) -> str:
    if isinstance(moment, datetime) and not (moment.second or moment.microsecond):
        return minute_of(moment)
    return moment.isoformat()


_AWARE: Final = TypeAdapter[datetime](AwareDatetime)
_MOMENT_JSON: Final = {
    "anyOf": [
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d$"},
    ]
}
Moment = Annotated[
    date,
    PlainValidator(_moment),
    PlainSerializer(_spelt, when_used="json"),
    WithJsonSchema(_MOMENT_JSON),
]
"""An instant, a minute or a whole day in Almaty."""
Number = Annotated[int, Field(ge=1, le=_BIGGEST)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(printable)]
Party = Annotated[PartyId, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def start_of(moment: date | None) -> datetime | None:
    """Of the day, or the instant itself."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, time(), ALMATY)


def end_of(moment: date | None) -> datetime | None:
    """Where the next day begins, or the instant itself; None for no bound."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return None if moment == date.max else start_of(moment + timedelta(days=1))
