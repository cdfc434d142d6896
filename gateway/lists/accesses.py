"""Who looked at personal data: of which appeal, and when. Parties' signed reads stand there on demand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from pydantic import AwareDatetime, Field

from contracts.payloads import PART_BYTES
from dossier.case.papers import papers_named
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Link, Phrase, Strong, Under, Verbatim, Words, named
from gateway.lists.column import Column
from gateway.lists.leaf import InLedger, leaf_cell, leaf_text
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Moment, Number, OrderedPaging, SortOrder, end_of, start_of
from gateway.lists.reader import Reader
from gateway.ports.audit import AccessEntry, AccessQuery
from gateway.ports.case import FindConversation, LoadCase
from gateway.ports.documents import FindDocuments, StoredDocument
from gateway.ports.people.users import FindUser, FindUserNames
from gateway.texts import logs
from gateway.texts.language import marked

_MOST_PARTS: Final = 400


class AccessParams(OrderedPaging):
    """What the log of accesses is narrowed to."""

    reader: Line | None = Field(
        default=None, description="As the log names them: `user:7`, `token:7`, a party; or the name of a user."
    )
    what: Line | None = None
    about: Line | None = Field(default=None, description="Number of an appeal.")
    everybody: bool = Field(default=False, description="Also the signed reads of parties.")
    since: Moment | None = Field(default=None, description="That instant, or day in Almaty, included.")
    until: Moment | None = Field(default=None, description="That instant not included, or that day included.")
    after: Number | None = Field(default=None, description="The line at which the page before ended.")


async def _find(source: ListSource, params: AccessParams, _: Reader) -> ListPage[AccessEntry]:
    """The log calls users by their numbers; one is asked for by the name, too."""
    who, about = params.reader or "", params.about
    user = await source.reads.run(FindUser(who)) if who and ":" not in who else None
    query = AccessQuery(
        f"user:{user.user_id}" if user else who, params.what or "",
        (about, *await _parts_of(source, about)) if about else (), not params.everybody, start_of(params.since),
        end_of(params.until), params.after, params.limit,
        oldest_first=params.order is SortOrder.OLDEST,
    )  # fmt: skip
    return await accesses(source, query)


async def accesses(source: ListSource, query: AccessQuery) -> ListPage[AccessEntry]:
    """With the names of those who looked."""
    found = await source.reads.run(query)
    return ListPage(found, names=await source.reads.run(FindUserNames({entry.reader for entry in found})))


async def _parts_of(source: ListSource, number: str) -> tuple[str, ...]:
    """What the log calls the documents of an appeal where a party read them, which does not say for which appeal."""
    conversation_id = await source.reads.run(FindConversation(number))
    case = await source.reads.run(LoadCase(conversation_id)) if conversation_id else None
    if case is None:
        return ()
    found = await source.reads.run(FindDocuments(list(papers_named(case.events))))
    return tuple(part for document in found.values() for part in _parts(document))[:_MOST_PARTS]


def _parts(document: StoredDocument) -> Iterator[str]:
    for part in range(1, 1 + max(1, -(-document.size // PART_BYTES))):
        yield f"{document.document_id}#{part}"


def _reader(row: AccessEntry, reader: Reader) -> Cell:
    if row.reader in reader.names or ":" in row.reader:
        return Strong((Words(reader.names.get(row.reader, row.reader)),))
    party = Link(f"/parties/{quote(row.reader)}", Words(row.reader))
    return (party, Under((Phrase(marked("a party, by its signature")),)))


def _about(row: AccessEntry, _: Reader) -> Cell:
    return Link(f"/appeals/{quote(row.about, safe='')}", Words(row.about)) if row.about else ()


ACCESSES: Final = Listing(
    key="accesses",
    name=marked("Accesses"),
    title=marked("Who looked at personal data"),
    right=Right.AUDIT,
    params=AccessParams,
    find=_find,
    place=lambda row: row.access_id,
    columns=(
        Column(key="access_id", json=int, file="access"),
        Column(key="at", json=AwareDatetime, label=marked("When"), turns=True, css="when", file="at_almaty"),
        Column(key="reader", json=str, label=marked("Who"), cell=_reader, css="words", file="reader"),
        Column(key="name", file="name", of=lambda row, reader: reader.names.get(row.reader, "")),
        Column(
            key="what", json=str, label=marked("At what"), css="words", file="what",
            cell=lambda row, _: named(row.what, logs.WHATS),
        ),
        Column(key="about", json=str | None, label=marked("Appeal"), cell=_about, css="whole", file="appeal"),
        Column(
            key="subject", json=str, label=marked("As the log names it"), css="words", file="subject",
            cell=lambda row, _: Verbatim(row.subject) if row.subject != row.about else (),
        ),
        Column(
            key="leaf", json=InLedger | None, label=marked("In the ledger"), file="leaf",
            cell=lambda row, _: leaf_cell(row.leaf, "accesses", row.access_id), text=lambda row: leaf_text(row.leaf),
        ),
    ),
    answers=ListAnswers(
        "/audit/accesses", "list_accesses", "audit", "List who looked at personal data.",
        ("AccessLine", "What somebody read. ``about``: the appeal, where that is known."),
        ("AccessPage", "The log of accesses."),
    ),
    empty=marked("Nobody has looked."),
    sheet="proof",
    fields=(
        FormField("about", marked("Appeal"), Widget.HIDDEN),
        FormField("reader", marked("Who"), Widget.NAME, marked("anybody")),
        FormField(
            "what", marked("At what"), Widget.CHOICE, marked("anything"),
            {what: Phrase(words) for what, words in logs.WHATS.items()},
        ),
        FormField(
            "everybody", marked("Whose looks"), Widget.CHOICE, marked("of our people and programs"),
            {"true": Phrase(marked("also signed reads of parties"))},
        ),
        FormField("since", marked("From the day"), Widget.DAY),
        FormField("until", marked("To the day"), Widget.DAY),
    ),
)  # fmt: skip
