"""The STR-Transform: a reference to a token reference digests the token itself (WS-Security 1.1 §8.3).

The token is the one in the header, or, where the certificate is named otherwise, one that is made up of the
registered certificate. The standard wants ``xmlns=""`` on it, against exclusive C14N; stacks differ in that, and in
whether a token that is made up says its encoding. All of these say the same, so whichever fits is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts import xmlsafe
from contracts.soap import WSSE
from signing.keys.keypair import Certificate
from signing.profile import keyinfo
from signing.profile.coverage import CoveredPart
from signing.profile.markup import b64
from signing.profile.policy import BASE64_BINARY, X509_V3
from signing.profile.structure import Parts

_TOKEN_NAME: Final = "BinarySecurityToken"  # noqa: S105  no secret


def token_octets(parts: Parts, reference: CoveredPart, certificate: Certificate) -> Iterator[bytes]:
    """The forms in which the token may have been digested; ``certificate``: the registered one that was found."""
    token = keyinfo.token_of(parts)
    if keyinfo.names_token(parts) and token is not None:
        yield from _both(xmlsafe.canonical(token, reference.reference.prefixes))
        return
    name = f"{reference.element.prefix}:{_TOKEN_NAME}" if reference.element.prefix else _TOKEN_NAME
    declared = f' xmlns:{reference.element.prefix}="{WSSE}"' if reference.element.prefix else f' xmlns="{WSSE}"'
    for encoding in (f' EncodingType="{BASE64_BINARY}"', ""):
        made = f'<{name}{declared}{encoding} ValueType="{X509_V3}">{b64(certificate.der)}</{name}>'
        yield from _both(made.encode())


def _both(canonical: bytes) -> Iterator[bytes]:
    yield canonical
    opening, space, rest = canonical.partition(b" ")
    if not rest.startswith(b"xmlns="):
        yield b"".join((opening, b' xmlns=""', space, rest))
