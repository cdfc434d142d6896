"""The sandbox's OCSP responder (RFC 6960): answers under a certificate of its own, true or bent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from connectors.sandbox.authorities.answering import handler
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.register import RevocationRegister
from connectors.sandbox.authorities.surroundings import AuthorityContext
from signing.keys.keypair import SHA256, SoftwareKey

RESPONSE_TYPE: Final = "application/ocsp-response"
CURRENT_FOR: Final = timedelta(minutes=10)
OCSP_NAME: Final = "Dälel sandbox OCSP responder"
OCSP_BIN: Final = "200540003182"  # fictional, with a valid check digit


def add_routes(app: web.Application, authority_context: AuthorityContext) -> None:
    """``POST /ocsp``. Raises ``KeyUnusable`` when the responder has no key."""
    key, register = authority_context.key("ocsp"), RevocationRegister(authority_context.keys)

    async def answer(request: bytes, bend: AuthorityBend | None) -> bytes:
        return respond(
            request, authority_context.ca, key, register, now=authority_context.now(), bend=bend.kind if bend else None
        )

    app.router.add_post(
        "/ocsp", handler(AuthorityService.OCSP, authority_context.bends, answer, media_type=RESPONSE_TYPE)
    )


def respond(
    request: bytes,
    ca: SandboxAuthority,
    key: SoftwareKey,
    register: RevocationRegister,
    *,
    now: datetime,
    bend: Misconduct | None = None,
) -> bytes:
    """DER of the response to a request about one certificate of ``ca``; lies as ``bend`` says."""
    if bend is Misconduct.REFUSES:
        return _refusal(ocsp.OCSPResponseStatus.TRY_LATER)
    try:
        parsed = ocsp.load_der_ocsp_request(request)
        serial, nonce = parsed.serial_number, _nonce(parsed)
    except Exception:  # noqa: BLE001 - whatever a stranger sent that is no request about one certificate
        return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if bend is Misconduct.STRANGER:
        stranger = SandboxAuthority.create("Nobody", now=now)
        key = stranger.issue(OCSP_NAME, bin=OCSP_BIN, usage=Usage.OCSP, now=now, key_kind="P-256")
    revocation = register.find(serial)
    this_update = now - timedelta(days=2) if bend is Misconduct.STALE else now
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            issuer_name_hash=parsed.issuer_name_hash,
            issuer_key_hash=parsed.issuer_key_hash,
            serial_number=serial + 1 if bend is Misconduct.WRONG_CERTIFICATE else serial,
            algorithm=parsed.hash_algorithm,
            cert_status=_status(parsed, ca, revoked=revocation is not None),
            this_update=this_update,
            next_update=this_update + CURRENT_FOR,
            revocation_time=revocation.at if revocation else None,
            revocation_reason=revocation.reason if revocation else None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, x509.load_der_x509_certificate(key.certificate.der))
        .certificates([x509.load_der_x509_certificate(key.certificate.der)])
    )
    if nonce is not None:
        repeated = bytes(len(nonce)) if bend is Misconduct.WRONG_NONCE else nonce
        builder = builder.add_extension(x509.OCSPNonce(repeated), critical=False)
    return builder.sign(key.private_key, SHA256).public_bytes(Encoding.DER)


def _status(parsed: ocsp.OCSPRequest, ca: SandboxAuthority, *, revoked: bool) -> ocsp.OCSPCertStatus:
    """Unknown is the answer about certificates of other authorities."""
    ours = x509.load_der_x509_certificate(ca.key.certificate.der)
    about = ocsp.OCSPRequestBuilder().add_certificate(ours, ours, parsed.hash_algorithm).build()
    if (about.issuer_name_hash, about.issuer_key_hash) != (parsed.issuer_name_hash, parsed.issuer_key_hash):
        return ocsp.OCSPCertStatus.UNKNOWN
    return ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD


def _nonce(parsed: ocsp.OCSPRequest) -> bytes | None:
    try:
        return parsed.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
