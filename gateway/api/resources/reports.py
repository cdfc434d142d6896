"""What became of the appeals of a period, counted by body, region, subject or month, as the appeals law promises."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pydantic import Field, model_validator

from gateway.api.listed import list_operation
from gateway.api.operation import ApiCall, ApiOperation
from gateway.domain.people.access import Right
from gateway.domain.reports.figures import Figure, GroupBy
from gateway.lists.counted_appeals import COUNTED_APPEALS
from gateway.lists.models import EmptyParams, Line, RequestModel, ResponseModel
from gateway.ports.reports import ReportQuery

TAG: Final = "reports"


class ReportParams(RequestModel):
    """Appeals registered within these days, told apart by one thing, and narrowed to one of another."""

    since: date = Field(description="The first day, Almaty time.")
    until: date = Field(description="The last day.")
    by: GroupBy = GroupBy.BODY
    among: GroupBy = Field(default=GroupBy.ALL, description="What `name` is of; not month.")
    name: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> ReportParams:
        if (self.among is GroupBy.ALL) is not (self.name is None) or self.among is GroupBy.MONTH:
            raise ValueError("among body, region or subject, with its name; or neither")
        if self.among is not GroupBy.ALL and self.by not in {GroupBy.ALL, GroupBy.MONTH, self.among}:
            raise ValueError("among one of them: by all, by month or by the same")
        return self


class ReportLineModel(ResponseModel):
    """One body, region, subject or month. What each figure means stands in docs/reports.md."""

    name: str
    figures: dict[Figure, int]


class ReportModel(ResponseModel):
    """One line for each name that has an appeal, by name."""

    since: date
    until: date
    by: GroupBy
    lines: tuple[ReportLineModel, ...]


async def show_report(call: ApiCall[EmptyParams, ReportParams, EmptyParams]) -> ReportModel:
    """Off sums that are kept by the day, so that a year costs what a week does."""
    query = call.query
    wanted = ReportQuery(query.since, query.until, query.by, query.among, query.name or "")
    lines = await call.context.serving.reads.run(wanted)
    lines_shown = tuple(ReportLineModel(name=one.name, figures=dict(one.tally)) for one in lines)
    return ReportModel(since=query.since, until=query.until, by=query.by, lines=lines_shown)


OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(COUNTED_APPEALS),
    ApiOperation(
        "GET", "/reports", "show_report", TAG, "Count what became of the appeals of a period.", Right.SEE,
        ReportModel, EmptyParams, ReportParams, EmptyParams, show_report,
    ),
)  # fmt: skip
