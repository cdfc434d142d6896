"""The XAdES signature of a container: one canonical form, read back, and bound to files and certificate."""

import hashlib
from base64 import b64decode
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from contracts import xmlsafe
from signing.trust.revocation import RevocationValues
from signing.xades.container import (
    DS,
    XADES,
    ArchiveStamp,
    ReadSignature,
    SignatureUnreadable,
    SignedFile,
    UnsignedProperties,
    ValidationValues,
    XadesLevel,
    archived_digests,
    build_signature,
    names_its_certificate,
    read_signature,
    rebuild,
    stamped_bytes,
    verify_value,
)
from tests.worlds.dossiers import PLATFORM, message_key, seal_key

SIGNED_AT = datetime(2026, 11, 24, 6, 30, 12, 999, tzinfo=UTC)
FILES = [
    SignedFile("dossier.xml", "application/xml", hashlib.sha256(b"a").digest()),
    SignedFile("documents/001-Ответ № 3+1&.pdf", "application/pdf", hashlib.sha256(b"b").digest()),
]


@pytest.fixture(params=["RSA-2048", "P-256"])
def key(request):
    return seal_key(request.param)


def test_what_is_signed_is_read_back_and_verifies(key):
    read = read_signature(build_signature(FILES, key, signed_at=SIGNED_AT))
    assert read.files == tuple(FILES)
    assert read.signed_at == SIGNED_AT.replace(microsecond=0)
    assert read.certificate == key.certificate
    assert verify_value(read)
    assert names_its_certificate(read)


def test_the_bytes_written_are_their_own_exclusive_canonical_form(key):
    data = build_signature(FILES, key, signed_at=SIGNED_AT)
    assert xmlsafe.canonical(xmlsafe.parse(data)) == data
    assert rebuild(read_signature(data)) == data


def test_an_rsa_key_gives_the_same_bytes_every_time():
    once, again = (build_signature(FILES, seal_key(), signed_at=SIGNED_AT) for _ in range(2))
    assert once == again


def test_signed_properties_have_the_digest_that_another_canonicaliser_finds(key):
    root = etree.fromstring(build_signature(FILES, key, signed_at=SIGNED_AT))
    properties = root.find(f".//{{{XADES}}}SignedProperties")
    stated = root.findall(f".//{{{DS}}}Reference")[-1].findtext(f"{{{DS}}}DigestValue")
    canonical = etree.tostring(properties, method="c14n", exclusive=True)
    assert hashlib.sha256(canonical).hexdigest() == b64decode(stated).hex()


def test_names_are_percent_encoded_as_other_verifiers_expect():
    data = build_signature(FILES, seal_key(), signed_at=SIGNED_AT)
    assert b'URI="documents/001-%D0%9E%D1%82%D0%B2%D0%B5%D1%82%20%E2%84%96%203%2B1%26.pdf"' in data


def test_another_certificate_in_the_same_place_is_noticed():
    read = read_signature(build_signature(FILES, seal_key(), signed_at=SIGNED_AT))
    swapped = replace(read, certificate=message_key(PLATFORM).certificate)
    assert not names_its_certificate(swapped)
    assert not verify_value(swapped)


def test_the_key_decides_the_algorithm_and_not_the_document():
    read = read_signature(build_signature(FILES, seal_key(), signed_at=SIGNED_AT))
    assert not verify_value(replace(read, method="http://www.w3.org/2000/09/xmldsig#hmac-sha1"))


@pytest.mark.parametrize("value", [b"", b"\0" * 64, b"\xff" * 64, b"\0" * 63])
def test_degenerate_ecdsa_values_do_not_verify(value):
    read = read_signature(build_signature(FILES, seal_key("P-256"), signed_at=SIGNED_AT))
    assert not verify_value(replace(read, value=value))


@pytest.mark.parametrize(
    ("attack", "old", "new"),
    [
        ("a second Object", b"</ds:Signature>", b"<ds:Object></ds:Object></ds:Signature>"),
        ("an XPath transform", b"</ds:Transforms>", b'<ds:Transform Algorithm="xpath"></ds:Transform></ds:Transforms>'),
        ("another digest method", b"xmlenc#sha256", b"xmldsig#sha1"),
        ("a space between elements", b"<ds:KeyInfo>", b" <ds:KeyInfo>"),
        ("an unsigned property", b"</xades:SignedProperties>", b"</xades:SignedProperties><xades:Unsigned/>"),
        ("an XML declaration", b"<asic:XAdES", b'<?xml version="1.0"?><asic:XAdES'),
        ("another prefix for an entity", b"CanonicalizationMethod ", b"CanonicalizationMethod  "),
        ("a time with a fraction", b"12Z</xades:SigningTime>", b"12.0Z</xades:SigningTime>"),
    ],
)  # fmt: skip
def test_a_form_that_is_not_ours_is_unreadable_or_differs_from_its_rebuild(attack, old, new):
    data = build_signature(FILES, seal_key(), signed_at=SIGNED_AT)
    altered = data.replace(old, new, 1)
    assert altered != data
    with suppress(SignatureUnreadable):
        assert rebuild(read_signature(altered)) != altered


@pytest.mark.parametrize("data", [b"", b"<a/>", b"<!DOCTYPE a><a/>", b"\xff", b"<!--x--><a/>"])
def test_what_is_no_signature_is_unreadable(data):
    with pytest.raises(SignatureUnreadable):
        read_signature(data)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_flipped_byte_of_a_signature_goes_unnoticed(data):
    original = build_signature(FILES, seal_key(), signed_at=SIGNED_AT)
    flipped = bytearray(original)
    flipped[data.draw(st.integers(0, len(original) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read = read_signature(bytes(flipped))
    except SignatureUnreadable:
        return
    is_sound = rebuild(read) == flipped and verify_value(read) and names_its_certificate(read)
    assert not is_sound


# --- what is added after signing --------------------------------------------------------------------------------------


def carried() -> ReadSignature:
    """Values of every kind in every place; what they hold is nobody's concern here."""
    read = read_signature(build_signature(FILES, seal_key(), signed_at=SIGNED_AT))
    values = ValidationValues((seal_key().certificate,), RevocationValues((b"ocsp", b"more"), (b"crl",)))
    renewal = ValidationValues((message_key(PLATFORM).certificate,), RevocationValues((b"later",)))
    archives = (ArchiveStamp(b"first"), ArchiveStamp(b"second", renewal))
    return replace(read, unsigned=UnsignedProperties(b"token", values, archives))


def test_what_was_added_is_read_back_and_leaves_the_signature_as_it_was():
    data = rebuild(carried())
    assert read_signature(data) == carried()
    assert xmlsafe.canonical(xmlsafe.parse(data)) == data
    assert verify_value(read_signature(data))


@pytest.mark.parametrize(
    ("unsigned", "level"),
    [
        (UnsignedProperties(), XadesLevel.B),
        (UnsignedProperties(b"token"), XadesLevel.T),
        (UnsignedProperties(b"token", ValidationValues()), XadesLevel.LT),
        (UnsignedProperties(b"token", ValidationValues(), (ArchiveStamp(b"archive"),)), XadesLevel.LTA),
        (UnsignedProperties(None, ValidationValues(), (ArchiveStamp(b"archive"),)), XadesLevel.B),
        (UnsignedProperties(b"token", None, (ArchiveStamp(b"archive"),)), XadesLevel.T),
    ],
)
def test_a_level_is_reached_when_all_below_it_are(unsigned, level):
    assert unsigned.level is level
    written = rebuild(replace(carried(), unsigned=unsigned))
    assert read_signature(written).unsigned == unsigned


def test_the_time_stamp_is_over_the_canonical_signature_value():
    element = etree.fromstring(rebuild(carried())).find(f".//{{{DS}}}SignatureValue")
    assert stamped_bytes(carried()) == canonical(element)


@pytest.mark.parametrize("before", [0, 1, 2])
def test_an_archive_time_stamp_is_over_files_and_elements_in_the_order_of_the_standard(before):
    """EN 319 132-1 V1.3.1 §5.5.2.3, put together here by another canonicaliser from the document itself."""
    root = etree.fromstring(rebuild(carried()))
    signature = root[0]
    (added,) = root.iter(f"{{{XADES}}}UnsignedSignatureProperties")
    stamps = [child for child in added if etree.QName(child).localname == "ArchiveTimeStamp"]
    older = list(added)[: list(added).index(stamps[before])] if before < len(stamps) else list(added)
    parts = [
        b"contents of both files",
        canonical(root.find(f".//{{{XADES}}}SignedProperties")),
        *(canonical(signature.find(f"{{{DS}}}{name}")) for name in ("SignedInfo", "SignatureValue", "KeyInfo")),
        *map(canonical, older),
    ]
    expected = hashlib.sha256(b"".join(parts)).digest()
    assert archived_digests(carried(), [b"contents ", b"of both files"])[before] == expected


def canonical(element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


@pytest.mark.parametrize(
    "values",
    [
        ValidationValues((seal_key().certificate,) * 65),
        ValidationValues(revocation=RevocationValues(ocsp=(b"ocsp",) * 65)),
        ValidationValues(revocation=RevocationValues(crls=(b"crl",) * 65)),
    ],
)
def test_more_values_than_anybody_needs_are_not_read(values):
    """Each is held against all others: a forger's thousands would keep a verifier busy for days."""
    with pytest.raises(SignatureUnreadable, match="at most 64"):
        read_signature(rebuild(replace(carried(), unsigned=UnsignedProperties(b"token", values))))


def test_what_is_added_in_another_order_differs_from_its_rebuild():
    data = rebuild(carried())
    start, end = data.index(b"<xades:CertificateValues"), data.index(b"<xades141:ArchiveTimeStamp")
    stamp = data[data.index(b"<xades:SignatureTimeStamp") : start]
    moved = data.replace(stamp, b"", 1)[: end - len(stamp)] + stamp + data[end:]
    with suppress(SignatureUnreadable):
        assert rebuild(read_signature(moved)) != moved


@pytest.mark.parametrize(
    "added",
    [
        b"<xades:CounterSignature></xades:CounterSignature>",
        b'<xades:SignatureTimeStamp Id="S0-T1"></xades:SignatureTimeStamp>',
        b"<xades:CertificateValues></xades:CertificateValues>",
        b"<!--note-->",
        b" ",
    ],
)
def test_what_we_do_not_add_has_no_place_among_what_was_added(added):
    data = rebuild(carried())
    altered = data.replace(b"</xades:UnsignedSignatureProperties>", added + b"</xades:UnsignedSignatureProperties>")
    assert altered != data
    with suppress(SignatureUnreadable):
        assert rebuild(read_signature(altered)) != altered
