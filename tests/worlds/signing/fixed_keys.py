"""Make the keys of the vectors, once: ``python -m tests.worlds.signing.fixed_keys FOLDER``. Fresh keys, fresh vectors.

They are published, so nobody may ever register them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from asn1crypto import algos, core, keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.keys.files import write_pair
from signing.keys.keypair import ECDSA_SHA256, Certificate, SoftwareKey
from tests.worlds.signing.forge import NOW, authority, key

NAMES = {"party": "Алматы қаласының әкімдігі", "stranger": "Бөтен"}


def main(folder: Path) -> None:
    """Write ``authority``, and for each name a key of every kind."""
    authority = SandboxAuthority.create("ҰЛТТЫҚ сынақ орталығы", now=NOW)
    write_pair(folder, "authority", authority.key)
    for file, name in NAMES.items():
        issue = {"bin": "990240003311", "usage": Usage.MESSAGE, "now": NOW}
        write_pair(folder, f"{file}-p-256", authority.issue(name, key_kind="P-256", **issue))
        write_pair(folder, f"{file}-rsa-2048", authority.issue(name, key_kind="RSA-2048", **issue))
        usual = authority.issue(f"{name} PSS", key_kind="RSA-2048", **issue)
        write_pair(
            folder, f"{file}-rsa-pss", SoftwareKey(usual.private_key, for_pss_only(usual.certificate, authority))
        )


def write_foreign(folder: Path) -> None:
    """Beside them, a key of each curve that is taken from others; the authority's key is read from ``folder``."""
    for curve in (ec.SECP384R1(), ec.SECP521R1()):
        for file in NAMES:
            private_key = ec.generate_private_key(curve)
            certificate = with_key(key("P-256").certificate, private_key.public_key(), authority())
            name = f"{file}-{curve.name.replace('secp', 'p-').removesuffix('r1')}"
            (folder / f"{name}.pem").write_bytes(certificate.to_pem())
            pem = private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            (folder / f"{name}.key").write_bytes(pem)


def with_key(certificate: Certificate, public_key: ec.EllipticCurvePublicKey, by: SandboxAuthority) -> Certificate:
    """The same holder under another key and serial number, with a subjectKeyIdentifier that fits."""
    parsed = x509.load_der_x509_certificate(certificate.der)
    builder = (
        x509.CertificateBuilder()
        .subject_name(parsed.subject)
        .issuer_name(parsed.issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(parsed.not_valid_before_utc)
        .not_valid_after(parsed.not_valid_after_utc)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    for extension in parsed.extensions:
        if extension.oid != x509.SubjectKeyIdentifier.oid:
            builder = builder.add_extension(extension.value, extension.critical)
    signed = builder.sign(by.key.private_key, hashes.SHA256())
    return Certificate.from_der(signed.public_bytes(Encoding.DER))


def for_pss_only(certificate: Certificate, authority: SandboxAuthority, *, digest: str = "sha256") -> Certificate:
    """The same certificate, but of the key kind RSASSA-PSS (RFC 4055 §1.2), bound to ``digest``."""
    built = asn1_x509.Certificate.load(certificate.der)
    tbs = built["tbs_certificate"]
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": digest},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
            "salt_length": 32,
        }
    )
    kind = keys.PublicKeyAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})
    tbs["subject_public_key_info"]["algorithm"] = kind
    signature = authority.key.private_key.sign(tbs.dump(force=True), ECDSA_SHA256)
    built["signature_value"] = core.OctetBitString(signature)
    return Certificate.from_der(built.dump(force=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
