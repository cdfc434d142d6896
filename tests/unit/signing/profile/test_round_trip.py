"""What we sign verifies, gives back the same bytes, and no changed byte goes unseen."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable
from signing.errors import SignatureRefused, SigningError
from signing.profile import strict
from signing.profile.policy import CertificateNaming
from signing.profile.verification import PinnedCertificates, ReadEnvelope, self_check, verify_envelope
from signing.profile.writing import sign_envelope
from tests.worlds.signing import forge

KINDS = forge.KINDS
SNAPSHOT = Path(__file__).parents[3] / "vectors" / "wss" / "register-appeal.xml"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [forge.CONTENT, forge.FAULT])
def test_a_signed_message_verifies_and_hands_out_the_same_bytes(kind, content):
    verified = forge.judge(forge.signed(content, kind))
    assert verified.content == content
    assert verified.digest == hashlib.sha256(content).hexdigest()
    assert verified.owner == forge.OWNER
    assert verified.certificate == forge.key(kind).certificate
    assert (verified.created_at, verified.expires_at) == (forge.NOW, forge.NOW + timedelta(minutes=5))


@pytest.mark.parametrize("naming", CertificateNaming)
@pytest.mark.parametrize("kind", KINDS)
def test_the_certificate_is_named_as_told_and_found_again(kind, naming):
    envelope = sign_envelope(forge.CONTENT, forge.key(kind), now=forge.NOW, naming=naming)
    assert forge.judge(envelope).certificate == forge.key(kind).certificate
    named = {
        CertificateNaming.BINARY_SECURITY_TOKEN: b"<wsse:BinarySecurityToken",
        CertificateNaming.KEY_IDENTIFIER: b"<wsse:KeyIdentifier",
        CertificateNaming.ISSUER_SERIAL: b"<ds:X509IssuerSerial>",
    }
    assert [form for form, mark in named.items() if mark in envelope] == [naming]


def test_an_issuer_with_marks_of_xml_in_its_name_is_written_and_found():
    """Escaped in the message, so not for the strict engine; the general one reads it."""
    authority = SandboxAuthority.create('ЖШС «A & B» <"C">', now=forge.NOW)
    key = authority.issue("Тарап", bin="990240003311", usage=Usage.MESSAGE, now=forge.NOW, key_kind="P-256")
    envelope = sign_envelope(forge.CONTENT, key, now=forge.NOW, naming=CertificateNaming.ISSUER_SERIAL)
    pinned = PinnedCertificates([("party", key.certificate)])
    assert forge.verdict(strict, ReadEnvelope.of(envelope), pinned=pinned) is None
    assert verify_envelope(ReadEnvelope.of(envelope), pinned, now=forge.NOW).owner == "party"


@pytest.mark.parametrize("content", [forge.CONTENT, forge.FAULT])
def test_bytes_that_are_not_those_of_the_tree_are_left_to_the_general_engine(content):
    """A prolog, another encoding or a line end behind it: the message is the same, its bytes are not our form."""
    envelope = forge.signed(content)
    for spelt in (b'<?xml version="1.0"?>' + envelope, envelope + b"\n", envelope.decode().encode("utf-16")):
        assert forge.verdict(strict, ReadEnvelope.of(spelt)) is None
        assert verify_envelope(ReadEnvelope.of(spelt), forge.registry(), now=forge.NOW).content == content


@pytest.mark.parametrize("content", [forge.CONTENT, forge.FAULT])
def test_what_we_sign_is_in_our_own_form(content):
    assert forge.verdict(strict, ReadEnvelope.of(forge.signed(content))) == forge.judge(forge.signed(content))


def test_the_envelope_is_its_own_canonical_form():
    envelope = forge.signed()
    assert xmlsafe.canonical(xmlsafe.parse(envelope)) == envelope


def test_a_repeat_has_the_same_digest_under_a_fresh_signature():
    first = sign_envelope(forge.CONTENT, forge.key(), now=forge.NOW)
    again = sign_envelope(forge.CONTENT, forge.key(), now=forge.NOW + timedelta(minutes=1), body_id="another")
    assert first != again
    assert forge.judge(first).digest == forge.judge(again).digest


@pytest.mark.parametrize(
    "text", [' xmlns:soapenv="urn:x"', " xmlns:wsu='urn:x'", "]]&gt; &lt;soapenv:Body&gt;", "\U0001f3db &#xD; \u2028"]
)
def test_text_that_looks_like_markup_is_only_text(text):
    content = f'<d:Note xmlns:d="urn:dalel:exchange:v1">{text}</d:Note>'.encode()
    assert forge.judge(forge.signed(content)).content == content


def test_content_that_uses_our_outer_prefixes_for_itself_still_verifies():
    content = (
        b'<soapenv:Odd xmlns:soapenv="urn:odd"><wsu:Part xmlns:wsu="urn:part">'
        b'<soapenv:Fault xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"></soapenv:Fault>'
        b"</wsu:Part></soapenv:Odd>"
    )
    assert forge.judge(forge.signed(content)).content == content


xml_text = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)


@given(text=xml_text, tail=xml_text)
@settings(max_examples=100, deadline=None)
def test_whatever_the_text_the_content_handed_out_is_canonical(text, tail):
    operation = etree.Element("{urn:dalel:exchange:v1}Note", nsmap={"d": "urn:dalel:exchange:v1"})
    try:
        etree.SubElement(operation, "{urn:dalel:exchange:v1}text").text = text
        operation[0].tail = tail
    except ValueError:  # not every code point may stand in XML
        return
    content = xmlsafe.canonical(operation)
    verified = verify_envelope(ReadEnvelope.of(forge.signed(content)), forge.registry(), now=forge.NOW)
    assert verified.content == content == xmlsafe.canonical(xmlsafe.parse(verified.content))


@given(data=st.data(), mask=st.integers(min_value=1, max_value=255))
@settings(max_examples=200, deadline=None)
def test_no_changed_byte_of_the_operation_is_accepted(data, mask):
    envelope = bytearray(forge.signed())
    start = bytes(envelope).index(forge.CONTENT)
    envelope[data.draw(st.integers(start, start + len(forge.CONTENT) - 1))] ^= mask
    with pytest.raises((SignatureRefused, NotReadable)) as refusal:
        verify_envelope(ReadEnvelope.of(bytes(envelope)), forge.registry(), now=forge.NOW)
    assert refusal.value.code in {Code.BODY_TAMPERED, Code.NOT_XML, Code.NOT_SOAP}


@given(data=st.data(), mask=st.integers(min_value=1, max_value=255))
@settings(max_examples=200, deadline=None)
def test_no_changed_byte_of_the_envelope_changes_what_is_believed(data, mask):
    """Bytes outside the signed parts may change without harm (a prefix, say), but never owner, content or times."""
    envelope = bytearray(forge.signed())
    honest = forge.judge(bytes(envelope))
    envelope[data.draw(st.integers(0, len(envelope) - 1))] ^= mask
    try:
        verified = verify_envelope(ReadEnvelope.of(bytes(envelope)), forge.registry(), now=forge.NOW)
    except (SignatureRefused, NotReadable):
        return
    assert verified == honest


@pytest.mark.parametrize("body_id", ["", "1st", "a b", 'a"', "timestamp", "token", "тіло", "xpointer(/)"])
def test_an_id_that_could_not_be_referred_to_is_our_own_mistake(body_id):
    with pytest.raises(SigningError):
        sign_envelope(forge.CONTENT, forge.key(), now=forge.NOW, body_id=body_id)


def test_the_form_of_a_message_has_not_changed():
    """A diff here is a change on the wire: look twice, then write the new form into the snapshot."""
    form = re.sub(rb"(#X509v3\" wsu:Id=\"token\">|<ds:SignatureValue>)[^<]+", rb"\1", forge.signed(kind="RSA-2048"))
    assert form == SNAPSHOT.read_bytes().rstrip(b"\n")


def test_the_self_check_names_what_it_ran_on():
    assert {"lxml", "xmlsec", "libxml2"} <= set(self_check().replace(",", "").split())


@pytest.mark.parametrize(
    ("later", "code"),
    [
        (timedelta(minutes=-5), None),
        (timedelta(minutes=-5, milliseconds=-1), Code.TIMESTAMP_IN_FUTURE),
        (timedelta(minutes=10, milliseconds=-1), None),
        (timedelta(minutes=10), Code.TIMESTAMP_EXPIRED),
        (timedelta(days=900), Code.CERTIFICATE_EXPIRED),
        (timedelta(hours=-2), Code.CERTIFICATE_EXPIRED),
    ],
)
def test_a_message_holds_for_its_lifetime_and_the_skew_of_two_clocks(later, code):
    if code is None:
        assert forge.judge(forge.signed(), now=forge.NOW + later).owner == forge.OWNER
        return
    with pytest.raises(SignatureRefused) as refusal:
        forge.judge(forge.signed(), now=forge.NOW + later)
    assert refusal.value.code is code


def test_instants_are_written_in_utc_to_the_millisecond():
    almaty = datetime.fromisoformat("2026-11-24T14:00:00.999999+05:00")
    verified = forge.judge(sign_envelope(forge.CONTENT, forge.key(), now=almaty))
    assert verified.created_at == datetime(2026, 11, 24, 9, 0, 0, 999000, tzinfo=UTC)
