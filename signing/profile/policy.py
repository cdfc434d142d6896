"""What a message signature may be made of: closed lists, shared by the one who writes and the one who judges.

Everything not named here is refused. An allow-list that a sender could widen is how CVE-2013-2172 worked.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from types import MappingProxyType
from typing import Final

from signing.keys.keypair import SignatureAlgorithm

EXC_C14N: Final = "http://www.w3.org/2001/10/xml-exc-c14n#"  # without comments; we write no InclusiveNamespaces
ENVELOPED: Final = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
SHA256_URI: Final = "http://www.w3.org/2001/04/xmlenc#sha256"
SIGNATURE_METHODS: Final = {
    SignatureAlgorithm.RSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    SignatureAlgorithm.RSA_PSS_SHA256: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",  # RFC 6931 §2.3.9
    SignatureAlgorithm.ECDSA_SHA256: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
}
"""What we write ourselves."""

ACCEPTED_METHODS: Final = SIGNATURE_METHODS | {
    SignatureAlgorithm.RSA_SHA384: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    SignatureAlgorithm.RSA_SHA512: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    SignatureAlgorithm.ECDSA_SHA384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    SignatureAlgorithm.ECDSA_SHA512: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
}
"""What messages may be signed by."""

MAX_REFERENCES: Final = 12
"""Body, Timestamp, the token twice over, and the eight headers of WS-Addressing."""
MAX_PREFIXES: Final = 32
"""Of one PrefixList; toolkits write those that the envelope declares, some ten."""
MAX_PREFIX_STEPS: Final = 20_000
"""Prefixes times elements of one part: libxml2 looks each prefix up anew at every element, 2 µs at worst."""


class CertificateNaming(Enum):
    """How KeyInfo names the signer's certificate, in the words of the X.509 token profile 1.1 §3.2.

    НУЦ РК's own stacks write the second form, kz.tamur's the third; the receiver must know the certificate for it.
    """

    BINARY_SECURITY_TOKEN = "a token in the header, referred to"  # noqa: S105  no secret
    KEY_IDENTIFIER = "the whole certificate in a KeyIdentifier"
    ISSUER_SERIAL = "issuer and serial number"


_WSS_2004: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
X509_V3: Final = _WSS_2004 + "x509-token-profile-1.0#X509v3"
BASE64_BINARY: Final = _WSS_2004 + "soap-message-security-1.0#Base64Binary"
STR_TRANSFORM: Final = _WSS_2004 + "soap-message-security-1.0#STR-Transform"
SUBJECT_KEY_IDENTIFIER: Final = _WSS_2004 + "x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT_SHA1: Final = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"

DEFAULT_LIFETIME: Final = timedelta(minutes=5)  # WSS4J's default; long enough for a slow queue, short for a replay
MAX_LIFETIME: Final = timedelta(hours=1)
DEFAULT_SKEW: Final = timedelta(minutes=5)  # what Kerberos and most WS-Security stacks allow between two clocks


# The names of the GOST algorithms in XML signatures. We recognise them and compute none: NCANode alone judges them


_NCA: Final = "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:"
_OLD: Final = "http://www.w3.org/2001/04/xmldsig-more#"

GOST_METHODS: Final = MappingProxyType(
    {
        f"{_NCA}gostr34102015-gostr34112015-512": f"{_NCA}gostr34112015-512",
        f"{_NCA}gostr34102015-gostr34112015-256": f"{_NCA}gostr34112015-256",
        f"{_OLD}gost34310-gost34311": f"{_OLD}gost34311",
    }
)
"""SignatureMethod → the DigestMethod that goes with it."""

GOST_OIDS: Final = frozenset(
    {"1.2.398.3.10.1.1.1.2", "1.2.398.3.10.1.1.2.3.1", "1.2.398.3.10.1.1.2.3.2", "1.2.398.3.10.1.1.1.1"}
)
"""Public keys and signatures of certificates and CMS: GOST 34.310-2004, GOST 2015 of 256 and of 512 bits."""
