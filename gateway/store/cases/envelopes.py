"""Envelopes byte for byte, once by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from gateway.store.engine.statements import add_missing
from gateway.store.tables import envelopes


def digest_of(envelope: bytes | None) -> str | None:
    """The key of an envelope; None for none (and for an empty one, which tells nothing)."""
    return hashlib.sha256(envelope).hexdigest() if envelope else None


Known = tuple[str | None, bytes | None, datetime]
"""The key of an envelope, the envelope, and since when it is kept."""


def keep(connection: Connection, kept: Iterable[tuple[bytes | None, datetime]]) -> None:
    """Keep every envelope that is not there yet."""
    keep_known(connection, [(digest_of(envelope), envelope, at) for envelope, at in kept])


def keep_known(connection: Connection, kept: Iterable[Known]) -> None:
    """The same where the keys are known already."""
    rows = {digest: {"sha256": digest, "content": envelope, "kept_at": at} for digest, envelope, at in kept if digest}
    add_missing(connection, envelopes, list(rows.values()))
