"""``dalel scenario``: described cases, played against the law."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli import words
from gateway.cli.frame import AsJson, CliLanguage, CommandFailed, Exit, Lang, localized, out, plain, print_json, when

if TYPE_CHECKING:
    from dossier.case.appeal import Term
    from dossier.procedure.law.law_file import OwnFiles
    from dossier.rehearsal.judging import Mismatch
    from dossier.rehearsal.play import Played
    from dossier.rehearsal.timeline import TimelineLine


@dataclass(frozen=True, slots=True)
class _Case:
    file: Path
    played: Played
    misses: tuple[Mismatch, ...]


def scenario(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Described cases in YAML, or folders of them.", show_default=False),
    ],
    lang: Lang = CliLanguage.RU,
    messages: Annotated[bool, typer.Option("--messages", help="Also show what was sent to whom.")] = False,  # noqa: FBT002 - a flag
    law: Annotated[
        Path | None,
        typer.Option(help="Folder with rules or moved days of your own, as law_folder.", show_default=False),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Play a described case against the law, with a stepped clock: its path, its terms, and whether all is as expected.

    Several cases are told in one line each. Nothing is stored and nobody is written to. How a case is described:
    docs/rehearsing.md.

    Exit code 0: as expected · 1: not as expected · 2: a file or the law is broken.

    Example: dalel scenario tests/scenarios/silence-then-court.yaml --lang kk
    """
    cases = _play_all(files, law)
    if as_json:
        forms = [_form(case, messages=messages) for case in cases]
        print_json(forms if _are_many(files) else forms[0])
    elif _are_many(files):
        _print_summary(cases, lang)
    else:
        _print_case(cases[0], lang, messages=messages)
    if any(case.misses for case in cases):
        raise typer.Exit(Exit.FAILED)


def _are_many(files: list[Path]) -> bool:
    return len(files) > 1 or files[0].is_dir()


# --- playing


def _play_all(files: list[Path], law: Path | None) -> list[_Case]:
    from dossier.procedure.law.law_file import PACKAGED, UnusableLaw
    from gateway.config.law_folder import own_files

    try:
        own = own_files(law) if law else PACKAGED
    except UnusableLaw as problem:
        raise CommandFailed(f"--law: {problem}", Exit.USAGE) from problem
    found = [each for file in files for each in (sorted(file.glob("*.yaml")) if file.is_dir() else [file])]
    if not found:
        raise CommandFailed(f"There is no *.yaml in {files[0]}.", Exit.USAGE)
    return [_played(file, own) for file in found]


def _played(file: Path, own: OwnFiles) -> _Case:
    from dossier.procedure.law.law_file import UnusableLaw
    from dossier.rehearsal.judging import judge
    from dossier.rehearsal.play import play
    from dossier.rehearsal.reading import read_scenario
    from dossier.rehearsal.section import ScenarioInvalid

    try:
        played = play(read_scenario(file.read_text(encoding="utf-8"), own))
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandFailed(f"{file} cannot be read: {problem}", Exit.USAGE) from problem
    except ScenarioInvalid as problem:
        raise CommandFailed(f"{file}, {problem}. Nothing was played.", Exit.USAGE) from problem
    except UnusableLaw as problem:
        raise CommandFailed(f"{file} cannot be played by this law: {problem}", Exit.USAGE) from problem
    return _Case(file, played, judge(played))


# --- telling people


def _print_case(case: _Case, lang: CliLanguage, *, messages: bool) -> None:
    from dossier.rehearsal.timeline import timeline

    out.print(_timeline_table(case.played, timeline(case.played, messages=messages), lang))
    if terms := _terms(case.played):
        out.print(_term_table(terms, case.played, lang))
    _print_misses(case, lang)
    if not case.misses:
        out.print(f"[green]✓[/] {localized(words.AS_EXPECTED, lang)}")


def _print_summary(cases: list[_Case], lang: CliLanguage) -> None:
    table = Table()
    for text in (words.CASE, words.WHAT, words.STATE):
        table.add_column(localized(text, lang))
    for case in cases:
        mark = "[red]✗[/]" if case.misses else "[green]✓[/]"
        title, state = localized(case.played.scenario.title, lang), _status(case.played, lang)
        table.add_row(f"{mark} {escape(case.file.stem)}", escape(title), state)
    out.print(table)
    for case in cases:
        _print_misses(case, lang)
    met = sum(not case.misses for case in cases)
    out.print(f"{localized(words.MET, lang)}: {met} / {len(cases)}")


def _print_misses(case: _Case, lang: CliLanguage) -> None:
    for miss in case.misses:
        out.print(f"[red]✗[/] [bold]{escape(f'{case.file}:{miss.line}')}[/]", soft_wrap=True)
        out.print(f"  {localized(words.EXPECTED, lang)}: {escape(miss.expected)}", soft_wrap=True)
        out.print(f"  {localized(words.CAME, lang)}: {escape(miss.found)}", soft_wrap=True)


_MARKS = {"event": "", "message": "→ ", "answer": "← ", "refusal": "✗ "}


def _timeline_table(played: Played, lines: tuple[TimelineLine, ...], lang: CliLanguage) -> Table:
    table = Table(title=escape(f"{localized(played.scenario.title, lang)} · {_status(played, lang)}"))
    for text in (words.WHEN, words.WHO, words.WHAT):
        table.add_column(localized(text, lang))
    for line in lines:
        who = _MARKS[line.kind.value] + localized(line.who, lang)
        table.add_row(when(line.at), escape(who), escape(localized(line.what, lang)))
    return table


def _status(played: Played, lang: CliLanguage) -> str:
    return localized(words.STATUSES[played.appeal.status], lang) if played.appeal else "–"


def _term_table(terms: tuple[Term, ...], played: Played, lang: CliLanguage) -> Table:
    from dossier.case.narration import term_wording

    table = Table(title=f"{localized(words.TERMS, lang)} · {escape(played.scenario.law.rules.version)}")
    for text in (words.WHO, words.DUTY, words.ARTICLE, words.BEGINS, words.DUE, words.STATE):
        table.add_column(localized(text, lang), no_wrap=text in (words.ARTICLE, words.STATE))
    for term in terms:
        opened, late = term.opened, f", {localized(words.LATE, lang)}" if term.late else ""
        table.add_row(
            escape(localized(played.scenario.cast.names[opened.party], lang)),
            escape(localized(term_wording(opened), lang)),
            escape(opened.article),
            when(opened.started_at),
            when(opened.due_at),
            localized(words.STATES[term.state], lang) + late,
        )
    return table


# --- telling scripts


def _form(case: _Case, *, messages: bool) -> dict[str, Any]:
    from dossier.rehearsal.timeline import timeline

    played = case.played
    return {
        "file": str(case.file),
        "title": plain(played.scenario.title),
        "rules": played.scenario.law.rules.version,
        "status": played.appeal.status.value if played.appeal else None,
        "timeline": plain(timeline(played, messages=messages)),
        "terms": [{**plain(term.opened), "state": term.state.value, "late": term.late} for term in _terms(played)],
        "misses": plain(case.misses),
    }


def _terms(played: Played) -> tuple[Term, ...]:
    return tuple(played.appeal.terms.values()) if played.appeal else ()
