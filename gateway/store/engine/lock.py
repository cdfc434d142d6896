"""One process per embedded store: the lock is the kernel's, so it ends with the process, however that ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self

from gateway.store.engine.errors import StoreLocked


class StoreLock:
    """Held from ``take`` to ``release``. The file ``<db>.lock`` names the holder for people; only flock counts."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path) -> Self:
        """Raises StoreLocked when another process, or another store of this one, holds it."""
        path = database.with_name(database.name + ".lock")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise StoreLocked(str(database), holder) from held
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._descriptor)
