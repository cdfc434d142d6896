"""What an appeal or a disagreement lacks (Art. 63, 92, 131, 136), and what cures it.

Nothing is refused for a gap: it is named, to the applicant at once and to the judge in the dossier.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from contracts.payloads import (
    ApplicantKind,
    Disagree,
    DocumentKind,
    DocumentRef,
    ElectronicSignature,
    Finding,
    FindingCode,
    RegisterAppeal,
    Road,
    RoadKind,
)
from dossier.procedure.law.law_file import read_law_file, read_text


def findings_of_appeal(appeal: RegisterAppeal) -> tuple[Finding, ...]:
    """Gaps of the appeal by Art. 63(2): who the applicant is, where to answer, whose hand it is in."""
    return tuple(finding(code) for code in _gaps_of_appeal(appeal))


def findings_of_disagreement(
    pressed: Disagree, appeal: RegisterAppeal, road: Road, *, late: bool, no_higher_body: bool
) -> tuple[Finding, ...]:
    """Gaps of the disagreement on its road (Art. 92, 131(2), 136)."""
    for_court = road.kind is RoadKind.COURT
    codes = _gaps_of_disagreement(pressed, appeal, late=late, no_higher_body=no_higher_body)
    owed = gaps_of_claim(pressed, appeal) if for_court else ()
    return tuple(finding(code, for_court=for_court) for code in (*codes, *owed))


OWED_TO_A_CLAIM: Final = frozenset(
    {FindingCode.CLAIM_NOT_SIGNED, FindingCode.STATE_DUTY_NOT_SHOWN, FindingCode.BIRTH_NOT_GIVEN}
)
"""What ``gaps_of_claim`` finds; it may come in after it was told, so a dossier looks again."""


def gaps_of_claim(pressed: Disagree, appeal: RegisterAppeal) -> tuple[FindingCode, ...]:
    """What the applicant still owes to a claim (Art. 131(2), (5), (8)): what is enough for a complaint is not."""
    return tuple(_gaps_of_claim(pressed, appeal))


def _gaps_of_claim(pressed: Disagree, appeal: RegisterAppeal) -> Iterator[FindingCode]:
    kinds = {document.kind for document in (*appeal.documents, *pressed.documents)}
    by_hand = DocumentKind.SIGNED_CLAIM in kinds
    if not (isinstance(pressed.authentication, ElectronicSignature) or by_hand):
        yield FindingCode.CLAIM_NOT_SIGNED
    if DocumentKind.STATE_DUTY not in kinds:
        yield FindingCode.STATE_DUTY_NOT_SHOWN
    applicant = appeal.applicant
    if applicant.kind is ApplicantKind.PERSON and not (applicant.birth_date and applicant.birth_place):
        yield FindingCode.BIRTH_NOT_GIVEN


def finding(code: FindingCode, *, for_court: bool = False) -> Finding:
    """The gap in words; before the court some gaps have another article."""
    table = _table()[code.value]
    article = table.get("court_article", table["article"]) if for_court else table["article"]
    where = f"gaps {code.value}"
    return Finding(code, str(article), read_text(where, table["text"]), read_text(where, table["cure"]))


def _gaps_of_appeal(appeal: RegisterAppeal) -> Iterator[FindingCode]:
    applicant = appeal.applicant
    if appeal.authentication is None and appeal.received_by is None:
        yield FindingCode.NOT_AUTHENTICATED
    if appeal.representative is not None and not _shows_authority(appeal.documents):
        yield FindingCode.AUTHORITY_NOT_SHOWN
    if not applicant.address.strip():
        yield FindingCode.ADDRESS_MISSING
    if applicant.phone is None and applicant.email is None:
        yield FindingCode.CONTACT_MISSING


def _gaps_of_disagreement(
    pressed: Disagree, appeal: RegisterAppeal, *, late: bool, no_higher_body: bool
) -> Iterator[FindingCode]:
    if late:
        yield FindingCode.LATE
    if pressed.authentication is None:
        yield FindingCode.NOT_AUTHENTICATED
    if appeal.representative is not None and not _shows_authority((*appeal.documents, *pressed.documents)):
        yield FindingCode.AUTHORITY_NOT_SHOWN
    if no_higher_body:
        yield FindingCode.NO_HIGHER_BODY


def _shows_authority(documents: tuple[DocumentRef, ...]) -> bool:
    return any(document.kind is DocumentKind.POWER_OF_ATTORNEY for document in documents)


@cache
def _table() -> dict[str, dict[str, object]]:
    return read_law_file("gaps")
