"""``dalel report``: the control that the appeals law promises, in the figures of the console."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import LocalText, PartyId
from dossier.procedure.wording import article_text
from gateway.cli.frame import (
    ALMATY,
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Exit,
    Home,
    Lang,
    err,
    localized,
    out,
    print_json,
)
from gateway.config.settings import Settings, load_settings
from gateway.domain.reports.definitions import DEFINITIONS, RATE, name_of, rate
from gateway.domain.reports.figures import NOTHING, Figure, GroupBy, Tally
from gateway.domain.reports.periods import DayPeriod
from gateway.ports.appeals import Recount
from gateway.ports.parties import LoadRegistry
from gateway.texts.reports import BASIS, BYS

if TYPE_CHECKING:
    from gateway.ports.reports import ReportLine
    from gateway.store.database import SqlReader

_PRINTED: Final = (
    Figure.RECEIVED, Figure.ON_TIME, Figure.LATE, Figure.SILENT, Figure.OPEN, Figure.EXTENDED, Figure.FORMAL,
    Figure.DISAGREED, Figure.GRANTED, Figure.REFUSED,
)  # fmt: skip
"""What fits a screen; ``--csv`` and ``--json`` have all."""


class GroupByOption(StrEnum):
    """What lines may be told apart by."""

    BODY = "body"
    REGION = "region"
    SUBJECT = "subject"
    MONTH = "month"


def report(
    period: Annotated[
        str | None, typer.Argument(help="2026, 2026-Q4 or 2026-11; without it this month.", show_default=False)
    ] = None,
    home: Home = DEFAULT_HOME,
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day.")] = None,
    by: Annotated[GroupByOption, typer.Option("--by", help="What lines are told apart by.")] = GroupByOption.BODY,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with all figures and what they mean.")] = False,  # noqa: FBT002 - a flag
    recount: Annotated[bool, typer.Option("--recount", help="First make the sums anew, see below.")] = False,  # noqa: FBT002 - a flag
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Count the appeals that were registered in a period: on time, late, silent, disagreed, how the court ended them.

    An appeal counts as it stands now, so figures of a past period may still move. --recount makes the sums anew from
    what appeals count as, and has the exchange read every history once more, a hundred a second.
    Examples: dalel report 2026-11 · dalel report --from 2026-11-01 --to 2026-11-24 --by region --csv
    """
    from gateway.cli.store import read

    settings, period_given = load_settings(home), _period(period, since, until)
    if recount:
        _recount(settings)
    report, names = read(settings, lambda store: _look(store, period_given, GroupBy(by.value)))
    if not settings.console:
        err.print("Appeals are counted by the exchange that has console = true in dalel.toml; here it is off.")
    if as_json:
        print_json(_form(period_given, by, report))
    elif as_csv:
        _print_csv(period_given, GroupBy(by.value), report, lang, names)
    else:
        _print(period_given, GroupBy(by.value), report, lang, names)


def _period(name: str | None, since: datetime | None, until: datetime | None) -> DayPeriod:
    today = datetime.now(UTC).astimezone(ALMATY).date()
    if name is not None:
        found = DayPeriod.named(name)
        if found is None or since or until:
            text = f"{name!r} is no period: write 2026, 2026-Q4 or 2026-11, or leave it out and give --from and --to."
            raise CommandFailed(text, Exit.USAGE)
        return found
    if since is None and until is None:
        return DayPeriod.of_months(today.replace(day=1), 1)
    return DayPeriod.free(since.date() if since else date(2000, 1, 1), until.date() if until else today)


@dataclass(frozen=True, slots=True)
class _Report:
    """``total``: of whole appeals; by body the lines may add up to more."""

    lines: tuple[ReportLine, ...]
    total: Tally


async def _look(store: SqlReader, period: DayPeriod, by: GroupBy) -> tuple[_Report, Mapping[PartyId, LocalText]]:
    from gateway.ports.reports import ReportQuery

    registry = await store.run(LoadRegistry())
    lines = await store.run(ReportQuery(period.since, period.until, by))
    whole = await store.run(ReportQuery(period.since, period.until))
    report = _Report(lines, whole[0].tally if whole else NOTHING)
    return report, {party.party_id: party.name for party in registry.parties}


def _recount(settings: Settings) -> None:
    """Through the running exchange, else in its place."""
    from gateway.cli.store import act, call_server

    if call_server(settings, "POST", "/reports/recount", {}) is None:
        act(settings, lambda store: store.run(Recount()))


def _form(period: DayPeriod, by: GroupByOption, report: _Report) -> dict[str, object]:
    return {
        "since": period.since,
        "until": period.until,
        "by": by,
        "lines": [{"name": line.name, **_figures(line.tally)} for line in report.lines],
        "total": _figures(report.total),
        "figures": {figure: definition.meaning for figure, definition in DEFINITIONS.items()},
    }


def _figures(tally: Tally) -> dict[str, int]:
    return {figure.value: count for figure, count in tally.items()}


def _print_csv(
    period: DayPeriod, by: GroupBy, report: _Report, lang: CliLanguage, names: Mapping[PartyId, LocalText]
) -> None:
    from gateway.domain.reports.sheet import sheet
    from gateway.lists.column import harmless

    rows = sheet(((line.name, line.tally) for line in report.lines), report.total, by, period, lang.value, names)
    csv.writer(sys.stdout).writerows(map(harmless, row) for row in rows)


def _print(
    period: DayPeriod, by: GroupBy, report: _Report, lang: CliLanguage, names: Mapping[PartyId, LocalText]
) -> None:
    table = Table(title=f"{period.since} – {period.until}")
    table.add_column(localized(BYS[by], lang))
    for figure in _PRINTED:
        table.add_column(localized(DEFINITIONS[figure].name, lang), justify="right")
    table.add_column(localized(RATE.name, lang), justify="right")
    for line in report.lines:
        table.add_row(escape(localized(name_of(by, line.name, names), lang)), *_cells(line.tally))
    table.add_section()
    table.add_row("Σ", *_cells(report.total))
    out.print(table)
    for definition in (*(DEFINITIONS[figure] for figure in _PRINTED), RATE):
        article = f" {localized(article_text(definition.article), lang)}" if definition.article else ""
        out.print(
            escape(f"{localized(definition.name, lang)}: {localized(definition.meaning, lang)}{article}"),
            soft_wrap=True,
        )
    out.print(localized(BASIS, lang), soft_wrap=True)


def _cells(tally: Tally) -> list[str]:
    return [*(str(tally[figure]) for figure in _PRINTED), rate(tally)]
