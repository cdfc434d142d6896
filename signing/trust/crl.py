"""CRL (RFC 5280 §5): reading one complete list as an answer about one certificate.

A list counts when, in this order: it is whole DER; it is signed by the issuer of the certificate, who may sign lists;
it has a number and says when the next one comes; it is no delta and no indirect list; its scope (issuing distribution
point) holds the certificate; its critical extensions are known.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.keys.keypair import Certificate
from signing.trust.algorithms import holds_whole, is_signed_by
from signing.trust.answer import AnswerSource, AuthorityAnswer, NoAnswer, RevocationStatus
from signing.trust.extensions import extension_of, parsed, unknown_critical

_KNOWN: Final = {x509.IssuingDistributionPoint.oid, x509.AuthorityKeyIdentifier.oid, x509.CRLNumber.oid}
_KNOWN_OF_ENTRY: Final = {x509.CRLReason.oid, x509.InvalidityDate.oid}


def read_answer(crl: bytes, certificate: Certificate, issuer: Certificate) -> AuthorityAnswer:
    """Read DER as received; raises ``NoAnswer`` for whatever does not prove itself (see the module)."""
    loaded = _load(crl)
    try:
        _require_signed(loaded, issuer)
        next_update = _require_complete(loaded)
        _require_scope(loaded, certificate)
        entry = loaded.get_revoked_certificate_by_serial_number(certificate.serial)
        return _answer(loaded, next_update, entry)
    except NoAnswer:
        raise
    except Exception as error:  # parts are parsed when they are asked for; as in _load
        raise NoAnswer(f"the list cannot be read: {error}") from error


def _load(crl: bytes) -> x509.CertificateRevocationList:
    try:
        loaded = x509.load_der_x509_crl(crl)
        if loaded.public_bytes(Encoding.DER) != crl or not holds_whole(crl, loaded.signature):
            raise NoAnswer("the list is not written as DER")
    except NoAnswer:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise NoAnswer(f"no CRL: {error}") from error
    return loaded


def _require_signed(crl: x509.CertificateRevocationList, issuer: Certificate) -> None:
    authority = parsed(issuer)
    if crl.issuer != authority.subject:
        raise NoAnswer(f"the list is of another issuer: {crl.issuer.rfc4514_string()}")
    usage = extension_of(authority.extensions, x509.KeyUsage)
    if usage is not None and not usage.crl_sign:
        raise NoAnswer(f"the certificate of {issuer.subject} is not for signing lists")
    if not is_signed_by(
        issuer.public_key,
        signature=crl.signature,
        signed=crl.tbs_certlist_bytes,
        algorithm=crl.signature_algorithm_oid,
    ):
        raise NoAnswer(f"the list is not signed by {issuer.subject}, or by a forbidden algorithm")


def _require_complete(crl: x509.CertificateRevocationList) -> datetime:
    """Return nextUpdate, which RFC 5280 §5.1.2.5 demands."""
    if extension_of(crl.extensions, x509.DeltaCRLIndicator) is not None:
        raise NoAnswer("delta lists are not supported; a complete list is needed")
    if extension_of(crl.extensions, x509.CRLNumber) is None:
        raise NoAnswer("the list has no number")
    if unknown := unknown_critical(crl.extensions, _KNOWN):
        raise NoAnswer(f"the list has critical extensions that we do not know: {', '.join(unknown)}")
    if crl.next_update_utc is None:
        raise NoAnswer("the list does not say when the next one comes")
    return crl.next_update_utc


def _require_scope(crl: x509.CertificateRevocationList, certificate: Certificate) -> None:
    """RFC 5280 §5.2.5: a list may leave out whole classes of certificates, and then its silence says nothing."""
    scope = extension_of(crl.extensions, x509.IssuingDistributionPoint)
    if scope is None:
        return
    held = parsed(certificate).extensions
    constraints = extension_of(held, x509.BasicConstraints)
    is_authority = constraints is not None and constraints.ca
    if scope.indirect_crl:
        raise NoAnswer("indirect lists are not supported")
    if scope.only_some_reasons is not None or scope.only_contains_attribute_certs:
        raise NoAnswer("the list holds some reasons only, or attribute certificates only")
    if scope.only_contains_user_certs if is_authority else scope.only_contains_ca_certs:
        raise NoAnswer("the list is not about certificates of this kind")
    if scope.relative_name is not None or not _is_pointed_at(scope.full_name, held):
        raise NoAnswer("the list is of another distribution point than the certificate names")


def _is_pointed_at(names: Iterable[x509.GeneralName] | None, extensions: x509.Extensions) -> bool:
    if names is None:
        return True
    points = extension_of(extensions, x509.CRLDistributionPoints)
    named = {name for point in points or () for name in point.full_name or ()}
    return not named.isdisjoint(names)


def _answer(
    crl: x509.CertificateRevocationList, next_update: datetime, entry: x509.RevokedCertificate | None
) -> AuthorityAnswer:
    if entry is None:
        return AuthorityAnswer(AnswerSource.CRL, RevocationStatus.GOOD, crl.last_update_utc, next_update)
    if unknown := unknown_critical(entry.extensions, _KNOWN_OF_ENTRY):
        raise NoAnswer(f"its entry has critical extensions that we do not know: {', '.join(unknown)}")
    reason = extension_of(entry.extensions, x509.CRLReason)
    invalid_since = extension_of(entry.extensions, x509.InvalidityDate)
    since = [entry.revocation_date_utc] + ([invalid_since.invalidity_date_utc] if invalid_since else [])
    return AuthorityAnswer(
        source=AnswerSource.CRL,
        status=RevocationStatus.REVOKED,
        this_update=crl.last_update_utc,
        next_update=next_update,
        revoked_at=min(since),  # since then the key may have been in other hands (RFC 5280 §5.3.2)
        reason=reason.reason.value if reason else None,
        is_hold=reason is not None and reason.reason is x509.ReasonFlags.certificate_hold,
    )
