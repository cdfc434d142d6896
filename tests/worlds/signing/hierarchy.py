"""A national authority in small: root, issuing authorities, holders, responders, lists; any of them may be bent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.keys.keypair import Certificate

# The day of the run, not a fixed one: OCSP responses say when they were produced, and the library that makes them lets
# nobody choose. All that is told here is told relative to it.
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BIN = "990240003311"

CA_USAGE = frozenset({"key_cert_sign", "crl_sign"})
_NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


@cache
def key(name: str, kind: str = "P-256") -> Any:
    """One key per name, for the whole run: RSA keys take long to make."""
    match kind:
        case "RSA-2048" | "RSA-1024":
            return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[4:]))
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "secp256k1":
            return ec.generate_private_key(ec.SECP256K1())
        case _:
            return ec.generate_private_key(ec.SECP256R1())


def usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{**_NO_USAGE, **dict.fromkeys(names, True)})


def subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "KZ"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{name} ұйымы"),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


@dataclass(frozen=True)
class CertificateNode:
    """A certificate to be, and who signs it: itself, or its ``parent``."""

    name: str
    parent: CertificateNode | None = None
    kind: str = "P-256"
    is_ca: bool = False
    path_length: int | None = None
    usage: frozenset[str] = frozenset({"digital_signature", "content_commitment"})
    extended: tuple[x509.ObjectIdentifier, ...] = ()
    extended_critical: bool = False
    more: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    not_before: datetime = NOW - 30 * DAY
    not_after: datetime = NOW + 300 * DAY
    digest: Any = field(default_factory=hashes.SHA256)
    serial: int | None = None
    key_name: str | None = None
    subject: x509.Name | None = None

    @property
    def private_key(self) -> Any:
        return key(self.key_name or self.name, self.kind)

    @property
    def full_name(self) -> x509.Name:
        return self.subject or subject(self.name)

    @property
    def x509(self) -> x509.Certificate:
        return _issue(self)

    @property
    def certificate(self) -> Certificate:
        return Certificate.from_der(self.x509.public_bytes(Encoding.DER))

    def but(self, **changes: Any) -> CertificateNode:
        return replace(self, **changes)


_ISSUED: dict[int, tuple[CertificateNode, x509.Certificate]] = {}


def _issue(node: CertificateNode) -> x509.Certificate:
    """Once per node, since an ECDSA signature differs each time."""
    if id(node) in _ISSUED:
        return _ISSUED[id(node)][1]
    issuer = node.parent or node
    builder = (
        x509.CertificateBuilder()
        .subject_name(node.full_name)
        .issuer_name(issuer.full_name)
        .public_key(node.private_key.public_key())
        .serial_number(node.serial or x509.random_serial_number())
        .not_valid_before(node.not_before)
        .not_valid_after(node.not_after)
        .add_extension(x509.BasicConstraints(ca=node.is_ca, path_length=node.path_length), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(node.private_key.public_key()), critical=False)
    )
    if node.usage:
        builder = builder.add_extension(usage(*node.usage), critical=True)
    if node.extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(node.extended), critical=node.extended_critical)
    for extension, critical in node.more:
        builder = builder.add_extension(extension, critical=critical)
    issued = builder.sign(issuer.private_key, node.digest)
    _ISSUED[id(node)] = (node, issued)  # the node is kept, so that its id stays its own
    return issued


def authority(name: str, parent: CertificateNode | None = None, **changes: Any) -> CertificateNode:
    return CertificateNode(name, parent, is_ca=True, usage=CA_USAGE, **changes)


ROOT = authority("НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ")
ISSUING = authority("ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ", ROOT, path_length=0)
HOLDER = CertificateNode("Әкімдік", ISSUING)
OTHER_HOLDER = CertificateNode("Сот", ISSUING)
RESPONDER = CertificateNode(
    "OCSP RESPONDER",
    ISSUING,
    usage=frozenset({"digital_signature"}),
    extended=(ExtendedKeyUsageOID.OCSP_SIGNING,),
    more=((x509.OCSPNoCheck(), False),),
)
RSA_ROOT = authority("RSA root", kind="RSA-2048")
RSA_ISSUING = authority("RSA issuing", RSA_ROOT, kind="RSA-2048")
RSA_HOLDER = CertificateNode("RSA holder", RSA_ISSUING, kind="RSA-2048")


def ocsp_response(
    about: CertificateNode = HOLDER,
    *,
    signer: CertificateNode | None = None,
    issuer: CertificateNode | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    this_update: datetime = NOW - HOUR,
    next_update: datetime | None = NOW + HOUR,
    revoked_at: datetime | None = None,
    reason: x509.ReasonFlags | None = None,
    nonce: bytes | None = None,
    by: ocsp.OCSPResponderEncoding = ocsp.OCSPResponderEncoding.HASH,
    encloses: bool = True,
    id_digest: Any = None,
    digest: Any = None,
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    """DER. Signed by the issuer of ``about`` unless ``signer`` is a responder, whose certificate goes along."""
    issuer = issuer or about.parent
    assert issuer is not None
    signer = signer or issuer
    if status is ocsp.OCSPCertStatus.REVOKED and revoked_at is None:
        revoked_at = NOW - DAY
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about.x509,
        issuer=issuer.x509,
        algorithm=id_digest or hashes.SHA1(),
        cert_status=status,
        this_update=this_update,
        next_update=next_update,
        revocation_time=revoked_at,
        revocation_reason=reason,
    )
    builder = builder.responder_id(by, signer.x509)
    if signer is not issuer and encloses:
        builder = builder.certificates([signer.x509])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer.private_key, digest or hashes.SHA256()).public_bytes(Encoding.DER)


def revocation_list(
    issuer: CertificateNode = ISSUING,
    *revoked: CertificateNode,
    signer: CertificateNode | None = None,
    this_update: datetime = NOW - HOUR,
    next_update: datetime = NOW + HOUR,
    revoked_at: datetime = NOW - DAY,
    reason: x509.ReasonFlags | None = None,
    number: int | None = 7,
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    entry_more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
) -> bytes:
    """DER of a CRL of ``issuer`` over ``revoked``."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.full_name)
        .last_update(this_update)
        .next_update(next_update)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    for node in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(node.x509.serial_number).revocation_date(revoked_at)
        if reason is not None:
            entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        for extension, critical in entry_more:
            entry = entry.add_extension(extension, critical=critical)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign((signer or issuer).private_key, hashes.SHA256()).public_bytes(Encoding.DER)


def scope(**changes: Any) -> x509.IssuingDistributionPoint:
    """An issuing distribution point that says nothing, with changes."""
    nothing: dict[str, Any] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**{**nothing, **changes})


def policies(*oids: str) -> tuple[x509.ExtensionType, bool]:
    """The policies by which a certificate was issued (RFC 5280 §4.2.1.4)."""
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]), False


def of_other_policies() -> tuple[CertificateNode, CertificateNode, CertificateNode]:
    """Root, issuing authority and holder as those of НУЦ РК: each names a policy that the others do not."""
    root = authority("root with a policy", more=(policies("1.2.398.3.1.2"),))
    issuing = authority("issuing with another", root, path_length=0, more=(policies("1.2.398.3.3.2"),))
    return root, issuing, CertificateNode("holder with a third", issuing, more=(policies("1.2.398.3.3.2.1"),))


def points(*urls: str) -> tuple[x509.ExtensionType, bool]:
    """CRL distribution points of a certificate."""
    names = [x509.UniformResourceIdentifier(url) for url in urls]
    return x509.CRLDistributionPoints([x509.DistributionPoint(names, None, None, None)]), False
