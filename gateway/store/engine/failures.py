"""What a database error means to a caller: a lost connection, a lost race, or a write that cannot be made."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gateway.store.engine.errors import StoreError, StoreUnavailable, WriteFailed

_RACES: Final = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


class LostRace(StoreError):
    """Another node wrote the same key meanwhile; the transaction runs again and sees it. Never reaches a caller."""


def is_race(error: Exception) -> bool:
    """Whether running the same transaction again can succeed at once."""
    if isinstance(error, LostRace):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RACES


def is_disconnect(error: Exception) -> bool:
    """Whether the connection is gone or was never made, so that no job of the batch is to blame."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # psycopg: a failed connect has no SQLSTATE; SQLite has none ever, but says which call failed
    failed_connect = isinstance(error, OperationalError) and error.statement is None
    return failed_connect or isinstance(error, PoolTimeout)


def translated(error: Exception) -> Exception:
    """The store's error for a foreign one, with its cause attached; what is no database error stays itself."""
    if isinstance(error, StoreError):
        return error
    if is_disconnect(error) or isinstance(error, OperationalError | InterfaceError):
        known: StoreError = StoreUnavailable(f"the database cannot be used now: {_words(error)}")
    elif isinstance(error, DBAPIError):
        known = WriteFailed(f"the database refuses this write: {_words(error)}")
    else:
        return error
    known.__cause__ = error
    return known


def _words(error: Exception) -> str:
    """The driver's first line only: what follows may carry parameters, and those are personal data."""
    original = getattr(error, "orig", None) or error
    return str(original).partition("\n")[0]
