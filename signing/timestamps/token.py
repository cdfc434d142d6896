"""Time stamps (RFC 3161): ask for one, and read one for what it proves.

Digest and nonce are handed in, so a request can be made, sent and judged in three places. A token that was read is
intact and made by the authority it names; whether to believe that authority is ``signing.trust.path``'s to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from asn1crypto import cms, core, tsp
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing.errors import CmsRefused, TimestampRejected, TimestampUnavailable
from signing.keys.keypair import Certificate
from signing.timestamps.cms import DigestName, digest_name_of, read_signed

__all__ = [
    "Stamp",
    "TimestampRejected",
    "TimestampToken",
    "TimestampUnavailable",
    "build_request",
    "read_response",
    "read_token",
    "require_digest",
]

Stamp = Callable[[bytes], bytes]
"""SHA-256 digest (32 bytes) → DER TimeStampToken. Blocking. Raises ``TimestampUnavailable``."""

REQUEST_TYPE: Final = "application/timestamp-query"  # RFC 3161 §3.4
RESPONSE_TYPE: Final = "application/timestamp-reply"
SHA256_BYTES: Final = 32
_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"  # id-ct-TSTInfo
_GIVEN: Final = ("granted", "granted_with_mods")


@dataclass(frozen=True, slots=True)
class TimestampToken:
    """A token that was read: intact, signed by ``authority`` for time stamping. Not yet: by one that we believe.

    ``digest``: what was stamped, made by ``digest_name``. ``gen_time``: UTC, give or take ``accuracy`` (zero when the
    authority does not say). ``policy``: dotted OID. ``certificates``: the authority's and, as far as enclosed, those
    that issued it, leaf first.
    """

    der: bytes = field(repr=False)
    digest: bytes
    gen_time: datetime
    serial: int
    policy: str
    authority: Certificate
    certificates: tuple[Certificate, ...] = field(repr=False)
    digest_name: DigestName = "sha256"
    accuracy: timedelta = timedelta(0)

    def covers(self, data: bytes) -> bool:
        """Whether exactly these bytes were stamped."""
        return hashlib.new(self.digest_name, data).digest() == self.digest


class _Response(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """RFC 3161 §2.4.2. asn1crypto's own demands a token even of a refusal."""

    _fields = [  # noqa: RUF012 - asn1crypto's way
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


def build_request(digest: bytes, *, nonce: int) -> bytes:
    """RFC 3161 §2.4.1, DER: a SHA-256 digest (32 bytes), a nonce that was never used, the certificate asked for."""
    if len(digest) != SHA256_BYTES:
        raise ValueError(f"a SHA-256 digest has {SHA256_BYTES} bytes, not {len(digest)}")
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "nonce": nonce,
            "cert_req": True,
        }
    )
    return bytes(request.dump())


def read_response(response: bytes, *, digest: bytes, nonce: int) -> TimestampToken:
    """RFC 3161 §2.4.2. ``response`` is what came over the wire, unverified; it must answer this digest and nonce.

    Raises ``TimestampRejected`` when the authority refused, or answered something else.
    """
    try:
        answer = _Response.load(response, strict=True)
        status, token = answer["status"]["status"].native, answer["time_stamp_token"]
        if status not in _GIVEN:
            raise TimestampRejected(f"the authority refused: {_reasons(answer['status'])}")
        if token.native is None:
            raise TimestampRejected("the authority granted a token and sent none")
        der = token.dump()
    except TimestampRejected:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise TimestampRejected(f"not a time-stamp response: {error}") from error
    read, info = _read(der)
    require_digest(read, digest)
    if info["nonce"].native != nonce:
        raise TimestampRejected("the token answers another request: its nonce is not ours")
    return read


def read_token(der: bytes) -> TimestampToken:
    """Read a kept token (ContentInfo): signature, signed attributes, the authority's certificate and its purpose.

    Raises ``TimestampRejected``.
    """
    return _read(der)[0]


def require_digest(token: TimestampToken, digest: bytes) -> None:
    """Raises ``TimestampRejected`` unless the token is over this SHA-256 digest (32 bytes)."""
    if token.digest_name != "sha256" or token.digest != digest:
        raise TimestampRejected("the token is over another digest")


def _reasons(status: Any) -> str:  # noqa: ANN401 - asn1crypto has no types
    """The status, the failure bits and the authority's own words, as far as there are any."""
    words = status["status_string"].native or []
    return ", ".join([status["status"].native, *sorted(status["fail_info"].native or ()), *words])


def _read(der: bytes) -> tuple[TimestampToken, Any]:
    try:
        signed = read_signed(der)
        if signed.content_type != _TST_INFO:
            raise TimestampRejected("what was signed is no TSTInfo")
        info = tsp.TSTInfo.load(signed.content, strict=True)
        imprint = info["message_imprint"]
        token = TimestampToken(
            der=der,
            digest=imprint["hashed_message"].native,
            gen_time=info["gen_time"].native,
            serial=info["serial_number"].native,
            policy=info["policy"].dotted,
            authority=signed.signer,
            certificates=signed.certificates,
            digest_name=digest_name_of(imprint["hash_algorithm"]),
            accuracy=_accuracy(info["accuracy"]),
        )
        _require_sound(token, info)
    except TimestampRejected:
        raise
    except CmsRefused as error:
        raise TimestampRejected(str(error)) from error
    except Exception as error:  # as in read_response
        raise TimestampRejected(f"not a time-stamp token: {error}") from error
    return token, info


def _require_sound(token: TimestampToken, info: Any) -> None:  # noqa: ANN401
    """RFC 3161 §2.3 and §2.4.2, on a token whose signature is good."""
    if info["version"].native != "v1":
        raise TimestampRejected(f"TSTInfo is of version {info['version'].native}")
    if len(token.digest) != hashlib.new(token.digest_name).digest_size:
        raise TimestampRejected(f"the digest has {len(token.digest)} bytes, which is no {token.digest_name}")
    if any(extension["critical"].native for extension in info["extensions"]):
        raise TimestampRejected("TSTInfo has a critical extension, and we know none")
    if not token.authority.is_in_force(token.gen_time):
        raise TimestampRejected(f"the authority's certificate was not in force at {token.gen_time.isoformat()}")
    _require_purpose(token.authority)


def _require_purpose(authority: Certificate) -> None:
    """RFC 3161 §2.3: extended key usage critical, and time stamping alone."""
    extensions = x509.load_der_x509_certificate(authority.der).extensions
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise TimestampRejected("the authority's certificate has no extended key usage") from error
    if not purposes.critical or list(purposes.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TimestampRejected("the authority's certificate is not for time stamping alone")
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise TimestampRejected("the authority's certificate is not for signatures")


def _accuracy(accuracy: Any) -> timedelta:  # noqa: ANN401
    """RFC 3161 §2.4.2: seconds, thousandths and millionths, each of which may be absent."""
    stated = accuracy.native or {}
    return timedelta(
        seconds=stated.get("seconds") or 0,
        milliseconds=stated.get("millis") or 0,
        microseconds=stated.get("micros") or 0,
    )
