"""What the demo prints at its end: history, terms, deliveries, notices, the verdict, and where everything lies."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from contracts.party import LocalText
from gateway.cli.deliveries.listing import attempt_table, delivery_table
from gateway.cli.demo import words
from gateway.cli.demo.proof import DemoProof
from gateway.cli.demo.story import COURT
from gateway.cli.demo.watch import AppealSnapshot
from gateway.cli.frame import CliLanguage, localized
from gateway.cli.proof.history import event_table, term_table
from gateway.texts.language import NAMES, PageLanguage


def close(
    screen: Console,
    language: CliLanguage,
    *,
    sight: AppealSnapshot,
    notices: list[dict[str, Any]],
    proof: DemoProof,
    label: LocalText,
    seconds: float,
) -> None:
    """Print all of it. ``label`` is what the rules say of themselves: that these terms are seconds."""
    screen.print()
    screen.print(event_table(sight.history, language))
    screen.print(term_table(sight.history, language))
    screen.print(f"[yellow]{escape(localized(label, language))}[/]")
    screen.print(delivery_table(tuple(reversed(sight.deliveries)), language))
    screen.print(attempt_table(sight.attempts_at(COURT, "FileDossier"), language, title=words.COURT_ATTEMPTS))
    screen.print(_notices(notices, language))
    screen.print(Rule("dalel verify"))
    screen.print(Text(proof.output.rstrip()), soft_wrap=True)
    screen.print(Rule(localized(words.SUMMARY, language)))
    _summary(screen, language, sight, proof, seconds)


def _notices(notices: list[dict[str, Any]], language: CliLanguage) -> Table:
    """Both languages side by side, as the citizen's cabinet shows them."""
    table = Table(title=localized(words.NOTICES, language), show_lines=True)
    table.add_column(NAMES[PageLanguage.KK].lower(), ratio=1)
    table.add_column(NAMES[PageLanguage.RU].lower(), ratio=1)
    for notice in notices:
        text = notice["text"]
        table.add_row(escape(text["kk"]), escape(text["ru"]))
    return table


def _summary(screen: Console, language: CliLanguage, sight: AppealSnapshot, proof: DemoProof, seconds: float) -> None:
    lines = (
        (words.CASE_NUMBER, str(sight.history.case_number)),
        (words.DOSSIER, f"{proof.dossier} ({proof.dossier.stat().st_size} B)"),
        (words.FOR_THE_JUDGE, str(proof.summary)),
        (words.LATER_DOSSIER, f"{proof.supplement} ({proof.supplement.stat().st_size} B)"),
    )
    for title, value in lines:
        screen.print(f"{escape(localized(title, language))}: [bold]{escape(value)}[/]", soft_wrap=True)
    screen.print(f"[green]{localized(words.SECONDS, language).format(seconds=f'{seconds:.0f}')}[/]")
