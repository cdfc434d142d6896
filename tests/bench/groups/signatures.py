"""What one signature costs: made and verified by our own engine and by xmlsec, for operations of several sizes.

RSA-2048 with PKCS#1 v1.5, as most parties hold today. Verification begins with the bytes: reading them counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.codec import build_request
from contracts.payloads import RegisterAppeal
from contracts.soap import DS, WSU
from signing.keys.keypair import SoftwareKey
from signing.keys.pinned import PinnedCertificates
from signing.profile import general, strict
from signing.profile.envelope import ReadEnvelope, VerifiedEnvelope
from signing.profile.policy import DEFAULT_SKEW
from signing.profile.writing import sign_envelope
from tests.bench.figures import Work
from tests.bench.message import TEXT, register_appeal

SIZES_KB: Final = (2, 5, 10, 100)
"""Of the operation, 1 kB = 1,000 bytes; Security adds some 3.5 kB."""


def works(now: datetime) -> Mapping[str, Work]:
    """Every figure, by name."""
    key = SandboxAuthority.create("bench", now=now).issue(
        "bench", bin="000000000000", usage=Usage.MESSAGE, now=now, key_kind="RSA-2048"
    )
    pinned = PinnedCertificates([("bench", key.certificate)])
    found: dict[str, Work] = {}
    for size in SIZES_KB:
        operation = operation_of_size(size * 1000, now)
        found |= _works(operation, f"{size}kb", key, pinned, now)
    return found


def _works(operation: bytes, size: str, key: SoftwareKey, pinned: PinnedCertificates, now: datetime) -> dict[str, Work]:
    envelope = sign_envelope(operation, key, now=now)

    def by_own() -> VerifiedEnvelope | None:
        return strict.verify(ReadEnvelope.of(envelope), pinned, now=now, skew=DEFAULT_SKEW)

    def by_xmlsec() -> VerifiedEnvelope:
        return general.verify(ReadEnvelope.of(envelope), pinned, now=now, skew=DEFAULT_SKEW)

    if by_own() != by_xmlsec():
        raise AssertionError("the engines were to do the same work")
    return {
        f"sign_own_{size}": lambda: sign_envelope(operation, key, now=now),
        f"sign_xmlsec_{size}": _signing_by_xmlsec(envelope, key),
        f"verify_own_{size}": by_own,
        f"verify_xmlsec_{size}": by_xmlsec,
    }


def operation_of_size(size_bytes: int, now: datetime) -> bytes:
    """A RegisterAppeal whose text makes it so long, to within a letter; the smallest come without documents."""
    message = register_appeal(now)
    if not isinstance(message.payload, RegisterAppeal):
        raise TypeError(type(message.payload))
    documents = message.payload.documents if size_bytes > 3000 else ()
    bare = replace(message, payload=replace(message.payload, text="-", documents=documents))
    room = size_bytes - len(build_request(bare))
    text = (TEXT * (room // len(TEXT) + 1)).encode()[:room].decode(errors="ignore")
    return build_request(replace(bare, payload=replace(bare.payload, text=text)))


def _signing_by_xmlsec(envelope: bytes, key: SoftwareKey) -> Callable[[], bytes]:
    """Parse the unsigned message, let the library digest and sign, serialise."""
    pem = key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    private = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
    root = etree.fromstring(envelope)
    for emptied in root.iter(f"{{{DS}}}DigestValue", f"{{{DS}}}SignatureValue"):
        emptied.text = None
    template = etree.tostring(root)

    def sign() -> bytes:
        unsigned = etree.fromstring(template)
        context = xmlsec.SignatureContext()
        context.key = private
        for part in (unsigned[1], unsigned[0][0][0]):  # Body, Timestamp
            context.register_id(part, "Id", WSU)
        context.sign(unsigned[0][0].find(f"{{{DS}}}Signature"))
        return etree.tostring(unsigned)

    return sign
