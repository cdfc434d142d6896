"""Subject codes are a tree: ``LAND-CADASTRE-CORRECTION`` lies below ``LAND-CADASTRE``, and that below ``LAND``."""

from __future__ import annotations

from typing import Final

ANY: Final = "*"
_BOUNDARIES: Final = ("-", ".")


def covers(pattern: str, subject: str) -> bool:
    """Whether ``subject`` is the code ``pattern`` or lies below it; ``*`` covers all.

    A code ends at ``-`` or ``.``: ``TAX`` covers ``TAX-MONITORING`` and not ``TAXI``.
    """
    return pattern in (ANY, subject) or subject.startswith(tuple(pattern + mark for mark in _BOUNDARIES))
