"""Envelopes byte for byte, once by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from gateway.store.statements import add_missing
from gateway.store.tables import envelopes


def digest_of(envelope: bytes | None) -> str | None:
    """The key of an envelope; None for none (and for an empty one, which tells nothing)."""
    return hashlib.sha256(envelope).hexdigest() if envelope else None


def keep(connection: Connection, kept: Iterable[tuple[bytes | None, datetime]]) -> None:
    """Keep every envelope that is not there yet."""
    rows = {
        digest: {"sha256": digest, "content": envelope, "kept_at": at}
        for envelope, at in kept
        if (digest := digest_of(envelope))
    }
    add_missing(connection, envelopes, list(rows.values()))
