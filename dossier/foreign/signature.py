"""What a XAdES signature of another system says: values, read and *not* verified."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from lxml import etree

from signing.trust.revocation import RevocationValues


@dataclass(frozen=True, slots=True)
class ForeignReference:
    """A ds:Reference. ``transforms``: algorithm identifiers in order; ``has_parameters``: one of them holds more."""

    id: str | None
    uri: str
    type: str | None
    transforms: tuple[str, ...]
    has_parameters: bool
    digest_method: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """The one certificate that SigningCertificate or SigningCertificateV2 names. ``serial``: None when not stated."""

    digest_method: str
    digest: bytes
    serial: int | None


@dataclass(frozen=True, slots=True)
class DataFormat:
    """A DataObjectFormat: the id of a reference, and the media type that the signer saw in it."""

    reference_id: str
    media_type: str


@dataclass(frozen=True, slots=True)
class EmbeddedStamp:
    """Tokens (DER) over one thing, and the canonicalization that made its octets. ``node``: where they stand."""

    canonicalization: str
    tokens: tuple[bytes, ...]
    node: etree._Element = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignSignature:
    """One ds:Signature. ``part`` names it for people: its file, and its Id where the file holds several.

    ``certificates``: DER of all X509Certificates in KeyInfo and CertificateValues, in no order that means anything.
    ``signed_at``: the signer's claim. ``node``: the element, for canonical forms alone; whoever needs a value takes it
    from here. ``covered``: every reference in its order, ``properties`` among them. ``oddities``: properties that we
    cannot judge.
    """

    part: str
    canonicalization: str
    method: str
    has_method_parameters: bool
    covered: tuple[ForeignReference, ...]
    properties: ForeignReference
    value: bytes
    certificates: tuple[bytes, ...]
    signed_at: datetime
    named: SigningCertificate
    formats: tuple[DataFormat, ...]
    stamps: tuple[EmbeddedStamp, ...]
    archive_stamps: tuple[EmbeddedStamp, ...]
    revocation: RevocationValues
    oddities: tuple[str, ...]
    node: etree._Element = field(repr=False, compare=False)
    properties_node: etree._Element = field(repr=False, compare=False)

    @property
    def references(self) -> tuple[ForeignReference, ...]:
        """Those to files."""
        return tuple(reference for reference in self.covered if reference is not self.properties)

    @property
    def level(self) -> str:
        """EN 319 132-1 §6, by what is there, not by what it is worth."""
        if self.archive_stamps:
            return "B-LTA"
        if self.stamps and (self.revocation.ocsp or self.revocation.crls):
            return "B-LT"
        return "B-T" if self.stamps else "B-B"
