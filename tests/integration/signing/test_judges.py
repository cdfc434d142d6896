"""Others agree: the program ``xmlsec1`` verifies what we sign, and we verify what zeep signs."""

import subprocess

import pytest
import xmlsec
from lxml import etree
from zeep.wsse.signature import BinarySignature, Signature
from zeep.wsse.utils import get_security_header

from contracts.codes import Code
from signing.errors import SignatureRefused
from signing.keys.files import write_pair
from signing.profile.verification import PinnedCertificates, ReadEnvelope, verify_envelope
from tests.worlds.signing import forge
from tests.worlds.xmlsec1 import require_xmlsec1

RECEIPT = (
    b'<d:ReplyResponse xmlns:d="urn:dalel:exchange:v1"><d:receipt><d:refToMessageId>m-1</d:refToMessageId>'
    b"</d:receipt></d:ReplyResponse>"
)
CONTENTS = {"request": forge.CONTENT, "receipt": RECEIPT, "fault": forge.FAULT}
KINDS = ("RSA-2048", "P-256")


@pytest.fixture(scope="module")
def xmlsec1() -> str:
    return require_xmlsec1()


def judged_by_xmlsec1(program, folder, envelope, kind) -> subprocess.CompletedProcess[str]:
    (folder / "message.xml").write_bytes(envelope)
    (folder / "party.pem").write_bytes(forge.key(kind).certificate.to_pem())
    command = [program, "--verify", "--pubkey-cert-pem", str(folder / "party.pem")]
    command += ["--id-attr:Id", f"{forge.NS['s']}:Body", "--id-attr:Id", f"{forge.NS['wsu']}:Timestamp"]
    command += [str(folder / "message.xml")]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_xmlsec1_verifies_what_we_sign(xmlsec1, tmp_path, content, kind):
    verdict = judged_by_xmlsec1(xmlsec1, tmp_path, forge.signed(content, kind), kind)
    assert verdict.returncode == 0, verdict.stderr
    assert "SignedInfo References (ok/all): 2/2" in verdict.stdout + verdict.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("old", "new"), [(b"m-1", b"m-2"), (b"09:05:00.123Z", b"09:50:00.123Z")])
def test_xmlsec1_refuses_what_was_changed_afterwards(xmlsec1, tmp_path, old, new, kind):
    envelope = forge.signed(kind=kind)
    assert envelope.count(old) == 1
    verdict = judged_by_xmlsec1(xmlsec1, tmp_path, envelope.replace(old, new), kind)
    assert verdict.returncode != 0


# --- zeep -------------------------------------------------------------------------------------------------------------


def unsigned(content: bytes) -> etree._Element:
    envelope = etree.fromstring(f'<soap-env:Envelope xmlns:soap-env="{forge.NS["s"]}"/>')
    etree.SubElement(envelope, f"{{{forge.NS['s']}}}Body").append(etree.fromstring(content))
    return envelope


def add_timestamp(envelope: etree._Element) -> None:
    """As zeep's users do it: before the signature, which then covers it."""
    timestamp = etree.SubElement(get_security_header(envelope), f"{{{forge.NS['wsu']}}}Timestamp")
    etree.SubElement(timestamp, f"{{{forge.NS['wsu']}}}Created").text = "2026-11-24T09:00:00.123456+00:00"
    etree.SubElement(timestamp, f"{{{forge.NS['wsu']}}}Expires").text = "2026-11-24T09:05:00.123456+00:00"


@pytest.fixture
def signed_by_zeep(tmp_path):
    write_pair(tmp_path, "party", forge.key("RSA-2048"))

    def sign(plugin, *, method=xmlsec.Transform.RSA_SHA256, digest=xmlsec.Transform.SHA256, timestamp=True) -> bytes:
        envelope = unsigned(forge.CONTENT)
        if timestamp:
            add_timestamp(envelope)
        paths = (str(tmp_path / "party.key"), str(tmp_path / "party.pem"))
        envelope, _ = plugin(*paths, signature_method=method, digest_method=digest).apply(envelope, {})
        return etree.tostring(envelope)

    return sign


def judge(data: bytes):
    return verify_envelope(ReadEnvelope.of(data), forge.registry(), now=forge.NOW)


@pytest.mark.parametrize("plugin", [BinarySignature, Signature])
def test_what_zeep_signs_verifies_with_the_digest_of_the_operation(signed_by_zeep, plugin):
    verified = judge(signed_by_zeep(plugin))
    assert verified.owner == forge.OWNER
    assert verified.content == forge.CONTENT
    assert verified.digest == judge(forge.signed()).digest


def test_a_repeat_by_zeep_has_the_same_digest_though_its_ids_are_random(signed_by_zeep):
    first, again = signed_by_zeep(BinarySignature), signed_by_zeep(BinarySignature)
    assert first != again
    assert judge(first).digest == judge(again).digest


@pytest.mark.parametrize(
    "habit",
    [
        {"method": None, "digest": None},  # zeep's defaults: RSA-SHA1 over SHA-1
        {"digest": xmlsec.Transform.SHA1},
        {"timestamp": False},
    ],
)
def test_zeeps_weaker_habits_are_refused(signed_by_zeep, habit):
    with pytest.raises(SignatureRefused) as refusal:
        judge(signed_by_zeep(BinarySignature, **habit))
    assert refusal.value.code is Code.SIGNATURE_PROFILE


def test_zeep_under_an_unregistered_certificate_is_unknown(signed_by_zeep):
    with pytest.raises(SignatureRefused) as refusal:
        verify_envelope(ReadEnvelope.of(signed_by_zeep(Signature)), PinnedCertificates([]), now=forge.NOW)
    assert refusal.value.code is Code.UNKNOWN_SIGNER
