"""Values as they stand in XML signatures."""

from __future__ import annotations

import hashlib
from base64 import b64encode


def b64(data: bytes) -> str:
    """One line, as canonical XML wants it."""
    return b64encode(data).decode("ascii")


def digest_of(data: bytes) -> str:
    """SHA-256 in base64."""
    return b64(hashlib.sha256(data).digest())
