"""What the exchange's database holds, read with plain selects beside the running nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, select

from gateway.store.engine.connect import reading_engine
from gateway.store.tables import conversations, deliveries, inbox, tree_heads
from tests.faults.judge import DatabaseState


class RunDatabase:
    """The database of one run; each read has a connection of its own, and may fail while the database is away."""

    def __init__(self, url: str) -> None:
        self._url = url

    def held(self) -> DatabaseState:
        with self._reading() as connection:
            return DatabaseState(
                _taken(connection), _deliveries(connection), _conversations(connection), _heads(connection)
            )

    def heads(self) -> Mapping[int, bytes]:
        with self._reading() as connection:
            return _heads(connection)

    def open_deliveries(self) -> int:
        return sum(state != "acknowledged" for state in self.held().deliveries.values())

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        engine = reading_engine(self._url, connections=1)
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def _taken(connection: Connection) -> dict:
    rows = connection.execute(select(inbox.c.sender, inbox.c.message_id, inbox.c.digest))
    return {(sender, message_id): digest for sender, message_id, digest in rows}


def _deliveries(connection: Connection) -> dict:
    rows = connection.execute(select(deliveries.c.recipient, deliveries.c.message_id, deliveries.c.state))
    return {(recipient, message_id): state.value for recipient, message_id, state in rows}


def _conversations(connection: Connection) -> frozenset:
    return frozenset(connection.scalars(select(conversations.c.conversation_id)))


def _heads(connection: Connection) -> dict[int, bytes]:
    return {size: bytes(root) for size, root in connection.execute(select(tree_heads.c.tree_size, tree_heads.c.root))}
