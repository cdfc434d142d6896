"""Verify a signed SOAP envelope: who signed, and which bytes exactly.

The steps, in this order; the same numbers stand at the code of both engines:

1. The envelope has its shape: one Header, one Security for us with one Timestamp and one Signature, one Body with
   one child, each at its place and found by its place (signature wrapping moves the signed part elsewhere).
2. All ids (Id, ID, id, wsu:Id, xml:id) are unique.
3. SignedInfo has its shape, with algorithms from closed lists: exclusive C14N only, with a bounded PrefixList at
   most, behind enveloped-signature at most; digests by SHA-256; signatures by RSA, RSA-PSS or ECDSA over SHA-2. No
   HMAC, SHA-1, Object, Manifest or KeyValue.
4. One reference to *the* Body, one to *the* Timestamp. Others may be to the token, or to blocks of the Header, and
   are verified; they give nothing.
5. The certificate that KeyInfo names is looked up among the pinned ones. The key comes from the registry, never from
   the message, and decides which algorithms may be used with it.
6. The certificate is in force at ``now``, and not barred (revoked, or unchecked where a check is asked for).
7. Core verification: the digests of all parts, then the signature over SignedInfo with that key.
8. The Timestamp is current.
9. The canonical content of Body is handed out, and only that: callers never read the tree again. Digested with a
   PrefixList, it is taken out of the digested octets, read anew. Where an engine has
   compared the canonical form of the one element there with these bytes, it hands out that element with them.

Two engines carry them out. ``strict`` takes on what is written byte for byte in our own form, at a fraction of the
cost; everything else goes to ``general``. Their verdicts are the same, code included (docs/adr/0015).

Left to the caller: whether the owner is the sender named in the header, replay (inbox key), and the schema.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Final

import xmlsec

from contracts.codes import Code
from contracts.remedies import FoundTrouble, Trouble
from signing.errors import SignatureRefused
from signing.keys.keypair import throw_away_key
from signing.keys.pinned import PinnedCertificates
from signing.profile import general, strict
from signing.profile.diagnosis import diagnose
from signing.profile.envelope import ReadEnvelope, VerifiedEnvelope
from signing.profile.policy import DEFAULT_SKEW
from signing.profile.structure import refuse
from signing.profile.writing import sign_envelope

_OF_THE_FORM: Final = frozenset({Code.SIGNATURE_PROFILE, Code.SIGNATURE_MISSING})

__all__ = ["PinnedCertificates", "ReadEnvelope", "VerifiedEnvelope", "self_check", "verify_envelope"]


def verify_envelope(
    envelope: ReadEnvelope, pinned: PinnedCertificates, *, now: datetime, skew: timedelta = DEFAULT_SKEW
) -> VerifiedEnvelope:
    """Carry out the steps of the module docstring.

    Raises ``SignatureRefused`` with a code for the first that fails and, where that is the form, with all that is
    wrong with the form. ``envelope`` is owned by this call, which registers ids in its tree.
    """
    try:
        verified = strict.verify(envelope, pinned, now=now, skew=skew)
        return general.verify(envelope, pinned, now=now, skew=skew) if verified is None else verified
    except SignatureRefused as refused:
        if refused.code not in _OF_THE_FORM:
            raise
        troubles = diagnose(envelope.root) or (FoundTrouble(Trouble.OTHER, refused.detail),)
        raise SignatureRefused(refused.code, refused.detail, troubles, refused.fault) from refused


def self_check() -> str:
    """Sign and verify one message with a throw-away key; return the versions of what did it. Raises when broken."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    key = throw_away_key("self-check", now=now)
    content = b'<d:Probe xmlns:d="urn:dalel:exchange:v1"></d:Probe>'
    pinned = PinnedCertificates([("self-check", key.certificate)])
    envelope = sign_envelope(content, key, now=now)
    for engine in (strict, general):
        verified = engine.verify(ReadEnvelope.of(envelope), pinned, now=now, skew=DEFAULT_SKEW)
        if verified is None or verified.content != content:
            refuse("what was verified is not what was signed", Code.INTERNAL)
    libxml2 = ".".join(map(str, xmlsec.get_libxml_version()))
    return f"lxml {version('lxml')}, xmlsec {version('xmlsec')}, libxml2 {libxml2}"
