"""The list of parties: narrowed as its address says, those in trouble first, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from contracts.party import Channel, Party, PartyRole
from gateway.console.parties.certificates import CertificateLine, nearest
from gateway.console.parties.figures import PartyFigures
from gateway.console.parties.trouble import PartyKnowledge, PartyTrouble, TroubleKind, troubles_of
from gateway.texts.language import marked

PAGE: Final = 50
_LONGEST: Final = 100
_ROLES: Final = frozenset(map(str, PartyRole))
_CHANNELS: Final = frozenset(map(str, Channel))

ROLES: Final[Mapping[PartyRole, str]] = {
    PartyRole.EXCHANGE: marked("the exchange itself"),
    PartyRole.PLATFORM: marked("appeals platform"),
    PartyRole.AGENCY: marked("agency"),
    PartyRole.COURT: marked("court"),
}
_CALLED, _FETCHING = marked("we call it"), marked("it fetches from its mailbox")
CHANNELS: Final[Mapping[Channel, str]] = {one: _CALLED if one.is_called else _FETCHING for one in Channel}

ONLY: Final[Mapping[str, tuple[str, frozenset[TroubleKind]]]] = {
    "trouble": (marked("only those in trouble"), frozenset(TroubleKind)),
    "silent": (marked("only silent ones"), frozenset({TroubleKind.SILENT, TroubleKind.UNFETCHED})),
    "paused": (marked("only paused ones"), frozenset({TroubleKind.PAUSED})),
    "ending": (
        marked("only those whose certificates end or have ended"),
        frozenset({TroubleKind.ENDING, TroubleKind.NO_CERTIFICATE, TroubleKind.REVOKED}),
    ),
}


@dataclass(frozen=True, slots=True)
class PartyFilter:
    """As read from an address; what it does not know is as if it were not said. ``start``: how many come before."""

    words: str = ""
    role: str = ""
    channel: str = ""
    only: str = ""
    start: int = 0

    @classmethod
    def read(cls, query: Mapping[str, str]) -> PartyFilter:
        """Of a query string."""
        role, channel, only, start = (query.get(name, "") for name in ("role", "channel", "only", "start"))
        words = "".join(letter for letter in query.get("words", "")[:_LONGEST] if letter.isprintable())
        return cls(
            words.strip(),
            role if role in _ROLES else "",
            channel if channel in _CHANNELS else "",
            only if only in ONLY else "",
            int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 0,
        )

    def address(self, **changes: object) -> str:
        """The query string, with some of it changed."""
        filtered = replace(self, **changes)  # type: ignore[arg-type]
        named = {name: getattr(filtered, name) for name in ("words", "role", "channel", "only", "start")}
        return urlencode({name: value for name, value in named.items() if value})

    def fits(self, party: Party) -> bool:
        """By what the registry says of it: its id, BIN and names."""
        if (self.role and party.role != self.role) or (self.channel and party.channel != self.channel):
            return False
        columns = (party.party_id, party.bin, party.name.kk, party.name.ru, party.name.en)
        return not self.words or any(self.words.casefold() in one.casefold() for one in columns)


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party of the list. ``ends``: the certificate whose end comes first."""

    known: PartyKnowledge
    troubles: tuple[PartyTrouble, ...]
    ends: CertificateLine | None


@dataclass(frozen=True, slots=True)
class PartyList:
    """One page. ``count``: of all that fit; ``in_trouble``: of all of the registry."""

    lines: tuple[PartyLine, ...]
    filters: PartyFilter
    count: int
    in_trouble: int
    parties: PartyFigures

    @property
    def next_start(self) -> int | None:
        """Where the next page begins; None on the last one."""
        end = self.filters.start + PAGE
        return end if end < self.count else None


def line_of(parties: PartyFigures, party: Party) -> PartyLine:
    """One party as it stands."""
    known = parties.of(party)
    return PartyLine(known, troubles_of(known, now=parties.at), nearest(known.certificates))


def all_lines(parties: PartyFigures, filters: PartyFilter) -> tuple[list[PartyLine], int]:
    """All that fit, by trouble; and how many of the registry are in trouble, which a pause by itself is not."""
    every = [line_of(parties, party) for party in parties.directory.registry.parties]
    in_trouble = sum(any(found.trouble is not TroubleKind.PAUSED for found in line.troubles) for line in every)
    wanted = ONLY[filters.only][1] if filters.only else None
    fitting = [
        line
        for line in every
        if filters.fits(line.known.party) and (wanted is None or any(one.trouble in wanted for one in line.troubles))
    ]
    return sorted(fitting, key=_rank), in_trouble


def party_list(parties: PartyFigures, filters: PartyFilter) -> PartyList:
    """The page that the filter asks for."""
    lines, in_trouble = all_lines(parties, filters)
    return PartyList(tuple(lines[filters.start : filters.start + PAGE]), filters, len(lines), in_trouble, parties)


_ORDER: Final = list(TroubleKind)


def _rank(line: PartyLine) -> tuple[int, float, str]:
    worst = _ORDER.index(line.troubles[0].trouble) if line.troubles else len(_ORDER)
    oldest = line.known.oldest_at
    return worst, oldest.timestamp() if oldest else float("inf"), line.known.party.party_id


@dataclass(frozen=True, slots=True)
class CertificateList:
    """One page of certificates. ``count``: of all that fit; ``trouble``: of those, the ones to be seen to."""

    lines: tuple[CertificateLine, ...]
    filters: PartyFilter
    count: int
    trouble: int

    @property
    def next_start(self) -> int | None:
        """Where the next page begins; None on the last one."""
        end = self.filters.start + PAGE
        return end if end < self.count else None


def ending_first(parties: PartyFigures, filters: PartyFilter) -> list[CertificateLine]:
    """Those that somebody must see to, then the others, each by the day of its end."""
    lines = [line for ones in parties.certificates.values() for line in ones if filters.fits(line.party)]
    if filters.only == "ending":
        lines = [line for line in lines if line.is_trouble]
    return sorted(lines, key=lambda line: (not line.is_trouble, line.certificate.not_after, line.party.party_id))


def certificate_list(parties: PartyFigures, filters: PartyFilter) -> CertificateList:
    """The page that the filter asks for."""
    lines = ending_first(parties, filters)
    shown = tuple(lines[filters.start : filters.start + PAGE])
    return CertificateList(shown, filters, len(lines), sum(line.is_trouble for line in lines))
