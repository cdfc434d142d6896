"""What a certificate is for, by its own extensions (RFC 5280 §4.2.1.3, 4.2.1.9 and 4.2.1.12)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.keys.keypair import Certificate
from signing.trust.extensions import extension_of, parsed

_SPECIAL: Final = frozenset({ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.OCSP_SIGNING})


class Purpose(Enum):
    """What a certificate is judged for."""

    MESSAGES = "messages"  # keyUsage digitalSignature
    SEALS = "seals"  # keyUsage nonRepudiation: order № 1187 of 9 December 2015
    TIME_STAMPS = "time stamps"  # extKeyUsage timeStamping, critical and alone: RFC 3161 §2.3
    OCSP = "OCSP"  # extKeyUsage OCSPSigning: RFC 6960 §4.2.2.2


def unfit(certificate: Certificate, purpose: Purpose) -> str | None:
    """Why the certificate is not for ``purpose``; None when it is."""
    try:
        extensions = parsed(certificate).extensions
        usage = extension_of(extensions, x509.KeyUsage)
        special = _SPECIAL.intersection(extension_of(extensions, x509.ExtendedKeyUsage) or ())
        constraints = extension_of(extensions, x509.BasicConstraints)
    except ValueError as trouble:
        return f"its extensions cannot be read: {trouble}"
    if constraints is not None and constraints.ca:
        return "it is the certificate of an authority"
    match purpose:
        case Purpose.MESSAGES:
            return _unfit_for_signing(special, usage is not None and usage.digital_signature, "digitalSignature")
        case Purpose.SEALS:
            return _unfit_for_signing(special, usage is not None and usage.content_commitment, "nonRepudiation")
        case Purpose.TIME_STAMPS:
            fits = usage is None or usage.digital_signature or usage.content_commitment
            return None if fits and _is_for_time_stamps(extensions) else "it is not for time stamps, critical and alone"
        case Purpose.OCSP:
            fits = usage is None or usage.digital_signature
            return None if fits and ExtendedKeyUsageOID.OCSP_SIGNING in special else "it is not for OCSP"


def _unfit_for_signing(special: frozenset[x509.ObjectIdentifier], has_usage: bool, usage: str) -> str | None:  # noqa: FBT001 - what was found
    if special:
        return "it is for time stamps or OCSP only"
    return None if has_usage else f"its keyUsage lacks {usage}"


def _is_for_time_stamps(extensions: x509.Extensions) -> bool:
    try:
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return found.critical and list(found.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def is_exempt(certificate: Certificate, purpose: Purpose) -> bool:
    """Whether nobody is to ask about a responder (id-pkix-ocsp-nocheck, RFC 6960 §4.2.2.2.1)."""
    return purpose is Purpose.OCSP and extension_of(parsed(certificate).extensions, x509.OCSPNoCheck) is not None
