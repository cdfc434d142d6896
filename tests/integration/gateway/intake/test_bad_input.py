"""Bad input gets a clear answer with its own code, is written to the log of refusals, and has no effect."""

import re
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from contracts.codes import Code
from contracts.header import DocumentId
from contracts.operations import Service
from contracts.payloads import Applicant, ApplicantKind, DocumentKind, DocumentRef, GetDocumentPart, PutDocument
from gateway.http import soap
from signing.profile.offload import AT_ONCE_BYTES
from tests.worlds.exchange.world import AKIMAT, COURT, JER, PLATFORM, STRANGER, World, an_appeal

pytestmark = pytest.mark.databases

S = Service


def rows(world: World, table: str) -> int:
    with closing(sqlite3.connect(world.folder / "dalel.db")) as connection:
        return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def appeal_envelope(world: World, **changes) -> bytes:
    return world.envelope(PLATFORM, an_appeal(world.clock), **changes)


def not_xml(world):
    return S.APPEALS, b"\x00\x01 this is no XML"


def doctype(world):
    return S.APPEALS, b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + appeal_envelope(world)


def not_soap(world):
    return S.APPEALS, b"<hello/>"


def wrong_namespace(world):
    return S.APPEALS, appeal_envelope(world).replace(b"urn:dalel:exchange:v1", b"urn:dalel:exchange:v9")


def unknown_operation(world):
    return S.APPEALS, appeal_envelope(world).replace(b"RegisterAppeal", b"RegisterApple")


def schema_violation(world):
    return S.APPEALS, appeal_envelope(world).replace(b"751110000", b"Almaty")


def unsigned(world):
    return S.APPEALS, re.sub(rb"<wsse:Security.*</wsse:Security>", b"", appeal_envelope(world), flags=re.DOTALL)


def signed_by_another_party(world):
    return S.APPEALS, appeal_envelope(world, key=AKIMAT)


def signed_by_a_stranger(world):
    return S.APPEALS, appeal_envelope(world, key=STRANGER)


def sent_by_a_stranger(world):
    return S.APPEALS, world.envelope(STRANGER, an_appeal(world.clock))


def tampered(world):
    return S.APPEALS, appeal_envelope(world).replace("кезегіне".encode(), "кезегінен".encode())


def for_another_recipient(world):
    return S.APPEALS, appeal_envelope(world, recipient=COURT)


def replayed_to_another_path(world):
    return S.AGENCY, appeal_envelope(world)


def an_agency_registers_an_appeal(world):
    return S.APPEALS, world.envelope(AKIMAT, an_appeal(world.clock))


def invalid_iin(world):
    applicant = Applicant(ApplicantKind.PERSON, "900101300018", "Әже", "Алматы")
    return S.APPEALS, world.envelope(PLATFORM, an_appeal(world.clock, applicant=applicant))


def absent_document(world):
    ref = DocumentRef(DocumentId("a" * 43), DocumentKind.ATTACHMENT, "t", "t.pdf", "application/pdf", 3, "0" * 64)
    return S.APPEALS, world.envelope(PLATFORM, an_appeal(world.clock, documents=(ref,)))


def nobody_competent(world):
    return S.APPEALS, world.envelope(PLATFORM, an_appeal(world.clock, kato="101033102"))


def document_over_the_limit(world):
    put = PutDocument(
        "u1", 1, 96, 400_000_000, "0" * 64, "big.bin", "application/octet-stream", b"x" * (4 * 1024 * 1024)
    )
    return S.DOCUMENTS, world.envelope(PLATFORM, put)


def digest_that_does_not_match(world):
    put = PutDocument("u2", 1, 1, 3, "0" * 64, "a.bin", "application/octet-stream", b"abc")
    return S.DOCUMENTS, world.envelope(PLATFORM, put)


def unknown_document(world):
    return S.DOCUMENTS, world.envelope(COURT, GetDocumentPart(DocumentId("b" * 43), 1))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (not_xml, Code.NOT_XML),
        (doctype, Code.DOCTYPE_FORBIDDEN),
        (not_soap, Code.NOT_SOAP),
        (wrong_namespace, Code.WRONG_NAMESPACE),
        (unknown_operation, Code.UNKNOWN_OPERATION),
        (schema_violation, Code.SCHEMA_VIOLATION),
        (unsigned, Code.SIGNATURE_MISSING),
        (signed_by_another_party, Code.WRONG_SIGNER),
        (signed_by_a_stranger, Code.UNKNOWN_SIGNER),
        (sent_by_a_stranger, Code.UNKNOWN_PARTY),
        (tampered, Code.BODY_TAMPERED),
        (for_another_recipient, Code.WRONG_RECIPIENT),
        (replayed_to_another_path, Code.WRONG_PATH),
        (an_agency_registers_an_appeal, Code.NOT_PERMITTED),
        (invalid_iin, Code.IDENTIFIER_INVALID),
        (absent_document, Code.DOCUMENT_ABSENT),
        (nobody_competent, Code.NO_COMPETENT_BODY),
        (document_over_the_limit, Code.DOCUMENT_TOO_LARGE),
        (digest_that_does_not_match, Code.DOCUMENT_MISMATCH),
        (unknown_document, Code.DOCUMENT_ABSENT),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_each_bad_input_has_its_own_code_and_no_effect(world, make, code):
    service, envelope = make(world)

    answered = await world.post(service, envelope)

    assert answered.fault.code == code.value
    assert answered.fault.text.kk
    assert answered.fault.text.ru
    assert answered.fault.text.en
    assert answered.status >= 400
    assert (rows(world, "events"), rows(world, "inbox"), rows(world, "deliveries")) == (0, 0, 0)
    assert rows(world, "refusals") == 1


async def test_every_violation_is_listed_with_its_line_and_path(world):
    envelope = (
        appeal_envelope(world).replace(b"751110000", b"Almaty").replace(b"<d:kind>application<", b"<d:kind>poem<")
    )

    violations = (await world.post(S.APPEALS, envelope)).fault.violations

    paths = " ".join(violation.path for violation in violations)
    assert "kato" in paths
    assert "kind" in paths
    assert all(violation.line >= 1 for violation in violations)


async def test_an_expired_timestamp_is_refused_and_so_is_one_from_the_future(world):
    envelope = appeal_envelope(world)
    world.clock.advance(hours=1)
    assert (await world.post(S.APPEALS, envelope)).fault.code == Code.TIMESTAMP_EXPIRED.value

    world.clock.advance(hours=-2)
    assert (await world.post(S.APPEALS, envelope)).fault.code == Code.TIMESTAMP_IN_FUTURE.value


async def test_an_identical_repeat_gets_the_same_receipt_and_has_one_effect(world):
    envelope = appeal_envelope(world)
    first = await world.post(S.APPEALS, envelope)
    before = (rows(world, "events"), rows(world, "deliveries"))
    world.clock.advance(seconds=30)
    again = await world.post(S.APPEALS, envelope)

    assert again.message == first.message
    assert (rows(world, "events"), rows(world, "deliveries")) == before
    assert again.envelope != first.envelope  # a fresh Timestamp and signature around the same Body


async def test_the_same_message_id_with_another_digest_is_refused(world):
    header = {"message_id": "11111111-1111-4111-8111-111111111111"}
    await world.post(S.APPEALS, appeal_envelope(world, **header))
    other = world.envelope(PLATFORM, an_appeal(world.clock, text="Басқа мәтін"), **header)

    assert (await world.post(S.APPEALS, other)).fault.code == Code.MESSAGE_ID_REUSED.value
    assert rows(world, "conversations") == 1


async def test_a_document_of_another_party_cannot_be_named_or_read(world):
    ref = await world.upload(AKIMAT, b"%PDF-1.7 secret")

    named = await world.call(S.APPEALS, PLATFORM, an_appeal(world.clock, documents=(ref,)))
    read = await world.call(S.DOCUMENTS, JER, GetDocumentPart(ref.document_id, 1))

    assert named.fault.code == Code.DOCUMENT_NOT_GRANTED.value
    assert read.fault.code == Code.DOCUMENT_NOT_GRANTED.value


async def test_a_request_over_the_limit_is_refused_before_it_is_read(world):
    answered = await world.post(S.APPEALS, b"<x>" + b" " * (9 * 1024 * 1024))
    assert (answered.status, answered.fault.code) == (500, Code.TOO_LARGE.value)


async def test_another_content_type_is_refused(world):
    answered = await world.post(S.APPEALS, appeal_envelope(world), content_type="application/json")
    assert (answered.status, answered.fault.code) == (415, Code.UNSUPPORTED_MEDIA_TYPE.value)


async def test_a_fault_is_signed_by_the_exchange(world):
    from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope

    answered = await world.post(S.APPEALS, b"<hello/>")
    pinned = PinnedCertificates([("dalel", world.keys["dalel"].certificate)])

    verified = verify_envelope(ReadEnvelope.of(answered.envelope), pinned, now=world.clock.now(), skew=timedelta(0))

    assert verified.owner == "dalel"


async def test_a_failure_of_ours_logs_where_it_happened_and_nothing_that_people_wrote(world, monkeypatch):
    def failing(*_, **__):
        raise ValueError("900101300017 Әбілқасымова Гүлнұр is no such thing")

    monkeypatch.setattr("gateway.service.intake.accept.decide", failing)
    with capture_logs() as logged:
        answered = await world.post(S.APPEALS, appeal_envelope(world))

    assert answered.fault.code == Code.INTERNAL.value
    assert b"900101300017" not in answered.envelope
    failed = next(entry for entry in logged if entry["event"] == "request.failed")
    assert failed["error"] == "ValueError"
    assert failed["reason"].startswith("at test_bad_input.py:")
    assert "900101300017" not in str(logged)


async def test_long_input_is_read_beside_the_event_loop_as_long_as_nothing_in_it_is_proven(world, monkeypatch):
    readers = []
    for name in ("admit", "authenticated"):
        monkeypatch.setattr(soap, name, noting_its_thread(getattr(soap, name), readers))
    _, envelope = schema_violation(world)

    await world.post(S.APPEALS, envelope)
    assert set(readers) == {threading.get_ident()}

    readers.clear()
    await world.post(S.APPEALS, envelope + b" " * AT_ONCE_BYTES)
    assert len(readers) == 2
    assert threading.get_ident() not in readers


def noting_its_thread(read, readers):
    def noted(*arguments, **named):
        readers.append(threading.get_ident())
        return read(*arguments, **named)

    return noted
