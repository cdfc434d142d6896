"""Wake whoever waits for work: the loops of this process at once, those of other nodes over the database.

A call is made after the commit and carries nothing: who hears it looks. One that is missed costs an idle interval.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from gateway.ports.nodes import WakeCall

_CLAIMABLE: Final = "claimable"
"""In the connection's own notes, which live as long as its transaction does."""

Ring = Callable[[], None]


def note_work(connection: Connection) -> None:
    """Note that the open transaction makes something claimable."""
    connection.info[_CLAIMABLE] = True


def take_note(connection: Connection) -> bool:
    """Whether work was noted since the last time; what a transaction that failed has noted is taken, too."""
    return connection.info.pop(_CLAIMABLE, False) is True


class WakeEvents:
    """Who is rung at which call; may be rung from any thread."""

    def __init__(self) -> None:
        self._rings: dict[WakeCall, list[tuple[asyncio.AbstractEventLoop, Ring]]] = {call: [] for call in WakeCall}

    def hang(self, call: WakeCall, ring: Ring) -> None:
        """``ring`` is called in the running loop, once or more for every call."""
        self._rings[call].append((asyncio.get_running_loop(), ring))

    def sound(self, call: WakeCall) -> None:
        """Ring all that hang here; a loop that has ended hears nothing."""
        for loop, ring in self._rings[call]:
            if not loop.is_closed():
                loop.call_soon_threadsafe(ring)
