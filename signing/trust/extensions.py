"""Extensions of certificates and answers, found by their type."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from cryptography import x509

from signing.keys.keypair import Certificate

E = TypeVar("E", bound=x509.ExtensionType)


def extension_of(extensions: x509.Extensions, kind: type[E]) -> E | None:
    """The extension's value, None when it is absent."""
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def unknown_critical(extensions: x509.Extensions, known: Collection[x509.ObjectIdentifier]) -> list[str]:
    """OIDs of extensions that must be understood and are not: whoever meets one has to refuse (RFC 5280 §4.2)."""
    return [one.oid.dotted_string for one in extensions if one.critical and one.oid not in known]


def parsed(certificate: Certificate) -> x509.Certificate:
    """The certificate as cryptography reads it. Raises ValueError where its rest is broken."""
    return x509.load_der_x509_certificate(certificate.der)
