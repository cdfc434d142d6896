"""Where things lie in a dossier, and how files of other people's naming get names that are safe everywhere."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final

MIMETYPE: Final = "mimetype"
DESCRIPTION: Final = "dossier.xml"
SUMMARY: Final = "dossier.pdf"
EVENTS: Final = "evidence/events.jsonl"
SALTS: Final = "evidence/salts.json"
CERTIFICATES: Final = "evidence/certificates/"
ACTS: Final = "acts/"
MANIFEST: Final = "META-INF/manifest.xml"
SIGNATURE: Final = "META-INF/signatures0.xml"
UNSIGNED: Final = frozenset({MIMETYPE, MANIFEST, SIGNATURE})
"""What no reference covers: the signature itself, and two files whose every byte is re-derived."""

NAME_CHARS: Final = 80
NAME_BYTES: Final = 180  # file systems end at 255 bytes; a Kazakh letter takes two
_UNSAFE: Final = re.compile(r"[^\w.()+,№ -]+")


def document_path(number: int, file_name: str) -> str:
    """``documents/007-өтініш.pdf``: the number keeps names unique whatever people called their files."""
    return f"documents/{number:03d}-{safe_name(file_name)}"


def message_path(number: int, action: str, *, outgoing: bool, receipt: bool = False) -> str:
    """``messages/012-Reply-in.xml`` and, beside it, ``messages/012-Reply-in-receipt.xml``."""
    direction = "out" if outgoing else "in"
    return f"messages/{number:03d}-{action}-{direction}{'-receipt' if receipt else ''}.xml"


def act_path(number: int) -> str:
    """``acts/default-2.xml``: the second demand that was left unanswered."""
    return f"{ACTS}default-{number}.xml"


def certificate_path(sha256: str) -> str:
    """``evidence/certificates/9f86….pem``: named by the digest (hex) of its DER, so that one lies there once."""
    return f"{CERTIFICATES}{sha256}.pem"


def revocation_path(sha256: str, suffix: str) -> str:
    """``evidence/revocation/9f86….ocsp`` or ``….crl``: named by the digest (hex) of its bytes."""
    return f"evidence/revocation/{sha256}.{suffix}"


def safe_name(file_name: str) -> str:
    """Letters of any script, digits and a little punctuation; no path, no control, no name of a device or dot file."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    stem, suffix = PurePosixPath(cleaned).stem, PurePosixPath(cleaned).suffix
    suffix = suffix if len(suffix) <= 12 else ""
    return (_cut(stem if suffix else cleaned) or "document") + suffix


def _cut(stem: str) -> str:
    kept = stem[:NAME_CHARS]
    while len(kept.encode()) > NAME_BYTES:
        kept = kept[:-1]
    return kept.strip(" .")
