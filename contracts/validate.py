"""Is an operation what the contract says? By the schema first, then by the rules that a schema cannot state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from lxml import etree

from contracts import payloads as p
from contracts import schema
from contracts.codes import Code
from contracts.errors import NotValid, Violation
from contracts.identifiers import is_valid_bin, is_valid_iin
from contracts.operations import NAMESPACE
from contracts.pieces import MOST_ELEMENTS
from contracts.violations import violations_of

Payload = p.Request | p.Answer


# --- the schema -----------------------------------------------------------------------------------------------------


def validate_operation(element: etree._Element) -> None:
    """Hold an operation element, still inside the document received, against the schema.

    Raises ``NotValid``: WRONG_NAMESPACE, UNKNOWN_OPERATION, or SCHEMA_VIOLATION with all violations.
    """
    name = etree.QName(element)
    if name.namespace != NAMESPACE:
        raise NotValid(Code.WRONG_NAMESPACE, f"{name.localname} is in {name.namespace!r}, expected is {NAMESPACE!r}")
    if name.localname not in schema.wrappers():
        raise NotValid(Code.UNKNOWN_OPERATION, f"{name.localname} is no operation of this contract")
    if _is_large(element) or not schema.strict().validate(element):
        violations = violations_of(element)
        if violations:
            raise NotValid(Code.SCHEMA_VIOLATION, f"{name.localname}: violations: {len(violations)}", violations)


def _is_large(element: etree._Element) -> bool:
    """Judged in pieces first: libxml2 by itself counts, for each error, all elements before it (``pieces``)."""
    return next(islice(element.iter(), MOST_ELEMENTS, None), None) is not None


# --- rules beside the schema ----------------------------------------------------------------------------------------


class _Finding(NamedTuple):
    code: Code
    path: str
    message: str


def check_rules(payload: Payload) -> tuple[Violation, ...]:
    """Violations of the rules beside the schema; they have no line, since they are found in the value."""
    return tuple(Violation(0, finding.path, finding.message) for finding in _findings(payload))


def require_rules(payload: Payload) -> None:
    """Raises ``NotValid`` with the code of the first broken rule and all violations."""
    findings = tuple(_findings(payload))
    if findings:
        violations = tuple(Violation(0, finding.path, finding.message) for finding in findings)
        raise NotValid(findings[0].code, "; ".join(f"{each.path}: {each.message}" for each in violations), violations)


def _findings(payload: Payload) -> Iterator[_Finding]:
    root = type(payload).__name__
    match payload:
        case p.RegisterAppeal():
            yield from _appeal(root, payload)
        case p.Deliver(payload=p.AssignAppeal(appeal=appeal)):
            yield from _appeal(f"{root}/assignAppeal/appeal", appeal)
        case p.PutDocument() | p.DocumentPart():
            yield from _part(root, payload)
        case _:
            pass
    yield from _documents(root, getattr(payload, "documents", ()))


def _appeal(path: str, appeal: p.RegisterAppeal) -> Iterator[_Finding]:
    applicant, representative = appeal.applicant, appeal.representative
    match applicant.kind:
        case p.ApplicantKind.PERSON if not is_valid_iin(applicant.iin_bin):
            yield _Finding(Code.IDENTIFIER_INVALID, f"{path}/applicant/iinBin", "not an IIN that was ever issued")
        case p.ApplicantKind.ORGANISATION if not is_valid_bin(applicant.iin_bin):
            yield _Finding(Code.IDENTIFIER_INVALID, f"{path}/applicant/iinBin", "not a BIN that was ever issued")
        case _:
            pass
    if representative is not None and not is_valid_iin(representative.iin):
        yield _Finding(Code.IDENTIFIER_INVALID, f"{path}/representative/iin", "not an IIN that was ever issued")
    if appeal.addressee is not None and not is_valid_bin(appeal.addressee):
        yield _Finding(Code.IDENTIFIER_INVALID, f"{path}/addressee", "not a BIN that was ever issued")


def _part(path: str, document: p.PutDocument | p.DocumentPart) -> Iterator[_Finding]:
    parts = max(1, -(-document.size // p.PART_BYTES))
    length = len(document.content)
    if length > p.PART_BYTES:
        yield _Finding(Code.PART_TOO_LARGE, f"{path}/content", f"{length} bytes; a part has {p.PART_BYTES} at most")
    if document.parts != parts:
        yield _Finding(Code.UPLOAD_MISMATCH, f"{path}/parts", f"{document.size} bytes make {parts} parts")
    if document.part > document.parts:
        yield _Finding(Code.UPLOAD_MISMATCH, f"{path}/part", f"part {document.part} of {document.parts}")
    expected = min(p.PART_BYTES, document.size - (document.part - 1) * p.PART_BYTES)
    if document.part <= parts and length != expected and length <= p.PART_BYTES:
        yield _Finding(Code.UPLOAD_MISMATCH, f"{path}/content", f"{length} bytes; this part has {expected}")
    if document.file_name in {".", ".."}:
        yield _Finding(Code.SCHEMA_VIOLATION, f"{path}/fileName", "names a folder")


def _documents(path: str, documents: Iterable[p.DocumentRef]) -> Iterator[_Finding]:
    seen: set[str] = set()
    for number, document in enumerate(documents, start=1):
        if document.document_id in seen:
            yield _Finding(Code.SCHEMA_VIOLATION, f"{path}/documents[{number}]/documentId", "named twice")
        seen.add(document.document_id)
