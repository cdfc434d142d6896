"""What all bodies share: answers are copied off the values of the exchange, requests refuse what they do not know."""

from __future__ import annotations

from typing import Annotated, Final, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from contracts.party import PartyId

T = TypeVar("T", bound=BaseModel)
LONGEST_PAGE: Final = 200
LONGEST_REASON: Final = 500
_BIGGEST: Final = 2**63 - 1


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


def _printable(words: str) -> str:
    if not words.isprintable():
        raise ValueError("letters that are printed")
    return words


Number = Annotated[int, Field(ge=1, le=_BIGGEST)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
Party = Annotated[PartyId, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,62}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ReasonBody(RequestModel):
    """Why it is done; kept in the audit log for good."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON), AfterValidator(_printable)] = (
        Field(description="Why; kept in the audit log for good. No personal data.")
    )


class InvalidField(ResponseModel):
    """One thing that is wrong in a request."""

    place: str = Field(description="path, query, header or body")
    name: str
    what: str


class ProblemDetails(ResponseModel):
    """RFC 9457: what is wrong, where, and what to do about it, in the language asked for."""

    type: str = Field(description="A name that never changes its meaning; act on this.")
    title: str
    status: int
    detail: str = Field(description="What to do about it.")
    instance: str = Field(description="urn of this request; the log of the exchange has it, too.")
    request_id: str
    right: str | None = Field(default=None, description="The right that the role lacks.")
    reason: str | None = Field(default=None, description="As the audit log says it, in English.")
    wrong: tuple[InvalidField, ...] = ()


def dumped(answer: BaseModel) -> bytes:
    """As it goes out."""
    return answer.model_dump_json().encode()
