"""A whole exchange that lives through everything, on SQLite, by a clock that stands still: what it wrote and sent.

Rows are listed by what they are, not in the order of their writing: which of two deliveries is acknowledged first, no
contract says.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conformance.golden.product import Relay
from tests.worlds.exchange.ledger_world import live
from tests.worlds.exchange.world import ME, World, a_world

_LISTS = {
    "operations": "SELECT action, operation FROM messages WHERE operation IS NOT NULL",
    "answers": "SELECT 'answer', answer FROM inbox",
    "events": "SELECT 'event', digest FROM leaves WHERE record = 'events'",
    "leaves": "SELECT record, content FROM leaves WHERE content IS NOT NULL",
    "envelopes": "SELECT 'envelope', content FROM envelopes",
    "heads": "SELECT tree_size, content FROM tree_heads",
    "seals": "SELECT tree_size, signature FROM seals",
}


def past() -> Iterator[tuple[str, bytes]]:
    """Lists of what each row is with the digest of its bytes."""
    with TemporaryDirectory() as folder:
        asyncio.run(_live(Path(folder)))
        with sqlite3.connect(Path(folder) / "dalel.db") as database:
            for name, query in _LISTS.items():
                rows = sorted(f"{what} {hashlib.sha256(data).hexdigest()}" for what, data in database.execute(query))
                yield f"past/{name}.txt", "".join(f"{row}\n" for row in rows).encode()
        database.close()


async def _live(folder: Path) -> None:
    async with a_world(folder) as world:
        _deliver_one_by_one(world)
        await live(world)


def _deliver_one_by_one(world: World) -> None:
    """Ids are counted, so whoever draws first must be the same in every run."""
    key = world.keys[ME]
    world.relay = Relay(world.exchange, world.connector, lambda: key, batch=1, idle=timedelta(seconds=1))
