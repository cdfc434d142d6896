"""What a check comes to: well, not for long, or not at all, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How one check ended."""

    OK = "ok"
    WARN = "warn"  # works now, will not for long, or not everything
    FAIL = "fail"  # does not work


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """What one check of ``dalel doctor`` found; ``cure`` is what to do, empty when all is well."""

    health: Health
    subject: str
    message: str
    cure: str = ""


def worst(healths: Iterable[Health]) -> Health:
    """The gravest of them; well where there are none."""
    order = (Health.OK, Health.WARN, Health.FAIL)
    return max(healths, key=order.index, default=Health.OK)
