"""The card of a record as the appeal that it is, in the words of our contract."""

from __future__ import annotations

import re
from typing import Final

from connectors.ias.fields import Fields
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    Identification,
    IntakeChannel,
    Language,
    RegisterAppeal,
    Representative,
)

_SUBJECT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PLACE: Final = re.compile(r"[0-9]{2,9}")
_NAMES: Final = ("lastName", "firstName", "middleName")
_BY_EDS: Final = "ЭЦҚ / ЭЦП / EDS, eOtinish"
_EXPORT_IT: Final = "export it, or complete the record"


def read_appeal(card: Fields, first: Fields | None) -> RegisterAppeal | None:
    """``first``: the row that the appeal was lodged with. None when something is wrong, which is noted."""
    lodged_at, text = card.instant("start_date"), card.needed("data", "an appeal without its text cannot be kept")
    if lodged_at is None:
        card.needed("start_date", _EXPORT_IT)
    kind, language = card.word("types", "typeId"), card.word("languages", "languageId", "kk")
    channel = card.word("forms", "appealForm", "electronic")
    subject, place, applicant = _subject(card), _place(card), _applicant(card.within("applicant"))
    if not (lodged_at and text and kind and language and channel and subject and place and applicant):
        return None
    return RegisterAppeal(
        kind=AppealKind(kind),
        subject=subject,
        kato=place,
        language=Language(language),
        channel=IntakeChannel(channel),
        lodged_at=lodged_at,
        applicant=applicant,
        representative=_representative(card.within("applicant").within("attorney")),
        addressee=None,
        text=text,
        documents=(),
        authentication=_identification(card, first),
    )


def _subject(card: Fields) -> str | None:
    """Ours for the category, else its code as it is."""
    name = "issueSubCategoryId" if card.has("issueSubCategoryId") else "issueCategoryId"
    code = card.needed(name, _EXPORT_IT)
    subject = card.key.subjects.get(code, code) if code else None
    if subject is None or _SUBJECT.fullmatch(subject):
        return subject
    card.wrong(name, f"{subject!r} is no code of a category", "give it one in the map, under subjects")
    return None


def _place(card: Fields) -> str | None:
    """КАТО: the export names the region by its first digits, zeros stand for the rest."""
    code = card.needed("locationId", _EXPORT_IT)
    if code is None or _PLACE.fullmatch(code):
        return code and code.ljust(9, "0")
    card.wrong("locationId", f"{code!r} is no КАТО", "write its two to nine digits")
    return None


def _applicant(person: Fields) -> Applicant | None:
    is_person = (person.text("applicantType") or "PERSON").upper() == "PERSON"
    number = person.needed("iinbin", "an applicant without IIN or BIN cannot act here")
    own = " ".join(filter(None, map(person.text, _NAMES)))
    name = person.text("name") or (own if is_person else person.text("companyName"))
    address = person.text("personFactAddress") or person.text("companyAddress")
    if not name:
        person.wrong("name", "is absent", "write applicant.name, or the names one by one")
    if not address:
        person.wrong("personFactAddress", "is absent", "АППК 63(2): complete the postal address")
    if not (number and name and address):
        return None
    kind = ApplicantKind.PERSON if is_person else ApplicantKind.ORGANISATION
    return Applicant(kind, number, name, address, person.text("phones"), person.text("email"))


def _representative(attorney: Fields) -> Representative | None:
    if not attorney.has("iin"):
        return None
    name = attorney.needed("name", "say who acts for the applicant")
    ground = attorney.text("ground") or "—"
    return Representative(attorney.text("iin") or "", name or "", ground)


def _identification(card: Fields, first: Fields | None) -> Identification | None:
    """That the portal knew the applicant by EDS. The signature itself is over the portal's own form: it stays there."""
    lodged_at = card.instant("start_date")
    serial = first.within("eds_info").text("sn") if first else None
    if lodged_at is None or not (serial or card.has("signature")):
        return None
    return Identification(_BY_EDS, serial or card.text("reg_number") or "—", lodged_at)
