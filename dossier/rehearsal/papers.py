"""What a scenario's messages carry where the file says nothing: an appeal, documents, proofs. All of it made up."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Final

from contracts import payloads as p
from contracts.header import DocumentId
from contracts.party import PartyId
from dossier.rehearsal.defaults import TEXTS
from dossier.rehearsal.section import ScenarioInvalid, ScenarioSection

_IIN: Final = "900101300017"
_BORN: Final = date(1990, 1, 1)
_BIN: Final = "990140000007"
_PROOFS: Final = ("CMS", "XAdES", "identification", "absent")


def document(kind: p.DocumentKind, owner: str, at: datetime) -> p.DocumentRef:
    """A document that nobody will open."""
    digest = hashlib.sha256(f"{kind.value} {owner} {at.isoformat()}".encode()).hexdigest()
    return p.DocumentRef(
        document_id=DocumentId(digest[:43]),
        kind=kind,
        title=kind.value,
        file_name=f"{kind.value}.pdf",
        media_type="application/pdf",
        size=1024,
        sha256=digest,
    )


def documents(
    section: ScenarioSection, owner: str, at: datetime, default: tuple[p.DocumentKind, ...] = ()
) -> tuple[p.DocumentRef, ...]:
    """The key ``documents``: a list of kinds, each a document of its own."""
    kinds = section.members("documents", p.DocumentKind, default)
    return tuple(document(kind, f"{owner} {number}", at) for number, kind in enumerate(kinds, 1))


def proof(
    section: ScenarioSection, at: datetime, default: str = "CMS"
) -> p.ElectronicSignature | p.Identification | None:
    """The key ``signed``: how the applicant proves who they are."""
    how = section.text("signed", default)
    match how:
        case "CMS" | "XAdES":
            return p.ElectronicSignature(p.SignatureFormat(how), b"signature")
        case "identification":
            return p.Identification("one-time code", "77-1", at)
        case "absent":
            return None
        case _:
            raise ScenarioInvalid(section.line_of("signed"), f"'signed' is one of {', '.join(_PROOFS)}, not {how!r}")


def appeal(section: ScenarioSection | None, at: datetime) -> p.RegisterAppeal:
    """The key ``appeal``, lodged at ``at``. What is left out is that of an ordinary, complete appeal."""
    fields = section or ScenarioSection.empty()
    registered = p.RegisterAppeal(
        kind=fields.member("kind", p.AppealKind, p.AppealKind.APPLICATION),
        subject=fields.text("subject", "LAND-CADASTRE"),
        kato=fields.text("kato", "750000000"),
        language=fields.member("language", p.Language, p.Language.KK),
        channel=fields.member("channel", p.IntakeChannel, p.IntakeChannel.ELECTRONIC),
        lodged_at=at,
        applicant=_applicant(fields.section("applicant") or ScenarioSection.empty()),
        representative=_representative(fields.section("representative")),
        addressee=fields.optional("addressee"),
        text=fields.text("text", TEXTS["appeal"]),
        documents=documents(fields, "applicant", at),
        authentication=proof(fields, at),
        received_by=_receiver(fields.section("received_by")),
        about=_about(fields.optional("about")),
        joined_by=tuple(_applicant(each) for each in fields.sections("joined_by")),
    )
    fields.close()
    return registered


def _about(name: str | None) -> PartyId | None:
    return None if name is None else PartyId(name)


def _applicant(fields: ScenarioSection) -> p.Applicant:
    kind = fields.member("kind", p.ApplicantKind, p.ApplicantKind.PERSON)
    applicant = p.Applicant(
        kind=kind,
        iin_bin=fields.text("iin_bin", _IIN if kind is p.ApplicantKind.PERSON else _BIN),
        name=fields.text("name", TEXTS["applicant"]),
        address=fields.text("address", TEXTS["address"]),
        phone=fields.text("phone", "+77010000000") or None,
        email=fields.optional("email"),
        kato=fields.text("kato", "751110000"),
        birth_date=fields.day("birth_date", _BORN),
        birth_place=fields.text("birth_place", TEXTS["birth_place"]) or None,
    )
    fields.close()
    return applicant


def _representative(fields: ScenarioSection | None) -> p.Representative | None:
    if fields is None:
        return None
    acting = p.Representative(
        fields.text("iin", _IIN),
        fields.text("name", TEXTS["representative"]),
        fields.text("ground", TEXTS["authority"]),
    )
    fields.close()
    return acting


def _receiver(fields: ScenarioSection | None) -> p.Receiver | None:
    if fields is None:
        return None
    clerk = p.Receiver(fields.text("name"), fields.text("post"), fields.text("office"))
    fields.close()
    return clerk
