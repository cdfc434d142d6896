"""What a XAdES signature of ours consists of, as values: what is signed, and what was added to it since.

Of the unsigned properties we write four, in this order and no other: the signature's time stamp, the certificates and
answers on revocation that a later verifier needs, and archive time stamps over all before them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from signing.errors import SigningError
from signing.keys.keypair import Certificate, SignatureAlgorithm
from signing.trust.revocation import RevocationValues

ASIC: Final = "http://uri.etsi.org/02918/v1.2.1#"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XADES: Final = "http://uri.etsi.org/01903/v1.3.2#"
XADES_141: Final = "http://uri.etsi.org/01903/v1.4.1#"
EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256_URI: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNED_PROPERTIES_TYPE: Final = "http://uri.etsi.org/01903#SignedProperties"
METHODS: Final[Mapping[SignatureAlgorithm, str]] = MappingProxyType(
    {
        SignatureAlgorithm.RSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        SignatureAlgorithm.ECDSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    }
)
SIGNATURE_LIMIT_BYTES: Final = 16 * 1024 * 1024  # about 10 000 files, and the lists of large authorities

MOST_VALUES: Final = 64
"""Of certificates, of answers and of archive stamps: each one is held against all others, and one path has four."""


class SignatureUnreadable(SigningError):
    """The bytes are no signature of our profile; nothing is known about what it would have proven."""


class XadesLevel(StrEnum):
    """EN 319 132-1 §6.1: how long a signature can be proven, by what it carries."""

    B = "B-B"  # the signer's word on the time
    T = "B-T"  # a time stamp over the signature value
    LT = "B-LT"  # and what is needed to validate without asking anybody
    LTA = "B-LTA"  # and time stamps over all of that, renewed before their authority's certificate ends


@dataclass(frozen=True, slots=True)
class SignedFile:
    """One file under the signature: its name in the container, media type, and SHA-256 (32 bytes)."""

    name: str
    media_type: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class ValidationValues:
    """What a later verifier needs and may no longer be able to fetch (EN 319 132-1 §5.4); read, *not* verified."""

    certificates: tuple[Certificate, ...] = ()
    revocation: RevocationValues = field(default_factory=RevocationValues)

    @property
    def is_empty(self) -> bool:
        return not (self.certificates or self.revocation.ocsp or self.revocation.crls)


@dataclass(frozen=True, slots=True)
class ArchiveStamp:
    """An archive time stamp (EN 319 132-1 §5.5.2): DER token over the files and all that stands before it.

    ``values``: put in just before it, for the token before it (§5.5.1, TimeStampValidationData); often empty.
    """

    token: bytes = field(repr=False)
    values: ValidationValues = field(default_factory=ValidationValues)


@dataclass(frozen=True, slots=True)
class UnsignedProperties:
    """What was added after signing, as it lies there. ``token``: DER of the time stamp over the signature value."""

    token: bytes | None = field(default=None, repr=False)
    values: ValidationValues | None = None
    archives: tuple[ArchiveStamp, ...] = ()

    @property
    def level(self) -> XadesLevel:
        """The highest level whose properties are all there; whether they hold is not said here."""
        match (self.token, self.values, self.archives):
            case (None, _, _):
                return XadesLevel.B
            case (_, None, _):
                return XadesLevel.T
            case (_, _, ()):
                return XadesLevel.LT
            case _:
                return XadesLevel.LTA


@dataclass(frozen=True, slots=True)
class ReadSignature:
    """What a signature file says: read, *not* verified. ``signed_at`` is the signer's own claim."""

    files: tuple[SignedFile, ...]
    signed_at: datetime
    certificate: Certificate  # from KeyInfo
    certificate_digest: bytes  # from SigningCertificateV2
    method: str
    value: bytes
    unsigned: UnsignedProperties = field(default_factory=UnsignedProperties)
