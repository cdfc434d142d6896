"""Bring a database to the schema of this release. Needs no alembic.ini: the package carries its migrations."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from gateway.store.engine import is_sqlite, writing_engine
from gateway.store.errors import StoreOutdated, StoreUnavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 0x44C3A46C  # any number, the same for every node: one migrates, the others wait


def migrate(url: str) -> None:
    """Run what is missing, in one transaction; harmless when nothing is. Raises StoreOutdated, StoreUnavailable."""
    engine = writing_engine(url, connections=1)
    try:
        with engine.begin() as connection:
            if not is_sqlite(url):
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
            _upgrade(connection)
    except DBAPIError as failed:
        raise StoreUnavailable(f"cannot migrate {engine.url.render_as_string()}: {failed.orig}") from failed
    finally:
        engine.dispose()


def require_current(connection: Connection) -> None:
    """Raises StoreOutdated when the schema is not exactly this release's."""
    newest = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    found = MigrationContext.configure(connection).get_current_revision()
    if found != newest:
        raise StoreOutdated(f"the store is at schema {found or 'none'}, this release needs {newest}")


def _upgrade(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()}
    if found is not None and found not in known:
        raise StoreOutdated(f"the store is at schema {found}, newer than this release; install the newer release")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
