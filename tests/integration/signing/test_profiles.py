"""Programs that are not ours agree on the signatures of the ШЭП and НУЦ profiles: xmlsec1 and openssl."""

import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from contracts.soap import SOAP_ENV
from signing.profile.body_only import sign_body
from signing.timestamps.cms_signature import read_cms, sign_data, verify_signer
from signing.xades.document import sign_document
from tests.worlds.signing import forge
from tests.worlds.xmlsec1 import require_xmlsec1

KINDS = ("RSA-2048", "P-256")
ENVELOPE = f"""<S:Envelope xmlns:S="{SOAP_ENV}" xmlns:q="urn:q"><S:Body><x:SendMessage xmlns:x="urn:s" xmlns="urn:d">
<request xmlns="" xmlns:xsi="urn:xsi" xsi:type="q:docOutgoing"><text>Көше &amp; жарық</text></request>
</x:SendMessage></S:Body></S:Envelope>""".encode()
DOCUMENT = '<a xmlns="urn:x" xmlns:q="urn:q" xml:lang="kk"> <b xmlns="" q:c="1">жер</b> tail</a>'.encode()
DATA = "Тұрғын үй кезегіне қоюды сұраймын.\n".encode()


@pytest.fixture(params=KINDS)
def key(request, tmp_path):
    (tmp_path / "cert.pem").write_bytes(forge.key(request.param).certificate.to_pem())
    (tmp_path / "ca.pem").write_bytes(forge.authority().key.certificate.to_pem())
    return forge.key(request.param)


def xmlsec1_accepts(folder, signed: bytes, *options: str) -> bool:
    (folder / "signed.xml").write_bytes(signed)
    command = [require_xmlsec1(), "--verify", "--pubkey-cert-pem", "cert.pem", *options, "signed.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def openssl_accepts(folder, cms: bytes, data: bytes) -> bool:
    (folder / "cms.der").write_bytes(cms)
    (folder / "data").write_bytes(data)
    command = (
        "openssl cms -verify -binary -inform DER -in cms.der -content data -CAfile ca.pem -purpose any -no_check_time"
    )
    return subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode == 0


def test_xmlsec1_accepts_our_signed_body_and_refuses_a_changed_one(key, tmp_path):
    signed = sign_body(ENVELOPE, key, body_id="id-6f1c")
    options = ("--id-attr:Id", f"{SOAP_ENV}:Body")

    assert xmlsec1_accepts(tmp_path, signed, *options)
    assert not xmlsec1_accepts(tmp_path, signed.replace("жарық".encode(), "жарык".encode()), *options)


def test_xmlsec1_accepts_each_signature_of_our_documents_and_refuses_changed_ones(key, tmp_path):
    once = sign_document(DOCUMENT, key)
    twice = sign_document(once, key)
    last = ("--node-xpath", "(//*[local-name()='Signature'])[last()]")

    assert xmlsec1_accepts(tmp_path, once)
    assert xmlsec1_accepts(tmp_path, twice, *last)
    assert not xmlsec1_accepts(tmp_path, twice.replace("жер".encode(), "Жер".encode()), *last)
    root = etree.fromstring(twice)
    root.remove(root[-2])
    assert not xmlsec1_accepts(tmp_path, etree.tostring(root))


def test_openssl_accepts_our_detached_cms_and_refuses_other_data(key, tmp_path):
    cms = sign_data(DATA, key, at=forge.NOW)

    assert openssl_accepts(tmp_path, cms, DATA)
    assert not openssl_accepts(tmp_path, cms, DATA + b"!")


def test_we_accept_what_openssl_signs(key, tmp_path):
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "data").write_bytes(DATA)
    command = "openssl cms -sign -binary -in data -signer cert.pem -inkey key.pem -outform DER -out cms.der -md sha256"
    subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=True)

    (signer,) = read_cms((tmp_path / "cms.der").read_bytes(), DATA)

    assert signer.certificate == key.certificate.der
    assert verify_signer(signer, key.certificate)
