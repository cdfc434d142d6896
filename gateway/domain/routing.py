"""Who is competent: the most telling route wins."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.party import PartyId, Role, Route

ANY = "*"


def competent(routes: Iterable[Route], role: Role, *, subject: str, kato: str) -> PartyId | None:
    """The party of ``role`` whose route fits; a longer subject prefix beats a longer KATO prefix, then the id."""
    fitting = [r for r in routes if r.role is role and _fits(r.subject, subject) and _fits(r.kato, kato)]
    if not fitting:
        return None
    return min(fitting, key=lambda r: (-_weight(r.subject), -_weight(r.kato), r.party_id)).party_id


def _fits(pattern: str, value: str) -> bool:
    return pattern == ANY or value.startswith(pattern)


def _weight(pattern: str) -> int:
    return 0 if pattern == ANY else len(pattern)
