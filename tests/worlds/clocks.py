"""A clock that tests set and step; nothing in the product sleeps on it."""

from datetime import UTC, datetime, timedelta


class SteppedClock:
    """Stands still until advanced."""

    def __init__(self, now: datetime = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> None:
        self._now += timedelta(**span)


class NoJitter:
    """The shortest allowed wait, always."""

    def next(self) -> float:
        return 0.0
