"""``dalel scenario``: a described case, played against the law."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli import words
from gateway.cli.frame import AsJson, CommandFailed, Exit, Lang, Language, out, plain, print_json, said, when

if TYPE_CHECKING:
    from dossier.appeal import Term
    from dossier.rehearsal.judging import Miss
    from dossier.rehearsal.play import Played
    from dossier.rehearsal.timeline import Line


def scenario(
    file: Annotated[Path, typer.Argument(help="The described case, in YAML.", show_default=False)],
    lang: Lang = Language.RU,
    messages: Annotated[bool, typer.Option("--messages", help="Also show what was sent to whom.")] = False,  # noqa: FBT002 - a flag
    law: Annotated[
        Path | None,
        typer.Option(help="Folder with rules or moved days of your own, as law_folder.", show_default=False),
    ] = None,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Play a described case against the law, with a stepped clock: its path, its terms, and whether all is as expected.

    Nothing is stored and nobody is written to. How a case is described: docs/rehearsing.md.

    Exit code 0: as expected · 1: not as expected · 2: the file or the law is broken.

    Example: dalel scenario tests/scenarios/silence-then-court.yaml --lang kk
    """
    from dossier.rehearsal.judging import judge
    from dossier.rehearsal.timeline import timeline

    played = _play(file, law)
    misses, lines = judge(played), timeline(played, messages=messages)
    if as_json:
        print_json(_form(played, lines, misses))
    else:
        _print(file, played, lines, misses, lang)
    if misses:
        raise typer.Exit(Exit.FAILED)


def _play(file: Path, law: Path | None) -> Played:
    from dossier.procedure.lawfile import PACKAGED, UnusableLaw
    from dossier.rehearsal.play import play
    from dossier.rehearsal.reading import read_scenario
    from dossier.rehearsal.section import ScenarioInvalid
    from gateway.lawfolder import own_files

    try:
        return play(read_scenario(file.read_text(encoding="utf-8"), own_files(law) if law else PACKAGED))
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandFailed(f"{file} cannot be read: {problem}", Exit.USAGE) from problem
    except ScenarioInvalid as problem:
        raise CommandFailed(f"{file}, {problem}. Nothing was played.", Exit.USAGE) from problem
    except UnusableLaw as problem:
        raise CommandFailed(f"{file} cannot be played by this law: {problem}", Exit.USAGE) from problem


def _print(file: Path, played: Played, lines: tuple[Line, ...], misses: tuple[Miss, ...], lang: Language) -> None:
    out.print(_timeline_table(played, lines, lang))
    if terms := _terms(played):
        out.print(_term_table(terms, played, lang))
    for miss in misses:
        out.print(f"[red]✗[/] [bold]{escape(f'{file}:{miss.line}')}[/]", soft_wrap=True)
        out.print(f"  {said(words.EXPECTED, lang)}: {escape(miss.expected)}", soft_wrap=True)
        out.print(f"  {said(words.CAME, lang)}: {escape(miss.found)}", soft_wrap=True)
    if not misses:
        out.print(f"[green]✓[/] {said(words.AS_EXPECTED, lang)}")


_MARKS = {"event": "", "message": "→ ", "answer": "← ", "refusal": "✗ "}


def _timeline_table(played: Played, lines: tuple[Line, ...], lang: Language) -> Table:
    appeal = played.appeal
    status = "" if appeal is None else f" · {said(words.STATUSES[appeal.status], lang)}"
    table = Table(title=escape(said(played.scenario.title, lang) + status))
    for text in (words.WHEN, words.WHO, words.WHAT):
        table.add_column(said(text, lang))
    for line in lines:
        who = _MARKS[line.kind.value] + said(line.who, lang)
        table.add_row(when(line.at), escape(who), escape(said(line.what, lang)))
    return table


def _term_table(terms: tuple[Term, ...], played: Played, lang: Language) -> Table:
    from dossier.narration import term_wording

    table = Table(title=f"{said(words.TERMS, lang)} · {escape(played.scenario.law.rules.version)}")
    for text in (words.WHO, words.DUTY, words.ARTICLE, words.BEGINS, words.DUE, words.STATE):
        table.add_column(said(text, lang), no_wrap=text in (words.ARTICLE, words.STATE))
    for term in terms:
        opened, late = term.opened, f", {said(words.LATE, lang)}" if term.late else ""
        table.add_row(
            escape(said(played.scenario.cast.names[opened.party], lang)),
            escape(said(term_wording(opened), lang)),
            escape(opened.article),
            when(opened.started_at),
            when(opened.due_at),
            said(words.STATES[term.state], lang) + late,
        )
    return table


def _form(played: Played, lines: tuple[Line, ...], misses: tuple[Miss, ...]) -> dict[str, Any]:
    return {
        "title": plain(played.scenario.title),
        "rules": played.scenario.law.rules.version,
        "status": played.appeal.status.value if played.appeal else None,
        "timeline": plain(lines),
        "terms": [{**plain(term.opened), "state": term.state.value, "late": term.late} for term in _terms(played)],
        "misses": plain(misses),
    }


def _terms(played: Played) -> tuple[Term, ...]:
    return tuple(played.appeal.terms.values()) if played.appeal else ()
