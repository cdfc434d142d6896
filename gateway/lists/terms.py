"""Terms: those due today, near, running, missed, by whom they bind and by duty."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.header import ConversationId
from contracts.party import LocalText, PartyId
from dossier.case.narration import wording_of
from dossier.procedure.law.rules_file import CODE, load_rules
from dossier.procedure.wording import article_text
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Instant, Link, Local, Phrase, Span, Strong, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Paging, Party, end_of
from gateway.lists.reader import Reader
from gateway.ports.appeals import TermQuery, TermRow, TermsOf
from gateway.texts.language import marked
from gateway.texts.times import ALMATY

_WHICH: Final[Mapping[TermsOf, str]] = {
    TermsOf.TODAY: marked("due today"),
    TermsOf.NEAR: marked("due within a week"),
    TermsOf.OPEN: marked("all that run"),
    TermsOf.BREACHED_LATELY: marked("missed in 24 hours, still unmet"),
    TermsOf.BREACHED: marked("missed, still unmet"),
    TermsOf.MET_LATE: marked("met late"),
}
NEAR: Final = timedelta(days=7)
_BETWEEN: Final = "~"


class TermParams(Paging):
    """What the list of terms is narrowed to."""

    which: TermsOf = TermsOf.TODAY
    body: Party | None = Field(default=None, description="Whom the term binds.")
    duty: Line | None = None
    after: Annotated[str, StringConstraints(pattern=r"^[^~]+~.+$", max_length=300)] | None = Field(
        default=None, description="Conversation and term at which the page before ended."
    )


async def _find(source: ListSource, params: TermParams, reader: Reader) -> ListPage[TermRow]:
    of, _, term = (params.after or "").partition(_BETWEEN)
    until = {TermsOf.TODAY: end_of(reader.now.astimezone(ALMATY).date()), TermsOf.NEAR: reader.now + NEAR}
    query = TermQuery(
        breached=params.which in {TermsOf.BREACHED, TermsOf.BREACHED_LATELY, TermsOf.MET_LATE},
        met=params.which is TermsOf.MET_LATE,
        until=until.get(params.which),
        since=reader.now - timedelta(days=1) if params.which is TermsOf.BREACHED_LATELY else None,
        party=params.body,
        duty=params.duty,
        after=(ConversationId(of), term) if term else None,
        limit=params.limit,
    )
    return ListPage(await source.reads.run(query))


@cache
def duties() -> Mapping[str, LocalText]:
    """Those that the Code knows."""
    return {row.key: row.wording for row in load_rules(CODE).duties if row.is_general}


def _wording(row: TermRow) -> LocalText:
    """As the rules say it that opened the term."""
    return wording_of(row.duty, row.rules_version or CODE)


def _party(row: TermRow, reader: Reader) -> Cell:
    name = Local(reader.parties[row.party]) if row.party in reader.parties else Words(row.party)
    return Link(f"/terms?{reader.address(body=row.party, after=None)}", name)


def _left(row: TermRow, reader: Reader) -> Cell:
    if row.late_by is not None:
        late = Strong((Phrase(marked("met late, by")), Words(" "), Span(row.late_by)), "missed")
        return (late, Under((Instant(row.met_at),)))
    if row.due_at > reader.now:
        return Span(row.due_at - reader.now)
    return Strong((Phrase(marked("over by")), Words(" "), Span(reader.now - row.due_at)), "missed")


def _late_by_s(row: TermRow, _: Reader) -> float | None:
    return None if row.late_by is None else row.late_by.total_seconds()


TERMS: Final = Listing(
    key="terms",
    name=marked("Terms"),
    right=Right.SEE,
    params=TermParams,
    find=_find,
    place=lambda row: f"{row.conversation_id}{_BETWEEN}{row.term_id}",
    columns=(
        Column(
            key="appeal_number", json=str, label=marked("Appeal"), css="whole", file="appeal",
            cell=lambda row, _: Link(f"/appeals/{quote(row.appeal_number, safe='')}", Words(row.appeal_number)),
        ),
        Column(key="conversation_id", json=ConversationId),
        Column(key="term_id", json=str),
        Column(key="party", json=PartyId, label=marked("Whom they bind"), cell=_party, file="bound"),
        Column(key="duty", json=str, file="duty"),
        Column(
            key="wording", json=str, label=marked("Duty"), css="words", file="duty_ru",
            about="In the language asked for.", of=lambda row, reader: Local(_wording(row)).plain(reader),
            text=lambda row: _wording(row).ru,
        ),
        Column(
            key="article", json=str, label=marked("Article"), file="article",
            cell=lambda row, _: Local(article_text(row.article)),
        ),
        Column(key="due_at", json=AwareDatetime, label=marked("Due"), file="due_almaty"),
        Column(
            key="breached_at", json=AwareDatetime | None, file="missed_almaty",
            about="When it was known that it was missed; it stays.",
        ),
        Column(
            key="met_at", json=AwareDatetime | None, file="met_almaty", label=marked("Left, or over"), cell=_left,
            about="When the duty was done too late.",
        ),
        Column(
            key="late_by_s", json=float | None, of=_late_by_s,
            about="How many seconds too late it was done; null while it is not.",
        ),
        Column(key="rules_version", json=str, file="rules"),
    ),
    answers=ListAnswers(
        "/terms", "list_terms", "appeals", "List terms: due, running, missed.",
        ("RunningTerm", "A term with the appeal that it runs in."),
        ("TermPage", "Terms by the instant when they are due, or were missed."),
    ),
    empty=marked("No such term."),
    sheet="appeals",
    fields=(
        FormField(
            "which", marked("Which terms"), Widget.TABS, choices={one: Phrase(words) for one, words in _WHICH.items()}
        ),
        FormField("body", marked("Whom they bind"), Widget.PARTY, marked("any party")),
        FormField(
            "duty", marked("Duty"), Widget.CHOICE, marked("any duty"),
            {duty: Local(words) for duty, words in duties().items()},
        ),
    ),
)  # fmt: skip
