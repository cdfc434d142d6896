"""The signature library is left with no way out of the document, whatever a message refers to."""

import base64
import hashlib

import pytest
import xmlsec
from lxml import etree

from signing.errors import SignatureRefused
from signing.keys.pinned import PinnedCertificate
from signing.profile import structure as profile
from signing.profile.coverage import Coverage, CoveredPart
from signing.profile.general import _verify_core
from signing.profile.signedinfo import SignedInfo, SignedReference
from tests.worlds.signing import forge
from tests.worlds.signing.forge import one, reference, resign


def signed_over_a_file(path) -> etree._Element:
    """Right in every digest and signature: only the second line of defence, inside xmlsec, can refuse it."""
    root = forge.honest()
    body = reference(root, "body")
    body.set("URI", path.as_uri())
    body.remove(one(body, "ds:Transforms"))
    one(body, "ds:DigestValue").text = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    return resign(root)


def as_if_it_had_passed(root: etree._Element):
    """What the steps before would hand over, had they not refused."""
    parts = profile.locate(root)
    named = SignedReference("#unlooked-at", b"")
    info = SignedInfo(forge.key().algorithm, (named, named), b"")
    covered = Coverage(CoveredPart(parts.body, named), CoveredPart(parts.timestamp, named), (), None)
    return parts, info, covered


def test_a_reference_to_a_file_is_not_opened_even_past_our_own_checks(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"what only the server can read")
    root = etree.fromstring(etree.tostring(signed_over_a_file(secret)))
    signer = PinnedCertificate(forge.OWNER, forge.key().certificate, (forge.key().algorithm,))
    with pytest.raises(SignatureRefused):
        _verify_core(*as_if_it_had_passed(root), signer)


def test_the_same_reference_is_opened_by_the_library_as_it_comes(tmp_path):
    """Ground under the test above: were I/O left on, the file would have been read and found right."""
    secret = tmp_path / "secret"
    secret.write_bytes(b"what only the server can read")
    root = etree.fromstring(etree.tostring(signed_over_a_file(secret)))
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(forge.key().certificate.to_pem(), xmlsec.KeyFormat.CERT_PEM)
    context.register_id(one(root, "//wsu:Timestamp"), "Id", forge.NS["wsu"])
    xmlsec.register_default_callbacks()
    try:
        context.verify(one(root, "//ds:Signature"))
    finally:
        xmlsec.cleanup_callbacks()


def test_closing_the_library_leaves_lxml_its_own_files(tmp_path):
    forge.judge(forge.signed())
    (tmp_path / "part.xsd").write_text('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>')
    (tmp_path / "whole.xsd").write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="part.xsd"/>'
        '<xs:element name="a"/></xs:schema>'
    )
    assert etree.XMLSchema(etree.parse(tmp_path / "whole.xsd")).validate(etree.fromstring(b"<a/>"))
