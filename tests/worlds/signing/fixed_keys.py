"""Make the keys of the vectors, once: ``python -m tests.worlds.signing.fixed_keys FOLDER``. Fresh keys, fresh vectors.

They are published, so nobody may ever register them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from asn1crypto import algos, core, keys
from asn1crypto import x509 as asn1_x509

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from signing.keys.files import write_pair
from signing.keys.keypair import ECDSA_SHA256, Certificate, SoftwareKey
from tests.worlds.signing.forge import NOW

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
