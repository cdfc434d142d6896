"""The appeal projection: keeps the console's lists of appeals up to date, off the path of messages."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from contracts.header import ConversationId
from gateway.domain.people.persons import PersonKey
from gateway.ports.appeals import (
    ListedAppeal,
    ListingWrite,
    ListMovedHistories,
    ListUnlisted,
    ListUnread,
    LoadListing,
    Unread,
)
from gateway.service.cases.listing import listed
from gateway.service.exchange import Exchange

log = structlog.get_logger()

SETTLED: Final = timedelta(seconds=30)
"""After that no commit brings an event with a smaller number any more; what does is found by the walk."""
SCANNED_AT_ONCE: Final = 20_000
AT_ONCE: Final = 200
"""Cases of one commit, a third of a second of work."""
WALKED: Final = 2_000
"""Cases that the walk passes in one look while their lines are right, and a twentieth of that where they are not: a
database of a million appeals that gets its lists is served meanwhile as always."""


class AppealProjection:
    """One on all nodes. ``key``: None lists no persons."""

    def __init__(self, exchange: Exchange, key: PersonKey | None) -> None:
        self._exchange, self._key = exchange, key
        self._walked: ConversationId | str = ""

    async def run_once(self) -> int:
        """List what moved, or else a little of what differs for another reason. Returns how many had moved."""
        store, now = self._exchange.store, self._exchange.clock.now()
        at = await store.run(LoadListing())
        moved = await store.run(ListMovedHistories(at.leaf_id, settled_before=now - SETTLED, limit=SCANNED_AT_ONCE))
        some, rest = moved.ids[:AT_ONCE], moved.ids[AT_ONCE:]
        if some:
            return await self._list(some, at.leaf_id if rest else moved.leaf_id)
        walked, self._walked = await store.run(
            ListUnlisted(str(self._walked), persons_key=self._key_name, look_at=WALKED, limit=WALKED // 20)
        )
        if walked or moved.leaf_id != at.leaf_id or at.persons_key != self._key_name:
            await self._list(walked, moved.leaf_id)
        return 0

    @property
    def _key_name(self) -> str | None:
        return self._key.name if self._key else None

    async def _list(self, ids: tuple[ConversationId, ...], leaf_id: int) -> int:
        unread = await self._exchange.store.run(ListUnread(ids))
        lines = await asyncio.to_thread(self._read, unread)
        await self._exchange.store.run(ListingWrite(lines, leaf_id, self._key_name))
        return len(lines)

    def _read(self, unread: tuple[Unread, ...]) -> tuple[ListedAppeal, ...]:
        """What cannot be read, say of a newer release, holds up nothing else."""
        lines: list[ListedAppeal] = []
        for one in unread:
            try:
                lines.append(listed(one, self._key))
            except (ValueError, KeyError, TypeError) as unreadable:
                log.warning("listing.unreadable", conversation=one.conversation_id, reason=type(unreadable).__name__)
        return tuple(lines)
