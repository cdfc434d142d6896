"""The other nodes over the same database: who leads what, and calling each other. An embedded store has none."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.ports.nodes import WakeCall
from gateway.store.engine.connect import ConnectionSettings, listening, presence_engine
from gateway.store.engine.errors import NodeNameTaken
from gateway.store.engine.listener import Listener
from gateway.store.engine.presence import NAME_LOCK, PATIENCE, Presence
from gateway.store.engine.wake import Ring, WakeEvents

_OWN_CONNECTIONS: Final = 2  # by one the node is there and leads, by the other it hears the others
FEWEST_CONNECTIONS: Final = 4


@dataclass(frozen=True, slots=True)
class NodeConnections:
    """How one node stands in a PostgreSQL that others use, too; an embedded store heeds none of it.

    ``connections``: of this node in all, FEWEST_CONNECTIONS at least. ``statement``: longer ones are ended.
    ``patience``: how long it may be silent until the server takes from it what it leads.
    """

    name: str = "store"
    connections: int = 9
    statement: timedelta | None = timedelta(seconds=30)
    patience: timedelta = PATIENCE

    @property
    def session(self) -> ConnectionSettings:
        """For every connection of this node."""
        return ConnectionSettings(self.name, self.statement)

    @property
    def shares(self) -> tuple[int, int]:
        """Connections to write by (commits of several overlap), and to read by."""
        common = self.connections - _OWN_CONNECTIONS
        writers = max(1, common * 3 // 7)
        return writers, common - writers

    def peers(self, url: str) -> SqlPeers:
        """Nothing is connected before it is needed."""
        wake_events, token = WakeEvents(), secrets.token_hex(8)
        presence = Presence(presence_engine(url, session=self.session, patience=self.patience), token=token)
        listener = Listener(listening(url, session=self.session), wake_events, token=token)
        return SqlPeers(wake_events, presence, listener, self.patience)


class SqlPeers:
    """``gateway.ports.nodes.Peers``.

    ``presence`` and ``listener`` are None for an embedded store: its one process leads all, and calls itself.
    """

    def __init__(
        self,
        wake_events: WakeEvents,
        presence: Presence | None = None,
        listener: Listener | None = None,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._bells, self._presence, self._listener, self._patience = wake_events, presence, listener, patience
        self._alone: set[str] = set()

    @property
    def presence(self) -> Presence | None:
        """The connection by which this node is there."""
        return self._presence

    async def claim_name(self, name: str) -> None:
        """Wait for a former holder, who may hang or have lost its machine; then the name is ours while we live.

        Raises NodeNameTaken, StoreUnavailable.
        """
        if self._presence is None:
            return
        if not await self._presence.hold(NAME_LOCK + name, within=2 * self._patience):
            raise NodeNameTaken(f"another node is there under the name {name}; give each its own with --node")

    @property
    def leads(self) -> tuple[str, ...]:
        """What this process led when last asked."""
        return self._presence.leads if self._presence else tuple(sorted(self._alone))

    async def lead(self, name: str) -> bool:
        """Whether this process, and no other, does ``name`` now."""
        if self._presence:
            return await self._presence.lead(name)
        self._alone.add(name)
        return True

    async def follow(self, name: str) -> None:
        """Give up ``name``."""
        self._alone.discard(name)
        if self._presence:
            await self._presence.follow(name)

    def hear(self, call: WakeCall, ring: Ring) -> None:
        """``ring`` is called in the running loop when any node calls."""
        self._bells.hang(call, ring)
        if self._listener:
            self._listener.start()

    def call(self, call: WakeCall) -> None:
        """Ring here and at every other node; from any thread."""
        self._bells.sound(call)
        if self._presence:
            self._presence.call(call)

    async def resign(self) -> None:
        """Lead nothing any more, so that others take over at once."""
        self._alone.clear()
        if self._presence:
            await self._presence.resign()

    async def close(self) -> None:
        """Harmless when repeated."""
        if self._listener:
            await self._listener.close()
        if self._presence:
            presence, self._presence = self._presence, None
            await presence.close()
