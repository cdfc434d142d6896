"""Whose trace is recorded because its caller asks for it: so many a minute, then by the draw, like everybody's.

Neither the wish nor the trace id, which the caller chooses as well, can make us record more.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.domain.delivery import pace


class SamplingRequests:
    """``ratio``: share of traces that are recorded; ``chance``: uniform in [0, 1)."""

    def __init__(
        self, *, ratio: float, most_per_minute: int, now: Callable[[], datetime], chance: Callable[[], float]
    ) -> None:
        self._ratio, self._most = ratio, most_per_minute
        self._now, self._chance = now, chance
        self._paced_until: datetime | None = None

    def grant(self, *, requested: bool) -> bool:
        """Whether a stranger's trace is recorded here."""
        if self._chance() < self._ratio:
            return True
        now = self._now()
        if not requested or not self._most or not pace.room(self._paced_until, self._most, now):
            return False
        self._paced_until = pace.after(self._paced_until, self._most, now, 1)
        return True
