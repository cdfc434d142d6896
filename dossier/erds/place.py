"""Where things lie in a file of evidence; what it shares with a dossier stands in ``dossier.packaging.layout``."""

from __future__ import annotations

from typing import Final

EVIDENCE: Final = "evidence.xml"
RECORD: Final = "record.xml"
LEAVES: Final = "evidence/leaves.jsonl"
ENVELOPES: Final = "envelopes/"


def envelope_path(sha256: str) -> str:
    """``envelopes/9f86….xml``: named by the digest (hex) of its bytes. An answer that is no XML lies there too."""
    return f"{ENVELOPES}{sha256}.xml"
