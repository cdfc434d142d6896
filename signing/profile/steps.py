"""The steps of verification that both engines share: what they decide here cannot differ.

The numbers are those of ``signing.profile.verification``.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from contracts.codes import Code
from signing.keys.keypair import SignatureAlgorithm
from signing.keys.pinned import PinnedCertificate, PinnedCertificates
from signing.profile.keyinfo import NamedCertificate
from signing.profile.policy import MAX_LIFETIME
from signing.profile.raw_value import integer_bytes
from signing.profile.structure import refuse

_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def find_signer(named: NamedCertificate, pinned: PinnedCertificates) -> PinnedCertificate:
    """Step 5: bytes from the message are compared with the registry, never parsed."""
    if named.key_identifier is not None or named.thumbprint is not None:
        return _found_by_digest(named, pinned)
    by_pair = pinned.by_issuer_serial(*named.issuer_serial) if named.issuer_serial else None
    by_bytes = pinned.by_sha256(hashlib.sha256(named.der).hexdigest()) if named.der is not None else None
    found = by_bytes or by_pair
    if found is None or (named.der is not None and by_bytes is None):
        refuse("the signer's certificate is not registered", Code.UNKNOWN_SIGNER)
    if by_bytes and by_pair and by_bytes is not by_pair:
        refuse("X509IssuerSerial and X509Certificate name two certificates")
    return found


def _found_by_digest(named: NamedCertificate, pinned: PinnedCertificates) -> PinnedCertificate:
    if named.thumbprint is not None:
        found = pinned.by_thumbprint(named.thumbprint)
    else:
        found = pinned.by_key_identifier(named.key_identifier or b"")
    if found is None:
        refuse("no registered certificate, or more than one, has the digest that KeyInfo names", Code.UNKNOWN_SIGNER)
    return found


def require_algorithm(algorithm: SignatureAlgorithm, signer: PinnedCertificate) -> None:
    """Step 5, the end: the registered key decides."""
    if algorithm not in signer.algorithms:
        refuse(f"{algorithm} does not go with the registered key, which makes {', '.join(signer.algorithms)}")


def require_usable(signer: PinnedCertificate, *, now: datetime) -> None:
    """Step 6."""
    if not signer.certificate.is_in_force(now):
        refuse(f"the certificate of {signer.owner} is not in force", Code.CERTIFICATE_EXPIRED)
    if signer.barred:
        refuse(f"the certificate of {signer.owner} may not be used", signer.barred)


def require_length(value: bytes, signer: PinnedCertificate) -> None:
    """Step 7: SignatureValue is as long as the key makes it (RFC 8017 §8.1.2, RFC 6931 §2.3.6), with nothing before.

    libxmlsec also takes an ECDSA value whose two halves carry leading zeros.
    """
    key = signer.certificate.public_key
    expected = 2 * integer_bytes(key) if isinstance(key, ec.EllipticCurvePublicKey) else _modulus_bytes(key)
    if len(value) != expected:
        refuse(f"SignatureValue has {len(value)} bytes, this key makes {expected}", Code.SIGNATURE_INVALID)


def _modulus_bytes(key: CertificatePublicKeyTypes) -> int:
    return (key.key_size + 7) // 8 if isinstance(key, rsa.RSAPublicKey) else 0  # other kinds are never registered


def current_period(created: str, expires: str, *, now: datetime, skew: timedelta) -> tuple[datetime, datetime]:
    """Step 8: return Created and Expires in UTC."""
    created_at, expires_at = lasting(created, expires)
    if created_at > now + skew:
        refuse(f"created {created_at.isoformat()}, now is {now.isoformat()}", Code.TIMESTAMP_IN_FUTURE)
    if expires_at <= now - skew:
        refuse(f"expired {expires_at.isoformat()}, now is {now.isoformat()}", Code.TIMESTAMP_EXPIRED)
    return created_at, expires_at


def lasting(created: str, expires: str) -> tuple[datetime, datetime]:
    """The period in UTC, which is of a length that we accept."""
    created_at, expires_at = _instant(created), _instant(expires)
    if not timedelta(0) < expires_at - created_at <= MAX_LIFETIME:
        refuse(f"the Timestamp must last longer than nothing and at most {MAX_LIFETIME}")
    return created_at, expires_at


def _instant(text: str) -> datetime:
    if not _INSTANT.fullmatch(text):
        refuse("an instant of the Timestamp is no xs:dateTime with an offset")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse("an instant of the Timestamp does not exist")
