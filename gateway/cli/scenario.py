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
    from dossier.appeal import Appeal
    from dossier.rehearsal.judging import Miss
    from dossier.rehearsal.play import Played
    from dossier.rehearsal.scenario import Scenario
    from dossier.rehearsal.timeline import Line


def scenario(
    file: Annotated[Path, typer.Argument(help="The described case, in YAML.", show_default=False)],
    lang: Lang = Language.RU,
    messages: Annotated[bool, typer.Option("--messages", help="Also show what was sent to whom.")] = False,  # noqa: FBT002 - a flag
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Play a described case against the law, with a stepped clock: its path, its terms, and whether all is as expected.

    Nothing is stored and nobody is written to. How a case is described: docs/rehearsing.md.

    Exit code 0: as expected · 1: not as expected · 2: the file is broken.

    Example: dalel scenario tests/scenarios/silence-then-court.yaml --lang kk
    """
    from dossier.rehearsal.judging import judge
    from dossier.rehearsal.play import play
    from dossier.rehearsal.timeline import timeline

    played = play(_read(file))
    misses, lines = judge(played), timeline(played, messages=messages)
    if as_json:
        print_json(_form(played, lines, misses))
    else:
        _print(file, played, lines, misses, lang)
    if misses:
        raise typer.Exit(Exit.FAILED)


def _read(file: Path) -> Scenario:
    from dossier.rehearsal.reading import read_scenario
    from dossier.rehearsal.section import ScenarioInvalid

    try:
        return read_scenario(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandFailed(f"{file} cannot be read: {problem}", Exit.USAGE) from problem
    except ScenarioInvalid as problem:
        raise CommandFailed(f"{file}, {problem}. Nothing was played.", Exit.USAGE) from problem


def _print(file: Path, played: Played, lines: tuple[Line, ...], misses: tuple[Miss, ...], lang: Language) -> None:
    out.print(_timeline_table(played, lines, lang))
    if played.appeal is not None:
        out.print(_term_table(played.appeal, played, lang))
    for miss in misses:
        place = f"{file}:{miss.line}"
        out.print(f"[red]✗[/] [bold]{escape(place)}[/]", soft_wrap=True)
        out.print(f"  {said(words.EXPECTED, lang)}: {escape(miss.expected)}", soft_wrap=True)
        out.print(f"  {said(words.CAME, lang)}: {escape(miss.found)}", soft_wrap=True)
    if not misses:
        out.print(f"[green]✓[/] {said(words.AS_EXPECTED, lang)}")


def _timeline_table(played: Played, lines: tuple[Line, ...], lang: Language) -> Table:
    appeal = played.appeal
    status = "" if appeal is None else f" · {said(words.STATUSES[appeal.status], lang)}"
    table = Table(title=escape(said(played.scenario.title, lang) + status))
    for text in (words.WHEN, words.WHO, words.WHAT):
        table.add_column(said(text, lang))
    for line in lines:
        mark = {"event": "", "message": "→ ", "refusal": "✗ "}[line.kind.value]
        table.add_row(when(line.at), escape(mark + said(line.who, lang)), escape(said(line.what, lang)))
    return table


def _term_table(appeal: Appeal, played: Played, lang: Language) -> Table:
    from dossier.narration import term_wording

    table = Table(title=said(words.TERMS, lang))
    for text in (words.WHO, words.DUTY, words.ARTICLE, words.BEGINS, words.DUE, words.STATE):
        table.add_column(said(text, lang), no_wrap=text in (words.ARTICLE, words.STATE))
    for term in appeal.terms.values():
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
    appeal = played.appeal
    return {
        "title": plain(played.scenario.title),
        "rules": played.scenario.rules,
        "status": appeal.status.value if appeal else None,
        "timeline": plain(lines),
        "terms": [{**plain(term.opened), "state": term.state.value, "late": term.late} for term in _terms(appeal)],
        "misses": plain(misses),
    }


def _terms(appeal: Appeal | None) -> tuple[Any, ...]:
    return tuple(appeal.terms.values()) if appeal else ()
