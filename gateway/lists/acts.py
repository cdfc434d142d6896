"""The audit log: every act of every person, in the console, on the command line or through a program."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from gateway.domain.people.access import Right
from gateway.domain.people.audit_result import detail_of, is_not_allowed, is_refused, role_given, state_before
from gateway.lists.cell import Cell, Link, Local, Phrase, Piece, Strong, Styled, Under, Words, named
from gateway.lists.column import Column
from gateway.lists.leaf import InLedger, leaf_cell, leaf_text
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Moment, Number, OrderedPaging, SortOrder, end_of, start_of
from gateway.lists.reader import Reader
from gateway.ports.audit import AuditEntry, AuditQuery
from gateway.ports.people.users import FindUserNames
from gateway.texts import logs
from gateway.texts.codes import DELIVERY_STATES, ROLES
from gateway.texts.language import marked

_EVERYWHERE: Final = ("", "console:", "token:")
"""How the audit log may call one who has this name: on a machine, in the console, a program."""


class ActParams(OrderedPaging):
    """What the audit log is narrowed to."""

    by: Line | None = Field(
        default=None,
        description="As the log names them: `console:NAME`, `token:NAME`, a login; or a name alone, for all of these.",
    )
    act: Line | None = Field(default=None, description="As `delivery.resent`.")
    subject: Line | None = None
    refused: bool = Field(default=False, description="Only what was refused.")
    since: Moment | None = Field(default=None, description="That instant, or day in Almaty, included.")
    until: Moment | None = Field(default=None, description="That instant not included, or that day included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


async def _find(source: ListSource, params: ActParams, _: Reader) -> ListPage[AuditEntry]:
    by = params.by or ""
    names = (by,) if ":" in by else tuple(place + by for place in _EVERYWHERE)
    query = AuditQuery(
        names if by else (), params.act or "", params.subject or "", params.refused, start_of(params.since),
        end_of(params.until), params.after, params.limit,
        oldest_first=params.order is SortOrder.OLDEST,
    )  # fmt: skip
    found = await source.reads.run(query)
    return ListPage(found, names=await source.reads.run(FindUserNames({entry.subject for entry in found})))


def _by(row: AuditEntry, _: Reader) -> Cell:
    place, name = logs.place_of(row.by), Strong((Words(logs.name_of(row.by)),))
    return (name, Under((Phrase(place),))) if place else (name,)


def _done(row: AuditEntry, reader: Reader) -> Cell:
    return (named(row.act, logs.ACTS), Styled("under", _subject(row, reader)))


def _subject(row: AuditEntry, reader: Reader) -> Piece:
    """What it was done to, with its page where it has one."""
    family, subject = row.act.partition(".")[0], row.subject
    if family == "delivery" and subject.isdigit():
        return Link(f"/deliveries/{subject}", Words(f"№ {subject}"))
    if family in {"party", "case"}:
        room = "parties" if family == "party" else "appeals"
        return Link(f"/{room}/{quote(subject, safe='')}", Words(subject))
    return Words(reader.names.get(subject, subject))


def _result(row: AuditEntry, _: Reader) -> Cell:
    word = ("bad", marked("refused")) if is_refused(row.result) else ("good", marked("done"))
    return (Styled(f"standing {word[0]}", Phrase(word[1])), Under(_details(row.result)))


def _details(result: str) -> tuple[Piece, ...]:
    if before := state_before(result):
        return (Phrase(marked("before:")), Words(" "), Local(DELIVERY_STATES[before]))
    if role := role_given(result):
        return (Local(ROLES[role]),)
    return (Phrase(logs.NOT_ALLOWED if is_not_allowed(result) else detail_of(result)),)


ACTS: Final = Listing(
    key="audit",
    name=marked("Audit log"),
    right=Right.AUDIT,
    params=ActParams,
    find=_find,
    place=lambda row: row.audit_id,
    columns=(
        Column(key="audit_id", json=int, file="entry"),
        Column(key="at", json=AwareDatetime, label=marked("When"), turns=True, css="when", file="at_almaty"),
        Column(key="by", json=str, label=marked("Who"), cell=_by, css="words", file="by"),
        Column(key="act", json=str, label=marked("What was done"), cell=_done, css="words", file="act"),
        Column(key="subject", json=str, file="subject"),
        Column(key="result", json=str, label=marked("What came of it"), cell=_result, css="words", file="result"),
        Column(key="reason", json=str, label=marked("Reason"), css="words", file="reason"),
        Column(
            key="leaf", json=InLedger | None, label=marked("In the ledger"), file="leaf",
            cell=lambda row, _: leaf_cell(row.leaf, "audit_log", row.audit_id), text=lambda row: leaf_text(row.leaf),
        ),
    ),
    answers=ListAnswers(
        "/audit/acts", "list_acts", "audit", "List what people and programs did.",
        (
            "ActLine",
            "What somebody did, whether it worked or not. ``leaf``: null where the ledger knows nothing of the line.",
        ),
        ("ActPage", "The audit log."),
    ),
    empty=marked("No act fits."),
    intro=marked(
        "Everything that people and their programs did or tried, here, on the command line of a node, or from "
        "elsewhere. Each line is a record of the ledger."
    ),
    sheet="proof",
    fields=(
        FormField("by", marked("Who"), Widget.NAME, marked("anybody")),
        FormField(
            "act", marked("Act"), Widget.CHOICE, marked("any act"),
            {act: Phrase(words) for act, words in logs.ACTS.items()},
        ),
        FormField("subject", marked("On what: number or id")),
        FormField("since", marked("From the day"), Widget.DAY),
        FormField("until", marked("To the day"), Widget.DAY),
        FormField(
            "refused", marked("What came of it"), Widget.CHOICE, marked("done or refused"),
            {"true": Phrase(marked("refused only"))},
        ),
    ),
)  # fmt: skip
