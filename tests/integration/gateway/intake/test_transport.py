"""How messages come and go: both versions of SOAP, gzip within its limits, faults where toolkits look for them."""

import gzip
from datetime import timedelta

import pytest
from lxml import etree

from contracts import soap
from contracts.codes import Code, Fault
from contracts.operations import Service
from contracts.soap import SOAP_12, SOAP_ENV, SoapVersion
from gateway.http.pressure import RequestPlace
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope
from signing.profile.writing import sign_envelope
from tests.worlds.exchange.world import ME, PLATFORM, SoapAnswer, World, an_appeal

S = Service
V12 = SoapVersion.V12.content_type
MEBIBYTE = 1024 * 1024


def in_12(world: World, operation: bytes) -> bytes:
    return sign_envelope(operation, world.keys[PLATFORM], now=world.clock.now(), version=SoapVersion.V12)


def content_of(world: World, answered: SoapAnswer) -> bytes:
    """Verified with the exchange's certificate."""
    pinned = PinnedCertificates([(ME, world.keys[ME].certificate)])
    read = ReadEnvelope.of(answered.envelope)
    return verify_envelope(read, pinned, now=world.clock.now(), skew=timedelta(0)).content


def is_signed(answered: SoapAnswer) -> bool:
    return b"<ds:SignatureValue>" in answered.envelope


def faultcode_of(answered: SoapAnswer) -> str | None:
    return etree.fromstring(answered.envelope).findtext(".//faultcode")


# --- SOAP 1.2 ---------------------------------------------------------------------------------------------------------


async def test_a_message_in_soap_12_is_answered_in_soap_12_with_the_same_receipt(world):
    operation = world.operation(PLATFORM, an_appeal(world.clock))

    later = await world.post(S.APPEALS, in_12(world, operation), content_type="application/soap+xml")
    usual = await world.post(S.APPEALS, sign_envelope(operation, world.keys[PLATFORM], now=world.clock.now()))

    assert (later.status, later.headers["Content-Type"]) == (200, V12)
    assert etree.fromstring(later.envelope).tag == f"{{{SOAP_12}}}Envelope"
    assert etree.fromstring(usual.envelope).tag == f"{{{SOAP_ENV}}}Envelope"
    assert content_of(world, later) == content_of(world, usual)


async def test_a_fault_in_soap_12_is_signed_and_of_its_own_form(world):
    operation = world.operation(PLATFORM, an_appeal(world.clock)).replace(b"751110000", b"Almaty")

    answered = await world.post(S.APPEALS, in_12(world, operation), content_type="application/soap+xml")

    assert (answered.status, answered.headers["Content-Type"]) == (500, V12)
    assert answered.fault.code is Code.SCHEMA_VIOLATION
    assert b"soapenv:Sender" in content_of(world, answered)


async def test_an_envelope_of_no_version_that_we_speak_is_a_version_mismatch(world):
    answered = await world.post(S.APPEALS, b'<e:Envelope xmlns:e="urn:soap:3"><e:Body/></e:Envelope>')
    assert (faultcode_of(answered), answered.fault.code) == ("soapenv:VersionMismatch", Code.NOT_SOAP)


@pytest.mark.parametrize("actor", ["", f' soapenv:actor="{"http://schemas.xmlsoap.org/soap/actor/next"}"'])
async def test_a_header_block_for_us_that_nobody_understands_is_a_fault_of_its_own(world, actor):
    block = f'<x:Lock xmlns:x="urn:x" soapenv:mustUnderstand="1"{actor}/></soapenv:Header>'
    envelope = world.envelope(PLATFORM, an_appeal(world.clock)).replace(b"</soapenv:Header>", block.encode())
    answered = await world.post(S.APPEALS, envelope)
    assert (faultcode_of(answered), answered.fault.fault) == ("soapenv:MustUnderstand", Fault.CLIENT)


async def test_a_header_block_for_somebody_else_is_left_alone(world):
    block = b'<x:Lock xmlns:x="urn:x" soapenv:mustUnderstand="1" soapenv:actor="urn:else"/></soapenv:Header>'
    envelope = world.envelope(PLATFORM, an_appeal(world.clock)).replace(b"</soapenv:Header>", block)
    assert (await world.post(S.APPEALS, envelope)).status == 200


# --- gzip -------------------------------------------------------------------------------------------------------------


async def test_a_body_in_gzip_is_taken(world):
    envelope = gzip.compress(world.envelope(PLATFORM, an_appeal(world.clock)))
    answered = await world.post(S.APPEALS, envelope, **{"Content-Encoding": "gzip"})
    assert answered.message.payload.receipt.appeal_number.startswith("DL-")


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (gzip.compress(b"<a>" + b" " * 200 * MEBIBYTE, 1), Code.TOO_LARGE),
        (gzip.compress(b"<a/>")[:-4], Code.NOT_XML),
        (gzip.compress(b"<a/>") + b"more", Code.NOT_XML),
        (gzip.compress(b"<a/>") * 2, Code.NOT_XML),
        (b"<a/>", Code.NOT_XML),
        (b"", Code.NOT_XML),
    ],
    ids=["a bomb", "cut short", "with something behind it", "two members", "no gzip at all", "nothing"],
)
async def test_gzip_that_is_none_or_becomes_too_much_is_refused(world, packed, code):
    answered = await world.post(S.APPEALS, packed, **{"Content-Encoding": "gzip"})
    assert (answered.status, answered.fault.code) == (500, code)


async def test_no_more_of_a_bomb_is_inflated_than_the_limit(world, monkeypatch):
    held, original = [], RequestPlace.hold
    monkeypatch.setattr(RequestPlace, "hold", lambda self, size: (held.append(size), original(self, size))[1])
    await world.post(S.APPEALS, gzip.compress(b" " * 100 * MEBIBYTE), **{"Content-Encoding": "gzip"})
    assert max(held) <= 9 * MEBIBYTE


async def test_another_encoding_is_refused_in_words(world):
    envelope = world.envelope(PLATFORM, an_appeal(world.clock))
    answered = await world.post(S.APPEALS, envelope, **{"Content-Encoding": "br"})
    assert answered.fault.code is Code.UNSUPPORTED_MEDIA_TYPE
    assert "'br'" in answered.fault.detail
    assert "gzip" in answered.fault.text.kk


# --- faults -----------------------------------------------------------------------------------------------------------


async def test_mtom_is_refused_in_its_own_words_by_a_signed_fault(world):
    kind = 'multipart/related; type="application/xop+xml"; boundary=x'
    answered = await world.post(S.APPEALS, b"--x\r\n\r\n--x--", content_type=kind)
    assert (answered.status, answered.fault.code) == (500, Code.UNSUPPORTED_MEDIA_TYPE)
    assert is_signed(answered)
    assert "PutDocument" in answered.fault.text.ru
    assert "MTOM" in answered.fault.text.kk
    assert any("setMtomEnabled(false)" in violation.message for violation in answered.fault.violations)


@pytest.mark.parametrize("broken", [b"<hello/>", b"", b"<x>" + b" " * 9 * MEBIBYTE])
async def test_a_signed_fault_comes_with_500_whatever_its_code(world, broken):
    answered = await world.post(S.APPEALS, broken)
    assert (answered.status, is_signed(answered)) == (500, True)


async def test_what_is_no_soap_request_gets_its_http_status_and_no_signature(world):
    other = await world.post(S.APPEALS, b"{}", content_type="application/json")
    assert (other.status, is_signed(other), other.fault.code) == (415, False, Code.UNSUPPORTED_MEDIA_TYPE)
    async with world.http.put(f"{world.url}/soap/v1/appeals", data=b"x") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST, GET, HEAD")
        assert soap.parse_fault(etree.fromstring(await response.read())[0][0]).code is Code.METHOD_NOT_ALLOWED


async def test_all_that_is_wrong_with_a_signature_comes_in_one_fault(world):
    envelope = (
        world.envelope(PLATFORM, an_appeal(world.clock))
        .replace(b"xmlenc#sha256", b"xmlenc#ripemd160")
        .replace(b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-md5")
        .replace(b"wsu:Expires", b"wsu:Ends")
    )
    answered = await world.post(S.APPEALS, envelope)
    assert answered.fault.code is Code.SIGNATURE_PROFILE
    for language in (answered.fault.text.kk, answered.fault.text.ru, answered.fault.text.en):
        assert "Timestamp" in language
        assert "ripemd160" in language
        assert "rsa-md5" in language
    assert len(answered.fault.violations) == 4  # each of the two digests has its place
    assert all(violation.path.startswith("Envelope/") for violation in answered.fault.violations)


# --- descriptions -----------------------------------------------------------------------------------------------------


async def test_a_single_wsdl_needs_nothing_else(world):
    async with world.http.get(f"{world.url}/soap/v1/appeals?singleWsdl") as response:
        described = etree.fromstring(await response.read())
    schemas = described.findall("{http://schemas.xmlsoap.org/wsdl/}types/{http://www.w3.org/2001/XMLSchema}schema")
    assert [schema.get("targetNamespace") for schema in schemas] == ["urn:dalel:exchange:v1"]
    assert b"schemaLocation" not in etree.tostring(described)


async def test_the_certificate_of_the_exchange_is_at_hand(world):
    own = world.keys[ME].certificate
    async with world.http.get(f"{world.url}/soap/v1/court?certificate") as response:
        assert await response.read() == own.to_pem()
    async with world.http.get(f"{world.url}/soap/v1/court?wsdl") as response:
        described = await response.text()
    assert own.sha256 in described
    assert own.to_pem().decode().strip() in described
    assert f"{world.url}/soap/v1/court?certificate" in described
