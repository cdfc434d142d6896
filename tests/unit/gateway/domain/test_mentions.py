"""Documents named anywhere in a payload."""

from contracts.header import DocumentId
from contracts.payloads import AddDocuments, ClaimKind, Deliver, DocumentKind, DocumentRef, FileDossier
from gateway.domain.registry.mentions import documents_named


def ref(name: str) -> DocumentRef:
    return DocumentRef(DocumentId(name), DocumentKind.OTHER, name, f"{name}.pdf", "application/pdf", 1, "0" * 64)


def test_documents_are_found_in_order_and_each_once():
    payload = AddDocuments("note", (ref("b"), ref("a"), ref("b")))
    assert [named.document_id for named in documents_named(payload)] == ["b", "a"]


def test_a_dossier_inside_deliver_is_found():
    payload = Deliver(FileDossier("DL-2026-1", ClaimKind.CONTEST, ref("dossier"), None))
    assert [named.document_id for named in documents_named(payload)] == ["dossier"]
