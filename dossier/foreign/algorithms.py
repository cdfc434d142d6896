"""What others may sign with: identifiers (RFC 9231) of the table of ``signing.trust.strength``.

A name that is not here is refused, whatever it means: MD5, SHA-1, HMAC, XSLT, XPath, enveloped signatures, parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from signing.trust import strength

_W3 = "http://www.w3.org/"
_MORE: Final = f"{_W3}2001/04/xmldsig-more#"
_MORE_2007: Final = f"{_W3}2007/05/xmldsig-more#"

_DIGEST_URIS: Final = {
    "sha256": f"{_W3}2001/04/xmlenc#sha256",
    "sha384": f"{_MORE}sha384",
    "sha512": f"{_W3}2001/04/xmlenc#sha512",
}

DIGESTS: Final[Mapping[str, str]] = MappingProxyType({_DIGEST_URIS[name]: name for name in strength.DIGESTS})
"""To the names that ``hashlib`` knows."""


class Scheme(Enum):
    """How a signature value is made."""

    PKCS1 = "RSASSA-PKCS1-v1_5"
    PSS = "RSASSA-PSS"  # MGF1 and salt with the same digest (RFC 9231 §2.3.10)
    ECDSA = "ECDSA"


@dataclass(frozen=True, slots=True)
class Method:
    """A SignatureMethod: the scheme, and the digest by the name that ``hashlib`` knows."""

    scheme: Scheme
    digest: str


METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        f"{prefix}{name}": Method(scheme, digest)
        for digest in strength.DIGESTS
        for scheme, prefix, name in (
            (Scheme.PKCS1, _MORE, f"rsa-{digest}"),
            (Scheme.PSS, _MORE_2007, f"{digest}-rsa-MGF1"),
            (Scheme.ECDSA, _MORE, f"ecdsa-{digest}"),
        )
    }
)

_EXCLUSIVE: Final = f"{_W3}2001/10/xml-exc-c14n#"
_INCLUSIVE: Final = (f"{_W3}TR/2001/REC-xml-c14n-20010315", f"{_W3}2006/12/xml-c14n11")

IMPLICIT_C14N: Final = _INCLUSIVE[0]
"""XML-DSig §4.4.3.2: what makes octets of nodes where no transform is named."""

IS_EXCLUSIVE: Final[Mapping[str, bool]] = MappingProxyType(
    {_EXCLUSIVE: True, f"{_EXCLUSIVE}WithComments": True}
    | {name: False for form in _INCLUSIVE for name in (form, f"{form}#WithComments")}
)
"""Whether a canonicalization is exclusive. With or without comments is the same here, where comments cannot be; and
C14N 1.1 differs from 1.0 only in xml:* attributes, which cannot be here either (``dossier.foreign.markup``)."""

_GOST: Final = ("gost34310", "gost34311", "gostr3410", "gostr3411")


def is_gost(method: str) -> bool:
    """Whether a national algorithm is named, as the certificates of НУЦ РК need: another service can judge it."""
    return any(word in method.lower() for word in _GOST)
