"""What came of handing a message about an alarm to a mail server or webhook."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendResult:
    """``words``: of whoever was asked, or why nobody was; unverified, one line. ``is_final``: refused for good."""

    is_taken: bool
    words: str
    is_final: bool = False
