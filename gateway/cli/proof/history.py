"""``dalel history``: the path of one appeal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.party import LocalText, PartyId
from contracts.payloads import History, HistoryTerm
from dossier.case.appeal import Status, TermState
from gateway.cli import words
from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Home,
    Lang,
    localized,
    out,
    print_json,
    when,
)
from gateway.config.settings import Settings, load_settings
from gateway.ports.case import FindConversation, LoadCase
from gateway.ports.parties import LoadRegistry

if TYPE_CHECKING:
    from gateway.store.database import SqlReader


def history(
    number: Annotated[str, typer.Argument(help="Number of the appeal.", show_default=False)],
    home: Home = DEFAULT_HOME,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """Tell what happened to an appeal, and how its terms stand.

    Example: dalel history DL-2026-0123456789 --lang kk
    """
    found = find_history(load_settings(home), number)
    if as_json:
        print_json(found)
        return
    out.print(event_table(found, lang))
    out.print(term_table(found, lang))


async def names_in(store: SqlReader) -> Mapping[PartyId, LocalText]:
    """What the registry in force calls its parties."""
    return {party.party_id: party.name for party in (await store.run(LoadRegistry())).parties}


def find_history(settings: Settings, number: str) -> History:
    """The path of the appeal with this number. Raises CommandFailed when there is none."""
    from gateway.cli.store import read
    from gateway.service.intake.history import history_of

    async def find(store: SqlReader) -> History | None:
        conversation = await store.run(FindConversation(number))
        case = await store.run(LoadCase(conversation)) if conversation else None
        return history_of(case, await names_in(store)) if case else None

    found = read(settings, find)
    if found is None:
        raise CommandFailed(
            f"No appeal has the number {number}. Copy it from the receipt or a notice, whole: like DL-2026-0123456789."
        )
    return found


def event_table(history: History, lang: CliLanguage) -> Table:
    """Events for people: when (Almaty time), who, what."""
    case = f" · {history.case_number}" if history.case_number else ""
    table = Table(title=escape(f"{history.appeal_number} · {_status(history, lang)}{case}"))
    for heading in ("№", *(localized(text, lang) for text in (words.WHEN, words.WHO, words.WHAT))):
        table.add_column(heading)
    for event in history.events:
        table.add_row(str(event.seq), when(event.at), event.actor, escape(localized(event.note, lang)))
    return table


def _status(history: History, lang: CliLanguage) -> str:
    return localized(words.STATUSES[Status(history.status)], lang)


def term_table(history: History, lang: CliLanguage) -> Table:
    """Terms for people; the rules version says whether they are sandbox seconds."""
    table = Table(title=localized(words.TERMS, lang))
    for text in (words.WHO, words.DUTY, words.ARTICLE, words.DUE, words.STATE, words.RULES):
        table.add_column(localized(text, lang), no_wrap=text in (words.ARTICLE, words.STATE))
    for term in history.terms:
        notice = term.notice
        state = localized(words.STATES[TermState(term.state)], lang)
        due = when(notice.due_at)
        table.add_row(term.party, _duty(term, lang), escape(notice.article), due, state, notice.rules_version)
    return table


def _duty(term: HistoryTerm, lang: CliLanguage) -> str:
    """The duty as the rules word it that the term was computed by."""
    from dossier.case.narration import wording_of

    return escape(localized(wording_of(term.duty, term.notice.rules_version), lang))
