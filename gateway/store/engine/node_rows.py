"""Rows of the nodes: each says every few seconds that it is there; one that was killed stops saying so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from gateway.ports.nodes import ListNodes, Node, NodeRow
from gateway.store.engine.operations import serves
from gateway.store.tables import nodes
from gateway.store.tables.base import InstantColumn, SpanColumn

SILENT_AFTER: Final = timedelta(seconds=10)
"""A node that was not seen for so long is taken for gone."""

FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Machines that come and go have a new name each time; nobody looks for the old ones after a day."""


class database_now(GenericFunction[Any]):  # noqa: N801 - a function of SQL
    """The instant by the clock of the database, which all nodes share."""

    type = InstantColumn()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _on_postgresql(*_: object, **__: object) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)"


@compiles(database_now, "sqlite")
def _on_sqlite(*_: object, **__: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER)"


def beat(connection: Connection, jobs: Sequence[tuple[Node, tuple[str, ...]]]) -> list[None]:
    """These nodes are there now, and lead these loops."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for node, leads in jobs:
        row = {
            "host": node.host,
            "pid": node.pid,
            "version": node.version,
            "schema_step": node.schema_step,
            "started_at": node.started_at,
            "draining": node.draining,
            "leads": " ".join(leads),
        }
        added = dialect.insert(nodes).values(name=node.name, last_seen_at=database_now(), **row)
        again = {**row, "last_seen_at": database_now()}
        connection.execute(added.on_conflict_do_update(index_elements=[nodes.c.name], set_=again))
    return [None] * len(jobs)


def enter(connection: Connection, jobs: Sequence[Node]) -> list[None]:
    """These nodes are there from now on, and lead nothing yet. Those that nobody looks for any more are forgotten."""
    connection.execute(
        delete(nodes).where(nodes.c.last_seen_at < database_now() - literal(FORGOTTEN_AFTER, SpanColumn))
    )
    return beat(connection, [(node, ()) for node in jobs])


def leave(connection: Connection, jobs: Sequence[str]) -> list[None]:
    """Nodes by these names are gone."""
    connection.execute(delete(nodes).where(nodes.c.name.in_(jobs)))
    return [None] * len(jobs)


@serves(ListNodes)
def list_nodes(connection: Connection, _: ListNodes) -> tuple[NodeRow, ...]:
    """All that have not left, also those that were killed."""
    found = connection.execute(select(nodes, database_now().label("now")).order_by(nodes.c.name))
    return tuple(
        NodeRow(
            Node(row.name, row.host, row.pid, row.version, row.schema_step, row.started_at, row.draining),
            tuple(row.leads.split()),
            row.last_seen_at,
            row.now - row.last_seen_at,
        )
        for row in found
    )
