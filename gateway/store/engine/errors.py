"""Errors of the store; foreign ones (SQLAlchemy, drivers, operating system) end here.

StoreError
├── StoreLocked        another process serves this store (the operator's turn)
├── StoreUnavailable   the database cannot be reached or cannot write now; try again later
├── DocumentsUnavailable  the place of the documents' bytes does not answer or refuses; try again later
├── StoreOutdated      the schema is not the one this release works on; migrate
├── NodeNameTaken      another node serves under this name (the operator's turn)
├── WriteFailed        this one write cannot be made (ours: a bug); nothing of it was written
└── NoSuchDocument     there is no such document to read
"""

from __future__ import annotations

from gateway.ports.store import Unavailable


class StoreError(Exception):
    """Root of the store's errors."""


class StoreLocked(StoreError):
    """Another process holds the lock of an embedded store. ``pid`` as far as it can be read."""

    def __init__(self, path: str, pid: str) -> None:
        super().__init__(f"{path} is served by process {pid or 'unknown'}; stop it, or use its admin socket")
        self.path = path
        self.pid = pid


class StoreUnavailable(StoreError, Unavailable):
    """The database does not answer, or cannot write (disk full). Nothing was written; the same call may succeed."""


class DocumentsUnavailable(StoreError, Unavailable):
    """The documents' bytes cannot be read or written now. What was asked may be asked again."""


class StoreOutdated(StoreError):
    """Our release cannot run on the schema, or may not change it while nodes of an older one run."""


class NodeNameTaken(StoreError):
    """Another node that is alive has this name; each needs one of its own."""


class WriteFailed(StoreError):
    """The database refuses this one write for what it says. Its neighbours in the batch were written."""


class NoSuchDocument(StoreError):
    """No complete document has this id. Callers look it up first, so this is a race or a bug."""
