"""What became of the appeals of a period, counted by body, region, subject or month, as the appeals law promises."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from pydantic import Field, model_validator

from gateway.api.models import Answer, Asking, Line, Nothing
from gateway.api.operation import Asked, Operation
from gateway.domain.access import Right
from gateway.domain.reports import By, Figure
from gateway.ports.reports import ReportAsked

TAG: Final = "reports"


class ReportQuery(Asking):
    """Appeals registered within these days, told apart by one thing, and narrowed to one of another."""

    since: date = Field(description="The first day, Almaty time.")
    until: date = Field(description="The last day.")
    by: By = By.BODY
    among: By = Field(default=By.ALL, description="What `name` is of; not month.")
    name: Line | None = None

    @model_validator(mode="after")
    def _whole(self) -> ReportQuery:
        if (self.among is By.ALL) is not (self.name is None) or self.among is By.MONTH:
            raise ValueError("among body, region or subject, with its name; or neither")
        if self.among is not By.ALL and self.by not in {By.ALL, By.MONTH, self.among}:
            raise ValueError("among one of them: by all, by month or by the same")
        return self


class ReportLine(Answer):
    """One body, region, subject or month. What each figure means stands in docs/reports.md."""

    name: str
    figures: dict[Figure, int]


class Report(Answer):
    """One line for each name that has an appeal, by name."""

    since: date
    until: date
    by: By
    lines: tuple[ReportLine, ...]


async def show_report(asked: Asked[Nothing, ReportQuery, Nothing]) -> Report:
    """Off sums that are kept by the day, so that a year costs what a week does."""
    query = asked.query
    wanted = ReportAsked(query.since, query.until, query.by, query.among, query.name or "")
    lines = await asked.behind.around.reads.report(wanted)
    told = tuple(ReportLine(name=one.name, figures=dict(one.tally)) for one in lines)
    return Report(since=query.since, until=query.until, by=query.by, lines=told)


OPERATIONS: Final[tuple[Operation[Any, Any, Any], ...]] = (
    Operation(
        "GET", "/reports", "show_report", TAG, "Count what became of the appeals of a period.", Right.SEE,
        Report, Nothing, ReportQuery, Nothing, show_report,
    ),
)  # fmt: skip
