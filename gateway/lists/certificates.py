"""Certificates of all parties, those that somebody must see to first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import AwareDatetime, Field

from contracts.party import PartyId
from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, Instant, Link, Local, Phrase, Styled, Under, Words
from gateway.lists.column import Column
from gateway.lists.listing import FormField, ListAnswers, Listing, ListPage, ListSource, Widget
from gateway.lists.models import Digest, Line, Paging, Party, ResponseModel
from gateway.lists.parties import has_words, standing_cell
from gateway.lists.reader import Reader
from gateway.reading.certificates import REVOCATIONS, CertificateLine, RegisteredStanding
from gateway.reading.parties import PartyFigures
from gateway.texts.language import marked
from signing.trust.answer import RevocationStatus, WhyUnknown


class CertificateParams(Paging):
    """What the list is narrowed to; those that somebody must see to come first, each by the day of its end."""

    words: Line | None = Field(default=None, description="In the id, the BIN or a name of the party.")
    party_id: Party | None = None
    only_trouble: bool = Field(default=False, description="Only those that somebody must see to.")
    after: Digest | None = Field(default=None, description="SHA-256 of the one at which the page before ended.")


def ending_first(figures: PartyFigures, params: CertificateParams) -> list[CertificateLine]:
    """All that fit."""
    lines = [
        line
        for ones in figures.certificates.values()
        for line in ones
        if has_words(line.party, params.words)
        and params.party_id in {None, line.party.party_id}
        and (line.is_trouble or not params.only_trouble)
    ]
    return sorted(lines, key=lambda line: (not line.is_trouble, line.certificate.not_after, line.party.party_id))


async def _find(source: ListSource, params: CertificateParams, _: Reader) -> ListPage[CertificateLine]:
    """After one that is no longer registered the list begins anew."""
    lines = ending_first(await source.figures.current(), params)
    start = next((at for at, line in enumerate(lines, 1) if line.certificate.sha256 == params.after), 0)
    return ListPage(lines[start : start + params.limit])


def _party(row: CertificateLine, _: Reader) -> Cell:
    link = Link(f"/parties/{row.party.party_id}#certificates", Words(row.party.party_id))
    return (link, Under((Local(row.party.name),)))


def _revocation(row: CertificateLine, _: Reader) -> Cell:
    known = Phrase(REVOCATIONS[row.known])
    return (known, Under((Instant(row.checked_at),))) if row.checked_at else known


def _successor(row: CertificateLine, _: Reader) -> Cell:
    if row.followed_by is None:
        return Phrase(marked("none"))
    return (Phrase(marked("until")), Words(" "), Instant(row.followed_by))


CERTIFICATES: Final = Listing(
    key="certificates",
    name=marked("Certificates of all parties"),
    right=Right.SEE,
    params=CertificateParams,
    find=_find,
    place=lambda row: row.certificate.sha256,
    columns=(
        Column(
            key="party_id", json=PartyId, label=marked("Party"), css="named", cell=_party, file="party",
            of=lambda row, _: row.party.party_id,
        ),
        Column(key="bin", json=str, file="bin", of=lambda row, _: row.party.bin),
        Column(
            key="not_after", json=AwareDatetime, label=marked("Valid until"), file="until_almaty",
            of=lambda row, _: row.certificate.not_after,
        ),
        Column(key="holder", json=str, label=marked("Holder"), css="words", file="holder"),
        Column(key="subject", json=str, file="subject", of=lambda row, _: row.certificate.subject),
        Column(
            key="issuer", json=str, label=marked("Issuer"), css="words", file="issuer",
            of=lambda row, _: row.certificate.issuer,
            cell=lambda row, _: Styled("distinguished", Words(row.certificate.issuer.replace(",", ", "))),
        ),
        Column(key="serial", json=str, file="serial"),
        Column(key="sha256", json=str, file="sha256", of=lambda row, _: row.certificate.sha256),
        Column(
            key="not_before", json=AwareDatetime, file="from_almaty", of=lambda row, _: row.certificate.not_before
        ),
        Column(key="days_left", json=int, about="Below 0 once it has ended.", file="days_left"),
        Column(
            key="standing", json=RegisteredStanding, label=marked("Stands"), file="standing",
            cell=lambda row, _: standing_cell(row),
        ),
        Column(
            key="is_trouble", json=bool, about="It is gone, goes soon and nothing follows it, or has no valid path."
        ),
        Column(
            key="revocation", json=RevocationStatus | None, label=marked("Revocation"), cell=_revocation,
            about="Null where nobody was asked yet.", file="revocation",
        ),
        Column(
            key="unknown_because", json=WhyUnknown | None, about="Where revocation is unknown: why.",
            file="unknown_because", of=lambda row, _: row.why_unknown,
        ),
        Column(key="checked_at", json=AwareDatetime | None, file="asked_almaty"),
        Column(
            key="followed_by", json=AwareDatetime | None, label=marked("Successor"), cell=_successor,
            about="The end of the one registered beside it that lasts longest.", file="followed_until_almaty",
        ),
    ),
    answers=ListAnswers(
        "/certificates", "list_certificates", "parties", "List certificates of all parties, those to be seen to first.",
        ("HeldCertificate", "A registered certificate."),
        ("CertificatePage", "Certificates of all parties."),
    ),
    empty=marked("No certificate fits."),
    intro=marked("Those that somebody must see to come first; then by the day of their end."),
    sheet="parties",
    at="/parties/certificates",
    fields=(
        FormField("words", marked("Name, id or BIN")),
        FormField(
            "only_trouble", marked("Which"), Widget.CHOICE, marked("all certificates"),
            {"true": Phrase(marked("only those that somebody must see to"))}, css="two",
        ),
    ),
)  # fmt: skip
if TYPE_CHECKING:
    HeldCertificate = ResponseModel
else:
    HeldCertificate = CERTIFICATES.item
