"""What is asked of whoever holds a key, as a whole: sign this envelope, this document, these bytes; judge them; tell.

Raw signatures (``signing.keys.keypair.SigningKey``) are for keys that sign whatever they are given. NCANode does not:
it signs XML, WS-Security and CMS as a whole, and it alone knows the GOST algorithms of НУЦ РК. So this port speaks of
orders, and a local key fills it as well as that service does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from signing.trust.revocation import RevocationStatus
from signing.trust.subject import Capacity, KeyUse


class SignatureAnswer(StrEnum):
    """Three values, on purpose: what could not be found out is neither of the others."""

    HOLDS = "holds"  # the signature is right, its certificate counts, and its authority says that it is not revoked
    FAILS = "fails"
    UNKNOWN = "unknown"  # nothing speaks against it, and not everything that should was said for it


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate in words: whom it names, for what, until when. ``serial`` is what tells it from others."""

    serial: int
    common_name: str | None
    organisation: str | None
    iin: str | None
    bin: str | None
    capacities: tuple[Capacity, ...]
    key_use: KeyUse
    not_before: datetime
    not_after: datetime
    revocation: RevocationStatus
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What came of judging one thing. ``detail``: English, for logs and operators; empty when it holds."""

    verdict: SignatureAnswer
    holders: tuple[Holder, ...] = ()
    detail: str = ""


class SignatureService(Protocol):
    """All bytes of XML are whole documents in UTF-8. Every call may raise what is named here.

    ``OrderRefused``: what was given cannot be signed or judged by this service, ever. ``KeyUnavailable``: no answer
    now, ask again later. ``KeyUnusable``: an operator mends key or service.
    """

    async def sign_body(self, envelope: bytes) -> bytes:
        """Sign the Body of a SOAP 1.1 envelope as ШЭП wants it: one Signature in one Security header, Body alone."""
        ...

    async def judge_body(self, envelope: bytes) -> Opinion:
        """Judge such a signature; it must be over *the* Body."""
        ...

    async def sign_document(self, document: bytes) -> bytes:
        """Sign a document as НУЦ РК does: enveloped, as the last child of its root, over all that was there before."""
        ...

    async def judge_document(self, document: bytes) -> Opinion:
        """Judge every signature at the end of the root; each covers those before it."""
        ...

    async def sign_data(self, data: bytes) -> bytes:
        """A CMS SignedData (RFC 5652), DER, that does not hold ``data``."""
        ...

    async def judge_data(self, data: bytes, signature: bytes) -> Opinion:
        """Judge such a CMS over ``data``; one that holds its content must hold exactly ``data``."""
        ...

    async def describe(self, certificate: bytes) -> Opinion:
        """What a certificate (DER) says and whether it counts now. No signature is judged."""
        ...
