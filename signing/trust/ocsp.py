"""OCSP (RFC 6960): the question, and reading one response as an answer about one certificate.

A response counts when, in this order: it is whole DER and successful; it is signed by the issuer itself, or by a
responder whose certificate the same issuer signed for OCSPSigning and which was in force; it holds one answer,
about the very certificate (serial number and both hashes of the issuer); its critical extensions are known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.keys.keypair import Certificate
from signing.trust.algorithms import has_issued, holds_whole, is_signed_by, key_bits
from signing.trust.answer import AnswerSource, AuthorityAnswer, NoAnswer, RevocationStatus
from signing.trust.extensions import extension_of, parsed, unknown_critical
from signing.trust.strength import is_strong

_KNOWN: Final = {x509.OCSPNonce.oid}
_ID_DIGESTS: Final = (hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512)  # they name a certificate, no more


@dataclass(frozen=True, slots=True)
class OcspAnswer:
    """An answer and, when a delegated responder without ocsp-nocheck signed it, the certificate to be checked, too."""

    answer: AuthorityAnswer
    responder_to_check: Certificate | None


def build_request(certificate: Certificate, issuer: Certificate, *, nonce: bytes | None) -> bytes:
    """DER of a request (RFC 6960 §4.1) about one certificate. ``nonce``: 1 to 32 bytes (RFC 8954), or None.

    The certificate is named by SHA-1 hashes, the only ones that every responder knows (RFC 5019 §2.1.1).
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(parsed(certificate), parsed(issuer), hashes.SHA1())  # noqa: S303
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def require_current(response: bytes, *, nonce: bytes, must_repeat: bool) -> None:
    """Refuse a response made for another question: raises ``NoAnswer`` when its nonce is not ours.

    Responders that answer from a stock leave the nonce out (RFC 5019); ``must_repeat`` refuses that, too.
    """
    found = _nonce_of(_load(response))
    if found is None and must_repeat:
        raise NoAnswer("the response does not repeat the nonce of the request")
    if found not in {None, nonce}:
        raise NoAnswer("the response repeats another nonce than that of the request")


def read_answer(response: bytes, certificate: Certificate, issuer: Certificate) -> OcspAnswer:
    """Read DER as received; raises ``NoAnswer`` for whatever does not prove itself (see the module)."""
    loaded = _load(response)
    to_check = _require_signed(loaded, issuer)
    single = _single(loaded, certificate, issuer)
    unknown = unknown_critical(loaded.extensions, _KNOWN) + unknown_critical(loaded.single_extensions, ())
    if unknown:
        raise NoAnswer(f"the response has critical extensions that we do not know: {', '.join(unknown)}")
    if single.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
        raise NoAnswer("the responder says that it does not know the certificate")
    return OcspAnswer(_answer(single), to_check)


def _load(response: bytes) -> ocsp.OCSPResponse:
    try:
        loaded = ocsp.load_der_ocsp_response(response)
        if loaded.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise NoAnswer(f"the responder gave no answer: {loaded.response_status.name.lower()}")
        if loaded.public_bytes(Encoding.DER) != response or not holds_whole(response, loaded.signature):
            raise NoAnswer("the response is not written as DER")
    except NoAnswer:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise NoAnswer(f"no OCSP response: {error}") from error
    return loaded


def _require_signed(response: ocsp.OCSPResponse, issuer: Certificate) -> Certificate | None:
    """Return the responder that must be checked for revocation itself, if there is one."""
    if _is_named(response, issuer):
        _require_signature(response, issuer)
        return None
    try:
        candidates = [Certificate.from_der(held.public_bytes(Encoding.DER)) for held in response.certificates]
    except Exception as error:  # as in _load
        raise NoAnswer(f"a certificate in the response cannot be read: {error}") from error
    responder = next((held for held in candidates if _is_named(response, held)), None)
    if responder is None:
        raise NoAnswer("the response is signed neither by the issuer nor by a responder whose certificate is in it")
    _require_delegated(responder, issuer, at=response.produced_at_utc)
    _require_signature(response, responder)
    return None if _has_nocheck(responder) else responder


def _is_named(response: ocsp.OCSPResponse, certificate: Certificate) -> bool:
    """Whether ResponderID means this certificate; byKey is SHA-1 by definition (RFC 6960 §4.2.1)."""
    if response.responder_name is not None:
        return response.responder_name == parsed(certificate).subject
    return response.responder_key_hash == _sha1_of_key(certificate)


def _sha1_of_key(certificate: Certificate) -> bytes | None:
    if not is_strong(certificate.public_key):
        return None
    return hashlib.sha1(key_bits(certificate.public_key), usedforsecurity=False).digest()


def _require_signature(response: ocsp.OCSPResponse, signer: Certificate) -> None:
    if not is_signed_by(
        signer.public_key,
        signature=response.signature,
        signed=response.tbs_response_bytes,
        algorithm=response.signature_algorithm_oid,
    ):
        raise NoAnswer(f"the response is not signed by {signer.subject}, or by a forbidden algorithm")


def _require_delegated(responder: Certificate, issuer: Certificate, *, at: datetime) -> None:
    """RFC 6960 §4.2.2.2: the CA itself must have issued the responder's certificate, for this purpose."""
    if not (is_strong(responder.public_key) and has_issued(issuer, responder)):
        raise NoAnswer(f"the responder {responder.subject} was not named by the issuer")
    if not responder.is_in_force(at):
        raise NoAnswer(f"the certificate of the responder {responder.subject} was not in force")
    extensions = parsed(responder).extensions
    usage = extension_of(extensions, x509.KeyUsage)
    purposes = extension_of(extensions, x509.ExtendedKeyUsage)
    if purposes is None or ExtendedKeyUsageOID.OCSP_SIGNING not in list(purposes):
        raise NoAnswer(f"the certificate of the responder {responder.subject} is not for OCSP")
    if usage is not None and not usage.digital_signature:
        raise NoAnswer(f"the certificate of the responder {responder.subject} is not for signatures")


def _has_nocheck(responder: Certificate) -> bool:
    return extension_of(parsed(responder).extensions, x509.OCSPNoCheck) is not None


def _single(response: ocsp.OCSPResponse, certificate: Certificate, issuer: Certificate) -> ocsp.OCSPSingleResponse:
    answers = list(response.responses)
    if len(answers) != 1:  # we ask about one; whose extensions are whose could not be told apart
        raise NoAnswer(f"the response holds {len(answers)} answers instead of one")
    if not _is_about(answers[0], certificate, issuer):
        raise NoAnswer("the response is about another certificate")
    return answers[0]


def _is_about(single: ocsp.OCSPSingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    """CertID, RFC 6960 §4.1.1: a serial number alone would fit a certificate of any other authority."""
    digest = single.hash_algorithm
    if single.serial_number != certificate.serial or not isinstance(digest, _ID_DIGESTS):
        return False
    name = parsed(issuer).subject.public_bytes()
    hashed = [
        hashlib.new(digest.name, part, usedforsecurity=False).digest() for part in (name, key_bits(issuer.public_key))
    ]
    return [single.issuer_name_hash, single.issuer_key_hash] == hashed


def _answer(single: ocsp.OCSPSingleResponse) -> AuthorityAnswer:
    revoked = single.certificate_status is ocsp.OCSPCertStatus.REVOKED
    reason = single.revocation_reason
    return AuthorityAnswer(
        source=AnswerSource.OCSP,
        status=RevocationStatus.REVOKED if revoked else RevocationStatus.GOOD,
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        revoked_at=single.revocation_time_utc,
        reason=reason.value if reason else None,
        is_hold=reason is x509.ReasonFlags.certificate_hold,
    )


def _nonce_of(response: ocsp.OCSPResponse) -> bytes | None:
    found = extension_of(response.extensions, x509.OCSPNonce)
    return None if found is None else found.nonce
