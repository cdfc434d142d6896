"""Verify an envelope in our own byte form: one pattern, hashes over slices, one public-key operation.

Takes on what ``sign_envelope`` writes, in all its variants, and nothing else. Whatever it takes on it judges exactly
as ``signing.profile.general`` would, code included; ``tests/unit/signing/profile/test_engines_agree.py`` holds the
two together. The numbers are those of ``signing.profile.verification``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from contracts import xmlsafe
from contracts.codes import Code
from contracts.errors import NotReadable
from signing.keys.keypair import SignatureAlgorithm
from signing.keys.pinned import PinnedCertificate, PinnedCertificates
from signing.profile import form, steps
from signing.profile import structure as profile
from signing.profile.envelope import ReadEnvelope, VerifiedEnvelope
from signing.profile.form import OwnForm
from signing.profile.keyinfo import NamedCertificate
from signing.profile.raw_value import is_value_of
from signing.profile.structure import refuse

_ID_MARKS: Final = (b'Id="', b'ID="', b'id="')  # how the end of any id attribute looks in canonical bytes
_TAKEN_IDS: Final = frozenset({form.TIMESTAMP_ID, form.TOKEN_ID})


def verify(
    envelope: ReadEnvelope, pinned: PinnedCertificates, *, now: datetime, skew: timedelta
) -> VerifiedEnvelope | None:
    """None when the message is not in our form, so not ours to judge; raises ``SignatureRefused`` like the other."""
    own = form.recognise(envelope.data)  # 1, 3: the form has the one shape and the closed lists written into it
    if own is None or not _holds_one_canonical_element(envelope.root, own.content):
        return None
    value = _decoded(own.signature_value)
    if value is None:
        return None
    _require_unique_ids(envelope.root, own)  # 2
    if own.body_reference != own.body_id:  # 4
        refuse(f"signed is #{own.body_reference.decode()}; expected is #{own.body_id.decode()} (the Body)")
    signer = _signer(own, pinned)  # 5
    if signer is None:
        return None
    steps.require_algorithm(own.algorithm, signer)
    steps.require_usable(signer, now=now)  # 6
    if _body_digest(envelope.root, own) != base64.b64decode(own.body_digest):  # 7
        refuse("Body is not what was signed", Code.BODY_TAMPERED)
    if hashlib.sha256(own.timestamp).digest() != base64.b64decode(own.timestamp_digest):
        refuse("Timestamp is not what was signed", Code.SIGNATURE_INVALID)
    _verify_core(form.signed_info_apart(own.signed_info), value, own.algorithm, signer)
    created_at, expires_at = steps.current_period(own.created, own.expires, now=now, skew=skew)  # 8
    digest = hashlib.sha256(own.content).hexdigest()  # 9
    read = envelope.root[1][0]  # found to be ``content`` above, so that nobody need read those bytes again
    return VerifiedEnvelope(signer.owner, signer.certificate, own.content, digest, created_at, expires_at, read)


def _holds_one_canonical_element(root: etree._Element, content: bytes) -> bool:
    """Whether ``content``, the bytes between Body's tags, is one element written as its own canonical form.

    Equal digests would not say so: a signer may have signed bytes that are not canonical, and then the digest of the
    true canonical form is another. Two children of Envelope mean that Body is closed at its end, not before; one
    child of Body with these very bytes leaves no room for text beside it. Comments, CDATA, references and odd
    spellings differ from their canonical form by themselves; processing instructions do not.
    """
    if len(root) != 2 or len(root[1]) != 1 or (b"?" in content and b"<?" in content):
        return False
    if content[:1] != b"<" or content[1:2] in b"!?":  # a comment, whose canonical form lxml 6.1.3 crashes over
        return False
    try:
        return xmlsafe.canonical(root[1][0]) == content
    except NotReadable:  # no canonical form: let the general engine say so
        return False


def _decoded(text: bytes) -> bytes | None:
    """None for what looks like base64 and is none: what that means is the general engine's to say."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _signer(own: OwnForm, pinned: PinnedCertificates) -> PinnedCertificate | None:
    """A registered certificate in its usual spelling is found without decoding it; None as in ``_decoded``."""
    if own.certificate is None:
        return steps.find_signer(NamedCertificate(None, own.issuer_serial), pinned)
    known = pinned.by_base64(own.certificate)
    if known is not None:
        return known
    der = _decoded(own.certificate)
    return None if der is None else steps.find_signer(NamedCertificate(der, None), pinned)


def _require_unique_ids(root: etree._Element, own: OwnForm) -> None:
    """The whole tree is searched only where a further id could be; messages of our contract have no attributes."""
    if own.body_id in _TAKEN_IDS or _may_hold_ids(own.content):
        profile.require_unique_ids(root)


def _may_hold_ids(content: bytes) -> bool:
    marked = form.up_to_the_last_attribute(content)
    return any(mark in marked for mark in _ID_MARKS)


def _body_digest(root: etree._Element, own: OwnForm) -> bytes:
    apart = form.body_apart(own.body_id, own.content)
    return hashlib.sha256(xmlsafe.canonical(root[1]) if apart is None else apart).digest()


def _verify_core(signed: bytes, value: bytes, algorithm: SignatureAlgorithm, signer: PinnedCertificate) -> None:
    steps.require_length(value, signer)
    if not is_value_of(signer.certificate, algorithm, signed, value):
        refuse("the signature does not verify with the registered key", Code.SIGNATURE_INVALID)
