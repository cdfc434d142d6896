"""Bodies that many operations share: a reason, and what is wrong (RFC 9457)."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from gateway.lists.models import RequestModel, ResponseModel, printable

LONGEST_REASON: Final = 500


class ReasonBody(RequestModel):
    """Why it is done; kept in the audit log for good."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_REASON), AfterValidator(printable)] = (
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
