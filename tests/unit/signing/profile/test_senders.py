"""What honest senders' toolkits write differently from us is accepted, and means the same."""

import base64
import re
from datetime import datetime

import pytest
from lxml import etree

from contracts.codes import Code
from signing.errors import SignatureRefused
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope
from tests.worlds.signing import forge
from tests.worlds.signing.forge import NS, WSU_ID, one, redigest, reference, replace, resign, xml
from tests.worlds.signing.vectors import FOLDER

X509_V3 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
BASE64 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"


def der_text() -> str:
    return base64.b64encode(forge.key().certificate.der).decode()


def issuer_serial(issuer: str | None = None) -> str:
    certificate = forge.key().certificate
    return (
        f"<ds:X509IssuerSerial><ds:X509IssuerName>{issuer or certificate.issuer}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{certificate.serial}</ds:X509SerialNumber></ds:X509IssuerSerial>"
    )


def hex_escaped(name: str) -> str:
    return "".join(c if c.isascii() else "".join(f"\\{byte:02X}" for byte in c.encode()) for c in name)


def key_infos() -> dict[str, str]:
    certificate = f"<ds:X509Certificate>{der_text()}</ds:X509Certificate>"
    issuer = forge.key().certificate.issuer
    turned = ",".join(reversed(issuer.split(",")))
    return {
        "whole certificate as KeyIdentifier (Kazakh senders, WSS4J X509KeyIdentifier)": (
            f'<wsse:SecurityTokenReference><wsse:KeyIdentifier EncodingType="{BASE64}" ValueType="{X509_V3}">'
            f"\n{der_text()}\n</wsse:KeyIdentifier></wsse:SecurityTokenReference>"
        ),
        "certificate in X509Data": f"<ds:X509Data>{certificate}</ds:X509Data>",
        "issuer and serial in a token reference": (
            f"<wsse:SecurityTokenReference><ds:X509Data>{issuer_serial()}</ds:X509Data></wsse:SecurityTokenReference>"
        ),
        "both, in either order": f"<ds:X509Data>{certificate}{issuer_serial()}</ds:X509Data>",
        "issuer with spaces after commas": (
            f"<ds:X509Data>{issuer_serial(issuer.replace(',', ', ').replace('CN', 'cn'))}</ds:X509Data>"
        ),
        "issuer in the other order": f"<ds:X509Data>{issuer_serial(turned)}</ds:X509Data>",
        "issuer with its Kazakh letters in hex": f"<ds:X509Data>{issuer_serial(hex_escaped(issuer))}</ds:X509Data>",
    }


@pytest.mark.parametrize("form", key_infos().values(), ids=key_infos().keys())
def test_the_certificate_may_be_named_in_any_of_the_usual_ways(form):
    root = forge.honest()
    replace(one(root, "//ds:KeyInfo")[0], xml(form))
    one(root, "//wsse:Security").remove(one(root, "//wsse:BinarySecurityToken"))
    assert forge.judge(root).owner == forge.OWNER


def test_signing_again_changes_nothing():
    """Ground under the attacks: the forger's own tools make messages that verify."""
    root = forge.honest()
    redigest(root, one(root, "/s:Envelope/s:Body"), "body")
    redigest(root, one(root, "//wsu:Timestamp"), "timestamp")
    assert forge.judge(resign(root)).content == forge.CONTENT


def test_java_line_ends_in_the_signature_value_are_read_over():
    root = forge.honest()
    value = one(root, "//ds:SignatureValue")
    text = value.text or ""
    value.text = f"\r\n{text[:60]}\r\n{text[60:]}\r\n"
    assert b"&#13;" in etree.tostring(root)
    assert forge.judge(root).content == forge.CONTENT


def test_a_bare_id_of_the_body_is_accepted():
    root = forge.honest()
    body = one(root, "/s:Envelope/s:Body")
    del body.attrib[WSU_ID]
    body.set("Id", "body")
    redigest(root, body, "body")
    assert forge.judge(resign(root)).content == forge.CONTENT


def test_references_and_parts_may_stand_in_either_order():
    root = forge.honest()
    signed_info, security = one(root, "//ds:SignedInfo"), one(root, "//wsse:Security")
    signed_info.append(reference(root, "body"))
    security.append(one(root, "//wsu:Timestamp"))
    assert forge.judge(resign(root)).content == forge.CONTENT


def test_white_space_between_the_parts_of_the_envelope_does_no_harm():
    root = forge.honest()
    for element in (root, one(root, "/s:Envelope/s:Header"), one(root, "//wsse:Security"), one(root, "//ds:Signature")):
        element.text = "\n  "
        for child in element:
            child.tail = "\n  "
    assert forge.judge(root).content == forge.CONTENT


def test_other_headers_and_other_peoples_security_are_left_alone():
    root = forge.honest()
    etree.SubElement(root[0], "{http://www.w3.org/2005/08/addressing}Action").text = "RegisterAppeal"
    other = etree.SubElement(root[0], f"{{{NS['wsse']}}}Security")
    other.set(f"{{{NS['s']}}}actor", "urn:somebody:else")
    other.set(f"{{{NS['s']}}}mustUnderstand", "1")
    assert forge.judge(root).content == forge.CONTENT


def test_instants_with_an_offset_and_microseconds_are_understood():
    root = forge.honest()
    one(root, "//wsu:Created").text = "2026-11-24T14:00:00.123456+05:00"
    redigest(root, one(root, "//wsu:Timestamp"), "timestamp")
    assert forge.judge(resign(root)).created_at.isoformat() == "2026-11-24T09:00:00.123456+00:00"


def test_prefixes_of_the_envelope_do_not_reach_the_content():
    """Namespaces that a toolkit declares on the Envelope are not part of the operation, nor of its digest."""
    again = forge.honest().getroottree()
    data = etree.tostring(again).replace(b"<soapenv:Envelope ", b'<soapenv:Envelope xmlns:unused="urn:unused" ')
    assert forge.judge(data).content == forge.CONTENT


def test_an_empty_registry_knows_nobody():
    assert PinnedCertificates([]).by_sha256(forge.key().certificate.sha256) is None


# --- messages of toolkits, as they came -------------------------------------------------------------------------------

TOOLKITS = sorted((FOLDER / "toolkits").glob("*.xml"))


@pytest.mark.parametrize("file", TOOLKITS, ids=lambda file: file.stem)
def test_what_a_toolkit_signed_is_taken_and_no_other_letter_of_its_body(file):
    data = file.read_bytes()
    created = re.search(rb"Created>([^<]*)<", data)
    assert created is not None
    now = datetime.fromisoformat(created[1].decode())

    verified = verify_envelope(ReadEnvelope.of(data), forge.registry(), now=now)
    assert verified.content.startswith(b'<d:GetHistory xmlns:d="urn:dalel:exchange:v1">')

    with pytest.raises(SignatureRefused) as refusal:
        verify_envelope(ReadEnvelope.of(data.replace(b"0042<", b"0043<")), forge.registry(), now=now)
    assert refusal.value.code is Code.BODY_TAMPERED


def test_there_are_messages_of_two_toolkits():
    assert {file.stem.partition("-")[0] for file in TOOLKITS} == {"wss4j", "node"}
