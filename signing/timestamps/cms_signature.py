"""CMS SignedData (RFC 5652) over data that stands beside it or in it: what people's signatures come as.

``signing.timestamps.cms`` reads time-stamp tokens, whose one signer must name its certificate in a signed attribute;
here several signers are read, and the programs of НУЦ РК do not write that attribute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from asn1crypto import algos, cms, x509
from asn1crypto import tsp as _tsp  # noqa: F401 - adds its attributes to cms, which looks them up for good at first use
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from signing.errors import OrderRefused
from signing.keys.detached import sign_detached
from signing.keys.keypair import ECDSA_SHA256, PKCS1V15, PSS, SHA256, Certificate, SignatureAlgorithm, SigningKey
from signing.profile.policy import GOST_OIDS

MOST_SIGNERS: Final = 16
CMS_LIMIT_BYTES: Final = 1024 * 1024

_DATA: Final = "1.2.840.113549.1.7.1"
_REQUIRED: Final = ("content_type", "message_digest")
_METHODS: Final[dict[SignatureAlgorithm, dict[str, Any]]] = {
    SignatureAlgorithm.RSA_SHA256: {"algorithm": "sha256_rsa"},
    SignatureAlgorithm.ECDSA_SHA256: {"algorithm": "sha256_ecdsa"},
    SignatureAlgorithm.RSA_PSS_SHA256: {
        "algorithm": "rsassa_pss",
        "parameters": {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
            "salt_length": 32,
        },
    },
}


@dataclass(frozen=True, slots=True)
class CmsSigner:
    """One signer as the bytes claim, not verified. ``signed``: the DER of the signed attributes, or the data itself."""

    certificate: bytes  # DER
    method: str  # dotted OID
    is_gost: bool
    message_digest: bytes | None  # None without signed attributes: then the value is over the data themselves
    data_digest: bytes  # SHA-256 of the data that it came with
    signed: bytes
    value: bytes

    @property
    def has_right_digest(self) -> bool | None:
        """Whether the signature is over these data; None for GOST, which we do not compute."""
        return None if self.is_gost else self.message_digest in {None, self.data_digest}


def sign_data(data: bytes, key: SigningKey, *, at: datetime) -> bytes:
    """A detached SignedData, DER, with contentType, messageDigest and signingTime signed. ``at``: to the second."""
    certificate = x509.Certificate.load(key.certificate.der)
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [hashlib.sha256(data).digest()]},
            {"type": "signing_time", "values": [cms.Time({"utc_time": at.astimezone(UTC).replace(microsecond=0)})]},
        ]
    )
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {"issuer": certificate.issuer, "serial_number": key.certificate.serial}
            },
            "digest_algorithm": sha256,
            "signed_attrs": attributes,
            "signature_algorithm": _METHODS[key.algorithm],
            "signature": sign_detached(_as_set(attributes), key),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def read_cms(signature: bytes, data: bytes) -> tuple[CmsSigner, ...]:
    """Every signer of a SignedData over ``data``. Raises ``OrderRefused`` for what is none, or holds other content."""
    if len(signature) > CMS_LIMIT_BYTES:
        raise OrderRefused(f"the CMS: {len(signature)} bytes, allowed are {CMS_LIMIT_BYTES}")
    try:
        return tuple(_signers(signature, data))
    except OrderRefused:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise OrderRefused(f"the CMS: not readable ({error})") from error


def _signers(signature: bytes, data: bytes) -> Iterator[CmsSigner]:
    info = cms.ContentInfo.load(signature, strict=True)
    if info["content_type"].native != "signed_data":
        raise OrderRefused("the CMS: is no SignedData")
    content = info["content"]
    enclosed = content["encap_content_info"]["content"]
    if enclosed.native is not None and enclosed.native != data:
        raise OrderRefused("the CMS: holds other data than it came with")
    if not 1 <= len(content["signer_infos"]) <= MOST_SIGNERS:
        raise OrderRefused(f"the CMS: {len(content['signer_infos'])} signers; from 1 to {MOST_SIGNERS} are read")
    certificates = [choice.chosen for choice in content["certificates"] if choice.name == "certificate"]
    for signer in content["signer_infos"]:
        yield _signer(signer, certificates, data)


def _signer(signer: Any, certificates: list[x509.Certificate], data: bytes) -> CmsSigner:  # noqa: ANN401 - no types
    named = [each for each in certificates if _is_named(signer["sid"], each)]
    if len(named) != 1:
        raise OrderRefused(f"the CMS: {len(named)} certificates in it are those of a signer; there must be one")
    attributes = signer["signed_attrs"]
    method = signer["signature_algorithm"]["algorithm"].dotted
    return CmsSigner(
        certificate=named[0].dump(),
        method=method,
        is_gost=method in GOST_OIDS or _has_gost_key(named[0]),
        message_digest=_message_digest(attributes) if attributes.native else None,
        data_digest=hashlib.sha256(data).digest(),
        signed=_as_set(attributes) if attributes.native else data,
        value=signer["signature"].native,
    )


def _is_named(sid: Any, certificate: x509.Certificate) -> bool:  # noqa: ANN401 - asn1crypto has no types
    if sid.name == "issuer_and_serial_number":
        named = sid.chosen
        return bool(
            named["serial_number"].native == certificate.serial_number and named["issuer"] == certificate.issuer
        )
    return bool(sid.chosen.native == certificate.key_identifier)


def _message_digest(attributes: Any) -> bytes:  # noqa: ANN401 - asn1crypto has no types
    """RFC 5652 §11.1, 11.2: both attributes once, with one value, the content type being data."""
    values = {name: [each["values"] for each in attributes if each["type"].native == name] for name in _REQUIRED}
    if any(len(found) != 1 or len(found[0]) != 1 for found in values.values()):
        raise OrderRefused("the CMS: contentType and messageDigest must be signed, once each")
    if values["content_type"][0][0].dotted != _DATA:
        raise OrderRefused("the CMS: is over something else than data")
    return bytes(values["message_digest"][0][0].native)


def _as_set(attributes: Any) -> bytes:  # noqa: ANN401 - asn1crypto has no types
    """RFC 5652 §5.4: signed is the DER of an explicit SET OF, not the implicit [0] that stands in the message."""
    return bytes(attributes.untag().dump(force=True))


def verify_signer(signer: CmsSigner, certificate: Certificate) -> bool:
    """Whether the signer's key made its value, over the data that it came with. The kind of key decides the algorithm.

    ``certificate``: that of the signer, parsed by the caller.
    """
    if not signer.has_right_digest:
        return False
    try:
        match certificate.public_key, signer.method:
            case rsa.RSAPublicKey() as key, ("1.2.840.113549.1.1.11" | "1.2.840.113549.1.1.1"):
                key.verify(signer.value, signer.signed, PKCS1V15, SHA256)
            case rsa.RSAPublicKey() as key, "1.2.840.113549.1.1.10":
                key.verify(signer.value, signer.signed, PSS, SHA256)
            case ec.EllipticCurvePublicKey(curve=ec.SECP256R1()) as key, "1.2.840.10045.4.3.2":
                key.verify(signer.value, signer.signed, ECDSA_SHA256)
            case _:
                return False
    except InvalidSignature:
        return False
    return True


def _has_gost_key(certificate: x509.Certificate) -> bool:
    return certificate["tbs_certificate"]["subject_public_key_info"]["algorithm"]["algorithm"].dotted in GOST_OIDS
