"""The names of the GOST algorithms in XML signatures. We recognise them and compute none: NCANode alone judges them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

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
