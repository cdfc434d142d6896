"""CMS SignedData (RFC 5652) with one signer, read for what it proves; the form of time-stamp tokens.

Read by a tolerant parser, because authorities order sets as they please and some write BER; judged by closed lists.
Whatever is not under the signature is compared with what is, so that no byte of a token has two readings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from asn1crypto import cms, core
from asn1crypto import tsp as _tsp  # noqa: F401 - adds its attributes to cms, which looks them up for good at first use
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from signing.errors import CmsRefused, KeyUnusable
from signing.keys.keypair import Certificate
from signing.trust.algorithms import has_issued
from signing.trust.strength import DIGESTS, is_strong

DigestName = Literal["sha256", "sha384", "sha512"]

MAX_CERTIFICATES: Final = 16  # a path is three or four long; each one more costs a parse
_PKCS1V15: Final = "rsassa_pkcs1v15"  # rsaEncryption: the digest algorithm stands beside it (RFC 3370 §3.2)


@dataclass(frozen=True, slots=True)
class SignedContent:
    """What one signer signed. The signature is good and names ``signer``; whether to believe him is not said here.

    ``content_type``: dotted OID. ``certificates``: the signer's and, as far as enclosed, those that issued it, leaf
    first; others that were enclosed prove nothing and are left out.
    """

    content_type: str
    content: bytes
    signer: Certificate
    certificates: tuple[Certificate, ...]


def read_signed(data: bytes) -> SignedContent:
    """Read a ContentInfo (DER or BER) and verify its one signature over its signed attributes.

    The signing-certificate attribute (RFC 5035, or its SHA-1 ancestor of RFC 2634) must name the signer. Raises
    ``CmsRefused``.
    """
    try:
        return _read(data)
    except CmsRefused:
        raise
    except Exception as error:  # over hostile bytes the parser's errors are no closed set
        raise CmsRefused(f"not a CMS SignedData: {error}") from error


def _read(data: bytes) -> SignedContent:
    info = cms.ContentInfo.load(data, strict=True)
    _require(info["content_type"].native == "signed_data", "the content is not SignedData")
    signed = info["content"]
    _require(len(signed["signer_infos"]) == 1, f"{len(signed['signer_infos'])} signers; exactly one is accepted")
    signer_info = signed["signer_infos"][0]
    _require_versions(signed, signer_info)
    enclosed = _enclosed(signed)
    signer = _signer(signer_info["sid"], enclosed)
    digest_name = digest_name_of(signer_info["digest_algorithm"])
    _require_announced(signed["digest_algorithms"], digest_name)
    content_type = signed["encap_content_info"]["content_type"].dotted
    content = bytes(signed["encap_content_info"]["content"])
    attributes = _attributes(signer_info["signed_attrs"])
    _require(_one(attributes, "content_type").dotted == content_type, "the signed content type is another")
    _require(
        _one(attributes, "message_digest").native == hashlib.new(digest_name, content).digest(),
        "the content is not the one that was signed",
    )
    _require_protected(attributes, signer_info)
    _require_named(attributes, signer)
    _verify(signer, signer_info, digest_name)
    return SignedContent(content_type, content, signer, _path(signer, enclosed))


def digest_name_of(algorithm: Any) -> DigestName:  # noqa: ANN401 - asn1crypto has no types
    """The digest of an AlgorithmIdentifier; ``CmsRefused`` for all but SHA-256, -384 and -512 without parameters."""
    name = algorithm["algorithm"].native
    _require(name in DIGESTS, f"the digest algorithm {name} is not accepted")
    _require(_is_bare(algorithm), f"the digest algorithm {name} has parameters")
    return cast("DigestName", name)


def _is_bare(algorithm: Any) -> bool:  # noqa: ANN401
    """Parameters are absent, or NULL as older writers put it (RFC 5754 §2)."""
    return algorithm["parameters"].dump() in (b"", core.Null().dump())


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a claim
    if not holds:
        raise CmsRefused(otherwise)


# --- the frame, which no signature covers -----------------------------------------------------------------------------


def _require_versions(signed: Any, signer_info: Any) -> None:  # noqa: ANN401
    """RFC 5652 §5.1 and §5.3: the version numbers follow from what is inside, so they must be what follows."""
    kinds = {choice.name for choice in signed["certificates"]} if signed["certificates"] else set()
    revocation = {choice.name for choice in signed["crls"]} if signed["crls"] else set()
    expected = "v5" if "other" in kinds | revocation else "v4" if "v2_attr_cert" in kinds else "v3"
    _require(signed["version"].native == expected, f"SignedData is of version {signed['version'].native}")
    by_name = signer_info["sid"].name == "issuer_and_serial_number"
    _require(signer_info["version"].native == ("v1" if by_name else "v3"), "SignerInfo is of another version")


def _require_announced(algorithms: Any, digest_name: DigestName) -> None:  # noqa: ANN401
    named = [entry for entry in algorithms if entry["algorithm"].native == digest_name]
    _require(any(map(_is_bare, named)), f"the signer's digest algorithm {digest_name} is not announced")


def _enclosed(signed: Any) -> tuple[Certificate, ...]:  # noqa: ANN401
    """Every certificate that our libraries can read."""
    choices = list(signed["certificates"])
    _require(len(choices) <= MAX_CERTIFICATES, f"{len(choices)} certificates are enclosed")
    return tuple(_readable(choice.chosen.dump() for choice in choices if choice.name == "certificate"))


def _readable(ders: Iterable[bytes]) -> Iterator[Certificate]:
    for der in ders:
        try:
            yield Certificate.from_der(der)
        except KeyUnusable:  # of a kind of key that we do not know; the signer's own is missed by name, later
            continue


def _signer(sid: Any, enclosed: Sequence[Certificate]) -> Certificate:  # noqa: ANN401
    found = [certificate for certificate in enclosed if _is_named(certificate, sid)]
    _require(len(found) == 1, f"{len(found)} usable certificates of the signer are enclosed; exactly one is needed")
    return found[0]


def _is_named(certificate: Certificate, sid: Any) -> bool:  # noqa: ANN401
    parsed = asn1_x509.Certificate.load(certificate.der)
    if sid.name == "issuer_and_serial_number":
        same_issuer = parsed.issuer.dump() == sid.chosen["issuer"].dump()
        return bool(same_issuer and certificate.serial == sid.chosen["serial_number"].native)
    return parsed.key_identifier is not None and bool(parsed.key_identifier == sid.chosen.native)


def _path(signer: Certificate, enclosed: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """The signer's certificate and those that issued it, each proven by its signature."""
    path = [signer]
    while issuer := next((held for held in enclosed if held not in path and has_issued(held, path[-1])), None):
        path.append(issuer)
    return tuple(path)


# --- the signed attributes --------------------------------------------------------------------------------------------


def _attributes(signed_attrs: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Values by type; RFC 5652 §11: no type twice, and those we ask for have one value each."""
    attributes = {attribute["type"].native: attribute["values"] for attribute in signed_attrs}
    _require(len(attributes) == len(signed_attrs), "a signed attribute stands there twice")
    return attributes


def _one(attributes: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401
    values = attributes.get(name)
    _require(values is not None and len(values) == 1, f"there is not exactly one signed attribute {name}")
    return attributes[name][0]


def _require_protected(attributes: Mapping[str, Any], signer_info: Any) -> None:  # noqa: ANN401
    """RFC 6211: where the signer bound its algorithms, they are the ones that stand outside."""
    if "cms_algorithm_protection" not in attributes:
        return
    bound = _one(attributes, "cms_algorithm_protection")
    same = all(
        bound[name].contents == signer_info[name].contents for name in ("digest_algorithm", "signature_algorithm")
    )
    _require(same, "the algorithms are not those that the signer bound")


def _require_named(attributes: Mapping[str, Any], signer: Certificate) -> None:
    """RFC 5035 §3, RFC 2634 §5.4: the first certificate named is the signer's. At least one of the two is there."""
    parsed = asn1_x509.Certificate.load(signer.der)
    names = [name for name in ("signing_certificate_v2", "signing_certificate") if name in attributes]
    _require(bool(names), "no signing-certificate attribute: any certificate with this key would do")
    for name in names:
        first = _one(attributes, name)["certs"][0]
        digest_name = digest_name_of(first["hash_algorithm"]) if name.endswith("v2") else "sha1"
        same = first["cert_hash"].native == hashlib.new(digest_name, signer.der).digest()
        if same and first["issuer_serial"].native is not None:
            same = first["issuer_serial"]["serial_number"].native == parsed.serial_number
        _require(same, f"{name} names another certificate than the signer's")


def _verify(signer: Certificate, signer_info: Any, digest_name: DigestName) -> None:  # noqa: ANN401
    """RFC 5652 §5.4: over the attributes as a SET OF, not under the tag that they carry inside SignerInfo."""
    signed_bytes = signer_info["signed_attrs"].untag().dump()
    signature, algorithm = signer_info["signature"].native, signer_info["signature_algorithm"]
    name, hash_ = algorithm["algorithm"].native, DIGESTS[digest_name]
    try:
        match signer.public_key:
            case rsa.RSAPublicKey() as key if is_strong(key):
                key.verify(signature, signed_bytes, _padding(algorithm, digest_name), hash_)
            case ec.EllipticCurvePublicKey() as key if is_strong(key):
                _require(name == f"{digest_name}_ecdsa" and _is_bare(algorithm), f"{name} is not accepted here")
                key.verify(signature, signed_bytes, ec.ECDSA(hash_))
            case key:
                raise CmsRefused(f"the signer's key is not accepted: {type(key).__name__}, {signer.subject}")
    except InvalidSignature as error:
        raise CmsRefused("the signature is wrong") from error


def _padding(algorithm: Any, digest_name: DigestName) -> padding.AsymmetricPadding:  # noqa: ANN401
    name = algorithm["algorithm"].native
    if name == "rsassa_pss":
        parameters = algorithm["parameters"]
        one_digest = (
            digest_name_of(parameters["hash_algorithm"]) == digest_name
            and parameters["mask_gen_algorithm"]["algorithm"].native == "mgf1"
            and digest_name_of(parameters["mask_gen_algorithm"]["parameters"]) == digest_name
        )
        _require(one_digest, "RSA-PSS with digests that differ")
        return padding.PSS(padding.MGF1(DIGESTS[digest_name]), parameters["salt_length"].native)
    _require(name in (_PKCS1V15, f"{digest_name}_rsa") and _is_bare(algorithm), f"{name} is not accepted here")
    return padding.PKCS1v15()
