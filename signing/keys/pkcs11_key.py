"""A signing key that lives in a PKCS#11 token and never leaves it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pkcs11 import MGF, Attribute, Mechanism, ObjectClass, Session, SignMixin

from signing.errors import KeyUnusable
from signing.keys.files import Password
from signing.keys.keypair import PSS_SALT_BYTES, Certificate, SignatureAlgorithm, algorithms_of, load_certificate
from signing.keys.pkcs11_session import HardwareToken
from signing.keys.pkcs11_uri import TokenUri
from signing.profile.raw_value import is_value_of

_PROBE: Final = b"Does this key belong to this certificate?"
_RSA: Final[dict[SignatureAlgorithm, dict[str, Any]]] = {
    SignatureAlgorithm.RSA_SHA256: {"mechanism": Mechanism.SHA256_RSA_PKCS},
    SignatureAlgorithm.RSA_PSS_SHA256: {
        "mechanism": Mechanism.SHA256_RSA_PKCS_PSS,
        "mechanism_param": (Mechanism.SHA256, MGF.SHA256, PSS_SALT_BYTES),
    },
}


class TokenKey:
    """A ``SigningKey`` whose private half is an object of a token, found again in every new session."""

    def __init__(self, uri: TokenUri, identifier: bytes | None, certificate: Certificate, pin: Password) -> None:
        """``identifier``: CKA_ID of the key, where the token has one. Raises ``KeyUnusable`` for a weak key."""
        self.certificate = certificate
        self.algorithm = algorithms_of(certificate)[0]
        self._uri, self._identifier, self._pin = uri, identifier, pin
        self._token = HardwareToken.of(uri.module, uri.token, uri.serial)
        self._found: tuple[Session, SignMixin] | None = None

    def sign(self, data: bytes) -> bytes:
        """As ``SigningKey.sign``. Raises ``KeyUnavailable`` while the token does not answer."""
        return self._token.do(lambda session: self._sign(session, data), self._pin)

    def _sign(self, session: Session, data: bytes) -> bytes:
        key = self._key(session)
        if self.algorithm is SignatureAlgorithm.ECDSA_SHA256:
            # The plain mechanism over our own digest: not every token can hash for ECDSA. It gives r‖s.
            return bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
        return bytes(key.sign(data, **_RSA[self.algorithm]))

    def _key(self, session: Session) -> SignMixin:
        """Handles are good for one session (PKCS#11 §6.7)."""
        if self._found is None or self._found[0] is not session:
            self._found = session, _private_key(session, self._uri, self._identifier)
        return self._found[1]

    def __repr__(self) -> str:
        return f"TokenKey({self._uri}, {self.certificate!r})"


def load_token_key(uri: TokenUri, certificate: Path, password: Password, *, now: datetime) -> TokenKey:
    """Find the key, prove that it belongs to its certificate, and keep the session.

    Several keys may bear one label while they rotate: the one whose certificate in the token is in force at ``now``
    and began last is taken. Only when the token holds no certificate for it, the PEM file ``certificate`` is read.
    Raises ``KeyUnusable`` when there is no such pair, ``KeyUnavailable`` when there is no such token.
    """
    pin = Password(file=uri.pin_source) if uri.pin_source else password
    enclosed = HardwareToken.of(uri.module, uri.token, uri.serial).do(lambda session: _certificates(session, uri), pin)
    if enclosed:
        identifier, chosen = max(enclosed, key=lambda pair: (pair[1].is_in_force(now), pair[1].not_before))
        key = TokenKey(uri, identifier, chosen, pin)
    else:
        key = TokenKey(uri, uri.identifier, load_certificate(certificate), pin)
    if not is_value_of(key.certificate, key.algorithm, _PROBE, key.sign(_PROBE)):
        raise KeyUnusable(f"{uri}: the private key does not belong to the certificate of {key.certificate.subject}")
    return key


def _certificates(session: Session, uri: TokenUri) -> list[tuple[bytes, Certificate]]:
    """The certificates in the token that stand beside a private key of this name, each with the CKA_ID they share."""
    found = []
    # Listed whole first: a session carries out one search at a time.
    for key in list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY} | _selected(uri))):
        identifier = key[Attribute.ID]
        beside = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.ID: identifier}
        found += [(identifier, Certificate.from_der(each[Attribute.VALUE])) for each in session.get_objects(beside)]
    return found


def _private_key(session: Session, uri: TokenUri, identifier: bytes | None) -> SignMixin:
    wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY} | _selected(uri)
    if identifier is not None:
        wanted[Attribute.ID] = identifier
    keys = list(session.get_objects(wanted))
    if len(keys) != 1:
        cure = "mend object= or id=" if not keys else "add id= to the URI, or put each one's certificate beside it"
        raise KeyUnusable(f"{uri}: the token has {len(keys)} private keys of this name; {cure}")
    (key,) = keys
    if not isinstance(key, SignMixin):
        raise KeyUnusable(f"{uri}: it cannot sign (CKA_SIGN is not set)")
    return key


def _selected(uri: TokenUri) -> dict[Attribute, Any]:
    chosen = {Attribute.LABEL: uri.label, Attribute.ID: uri.identifier}
    return {attribute: value for attribute, value in chosen.items() if value is not None}
