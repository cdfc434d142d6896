"""Parties as they stand, those in trouble first or in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import AwareDatetime, Field

from contracts.party import Channel, PartyId, PartyRole
from contracts.party import Party as RegisteredParty
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Instant, Link, Local, Phrase, Piece, Span, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Line, Paging, Party, ResponseModel
from gateway.lists.reader import Reader
from gateway.reading.certificates import STANDINGS, CertificateLine
from gateway.reading.parties import PartyFigures, PartyLine, worst_first
from gateway.reading.party_trouble import PartyTrouble, TroubleKind
from gateway.texts.codes import CIRCUITS, PAUSED
from gateway.texts.language import marked

ROLES: Final[Mapping[PartyRole, str]] = {
    PartyRole.EXCHANGE: marked("the exchange itself"),
    PartyRole.PLATFORM: marked("appeals platform"),
    PartyRole.AGENCY: marked("agency"),
    PartyRole.COURT: marked("court"),
}
_CALLED, _FETCHING = marked("we call it"), marked("it fetches from its mailbox")
CHANNELS: Final[Mapping[Channel, str]] = {one: _CALLED if one.is_called else _FETCHING for one in Channel}


class PartyGroup(StrEnum):
    """Parties that are asked for together."""

    TROUBLE = "trouble"
    SILENT = "silent"
    PAUSED = "paused"
    ENDING = "ending"


_GROUPS: Final[Mapping[PartyGroup, tuple[str, frozenset[TroubleKind]]]] = {
    PartyGroup.TROUBLE: (marked("only those in trouble"), frozenset(TroubleKind)),
    PartyGroup.SILENT: (marked("only silent ones"), frozenset({TroubleKind.SILENT, TroubleKind.UNFETCHED})),
    PartyGroup.PAUSED: (marked("only paused ones"), frozenset({TroubleKind.PAUSED})),
    PartyGroup.ENDING: (
        marked("only those whose certificates end or have ended"),
        frozenset({TroubleKind.ENDING, TroubleKind.NO_CERTIFICATE, TroubleKind.REVOKED}),
    ),
}


class PartyOrder(StrEnum):
    """Those in trouble first, or by their ids."""

    WORST = "worst"
    ID = "id"


class PartyParams(Paging):
    """What the list is narrowed to."""

    words: Line | None = Field(default=None, description="In the id, the BIN or a name.")
    role: PartyRole | None = None
    channel: Channel | None = None
    only: PartyGroup | None = Field(default=None, description="Those with one of several troubles.")
    trouble: TroubleKind | None = Field(default=None, description="Only those with this trouble.")
    order: PartyOrder = PartyOrder.WORST
    after: Party | None = Field(default=None, description="The party at which the page before ended.")


def has_words(party: RegisteredParty, words: str | None) -> bool:
    """In its id, its BIN or one of its names."""
    columns = (party.party_id, party.bin, party.name.kk, party.name.ru, party.name.en)
    return words is None or any(words.casefold() in one.casefold() for one in columns)


def fitting(figures: PartyFigures, params: PartyParams) -> list[PartyLine]:
    """The registry is in memory: a page of it costs the same as all."""
    wanted = frozenset({params.trouble}) if params.trouble else None
    if params.only:
        wanted = _GROUPS[params.only][1] & (wanted or frozenset(TroubleKind))
    lines = [
        line
        for line in worst_first(figures)
        if has_words(line.known.party, params.words)
        and params.role in {None, line.known.party.role}
        and params.channel in {None, line.known.party.channel}
        and (wanted is None or any(one.trouble in wanted for one in line.troubles))
    ]
    return sorted(lines, key=_id_of) if params.order is PartyOrder.ID else lines


async def _find(source: ListSource, params: PartyParams, _: Reader) -> ListPage[PartyLine]:
    """After one that does not fit any more the list goes on behind its id, or begins anew."""
    lines = fitting(await source.figures.current(), params)
    if params.order is PartyOrder.ID:
        start = sum(_id_of(line) <= (params.after or "") for line in lines)
    else:
        start = next((place for place, line in enumerate(lines, 1) if _id_of(line) == params.after), 0)
    return ListPage(lines[start : start + params.limit])


def _id_of(line: PartyLine) -> PartyId:
    return line.known.party.party_id


class LocalNames(ResponseModel):
    """In the three languages."""

    kk: str
    ru: str
    en: str


class PartyCircuit(ResponseModel):
    """Whether the party is left alone because nobody answered there, and until when."""

    state: CircuitState
    since: AwareDatetime
    probe_at: AwareDatetime | None


class Paused(ResponseModel):
    """Nothing new goes out to the party, since a person wanted it so."""

    since: AwareDatetime
    by: str
    reason: str


class FoundTrouble(ResponseModel):
    """What is wrong, since when, whose fault it is and what helps, in the language asked for."""

    trouble: TroubleKind
    since: AwareDatetime | None
    what: str
    fault: str
    cure: str


class PartyAttemptCounts(ResponseModel):
    """Counted over the newest attempts of all parties, at most a day's."""

    in_hour: int
    answered_in_hour: int
    in_day: int
    answered_in_day: int


def _trouble(one: PartyTrouble, reader: Reader) -> FoundTrouble:
    texts = {name: reader.translate(getattr(one.text, name)) for name in ("what", "fault", "cure")}
    return FoundTrouble(trouble=one.trouble, since=one.since, **texts)


def _party(row: PartyLine, _: Reader) -> Cell:
    party, role = row.known.party, Phrase(ROLES[row.known.party.role])
    link = Link(f"/parties/{party.party_id}", Words(party.party_id))
    return (link, Under((Local(party.name), Words(" · "), role)))


def _stands(row: PartyLine, _: Reader) -> Cell:
    known, pieces = row.known, list[Piece]()
    if known.pause:
        pieces += [Styled("standing paused", Local(PAUSED)), Words(" ")]
    if known.party.endpoint:
        circuit = Styled(f"circuit {known.circuit_state}", Local(CIRCUITS[known.circuit_state]))
        pieces += [Phrase(marked("Circuit")), Words(": "), circuit]
    elif not row.troubles:
        pieces += [Under((Phrase(marked("mailbox")),))]
    bad = (Phrase(one.text.what) for one in row.troubles if one.trouble is not TroubleKind.PAUSED)
    return (*pieces, *(Under((one,), "bad") for one in bad))


def share(answered: int, tried: int) -> Cell:
    """Of attempts that the party itself answered."""
    if not tried:
        return Styled("zero", Words("–"))
    return (Words(f"{int(100 * answered / tried)} %"), Under((Words(f"{answered} / {tried}"),)))


def _heard(row: PartyLine, _: Reader) -> Cell:
    receipt = Under((Phrase(marked("receipt")), Words(" "), Instant(row.known.receipt_at)))
    fetch = Under((Phrase(marked("fetched")), Words(" "), Instant(row.known.fetched_at)))
    pieces = (*([receipt] if row.known.receipt_at else []), *([fetch] if row.known.fetched_at else []))
    return pieces or Phrase(marked("never"))


def _waiting(row: PartyLine, _: Reader) -> Cell:
    address = f"/deliveries?recipient={_id_of(row)}&group=open&order=oldest"
    return Link(address, Words(str(row.known.waits))) if row.known.waits else Styled("zero", Words("0"))


def standing_cell(line: CertificateLine) -> tuple[Piece, ...]:
    """How a certificate stands, and how many days are left."""
    days = Phrase(marked("days left")) if line.days_left >= 0 else Phrase(marked("days ago"))
    left: tuple[Piece, ...] = (Words(f"{abs(line.days_left)} "), days)
    return (Styled(f"standing {line.standing}", Phrase(STANDINGS[line.standing])), Under(left))


def _ends(row: PartyLine, _: Reader) -> Cell:
    if row.ends is None:
        return Phrase(marked("none"))
    return (*standing_cell(row.ends), *([_FOLLOWED] if row.ends.followed_by else []))


_FOLLOWED: Final = Under((Phrase(marked("successor registered")),))


def _count(name: str, file: str) -> Column[PartyLine]:
    return Column(key=name, json=int, file=file, of=lambda row, _: getattr(row.known.backlog, name, 0))


def _ends_at(row: PartyLine, _: Reader) -> datetime | None:
    return row.ends.certificate.not_after if row.ends else None


PARTIES: Final = Listing(
    key="parties",
    name=marked("Parties"),
    right=Right.SEE,
    params=PartyParams,
    find=_find,
    place=_id_of,
    columns=(
        Column(
            key="party_id", json=PartyId, label=marked("Party"), css="named", cell=_party, file="party",
            of=lambda row, _: _id_of(row),
        ),
        Column(
            key="name", json=LocalNames, file="name_ru", of=lambda row, _: row.known.party.name,
            text=lambda row: row.known.party.name.ru,
        ),
        Column(key="bin", json=str, file="bin", of=lambda row, _: row.known.party.bin),
        Column(key="role", json=PartyRole, file="role", of=lambda row, _: row.known.party.role),
        Column(key="channel", json=Channel, file="channel", of=lambda row, _: row.known.party.channel),
        Column(
            key="circuit", json=PartyCircuit | None, label=marked("Stands"), css="stands", cell=_stands,
            about="Null where nothing was ever tried in vain.", of=lambda row, _: row.known.circuit,
            file="circuit", text=lambda row: row.known.circuit_state.value,
        ),
        Column(
            key="troubles", json=tuple[FoundTrouble, ...], about="The worst first.", file="troubles",
            of=lambda row, reader: tuple(_trouble(one, reader) for one in row.troubles),
            text=lambda row: " ".join(one.trouble.value for one in row.troubles),
        ),
        Column(key="pause", json=Paused | None, of=lambda row, _: row.known.pause),
        Column(
            key="paused_since", file="paused_since_almaty",
            of=lambda row, _: row.known.pause.since if row.known.pause else None,
        ),
        Column(key="paused_by", file="paused_by", text=lambda row: row.known.pause.by if row.known.pause else ""),
        Column(
            key="pause_reason", file="pause_reason",
            text=lambda row: row.known.pause.reason if row.known.pause else "",
        ),
        Column(
            key="attempts", json=PartyAttemptCounts, file="attempts_hour", of=lambda row, _: row.known.tried,
            label=marked("Answered: hour"), text=lambda row: str(row.known.tried.in_hour),
            cell=lambda row, _: share(row.known.tried.answered_in_hour, row.known.tried.in_hour),
        ),
        Column(
            key="answered_in_hour", file="answered_hour", text=lambda row: str(row.known.tried.answered_in_hour)
        ),
        Column(
            key="in_day", file="attempts_day", text=lambda row: str(row.known.tried.in_day),
            label=marked("Answered: 24 hours"),
            cell=lambda row, _: share(row.known.tried.answered_in_day, row.known.tried.in_day),
        ),
        Column(key="answered_in_day", file="answered_day", text=lambda row: str(row.known.tried.answered_in_day)),
        Column(
            key="last_receipt_at", json=AwareDatetime | None, label=marked("Heard of last"), cell=_heard,
            file="last_receipt_almaty", of=lambda row, _: row.known.receipt_at,
        ),
        Column(
            key="last_fetch_at", json=AwareDatetime | None, file="last_fetch_almaty",
            of=lambda row, _: row.known.fetched_at,
        ),
        Column(
            key="waiting", json=int, file="waiting", label=marked("Waiting"), css="n", cell=_waiting,
            of=lambda row, _: row.known.backlog.waiting if row.known.backlog else 0,
        ),
        _count("in_flight", "in_flight"),
        _count("handed_out", "receipt_to_follow"),
        _count("parked", "parked"),
        _count("dead_lettered", "dead_letters"),
        Column(
            key="oldest_at", json=AwareDatetime | None, label=marked("Oldest"), file="oldest_almaty",
            of=lambda row, _: row.known.oldest_at,
            cell=lambda row, reader: Span(reader.now - row.known.oldest_at) if row.known.oldest_at else (),
        ),
        Column(
            key="certificate_ends_at", json=AwareDatetime | None, label=marked("Certificate ends"), cell=_ends,
            file="certificate_ends_almaty", of=_ends_at,
        ),
        Column(key="days_left", file="days_left", text=lambda row: str(row.ends.days_left) if row.ends else ""),
    ),
    answers=ListAnswers(
        "/parties", "list_parties", "parties", "List parties with what is wrong with each.",
        ("PartyStanding", "One party as it stands now."),
        ("PartyPage", "Parties, those in trouble first or by their ids."),
    ),
    empty=marked("No party fits."),
    sheet="parties",
    fields=(
        FormField("words", marked("Name, id or BIN")),
        FormField(
            "role", marked("Role"), Widget.CHOICE, marked("any role"),
            {one: Phrase(words) for one, words in ROLES.items()},
        ),
        FormField(
            "channel", marked("Reached by"), Widget.CHOICE, marked("any way"),
            {one: Phrase(words) for one, words in CHANNELS.items()},
        ),
        FormField(
            "only", marked("Which"), Widget.CHOICE, marked("all parties"),
            {one: Phrase(words) for one, (words, _) in _GROUPS.items()}, css="two",
        ),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    PartyStanding = ResponseModel
else:
    PartyStanding = PARTIES.item
