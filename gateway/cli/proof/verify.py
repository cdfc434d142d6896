"""``dalel verify``: prove a dossier, or a container of another system, offline."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from dossier.check.report import Indication, ReportStep, StepVerdict, VerificationReport, report_json
from gateway.cli.frame import DEFAULT_HOME, AsJson, CliLanguage, CommandFailed, Exit, Home, Lang, localized, out
from gateway.cli.words import ANCHOR
from gateway.texts.verdicts import verdict_of
from signing.keys.keypair import Certificate

EXITS: Final = {
    Indication.TOTAL_PASSED: Exit.OK,
    Indication.TOTAL_FAILED: Exit.FAILED,
    Indication.INDETERMINATE: Exit.INDETERMINATE,
}

_MARKS: Final = {
    StepVerdict.PASSED: "[green]✓[/]",
    StepVerdict.FAILED: "[red]✗[/]",
    StepVerdict.INDETERMINATE: "[yellow]?[/]",
    StepVerdict.ABSENT: "[dim]–[/]",
}


def verify(
    file: Annotated[
        Path,
        typer.Argument(help="A dossier, a file of evidence, or any other ASiC container.", show_default=False),
    ],
    trust: Annotated[
        list[Path] | None,
        typer.Option(help="PEM of a trust anchor; may be repeated. Default: HOME/trust, else trust/ beside the file."),
    ] = None,
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Prove a dossier offline: container, digests, signature, signer, every message and document.

    A container of another system (ASiC-E, ASiC-S with XAdES) is judged, too, and said to be no dossier.

    Exit code 0: passed · 1: failed · 3: indeterminate. Example: dalel verify demo-out/dossier.asice --lang en
    """
    from dossier.check.verification import verify_container

    if not file.is_file():
        raise CommandFailed(f"{file} is no file. Name the dossier to verify.", Exit.UNREACHABLE)
    anchors = anchors_of(trust or [], home, file)
    report = verify_container(file, anchors, now=datetime.now(UTC))
    if as_json:
        typer.echo(report_json(report))
    else:
        show(report, lang)
        for anchor in anchors:  # whoever verifies must see whom they were asked to believe
            out.print(escape(f"{localized(ANCHOR, lang)}: {anchor.subject}, SHA-256 {anchor.sha256}"), soft_wrap=True)
    raise typer.Exit(EXITS[report.indication])


def show(report: VerificationReport, lang: CliLanguage) -> None:
    """Print the report for people: the steps, then the verdict in words."""
    out.print(_table(report, lang))
    out.print(f"[bold]{localized(verdict_of(report), lang)}[/] ({report.indication.value}{_because(report)})")


def anchors_of(named: list[Path], home: Path, file: Path) -> tuple[Certificate, ...]:
    """The anchors named, else those of the installation, else those that lie beside the file."""
    from signing.errors import KeyUnusable
    from signing.keys.keypair import load_certificate
    from signing.trust.path import load_anchors

    try:
        if named:
            return tuple(load_certificate(path) for path in named)
        return load_anchors(home / "trust") or load_anchors(file.parent / "trust")
    except (KeyUnusable, OSError) as problem:
        text = f"A trust anchor cannot be read: {problem}. Name readable PEM certificates with --trust."
        raise CommandFailed(text, Exit.UNREACHABLE) from problem


def _table(report: VerificationReport, lang: CliLanguage) -> Table:
    table = Table(title=escape(f"{report.file_name} · {report.size} B · SHA-256 {report.sha256}"), show_header=False)
    table.add_column(justify="right")
    table.add_column()
    table.add_column(ratio=1)
    for step in report.steps:
        table.add_row(str(step.number), _MARKS[step.verdict], _words(step, lang))
    return table


def _words(step: ReportStep, lang: CliLanguage) -> str:
    """What the step found; of one that did not pass, every finding with the part it is about."""
    first = f"[bold]{escape(localized(step.title, lang))}[/]: {escape(localized(step.text, lang))}"
    listed = [f"{finding.part}: {localized(finding.text, lang)}" for finding in step.findings]
    if len(listed) == 1:  # then the step's text is the finding's, and only the part is news
        return f"{first} [dim]({escape(step.findings[0].part)})[/]"
    return "\n".join([first, *(escape(f"· {line}") for line in listed)])


def _because(report: VerificationReport) -> str:
    return f", {report.sub_indication.value}" if report.sub_indication else ""
