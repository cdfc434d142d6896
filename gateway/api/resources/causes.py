"""Frequent causes: what goes wrong most in a period, by kind and party, and whether it grows."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from pydantic import AwareDatetime, Field

from gateway.api.operation import ApiCall, ApiOperation
from gateway.domain.people.access import Right
from gateway.domain.reports.causes import PERIODS, CauseKind, hour_of
from gateway.lists.models import EmptyParams, Party, RequestModel, ResponseModel
from gateway.ports.causes import CauseQuery

TAG: Final = "causes"


class HourPeriod(StrEnum):
    """Whole hours that end with this one."""

    DAY = "1d"
    WEEK = "7d"
    MONTH = "30d"


class CauseParams(RequestModel):
    """What is counted."""

    period: HourPeriod = HourPeriod.DAY
    kind: CauseKind | None = None
    party: Party | None = None


class FrequentCause(ResponseModel):
    """How often one thing went wrong with one party."""

    kind: CauseKind
    cause: str = Field(description="A fault code, the name of an outcome, or a duty.")
    party: str = Field(description="Empty for strangers.")
    count: int
    before: int = Field(description="In the period of the same length before this one.")
    trend: int | None = Field(description="By how many per cent it grew; null where there was nothing before.")


class FrequentCauses(ResponseModel):
    """The hundred most frequent since ``since``, counted by the hour some minutes after it."""

    since: AwareDatetime
    before: AwareDatetime = Field(description="Since when it was counted what they are held against.")
    causes: tuple[FrequentCause, ...]


async def list_causes(call: ApiCall[EmptyParams, CauseParams, EmptyParams]) -> FrequentCauses:
    """Off sums that are kept by the hour."""
    query, serving = call.query, call.context.serving
    span = PERIODS[query.period.value]
    since = hour_of(serving.exchange.clock.now()) - span
    found = await serving.reads.run(CauseQuery(since, since - span, query.kind, query.party))
    causes = tuple(map(FrequentCause.model_validate, found))
    return FrequentCauses(since=since, before=since - span, causes=causes)


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/causes", "list_causes", TAG, "List what goes wrong most, and whether it grows.", Right.SEE,
        FrequentCauses, EmptyParams, CauseParams, EmptyParams, list_causes,
    ),
)  # fmt: skip
