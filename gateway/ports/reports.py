"""Figures of the reports, and the appeals behind each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.domain.reports.figures import CountedAs, Figure, GroupBy, Tally
from gateway.ports.appeals import AppealRow
from gateway.ports.operations import Read


@dataclass(frozen=True, slots=True)
class ReportLine:
    """What one body, region, subject or month comes to."""

    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class CountedAppeal:
    """An appeal behind a figure, and what it counts as."""

    appeal: AppealRow
    counted: CountedAs


@dataclass(frozen=True, slots=True)
class ReportQuery(Read[tuple[ReportLine, ...]]):
    """Appeals registered from ``since`` to ``until``, both included, told apart by ``by``.

    ``among``, ``name``: only those of one body, region or subject; ``ALL`` narrows nothing.

    One line for each name that has an appeal, by name. Told by month or all in one, or by ``among`` itself.
    """

    since: date
    until: date
    by: GroupBy = GroupBy.ALL
    among: GroupBy = GroupBy.ALL
    name: str = ""


@dataclass(frozen=True, slots=True)
class CountedAppealsQuery(Read[tuple[CountedAppeal, ...]]):
    """The appeals that one figure counts, in the order of registration. ``after``: number of the last one before.

    A page of appeals, newest registration first, off an index whatever was registered before.
    """

    since: date
    until: date
    figure: Figure = Figure.RECEIVED
    among: GroupBy = GroupBy.ALL
    name: str = ""
    after: str | None = None
    limit: int = 50
