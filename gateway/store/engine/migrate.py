"""Bring a database to the schema of this release. Needs no alembic.ini: the package carries its migrations.

One node migrates while others may serve. So each step is a transaction of its own; no step waits long for a lock,
since all who come after would wait behind it; and a step that takes something away waits until no node of a release
is there that needs it (``steps``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

from alembic import command
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.store.engine.connect import ConnectionSettings, is_sqlite, writing_engine
from gateway.store.engine.errors import StoreOutdated, StoreUnavailable
from gateway.store.engine.steps import Steps, step_of

_MIGRATING: Final = 0x44C3A46C  # any number, the same for every node: one migrates, the others wait
_LOCK_NOT_AVAILABLE: Final = "55P03"
_LOOK_AGAIN_S: Final = 0.2
_LOCK_WAIT: Final = timedelta(milliseconds=300)  # all who come after wait as long
_REST_S: Final = 2.0  # and for most of the time they do not
PATIENCE: Final = timedelta(minutes=2)
"""How long a step is tried again while somebody holds what it must lock."""


def migrate(url: str, *, beyond: Path | None = None, patience: timedelta = PATIENCE) -> None:
    """Run what is missing; harmless when nothing is. Raises StoreOutdated, StoreUnavailable.

    ``beyond``: a folder of further steps; a test's release of the future. A schema that is newer than this release
    is left alone, if it promises to carry this one.
    """
    embedded = is_sqlite(url)
    engine = writing_engine(url, connections=1, session=ConnectionSettings("migration", lock=_LOCK_WAIT))
    steps = Steps.of_release(beyond)
    try:
        with engine.connect() as connection, _alone(connection, embedded=embedded):
            if steps.is_newer(connection):
                return
            if step_of(connection) != steps.newest:
                steps.require_room(connection)
                connection.rollback()  # so that each step begins its own
                _upgrade(connection, steps, time.monotonic() + patience.total_seconds())
            steps.promise(connection)
            connection.commit()
    except DBAPIError as failed:
        raise StoreUnavailable(f"cannot migrate {engine.url.render_as_string()}: {failed.orig}") from failed
    finally:
        engine.dispose()


def require_current(connection: Connection) -> None:
    """Raises StoreOutdated when this release cannot run on the schema."""
    steps = Steps.of_release()
    if not steps.is_newer(connection) and (found := step_of(connection)) != steps.newest:
        cure = "it is brought there when `dalel serve` of this release starts"
        raise StoreOutdated(f"the store is at schema {found or 'none'}, this release needs {steps.newest}; {cure}")


def _upgrade(connection: Connection, steps: Steps, deadline_s: float) -> None:
    """Step by step; one that finds a lock taken is tried again, and lets the traffic through meanwhile."""
    while True:
        try:
            command.upgrade(steps.config(connection), "head")
        except OperationalError as failed:
            connection.rollback()
            if getattr(failed.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE or time.monotonic() > deadline_s:
                raise
            time.sleep(_REST_S)
        else:
            return


@contextmanager
def _alone(connection: Connection, *, embedded: bool) -> Iterator[None]:
    """One migrates at a time; an embedded store has one process anyway.

    Asked for again and again: a session that waits for a lock in a statement would itself be waited for by an index
    that is built beside the traffic.
    """
    if embedded:
        yield
        return
    while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _MIGRATING}).scalar_one():
        connection.commit()
        time.sleep(_LOOK_AGAIN_S)
    connection.commit()
    yield  # the lock ends with the connection
