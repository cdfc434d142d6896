"""How many attempts may begin now, so that no minute ever sees more than agreed. Pure.

One instant per party is the whole memory (the generic cell rate algorithm): ``paced_until``, up to which the pace is
used up. A sixth of the limit may begin at once, and then one attempt each ``step``: together never more than the
limit within any minute, and nothing to count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

_MINUTE = timedelta(minutes=1)


def at_once(most_per_minute: int) -> int:
    """How many may begin in one moment after a long rest."""
    return ceil(most_per_minute / 6)


def step(most_per_minute: int) -> timedelta:
    """The time that one attempt uses up; rounded up to the microsecond."""
    attempts = most_per_minute - at_once(most_per_minute) + 1
    return -(-_MINUTE // attempts)


def room(paced_until: datetime | None, most_per_minute: int, now: datetime) -> int:
    """How many attempts may begin at ``now``."""
    used_up = max(paced_until or now, now) - now
    free = at_once(most_per_minute) * step(most_per_minute) - used_up
    return max(0, free // step(most_per_minute))


def after(paced_until: datetime | None, most_per_minute: int, now: datetime, begun: int) -> datetime:
    """``paced_until`` once ``begun`` attempts have begun at ``now``."""
    return max(paced_until or now, now) + begun * step(most_per_minute)


def next_room_at(paced_until: datetime | None, most_per_minute: int, now: datetime) -> datetime:
    """When one attempt more may begin; ``now`` if it may at once."""
    return max(now, (paced_until or now) - (at_once(most_per_minute) - 1) * step(most_per_minute))
