"""Where belief starts: trust anchors, and whether a certificate that seals dossiers comes from one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from signing.keys import Certificate


class Standing(Enum):
    """What can be said of a sealing certificate at one moment (RFC 5280 §6, for paths of one certificate)."""

    TRUSTED = "trusted"
    NO_ANCHOR_GIVEN = "no anchor given"
    ISSUER_UNKNOWN = "issuer unknown"
    OUT_OF_VALIDITY = "out of validity"
    NOT_FOR_SEALS = "not for seals"


def load_anchors(folder: Path) -> tuple[Certificate, ...]:
    """Read every ``*.pem`` of a folder, in the order of their names; an absent folder holds none."""
    return tuple(Certificate.from_pem(path.read_bytes()) for path in sorted(folder.glob("*.pem")))


def judge_certificate(certificate: Certificate, anchors: Sequence[Certificate], *, at: datetime) -> Standing:
    """Judge a certificate for sealing at ``at``. Revocation is not looked at here.

    keyUsage nonRepudiation is what order № 1187 of 9 December 2015 asks of a signing certificate.
    """
    if not anchors:
        return Standing.NO_ANCHOR_GIVEN
    issuer = next((anchor for anchor in anchors if _issued(anchor, certificate)), None)
    if issuer is None:
        return Standing.ISSUER_UNKNOWN
    if not all(held.not_before <= at <= held.not_after for held in (certificate, issuer)):
        return Standing.OUT_OF_VALIDITY
    if not _is_for_seals(certificate):
        return Standing.NOT_FOR_SEALS
    return Standing.TRUSTED


def _issued(anchor: Certificate, certificate: Certificate) -> bool:
    """Whether ``anchor`` is a CA that signed ``certificate``: names, basicConstraints, keyCertSign, signature."""
    parent, child = _x509(anchor), _x509(certificate)
    try:
        if not parent.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        if not parent.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign:
            return False
        child.verify_directly_issued_by(parent)
    except (x509.ExtensionNotFound, InvalidSignature, ValueError, TypeError):
        return False
    return True


def _is_for_seals(certificate: Certificate) -> bool:
    try:
        usage = _x509(certificate).extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return usage.content_commitment


def _x509(certificate: Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.der)
