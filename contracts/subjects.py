"""Subject codes are a tree: ``LAND-CADASTRE-CORRECTION`` lies below ``LAND-CADASTRE``, and that below ``LAND``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

ANY: Final = "*"
_BOUNDARIES: Final = ("-", ".")


def covers(pattern: str, subject: str) -> bool:
    """Whether ``subject`` is the code ``pattern`` or lies below it; ``*`` covers all.

    A code ends at ``-`` or ``.``: ``TAX`` covers ``TAX-MONITORING`` and not ``TAXI``.
    """
    return pattern in (ANY, subject) or subject.startswith(tuple(pattern + mark for mark in _BOUNDARIES))


def patterns_over(subject: str) -> Iterator[str]:
    """Every pattern that covers ``subject``, the deepest first: the code itself, what it lies below, ``*``."""
    yield subject
    yield from (subject[:end] for end in range(len(subject) - 1, -1, -1) if subject[end] in _BOUNDARIES)
    if subject != ANY:
        yield ANY
