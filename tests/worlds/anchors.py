"""An authority's own certificate, issued anew over the same key with more in it: other policies, narrower names."""

from __future__ import annotations

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from signing.keys.keypair import Certificate

OF_ITS_OWN = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.398.3.1.2"), None)])
"""As the roots of НУЦ РК: a policy that no certificate below them names."""
ABROAD = x509.NameConstraints([x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "XX")]))], None)
"""It may vouch for nobody in Kazakhstan."""


def anchor_with(certificate: Certificate, private_key: Any, *more: x509.ExtensionType) -> Certificate:
    """``private_key``: that of ``certificate``, which is self-signed."""
    held = x509.load_der_x509_certificate(certificate.der)
    builder = x509.CertificateBuilder(
        held.issuer, held.subject, held.public_key(), held.serial_number,
        held.not_valid_before_utc, held.not_valid_after_utc,
    )  # fmt: skip
    for extension in held.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    for one in more:
        builder = builder.add_extension(one, critical=isinstance(one, x509.NameConstraints))
    return Certificate.from_der(builder.sign(private_key, hashes.SHA256()).public_bytes(Encoding.DER))
