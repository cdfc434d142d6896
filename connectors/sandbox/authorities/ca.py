"""The sandbox certificate authority: keys for simulated parties and for an exchange that is being tried out.

Its certificates look like those of НУЦ РК (subject fields, key usage, roles), so that code written against the
sandbox meets no surprise later; what it says of a certificate later (OCSP, CRL) is true, too. An installation that
matters uses certificates of the national authority.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, Literal, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from signing.keys.files import write_pair
from signing.keys.keypair import SHA256, Certificate, PrivateKey, SoftwareKey

KeyKind = Literal["RSA-2048", "P-256"]

AUTHORITY_DAYS: Final = 3650
CLOCK_SLACK: Final = timedelta(hours=1)  # a peer whose clock is behind must not meet a certificate from its future
NAME_LIMIT: Final = 64  # RFC 5280 appendix A: characters of a name; cryptography counts the UTF-8 bytes of a CN
LEGAL_ENTITY: Final = x509.ObjectIdentifier("1.2.398.3.3.4.1.2")  # НУЦ РК, extended key usage: юр. лицо


class Usage(Enum):
    """What a certificate is for; the value is the НУЦ РК certificate policy that goes with it."""

    MESSAGE = x509.ObjectIdentifier("1.2.398.3.3.2.2")  # signs messages: digitalSignature
    SEAL = x509.ObjectIdentifier("1.2.398.3.3.2.1")  # signs what must stand for years: and nonRepudiation
    TIME_STAMPS = x509.ObjectIdentifier("1.2.398.3.3.2.6.4")  # signs time-stamp tokens and nothing else
    OCSP = x509.ObjectIdentifier("1.2.398.3.3.2")  # signs answers on revocation in the authority's name


@dataclass(frozen=True, slots=True)
class AuthorityServices:
    """Where the authority answers for a certificate, as http URLs to be written into it (RFC 5280 §4.2.1.13, 4.2.2.1).

    ``issuer`` is where its own certificate can be fetched.
    """

    ocsp: str | None = None
    crl: str | None = None
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class RevokedEntry:
    """A certificate of this authority that counts no more since ``at`` (RFC 5280 §5.3)."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


@dataclass(frozen=True, slots=True)
class SandboxAuthority:
    """A self-signed root that issues directly. ``key`` signs certificates and nothing else."""

    key: SoftwareKey

    @classmethod
    def create(cls, name: str, *, now: datetime, key_kind: KeyKind = "P-256") -> Self:
        private_key = _generate(key_kind)
        subject = x509.Name([_attribute(NameOID.COUNTRY_NAME, "KZ"), _attribute(NameOID.COMMON_NAME, _cut(name))])
        builder = (
            _builder(subject, private_key, now=now, days=AUTHORITY_DAYS)
            .issuer_name(subject)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(key_cert_sign=True, crl_sign=True), critical=True)
        )
        return cls(SoftwareKey(private_key, _signed(builder, private_key)))

    def issue(
        self,
        common_name: str,
        *,
        bin: str,  # noqa: A002  the state's own word for the twelve digits of a legal entity
        usage: Usage,
        now: datetime,
        days: int = 825,
        key_kind: KeyKind = "RSA-2048",
        services: AuthorityServices | None = None,
    ) -> SoftwareKey:
        """Make a fresh key for a legal entity and certify it from an hour before ``now`` on.

        RSA is the default because every SOAP stack that integrators bring along can use it.
        """
        private_key = _generate(key_kind)
        seals = usage in {Usage.SEAL, Usage.TIME_STAMPS}
        root = x509.load_der_x509_certificate(self.key.certificate.der)
        builder = (
            _builder(_legal_entity(common_name, bin), private_key, now=now, days=days)
            .issuer_name(root.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True, content_commitment=seals), critical=True)
            .add_extension(x509.CertificatePolicies([x509.PolicyInformation(usage.value, None)]), critical=False)
            .add_extension(_authority_key_identifier(root), critical=False)
        )
        builder = _locating(_purposed(builder, usage), services or AuthorityServices())
        return SoftwareKey(private_key, _signed(builder, self.key.private_key))

    def revocation_list(self, revoked: Iterable[RevokedEntry], *, now: datetime, next_update: datetime) -> bytes:
        """Sign a complete list (DER, RFC 5280 §5); its number grows with ``now``, in microseconds."""
        root = x509.load_der_x509_certificate(self.key.certificate.der)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(root.subject)
            .last_update(now)
            .next_update(next_update)
            .add_extension(x509.CRLNumber(int(now.timestamp() * 1_000_000)), critical=False)
            .add_extension(_authority_key_identifier(root), critical=False)
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(_revoked(one))
        return builder.sign(self.key.private_key, SHA256).public_bytes(Encoding.DER)

    def save(self, folder: Path) -> None:
        """Write ``ca.pem`` and ``ca.key``."""
        write_pair(folder, "ca", self.key)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote; raises ``KeyUnusable``."""
        return cls(SoftwareKey.load(folder / "ca.key", folder / "ca.pem"))


def _generate(kind: KeyKind) -> PrivateKey:
    if kind == "P-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _legal_entity(name: str, bin_: str) -> x509.Name:
    """Subject of a legal entity as НУЦ РК writes it: country and organisation, then OU=BIN and twelve digits."""
    return x509.Name(
        [
            _attribute(NameOID.COUNTRY_NAME, "KZ"),
            _attribute(NameOID.ORGANIZATION_NAME, name[:NAME_LIMIT]),
            _attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"BIN{bin_}"),
            _attribute(NameOID.COMMON_NAME, _cut(name)),
        ]
    )


def _attribute(oid: x509.ObjectIdentifier, text: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(oid, text)


def _cut(name: str) -> str:
    """Between characters, never inside one."""
    return name.encode()[:NAME_LIMIT].decode(errors="ignore")


def _builder(subject: x509.Name, key: PrivateKey, *, now: datetime, days: int) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _purposed(builder: x509.CertificateBuilder, usage: Usage) -> x509.CertificateBuilder:
    """Time stamps: critical and alone (RFC 3161 §2.3). OCSP: RFC 6960 §4.2.2.2, and itself never asked about."""
    match usage:
        case Usage.TIME_STAMPS:
            return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        case Usage.OCSP:
            return builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=True
            ).add_extension(x509.OCSPNoCheck(), critical=False)
        case Usage.MESSAGE | Usage.SEAL:
            return builder.add_extension(x509.ExtendedKeyUsage([LEGAL_ENTITY]), critical=False)


def _locating(builder: x509.CertificateBuilder, services: AuthorityServices) -> x509.CertificateBuilder:
    """Add authorityInfoAccess and cRLDistributionPoints, as far as there are services."""
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in (
            (AuthorityInformationAccessOID.OCSP, services.ocsp),
            (AuthorityInformationAccessOID.CA_ISSUERS, services.issuer),
        )
        if url
    ]
    if access:
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), critical=False)
    if services.crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(services.crl)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    return builder


def _revoked(one: RevokedEntry) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
    if one.reason is not x509.ReasonFlags.unspecified:  # RFC 5280 §5.3.1: absent rather than unspecified
        builder = builder.add_extension(x509.CRLReason(one.reason), critical=False)
    return builder.build()


def _signed(builder: x509.CertificateBuilder, issuer_key: PrivateKey) -> Certificate:
    return Certificate.from_der(builder.sign(issuer_key, SHA256).public_bytes(Encoding.DER))


def _authority_key_identifier(root: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    """Everything not named is off; RFC 5280 calls nonRepudiation contentCommitment."""
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
