"""Steps of the schema, and which releases may run on each: expand first, contract when nobody needs the old form.

A step that only adds (a nullable column, one with a default, a table, an index) carries every release that its
predecessor carries, and says nothing. One that takes something away declares ``runs_from``, the oldest step whose
release it still carries: all releases that know that step go without what is taken away.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, inspect, select

from gateway.ports.nodes import ListNodes
from gateway.store.engine.errors import StoreOutdated
from gateway.store.engine.node_rows import SILENT_AFTER, list_nodes
from gateway.store.engine.statements import add_missing
from gateway.store.tables import nodes, schema_steps

_MIGRATIONS: Final = Path(__file__).parent.parent / "migrations"


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps that a release knows. ``runs_from``: of each, oldest first."""

    folders: tuple[Path, ...]
    runs_from: dict[str, str]

    @classmethod
    def of_release(cls, beyond: Path | None = None) -> Self:
        """Those of our release, and those in ``beyond``."""
        folders = (_MIGRATIONS / "versions", *((beyond,) if beyond else ()))
        scripts = ScriptDirectory.from_config(_config(folders))
        found: dict[str, str] = {}
        for script in reversed(list(scripts.walk_revisions())):
            found[script.revision] = _declared(script) or next(reversed(found.values()), script.revision)
        return cls(folders, found)

    @property
    def newest(self) -> str:
        """What this release brings a database to."""
        return next(reversed(self.runs_from))

    def config(self, connection: Connection) -> Config:
        """For alembic, on a connection without a transaction: each step then has its own."""
        config = _config(self.folders)
        config.attributes["connection"] = connection
        return config

    def is_newer(self, connection: Connection) -> bool:
        """Whether the schema is newer than this release and carries it. Raises StoreOutdated when it does not."""
        found = step_of(connection)
        if found is None or found in self.runs_from:
            return False
        runs_from = select(schema_steps.c.runs_from).where(schema_steps.c.step == found)
        oldest = connection.execute(runs_from).scalar_one_or_none() if _has(connection, schema_steps.name) else None
        if oldest not in self.runs_from:
            raise StoreOutdated(
                f"the store is at schema {found}, which this release ({self.newest}) does not know and which was not "
                "made for it; use the release that wrote it, or a newer one"
            )
        return True

    def require_room(self, connection: Connection) -> None:
        """Raises StoreOutdated while nodes are there that could not run on the newest step."""
        if connection.dialect.name == "sqlite" or not _has(connection, nodes.name):
            return
        needed = self.runs_from[self.newest]
        known = list(self.runs_from)
        too_old = set(known[: known.index(needed)])
        in_the_way = [
            row.node
            for row in list_nodes(connection, ListNodes())
            if row.silent_for < SILENT_AFTER and row.node.schema_step in too_old
        ]
        if in_the_way:
            runs_from = ", ".join(
                f"{node.name} (release {node.version}, process {node.pid} on {node.host})" for node in in_the_way
            )
            raise StoreOutdated(
                f"schema {self.newest} carries releases from schema {needed} on, and these nodes are older: "
                f"{runs_from}. "
                "Stop or update them first; nothing was changed"
            )

    def promise(self, connection: Connection) -> None:
        """Write down what each step carries, for releases that do not know it."""
        rows = [{"step": step, "runs_from": oldest} for step, oldest in self.runs_from.items()]
        add_missing(connection, schema_steps, rows)


def step_of(connection: Connection) -> str | None:
    """Where the schema stands; None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(folders: tuple[Path, ...]) -> Config:
    config = Config()
    places = os.pathsep.join(map(str, folders)).replace("%", "%%")
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", places)
    config.set_main_option("path_separator", "os")
    return config


def _declared(script: Script) -> str | None:
    declared: str | None = getattr(script.module, "runs_from", None)
    return declared


def _has(connection: Connection, table: str) -> bool:
    return inspect(connection).has_table(table)
