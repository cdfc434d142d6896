"""A signed message on its two sides of verification: as it was read, and as it was proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from lxml import etree

from contracts import xmlsafe
from signing.keys.keypair import Certificate


@dataclass(frozen=True, slots=True)
class ReadEnvelope:
    """The bytes of a message and the tree made of exactly these bytes. Safe to walk; nothing in it is proven.

    The two stay together because one engine hashes the bytes and the other walks the tree: were they of two
    messages, one could be verified and the other believed.
    """

    data: bytes
    root: etree._Element  # whole and freshly parsed; verification registers ids in it

    @classmethod
    def of(cls, data: bytes, *, limit_bytes: int = xmlsafe.MAX_BYTES) -> Self:
        """Read hostile bytes; raises ``NotReadable`` like ``xmlsafe.parse``."""
        return cls(data, xmlsafe.parse(data, limit_bytes=limit_bytes))


@dataclass(frozen=True, slots=True)
class VerifiedEnvelope:
    """Proven: ``owner`` signed these bytes. Made by ``verify_envelope`` only."""

    owner: str  # party id the certificate is registered for
    certificate: Certificate
    content: bytes  # exclusive C14N of the only child of Body
    digest: str  # SHA-256 of ``content``, lower-case hex: the message digest
    created_at: datetime  # claimed by the signer, UTC
    expires_at: datetime
    # of these very bytes: its canonical form was compared with ``content``, byte for byte; None where it was not
    element: etree._Element | None = field(default=None, compare=False, repr=False)
