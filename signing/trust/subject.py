"""What a certificate of НУЦ РК says about its holder: numbers, names, capacities, and what the key may do.

The forms are those of the national authority: IIN in SERIALNUMBER, BIN in OU (or, of some organisations, in
SERIALNUMBER), capacities as extended key usages, and since newer certificates carry one policy for all, signing or
authentication told by keyUsage alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from contracts.identifiers import is_valid_bin, is_valid_iin
from signing.errors import SubjectUnclear
from signing.keys.keypair import Certificate
from signing.trust.extensions import extension_of, parsed


class Capacity(StrEnum):
    """In what capacity the holder signs: extended key usages of НУЦ РК, by name."""

    INDIVIDUAL = "1.2.398.3.3.4.1.1"
    ORGANISATION = "1.2.398.3.3.4.1.2"
    FIRST_HEAD = "1.2.398.3.3.4.1.2.1"
    MAY_SIGN = "1.2.398.3.3.4.1.2.2"
    MAY_SIGN_FINANCIAL = "1.2.398.3.3.4.1.2.3"
    PERSONNEL = "1.2.398.3.3.4.1.2.4"
    EMPLOYEE = "1.2.398.3.3.4.1.2.5"


class KeyUse(Enum):
    """What keyUsage allows; НУЦ РК: signing has nonRepudiation, authentication has keyEncipherment beside it."""

    SEALING = "sealing"  # digitalSignature and nonRepudiation: НУЦ РК's SIGN
    AUTHENTICATION = "authentication"  # digitalSignature and keyEncipherment: НУЦ РК's AUTH; signs messages, no seals
    SIGNING = "signing"  # digitalSignature
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class CertificateSubject:
    """The holder, as the certificate names it. Numbers are twelve digits with a right check digit, or None."""

    common_name: str | None
    organisation: str | None
    iin: str | None
    bin: str | None
    capacities: tuple[Capacity, ...]
    key_use: KeyUse


_NUMBERED: Final = re.compile(r"(IIN|BIN)(.*)", re.ASCII | re.DOTALL)
_CHECKS: Final = {"IIN": is_valid_iin, "BIN": is_valid_bin}
_PLACES: Final = {NameOID.SERIAL_NUMBER: ("IIN", "BIN"), NameOID.ORGANIZATIONAL_UNIT_NAME: ("BIN",)}


def read_subject(certificate: Certificate) -> CertificateSubject:
    """Read the holder. Raises ``SubjectUnclear`` for a misshapen number, and for two that differ.

    A certificate without any number is clear: it names no organisation of this country.
    """
    try:
        name, extensions = parsed(certificate).subject, parsed(certificate).extensions
        purposes = extension_of(extensions, x509.ExtendedKeyUsage) or ()
        usage = extension_of(extensions, x509.KeyUsage)
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise SubjectUnclear(f"{certificate.subject}: its extensions cannot be read: {error}") from error
    return CertificateSubject(
        common_name=_text(name, NameOID.COMMON_NAME),
        organisation=_text(name, NameOID.ORGANIZATION_NAME),
        iin=_number(name, "IIN"),
        bin=_number(name, "BIN"),
        capacities=tuple(capacity for capacity in Capacity if x509.ObjectIdentifier(capacity.value) in purposes),
        key_use=_key_use(usage),
    )


def _number(name: x509.Name, kind: str) -> str | None:
    found = {
        number
        for place, kinds in _PLACES.items()
        if kind in kinds
        for attribute in name.get_attributes_for_oid(place)
        if (number := _numbered(str(attribute.value), kind)) is not None
    }
    if len(found) > 1:
        raise SubjectUnclear(f"{name.rfc4514_string()}: two different numbers {kind}")
    return next(iter(found), None)


def _numbered(text: str, kind: str) -> str | None:
    """The digits behind IIN or BIN. A unit's name may begin otherwise; one that begins so must go on rightly."""
    match = _NUMBERED.fullmatch(text)
    if match is None or match[1] != kind:
        return None
    if not _CHECKS[kind](match[2]):
        raise SubjectUnclear(f"{text!r} in the subject is no {kind} that was ever issued")
    return match[2]


def _text(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else None


def _key_use(usage: x509.KeyUsage | None) -> KeyUse:
    if usage is None or not usage.digital_signature:
        return KeyUse.NEITHER
    if usage.content_commitment:
        return KeyUse.SEALING
    return KeyUse.AUTHENTICATION if usage.key_encipherment else KeyUse.SIGNING
