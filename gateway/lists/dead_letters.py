"""Dead letters, which no attempt can move: by party and cause, with what helps against each."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.domain.delivery.acts import SOURCES, Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import Right, authorise
from gateway.lists.cell import Cell, Instant, Link, Local, Phrase, Piece, Span, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.deliveries import StateGroup, last_words
from gateway.lists.listing import ListAnswers, Listing, ListPage, ListSource
from gateway.lists.models import Number, Paging, SortOrder
from gateway.lists.reader import Reader
from gateway.ports.console import NO_CODE, DeadGroup, ListDeadGroups
from gateway.reading.deliveries import ACT_WORDS, cause_of
from gateway.texts.language import marked

_ACTS: Final = tuple(act for act in Act if DeliveryState.DEAD_LETTERED in SOURCES[act])


class DeadLetterParams(Paging):
    """Groups of dead letters; the one with the oldest first."""

    after: Number | None = Field(default=None, description="How many groups the pages before had.")


async def _find(source: ListSource, params: DeadLetterParams, _: Reader) -> ListPage[DeadGroup]:
    start = params.after or 0
    groups = await source.reads.run(ListDeadGroups(start + params.limit + 1))
    end = start + params.limit
    return ListPage(groups[start:end], end if len(groups) > end else None)


def address_of(group: DeadGroup) -> str:
    """The list of exactly this group."""
    state = DeliveryState.DEAD_LETTERED.value
    return urlencode({"state": state, "recipient": group.recipient, "code": group.code or NO_CODE})


def _party(row: DeadGroup, reader: Reader) -> Cell:
    query = {"group": StateGroup.OPEN.value, "recipient": row.recipient, "order": SortOrder.OLDEST.value}
    link = Link(f"/deliveries?{urlencode(query)}", Words(row.recipient))
    return (link, Under((Local(reader.parties[row.recipient]),))) if row.recipient in reader.parties else link


def _acts(row: DeadGroup, reader: Reader) -> Cell:
    """What the reader may do to the whole group."""
    pieces: list[Piece] = []
    for act in (act for act in _ACTS if authorise(reader.role, act).is_allowed):
        label = (Phrase(ACT_WORDS[act][0]), Styled("unseen", Words(f" {row.recipient} {row.code}")))
        pieces.append(Link(f"/deliveries/acts?of=all&act={act.value}&{address_of(row)}", label, "button"))
    return tuple(pieces)


DEAD_LETTERS: Final = Listing(
    key="dead-letters",
    name=marked("Dead letters"),
    right=Right.SEE,
    params=DeadLetterParams,
    find=_find,
    place=None,
    columns=(
        Column(key="recipient", json=PartyId, label=marked("Party"), cell=_party, file="party"),
        Column(key="code", json=str, about="Empty where an earlier release kept none.", file="code"),
        Column(
            key="cause", json=str, label=marked("Cause"), css="words", about="In the language asked for.",
            of=lambda row, reader: reader.translate(cause_of(row.code)[0]),
            cell=lambda row, _: (Phrase(cause_of(row.code)[0]), Under(last_words(row.code, row.words))),
        ),
        Column(
            key="count", json=int, label=marked("Count"), css="n", file="count",
            cell=lambda row, _: Link(f"/deliveries?{address_of(row)}", Words(str(row.count))),
        ),
        Column(
            key="oldest_at", json=AwareDatetime, label=marked("Oldest, newest"), file="oldest_almaty",
            cell=lambda row, reader: (
                Instant(row.oldest_at), Words(" ("), Span(reader.now - row.oldest_at), Words(")"),
                Under((Instant(row.newest_at),)),
            ),
        ),
        Column(key="newest_at", json=AwareDatetime, file="newest_almaty"),
        Column(key="words", json=str, about="Of the newest one.", file="words"),
        Column(
            key="cure", json=str, label=marked("What helps"), css="cure", about="In the language asked for.",
            of=lambda row, reader: reader.translate(cause_of(row.code)[1]),
        ),
        Column(key="acts", label=marked("What you can do"), cell=_acts, css="buttons", right=Right.MOVE),
    ),
    answers=ListAnswers(
        "/dead-letters", "list_dead_letters", "deliveries", "List dead letters by party and cause.",
        ("DeadLetterGroup", "Dead letters of one party with one cause."),
        ("DeadLetterPage", "Groups of dead letters, the one with the oldest first."),
    ),
    empty=marked("There are none: everything can be sent."),
    intro=marked(
        "What cannot be built or signed here is not tried again. Mend the cause, then resend the whole group; "
        "each keeps its message number."
    ),
    sheet="deliveries",
    is_dense=True,
)  # fmt: skip
