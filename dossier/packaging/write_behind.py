"""A large file goes to the disk while it is being made, and leaves the memory of the machine to others."""

from __future__ import annotations

import os
from io import UnsupportedOperation
from typing import BinaryIO, Final

STEP_BYTES: Final = 8 * 1024 * 1024
LAG_BYTES: Final = 128 * 1024 * 1024  # by then the disk has it, and the kernel can let go of it without waiting


class WriteBehind:
    """Follows the writing of ``stream``. Hints to the kernel and no promise: durability is fsync's alone.

    Of pages that are not on the disk yet, POSIX_FADV_DONTNEED makes Linux start writing and forgets none; of those that
    are, it forgets them. So the fsync at the end waits for little, and a dossier of a gigabyte neither drives the
    database out of the cache nor asks the host for a gigabyte of fresh pages, which in a virtual machine takes longer
    than the hashing. In memory, or where there are no such hints, it does nothing.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._begun = self._dropped = 0
        try:
            self._descriptor = stream.fileno() if hasattr(os, "posix_fadvise") else None
        except UnsupportedOperation:
            self._descriptor = None

    def follow(self, written: int) -> None:
        """``written`` bytes, from the start of the file, have been given to the stream."""
        if self._descriptor is None or written - self._begun < STEP_BYTES:
            return
        self._advise(self._descriptor, self._begun, written)
        self._begun = written
        if (on_disk := written - LAG_BYTES) > self._dropped:
            self._advise(self._descriptor, self._dropped, on_disk)
            self._dropped = on_disk

    @staticmethod
    def _advise(descriptor: int, begin: int, end: int) -> None:
        os.posix_fadvise(descriptor, begin, end - begin, os.POSIX_FADV_DONTNEED)
