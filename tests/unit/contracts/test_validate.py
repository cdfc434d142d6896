from dataclasses import replace
from datetime import UTC, datetime

import pytest

from contracts import codec, xmlsafe
from contracts import payloads as p
from contracts.codes import Code
from contracts.errors import NotValid
from contracts.header import Action, DocumentId, Header, Message, MessageId
from contracts.identifiers import make_bin, make_iin
from contracts.party import PartyId
from contracts.validate import check_rules, require_rules, validate_operation

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
HEADER = Header(
    MessageId("0c9f6a52-5d3c-4f6e-9a53-0d1f0a5b7c11"),
    None,
    None,
    PartyId("eotinish"),
    PartyId("dalel"),
    Action.REGISTER_APPEAL,
    NOW,
)
PERSON = p.Applicant(p.ApplicantKind.PERSON, make_iin("870314", century_and_sex=3, serial=12), "Әсел Қ.", "Алматы")
APPEAL = p.RegisterAppeal(
    kind=p.AppealKind.COMPLAINT,
    subject="housing.heating",
    kato="750000000",
    language=p.Language.KK,
    channel=p.IntakeChannel.ELECTRONIC,
    lodged_at=NOW,
    applicant=PERSON,
    representative=None,
    addressee=None,
    text="Үйде жылу жоқ.",
    documents=(),
    authentication=None,
)
DOCUMENT = p.DocumentRef(DocumentId("A" * 43), p.DocumentKind.ACT, "Act", "act.pdf", "application/pdf", 3, "0" * 64)
PART = p.PutDocument("u1", 1, 1, 3, "0" * 64, "act.pdf", "application/pdf", b"abc")


def operation(payload=APPEAL) -> bytes:
    return codec.build_request(Message(HEADER, payload))


def refused(data: bytes) -> NotValid:
    with pytest.raises(NotValid) as caught:
        validate_operation(xmlsafe.parse(data))
    return caught.value


def places(error: NotValid) -> dict[str, str]:
    return {violation.path: violation.message for violation in error.violations}


def test_a_valid_operation_passes_in_whatever_prefix_it_comes():
    written = operation()
    unprefixed = written.replace(b"<d:", b"<").replace(b"</d:", b"</").replace(b":d=", b"=")
    assert unprefixed != written
    for form in (written, unprefixed):
        assert validate_operation(xmlsafe.parse(form)) is None  # raises when it is not valid


def test_all_violations_are_listed_though_the_structure_breaks_first():
    broken = (
        operation()
        .replace(b"<d:subject>housing.heating</d:subject>", b"")
        .replace(b"<d:kato>750000000</d:kato>", b"<d:kato>75</d:kato>")
        .replace(b"<d:language>kk</d:language>", b"<d:language>fr</d:language><d:extra/>")
        .replace(b"<d:kind>person</d:kind>", b"<d:kind>cat</d:kind>")
        .replace(b"<d:lodgedAt>2026-11-24T10:00:00Z", b"<d:lodgedAt>2026-11-24T10:00:00")
    )

    error = refused(broken)

    assert error.code is Code.SCHEMA_VIOLATION
    assert set(places(error)) == {
        "RegisterAppeal",
        "RegisterAppeal/kato",
        "RegisterAppeal/language",
        "RegisterAppeal/extra",
        "RegisterAppeal/applicant/kind",
        "RegisterAppeal/lodgedAt",
    }
    assert places(error)["RegisterAppeal"] == "subject is missing"
    assert "nine digits" in places(error)["RegisterAppeal/kato"]
    assert "offset" in places(error)["RegisterAppeal/lodgedAt"]


def test_lines_are_those_of_the_envelope_received():
    envelope = (
        b"<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'>\n<e:Body>\n"
        + operation().replace(b"<d:kato>750000000", b"\n<d:kato>x").replace(b"<d:text>", b"\n\n<d:more/><d:text>")
        + b"</e:Body></e:Envelope>"
    )
    with pytest.raises(NotValid) as caught:
        validate_operation(xmlsafe.parse(envelope)[0][0])

    assert [(each.line, each.path) for each in caught.value.violations] == [
        (4, "RegisterAppeal/kato"),
        (6, "RegisterAppeal/more"),
    ]


@pytest.mark.parametrize("prefix", ["d:", ""])
def test_namesakes_are_numbered_in_the_path(prefix):
    good = operation(replace(APPEAL, documents=(DOCUMENT, replace(DOCUMENT, document_id=DocumentId("B" * 43)))))
    broken = good.replace(b"B" * 43, b"B" * 42)
    if not prefix:
        broken = broken.replace(b"<d:", b"<").replace(b"</d:", b"</").replace(b":d=", b"=")

    assert list(places(refused(broken))) == ["RegisterAppeal/documents[2]/documentId"]


def test_order_surplus_and_choice_are_told_in_plain_words():
    moved = (
        operation()
        .replace(b"<d:kind>complaint</d:kind>", b"")
        .replace(b"<d:channel>", b"<d:kind>complaint</d:kind><d:channel>")
    )
    doubled = operation().replace(b"<d:kato>750000000</d:kato>", b"<d:kato>750000000</d:kato>" * 2)
    empty = operation(p.ReportProgress(p.Registered("1", NOW), ())).replace(
        b"<d:registered><d:number>1</d:number><d:at>2026-11-24T10:00:00Z</d:at></d:registered>", b""
    )

    assert "out of order" in places(refused(moved))["RegisterAppeal/kind"]
    assert "one too many" in places(refused(doubled))["RegisterAppeal/kato[2]"]
    assert places(refused(empty))["ReportProgress"] == (
        "registered or redirected or extended or hearingScheduled or terminated or defectsNamed or returned is missing"
    )


def test_messages_show_neither_namespaces_nor_values():
    secret = b"870314<!".replace(b"<!", b"'} is")
    broken = operation().replace(PERSON.iin_bin.encode(), secret).replace(b">kk<", b">Smith<")

    error = refused(broken)

    reported = str(error) + "".join(violation.message for violation in error.violations)
    assert "870314" not in reported
    assert "Smith" not in reported
    assert "urn:" not in reported
    assert len(error.violations) == 2


@pytest.mark.parametrize(
    ("cut", "put"),
    [
        (b"<d:kato>", b'<d:kato x="1">'),
        (b"<d:kind>complaint", b"<d:kind>complaint <d:b/>"),
        (b"</d:kato>", b"</d:kato>words"),
        (b"2026-11-24T10:00:00Z</d:lodgedAt>", b"2026-11-24T24:00:00Z</d:lodgedAt>"),
        (b"2026-11-24T10:00:00Z</d:lodgedAt>", b"2026-02-30T10:00:00Z</d:lodgedAt>"),
        (b"750000000", b" 750000000"),
    ],
)
def test_small_deviations_are_violations(cut, put):
    assert refused(operation().replace(cut, put)).code is Code.SCHEMA_VIOLATION


XSI = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def test_attributes_of_xml_schema_that_toolkits_add_are_borne_but_change_nothing():
    reported = operation().replace(b"<d:kato>", b'<d:kato %s xsi:type="d:Kato">' % XSI)
    pointed = operation().replace(b" xmlns", b' %s xsi:schemaLocation="urn:x file:///etc/passwd" xmlns' % XSI, 1)

    for data in (reported, pointed):
        root = xmlsafe.parse(data)
        validate_operation(root)
        assert codec.parse_operation(root).payload == APPEAL


@pytest.mark.parametrize("attribute", [b'xsi:nil="true"', b'xsi:type="d:Text"', b'xsi:type="d:Nothing"'])
def test_attributes_of_xml_schema_do_not_loosen_the_contract(attribute):
    loosened = operation().replace(b"<d:kato>", b"<d:kato %s %s>" % (XSI, attribute))

    assert list(places(refused(loosened))) == ["RegisterAppeal/kato"]


def test_a_hostile_message_gets_a_bounded_answer():
    assert len(refused(operation().replace(b"<d:text>", b"<d:q/>" * 20_000 + b"<d:text>")).violations) == 500


def test_wrong_namespace_and_unknown_operation_have_their_own_codes():
    assert refused(operation().replace(b"urn:dalel:exchange:v1", b"urn:other")).code is Code.WRONG_NAMESPACE
    assert refused(b"<RegisterAppeal/>").code is Code.WRONG_NAMESPACE
    assert refused(b'<Dance xmlns="urn:dalel:exchange:v1"/>').code is Code.UNKNOWN_OPERATION
    assert refused(b'<ExchangeFault xmlns="urn:dalel:exchange:v1"/>').code is Code.UNKNOWN_OPERATION


def test_threads_do_not_see_each_others_violations():
    from concurrent.futures import ThreadPoolExecutor

    good, bad = operation(), operation().replace(b"750000000", b"x")

    def verdict(number: int) -> bool:
        try:
            validate_operation(xmlsafe.parse(bad if number % 2 else good))
        except NotValid as error:
            return len(error.violations) == 1 and bool(number % 2)
        return not number % 2

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(verdict, range(200)))


# --- rules beside the schema ----------------------------------------------------------------------------------------


def test_an_appeal_with_issued_numbers_breaks_no_rule():
    organisation = replace(PERSON, kind=p.ApplicantKind.ORGANISATION, iin_bin=make_bin("9901", serial=7))
    appeal = replace(
        APPEAL,
        applicant=organisation,
        representative=p.Representative(PERSON.iin_bin, "Б. Әлі", "сенімхат"),
        addressee=make_bin("9301", serial=1),
    )

    assert check_rules(appeal) == ()
    require_rules(appeal)


def test_every_wrong_identifier_is_named():
    appeal = replace(
        APPEAL,
        applicant=replace(PERSON, iin_bin="111111111111"),
        representative=p.Representative("222222222222", "N", "g"),
        addressee=PERSON.iin_bin,
    )

    with pytest.raises(NotValid) as caught:
        require_rules(appeal)

    assert caught.value.code is Code.IDENTIFIER_INVALID
    assert [violation.path for violation in caught.value.violations] == [
        "RegisterAppeal/applicant/iinBin",
        "RegisterAppeal/representative/iin",
        "RegisterAppeal/addressee",
    ]


def test_an_assigned_appeal_is_held_to_the_same_rules():
    term = p.TermNotice("76", NOW.date(), NOW, "1")
    assigned = p.AssignAppeal("1", NOW.date(), replace(APPEAL, addressee="0" * 12), term)

    assert [each.path for each in check_rules(p.Deliver(assigned))] == ["Deliver/assignAppeal/appeal/addressee"]


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (replace(PART, size=0, content=b""), None),
        (replace(PART, size=p.PART_BYTES, content=bytes(p.PART_BYTES)), None),
        (replace(PART, part=2, parts=2, size=p.PART_BYTES + 1, content=b"x"), None),
        (replace(PART, part=1, parts=2, size=p.PART_BYTES + 1, content=b"x"), Code.UPLOAD_MISMATCH),
        (replace(PART, size=p.PART_BYTES + 1, parts=2, content=bytes(p.PART_BYTES + 1)), Code.PART_TOO_LARGE),
        (replace(PART, part=2), Code.UPLOAD_MISMATCH),
        (replace(PART, parts=2), Code.UPLOAD_MISMATCH),
        (replace(PART, size=4), Code.UPLOAD_MISMATCH),
        (replace(PART, content=b""), Code.UPLOAD_MISMATCH),
        (replace(PART, file_name=".."), Code.SCHEMA_VIOLATION),
    ],
)
def test_a_part_fits_its_document(part, code):
    if code is None:
        require_rules(part)
        return
    with pytest.raises(NotValid) as caught:
        require_rules(part)
    assert caught.value.code is code


def test_a_document_is_named_once():
    assert [each.path for each in check_rules(p.AddDocuments("", (DOCUMENT, DOCUMENT)))] == [
        "AddDocuments/documents[2]/documentId"
    ]
