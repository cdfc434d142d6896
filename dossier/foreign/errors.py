"""Errors inside this package; ``inspection`` turns each into a finding.

Unreadable    a file of the container is not made as the standard says; nothing is known of what it would have proven
"""

from __future__ import annotations


class ContainerUnreadable(Exception):
    """``detail``: English, for people, as a part of a sentence."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
