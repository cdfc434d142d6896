"""What a scenario's messages carry where the file says nothing: an appeal, documents, proofs. All of it made up."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from contracts import payloads as p
from contracts.header import DocumentId
from dossier.rehearsal.section import ScenarioInvalid, Section

_IIN: Final = "900101300017"
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
    section: Section, owner: str, at: datetime, default: tuple[p.DocumentKind, ...] = ()
) -> tuple[p.DocumentRef, ...]:
    """The key ``documents``: a list of kinds, each a document of its own."""
    kinds = section.members("documents", p.DocumentKind, default)
    return tuple(document(kind, f"{owner} {number}", at) for number, kind in enumerate(kinds, 1))


def proof(section: Section, at: datetime, default: str = "CMS") -> p.ElectronicSignature | p.Identification | None:
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


def appeal(section: Section | None, at: datetime) -> p.RegisterAppeal:
    """The key ``appeal``, lodged at ``at``. What is left out is that of an ordinary, complete appeal."""
    asked = section or Section.empty()
    registered = p.RegisterAppeal(
        kind=asked.member("kind", p.AppealKind, p.AppealKind.APPLICATION),
        subject=asked.text("subject", "LAND-CADASTRE"),
        kato=asked.text("kato", "750000000"),
        language=asked.member("language", p.Language, p.Language.KK),
        channel=asked.member("channel", p.IntakeChannel, p.IntakeChannel.ELECTRONIC),
        lodged_at=at,
        applicant=_applicant(asked.section("applicant") or Section.empty()),
        representative=_representative(asked.section("representative")),
        addressee=asked.optional("addressee"),
        text=asked.text("text", "Өтінішім бар"),
        documents=documents(asked, "applicant", at),
        authentication=proof(asked, at),
        received_by=_receiver(asked.section("received_by")),
    )
    asked.close()
    return registered


def _applicant(asked: Section) -> p.Applicant:
    kind = asked.member("kind", p.ApplicantKind, p.ApplicantKind.PERSON)
    applicant = p.Applicant(
        kind=kind,
        iin_bin=asked.text("iin_bin", _IIN if kind is p.ApplicantKind.PERSON else _BIN),
        name=asked.text("name", "Әсел Нұрланқызы"),
        address=asked.text("address", "Алматы, Абай даңғылы, 1"),
        phone=asked.text("phone", "+77010000000") or None,
        email=asked.optional("email"),
        kato=asked.text("kato", "751110000"),
    )
    asked.close()
    return applicant


def _representative(asked: Section | None) -> p.Representative | None:
    if asked is None:
        return None
    acting = p.Representative(
        asked.text("iin", _IIN), asked.text("name", "Дәулет Серікұлы"), asked.text("ground", "сенімхат")
    )
    asked.close()
    return acting


def _receiver(asked: Section | None) -> p.Receiver | None:
    if asked is None:
        return None
    clerk = p.Receiver(asked.text("name"), asked.text("post"), asked.text("office"))
    asked.close()
    return clerk
