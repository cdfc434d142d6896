"""Who serves from this database, and which releases may: working state of many nodes, no evidence."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, String, Table

from gateway.store.tables.base import InstantColumn, metadata

nodes = Table(
    "nodes",
    metadata,
    Column("name", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", String, nullable=False),  # of the release that it runs
    Column("schema_step", String, nullable=False),  # the newest that its release knows
    Column("started_at", InstantColumn, nullable=False),
    Column(
        "last_seen_at", InstantColumn, nullable=False
    ),  # by the database's clock, so that no two clocks are compared
    Column("draining", Boolean, nullable=False),
    Column("leads", String, nullable=False),  # loops, with blanks between them
)

# What each step of the schema promises to older releases: which of them go on running on it.
schema_steps = Table(
    "schema_steps",
    metadata,
    Column("step", String, primary_key=True),
    Column("runs_from", String, nullable=False),  # a release that knows this step may run on ``step``
)
