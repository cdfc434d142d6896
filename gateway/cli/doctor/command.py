"""``dalel doctor``: what is well, what is not, and the cure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli.doctor.checks import check_installation, check_machine
from gateway.cli.frame import DEFAULT_HOME, AsJson, Exit, Home, out, print_json
from gateway.config.settings import Settings, SettingsError, load_settings
from gateway.domain.alarms.findings import CheckFinding, Health, worst

_MARKS: Final = {Health.OK: "[green]ok[/]", Health.WARN: "[yellow]warn[/]", Health.FAIL: "[red]fail[/]"}


def doctor(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Look over machine and installation: one line each, with the cure. Exit code 1 when something fails.

    Example: dalel doctor --home /var/lib/dalel
    """
    findings = examine(home)
    if as_json:
        print_json(findings)
    else:
        out.print(_table(findings))
    raise typer.Exit(Exit.FAILED if worst(found.health for found in findings) is Health.FAIL else Exit.OK)


def examine(home: Path) -> list[CheckFinding]:
    """Every finding about this machine and the installation in ``home``."""
    from gateway.cli.doctor.ledger import check_ledger
    from gateway.cli.doctor.ncanode import check_ncanode
    from gateway.cli.doctor.revocation import check_revocation
    from gateway.cli.doctor.timestamps import check_time_stamps

    findings = list(check_machine())
    settings = _settings(home)
    if isinstance(settings, CheckFinding):
        return [*findings, settings]
    findings.append(CheckFinding(Health.OK, "settings", str(home)))
    now = datetime.now(UTC)
    findings += [
        *check_installation(settings, now),
        *check_ledger(settings, now),
        *check_time_stamps(settings),
        *check_ncanode(settings),
    ]
    findings += check_revocation(settings, now)
    return findings


def _settings(home: Path) -> Settings | CheckFinding:
    try:
        return load_settings(home)
    except SettingsError as problem:
        return CheckFinding(Health.FAIL, "settings", str(problem), "Mend them, then run the doctor again.")


def _table(findings: list[CheckFinding]) -> Table:
    table = Table(show_header=False)
    table.add_column()
    table.add_column()
    table.add_column(ratio=1)
    for finding in findings:
        cure = f"\n[bold]{escape(finding.cure)}[/]" if finding.cure else ""
        table.add_row(_MARKS[finding.health], escape(finding.subject), escape(finding.message) + cure)
    return table
