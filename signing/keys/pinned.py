"""The certificates that the registry knows, found the ways messages name them. The only source of trusted keys."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from contracts.codes import Code
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate, SignatureAlgorithm, accepted_of, key_identifier_of


@dataclass(frozen=True, slots=True)
class PinnedCertificate:
    """A registered certificate, whose it is, and the signature algorithms its key may be used with."""

    owner: str  # party id
    certificate: Certificate
    algorithms: tuple[SignatureAlgorithm, ...]
    barred: Code | None = None  # why it may not be used now, although it is registered and in force


class PinnedCertificates:
    """Lookup only: whatever a message claims can select one of these or nothing, never add one.

    Raises ``KeyUnusable`` for a weak key, and for one certificate under two owners, where no answer could be right.
    """

    def __init__(
        self, owned: Iterable[tuple[str, Certificate]], *, barred: Mapping[str, Code] = MappingProxyType({})
    ) -> None:
        """``barred``: codes of refusal by SHA-256 (hex) of registered certificates that are revoked or unchecked."""
        self._barred = barred
        self._by_sha256: dict[str, PinnedCertificate] = {}
        self._by_base64: dict[bytes, PinnedCertificate] = {}
        self._by_issuer_serial: dict[tuple[_Name, int], PinnedCertificate | None] = {}
        self._by_thumbprint: dict[bytes, PinnedCertificate | None] = {}
        self._by_key_identifier: dict[bytes, PinnedCertificate | None] = {}
        for owner, certificate in owned:
            self._pin(owner, certificate)

    def by_sha256(self, sha256: str) -> PinnedCertificate | None:
        """``sha256``: lower-case hex over the DER bytes."""
        return self._by_sha256.get(sha256)

    def by_base64(self, text: bytes) -> PinnedCertificate | None:
        """``text``: the DER bytes in one line, as our own form has them; other spellings are found by their digest."""
        return self._by_base64.get(text)

    def by_issuer_serial(self, issuer: str, serial: int) -> PinnedCertificate | None:
        """``issuer``: as the sender's toolkit spells it. None as well when the pair fits more than one certificate."""
        return self._by_issuer_serial.get((_name(issuer), serial))

    def by_thumbprint(self, sha1: bytes) -> PinnedCertificate | None:
        """``sha1``: 20 bytes over the DER bytes. SHA-1 proves nothing here: two that share one name nobody."""
        return self._by_thumbprint.get(sha1)

    def by_key_identifier(self, identifier: bytes) -> PinnedCertificate | None:
        """``identifier``: the octets of subjectKeyIdentifier. None as well when several certificates have it."""
        return self._by_key_identifier.get(identifier)

    def _pin(self, owner: str, certificate: Certificate) -> None:
        known = self._by_sha256.get(certificate.sha256)
        if known is not None:
            if known.owner != owner:
                raise KeyUnusable(f"one certificate ({certificate.subject}) for two parties: {known.owner}, {owner}")
            return
        pinned = PinnedCertificate(
            owner, certificate, _algorithms(owner, certificate), self._barred.get(certificate.sha256)
        )
        self._by_sha256[certificate.sha256] = pinned
        self._by_base64[base64.b64encode(certificate.der)] = pinned
        pair = (_name(certificate.issuer), certificate.serial)
        # Two authorities of one name may give one serial number twice: then the pair names nobody.
        self._by_issuer_serial[pair] = None if pair in self._by_issuer_serial else pinned
        sha1 = hashlib.sha1(certificate.der, usedforsecurity=False).digest()
        self._by_thumbprint[sha1] = None if sha1 in self._by_thumbprint else pinned
        identifier = key_identifier_of(certificate)
        if identifier is not None:  # a key certified twice has one identifier: then it names neither
            self._by_key_identifier[identifier] = None if identifier in self._by_key_identifier else pinned


def _algorithms(owner: str, certificate: Certificate) -> tuple[SignatureAlgorithm, ...]:
    try:
        return accepted_of(certificate)
    except KeyUnusable as error:
        raise KeyUnusable(f"certificate of {owner} ({certificate.subject}): {error}") from error


_Name = tuple[str, ...]
_SEPARATOR: Final = re.compile(r"(?<!\\)[,;]")  # RFC 2253 still allowed the semicolon
_HEX_PAIRS: Final = re.compile(r"(?:\\[0-9A-Fa-f]{2})+")  # OpenSSL writes Kazakh letters as UTF-8 bytes in hex
_ESCAPED: Final = re.compile(r"\\(.)")
_SPELLINGS: Final = {"S": "ST", "E": "1.2.840.113549.1.9.1", "EMAILADDRESS": "1.2.840.113549.1.9.1"} | {
    "SERIALNUMBER": "2.5.4.5",
    "SURNAME": "2.5.4.4",
    "GIVENNAME": "2.5.4.42",
}


def _name(distinguished: str) -> _Name:
    """A form in which names compare equal however a toolkit orders, spaces, cases and escapes them.

    Generous on purpose: the result only selects among pinned certificates, whose key must then verify.
    """
    return tuple(sorted(_attribute(part) for part in _SEPARATOR.split(distinguished)))


def _attribute(part: str) -> str:
    kind, _, value = part.partition("=")
    kind = kind.strip().upper().removeprefix("OID.")
    value = _HEX_PAIRS.sub(lambda run: bytes.fromhex(run[0].replace("\\", "")).decode(errors="replace"), value)
    words = _ESCAPED.sub(r"\1", value).casefold().split()
    return f"{_SPELLINGS.get(kind, kind)}={' '.join(words)}"
