import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from contracts import schema, soap, xmlsafe
from contracts.codes import Code, Disposition, Fault
from contracts.errors import NotReadable, Violation
from contracts.texts import text_of

ENV = soap.SOAP_ENV


LATER_FAULT = (
    "<faultcode>e:Server</faultcode><faultstring>later version</faultstring>"
    "<detail><ExchangeFault xmlns='urn:dalel:exchange:v1'><code>NewCode</code></ExchangeFault></detail>"
)


def envelope(inside: str, namespace: str = ENV) -> etree._Element:
    return xmlsafe.parse(f'<e:Envelope xmlns:e="{namespace}">{inside}</e:Envelope>'.encode())


def test_body_and_operation_are_found_at_their_places():
    root = envelope("\n <e:Header><x/></e:Header>\n <e:Body>\n <op/>\n </e:Body>\n")

    assert soap.body_of(root).tag == f"{{{ENV}}}Body"
    assert soap.operation_of(root).tag == "op"
    assert soap.operation_of(envelope("<e:Body><op/></e:Body>")).tag == "op"


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<e:Header/>",
        "<e:Body/><e:Body/>",
        "<e:Header/><e:Header/><e:Body/>",
        "<e:Body/><e:Header/>",
        "<e:Body/><x/>",
        "<x/><e:Body/>",
        "<x><e:Body/></x>",
        "<Body/>",
        "words<e:Body/>",
        "<e:Body/>words",
    ],
)
def test_any_other_frame_is_refused(inside):
    with pytest.raises(NotReadable) as caught:
        soap.body_of(envelope(inside))
    assert caught.value.code is Code.NOT_SOAP


@pytest.mark.parametrize("inside", ["", "<a/><b/>", "words", "<a/>words"])
def test_a_body_without_exactly_one_child_is_refused(inside):
    with pytest.raises(NotReadable) as caught:
        soap.operation_of(envelope(f"<e:Body>{inside}</e:Body>"))
    assert caught.value.code is Code.NOT_SOAP


def test_soap_12_is_told_what_we_speak():
    """That is: an envelope of no version that we speak, which 1.2 no longer is."""
    with pytest.raises(NotReadable, match=r"SOAP 1\.1 and 1\.2") as refusal:
        soap.body_of(etree.fromstring(b'<e:Envelope xmlns:e="urn:soap:3"><e:Body/></e:Envelope>'))
    assert refusal.value.fault is Fault.VERSION_MISMATCH


def test_the_parts_of_an_envelope_are_of_one_version():
    mixed = f'<e:Envelope xmlns:e="{soap.SOAP_12}"><e:Body xmlns:e="{soap.SOAP_ENV}"><a/></e:Body></e:Envelope>'
    with pytest.raises(NotReadable):
        soap.body_of(etree.fromstring(mixed))


@pytest.mark.parametrize("version", soap.SoapVersion)
@pytest.mark.parametrize("code", Code)
def test_a_fault_says_the_same_in_both_versions(version, code):
    fault = soap.build_fault(code, detail="d", message_id="m-1", retry_after_s=3, version=version)
    usual = soap.build_fault(code, detail="d", message_id="m-1", retry_after_s=3)
    assert soap.parse_fault(etree.fromstring(fault)) == soap.parse_fault(etree.fromstring(usual))
    assert xmlsafe.canonical(etree.fromstring(fault)) == fault


def test_a_fault_of_soap_12_has_its_reason_in_three_languages():
    fault = etree.fromstring(soap.build_fault(Code.NOT_XML, detail="", version=soap.SoapVersion.V12))
    reasons = fault.iterfind(f"{{{soap.SOAP_12}}}Reason/{{{soap.SOAP_12}}}Text")
    assert [each.get("{http://www.w3.org/XML/1998/namespace}lang") for each in reasons] == ["kk", "ru", "en"]
    assert fault.findtext(f".//{{{soap.SOAP_12}}}Value") == "soapenv:Sender"


def test_an_envelope_of_another_version_makes_a_fault_of_its_own_kind():
    fault = soap.build_fault(Code.NOT_SOAP, detail="", fault=Fault.VERSION_MISMATCH)
    assert b"<faultcode>soapenv:VersionMismatch</faultcode>" in fault
    assert soap.parse_fault(etree.fromstring(fault)).fault is Fault.CLIENT


@pytest.mark.parametrize("code", list(Code))
def test_every_fault_is_canonical_valid_and_read_back(code):
    violations = (Violation(3, "Reply/actDate", "is missing"), Violation(0, "", "<&>"))
    message_id = "0c9f6a52-5d3c-4f6e-9a53-0d1f0a5b7c11"

    fault = soap.build_fault(code, detail="a <b>", violations=violations, message_id=message_id, retry_after_s=30)
    root = xmlsafe.parse(fault)

    assert xmlsafe.canonical(root) == fault
    assert schema.strict().validate(root.find("detail")[0]), schema.strict().error_log
    info = soap.parse_fault(root)
    assert info is not None
    assert (info.code, info.fault, info.disposition) == (code, text_of(code).fault, text_of(code).disposition)
    assert (info.detail, info.message_id, info.retry_after_s) == ("a <b>", message_id, 30)
    assert info.violations == violations
    assert info.text.ru.startswith(text_of(code).text.ru)
    assert info.text.ru.endswith(text_of(code).cure.ru)


def test_a_bare_fault_leaves_out_what_is_not_known():
    info = soap.parse_fault(xmlsafe.parse(soap.build_fault(Code.INTERNAL, detail="")))

    assert info is not None
    assert (info.message_id, info.retry_after_s, info.violations) == (None, None, ())
    assert info.disposition is Disposition.RETRY


@given(st.text(max_size=30))
def test_a_fault_may_quote_whatever_was_received(detail):
    root = xmlsafe.parse(soap.build_fault(Code.NOT_XML, detail=detail, violations=(Violation(1, detail, detail),)))

    assert schema.strict().validate(root.find("detail")[0])


@pytest.mark.parametrize(
    ("inside", "fault", "words"),
    [
        ("<faultcode>e:Server</faultcode><faultstring>Out of order</faultstring>", Fault.SERVER, "Out of order"),
        ("<faultcode>e:Client.Auth</faultcode><faultstring> No </faultstring><detail/>", Fault.CLIENT, "No"),
        ("", Fault.SERVER, "no faultstring"),
        (
            LATER_FAULT,
            Fault.SERVER,
            "later version",
        ),
    ],
)
def test_a_foreign_fault_still_tells_its_words(inside, fault, words):
    info = soap.parse_fault(xmlsafe.parse(f'<e:Fault xmlns:e="{ENV}">{inside}</e:Fault>'.encode()))

    assert info is not None
    assert (info.fault, info.code, info.disposition) == (fault, None, None)
    assert info.detail == info.text.en == words


def test_what_is_no_fault_is_none():
    assert soap.parse_fault(xmlsafe.parse(b"<Fault/>")) is None
