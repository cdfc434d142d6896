"""The sandbox's time-stamp authority (RFC 3161, EN 319 422): true tokens under a true certificate, or bent ones.

It keeps nothing: a token proves itself. Serial numbers are random, so two runs never give one number twice.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa

from signing.keys.keypair import ECDSA_SHA256, PKCS1V15, SHA256, SoftwareKey

POLICY: Final = "1.2.398.3.3.2.6.4"
"""The policy under which the authority of НУЦ РК stamps, so that what is tried here meets no surprise there."""

SERIAL_BITS: Final = 64
_ACCEPTED: Final = {"sha256": 32, "sha384": 48, "sha512": 64}


class _Refusal(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """A TimeStampResp without a token; asn1crypto's own demands one."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012 - asn1crypto's way


@dataclass(frozen=True, slots=True)
class TimeStampAuthority:
    """Answers requests. ``key``'s certificate must be for time stamping alone."""

    key: SoftwareKey
    serial: Callable[[], int] = field(default=lambda: secrets.randbits(SERIAL_BITS))

    def answer(self, request: bytes, *, now: datetime) -> bytes:
        """A TimeStampResp (DER) for a TimeStampReq (DER or not at all): granted, or refused with the reason."""
        try:
            parsed = tsp.TimeStampReq.load(request, strict=True)
            imprint = parsed["message_imprint"]
            digest_name, digest = imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native
            nonce, policy = (
                parsed["nonce"].native,
                parsed["req_policy"].dotted if parsed["req_policy"].native else POLICY,
            )
            encloses = bool(parsed["cert_req"].native)
        except (ValueError, TypeError, AttributeError):
            return refusal("bad_data_format", "not a time-stamp request")
        if _ACCEPTED.get(digest_name) != len(digest):
            return refusal("bad_alg", "a SHA-256, SHA-384 or SHA-512 digest is expected")
        if policy != POLICY:
            return refusal("unaccepted_policy", f"only {POLICY} is offered")
        return granted(self.token(digest, digest_name=digest_name, nonce=nonce, now=now, encloses=encloses))

    def token(
        self,
        digest: bytes,
        *,
        now: datetime,
        nonce: int | None = None,
        digest_name: str = "sha256",
        encloses: bool = True,
    ) -> bytes:
        """A TimeStampToken (ContentInfo, DER) over ``digest``; ``encloses`` the authority's certificate or not."""
        info = _info(digest, digest_name, now=now, serial=self.serial(), nonce=nonce).dump()
        return _signed(info, self.key, encloses=encloses)


def granted(token: bytes) -> bytes:
    """RFC 3161 §2.4.2: the response that carries ``token``."""
    status = {"status": "granted"}
    response = tsp.TimeStampResp({"status": status, "time_stamp_token": cms.ContentInfo.load(token)})
    return bytes(response.dump())


def refusal(failure: str, words: str) -> bytes:
    """RFC 3161 §2.4.2: a response with one PKIFailureInfo bit and no token."""
    status = {"status": "rejection", "status_string": [words], "fail_info": {failure}}
    return bytes(_Refusal({"status": status}).dump())


def _info(digest: bytes, digest_name: str, *, now: datetime, serial: int, nonce: int | None) -> Any:  # noqa: ANN401
    stated = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": {"hash_algorithm": {"algorithm": digest_name}, "hashed_message": digest},
        "serial_number": serial,
        "gen_time": now.replace(microsecond=0),
        "accuracy": {"seconds": 1},
        "ordering": False,
    }
    return tsp.TSTInfo(stated if nonce is None else {**stated, "nonce": nonce})


def _signed(info: bytes, key: SoftwareKey, *, encloses: bool) -> bytes:
    """RFC 5652 §5 with the attributes of RFC 5035 and RFC 6211, which bind certificate and algorithms."""
    certificate = asn1_x509.Certificate.load(key.certificate.der)
    digest = {"algorithm": "sha256"}
    is_rsa = isinstance(key.private_key, rsa.RSAPrivateKey)
    signature_algorithm = {"algorithm": "sha256_rsa" if is_rsa else "sha256_ecdsa"}
    named = {
        "cert_hash": hashlib.sha256(key.certificate.der).digest(),
        "issuer_serial": {
            "issuer": [asn1_x509.GeneralName("directory_name", certificate.issuer)],
            "serial_number": certificate.serial_number,
        },
    }
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
            {"type": "signing_certificate_v2", "values": [{"certs": [named]}]},
            {
                "type": "cms_algorithm_protection",
                "values": [{"digest_algorithm": digest, "signature_algorithm": signature_algorithm}],
            },
        ]
    )
    named_by = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    signer_info = {
        "version": "v1",
        "sid": cms.SignerIdentifier("issuer_and_serial_number", named_by),
        "digest_algorithm": digest,
        "signed_attrs": attributes,
        "signature_algorithm": signature_algorithm,
        "signature": _signature(key, attributes.dump()),
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [digest],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "signer_infos": [signer_info],
    }
    if encloses:
        signed["certificates"] = [cms.CertificateChoices("certificate", certificate)]
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)}).dump())


def _signature(key: SoftwareKey, data: bytes) -> bytes:
    """As CMS wants it: DER for ECDSA, where XML-DSig wants r‖s."""
    if isinstance(key.private_key, rsa.RSAPrivateKey):
        return key.private_key.sign(data, PKCS1V15, SHA256)
    return key.private_key.sign(data, ECDSA_SHA256)
