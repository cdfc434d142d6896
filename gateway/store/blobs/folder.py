"""Bytes on disk, once by digest, durable on return: write beside, fsync, rename, fsync the folder.

All blocking, for use in threads. Own code because object stores over a local folder (obstore's among them) publish
by rename but do not sync unless told to, and its Python face cannot tell them; a receipt may leave only for bytes
that survive a power cut.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import BinaryIO, Concatenate, Final, ParamSpec, Protocol, TypeVar

from gateway.store.engine.errors import DocumentsUnavailable

P = ParamSpec("P")
R = TypeVar("R")

_CHUNK_BYTES: Final = 1 << 20
_MOST_NOTED: Final = 4096
"""Folders whose durable names are remembered; beyond that all are forgotten, and each costs one more fsync."""
_UNUSED_FOR_S: Final = 2 * 24 * 3600
"""No upload takes as long between putting its bytes and writing its row."""


class Blobs(Protocol):
    """Bytes once by digest, durable on return; all blocking. A folder, or a bucket that several machines share."""

    def open(self, sha256: str) -> BinaryIO:
        """To be read from its start, in order or by seeking; the caller closes it."""
        ...

    def read(self, sha256: str, offset: int, length: int) -> bytes: ...
    def exists(self, sha256: str) -> bool: ...
    def stage(self, upload: str, sha256: str, content: bytes) -> None: ...
    def put(self, content: bytes, sha256: str) -> None: ...
    def assemble(self, upload: str, parts: Sequence[str], *, size: int, sha256: str) -> bool: ...
    def discard(self, upload: str) -> None: ...
    def take_over(self, path: Path) -> tuple[int, str]: ...
    def delete(self, sha256: str) -> None: ...
    def delete_unused(self, sha256: str) -> bool:
        """As ``delete``, unless it was put, or put again, a moment ago, where that can be told. Whether it is gone."""
        ...

    def unused(self, prefix: str) -> tuple[str, ...]:
        """Digests with these first two hex digits that were not put for days, where that can be told cheaply."""
        ...

    def probe(self) -> str: ...
    def is_new(self) -> bool:
        """Whether nothing was ever kept here, as far as can be told at once."""
        ...


def _at_home(call: Callable[Concatenate[BlobFolder, P], R]) -> Callable[Concatenate[BlobFolder, P], R]:
    """What the file system refuses becomes DocumentsUnavailable, except that there is no such file."""

    @wraps(call)
    def called(self: BlobFolder, /, *args: P.args, **kwargs: P.kwargs) -> R:
        self.require_home()
        try:
            result = call(self, *args, **kwargs)
        except FileNotFoundError:
            self.require_home()
            raise
        except OSError as failed:
            raise DocumentsUnavailable(f"{self.folder} cannot be used now: {failed.strerror}") from failed
        self.require_home()  # what the call has made is here from now on
        return result

    return called


class BlobFolder:
    """``blobs/ab/cd/<sha256>`` and the staged parts of uploads, ``uploads/<key>/<sha256>``.

    Made when first needed. Once it was here and is gone it is never made anew: a volume may have lost its place, and
    what was written beside it would vanish under it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._blobs = folder / "blobs"
        self._uploads = folder / "uploads"
        self._was_here = self._blobs.is_dir()
        self._durable: set[str] = set()

    def is_new(self) -> bool:
        """Whether this folder was never used, or another stands in its place."""
        return not self._blobs.is_dir()

    def require_home(self) -> None:
        """Raises DocumentsUnavailable when what was here is gone."""
        if self._blobs.is_dir():
            self._was_here = True
        elif self._was_here:
            raise DocumentsUnavailable(f"{self._blobs} is gone; is its volume mounted?")

    def path_of(self, sha256: str) -> Path:
        """Where content with this digest lies, if it does."""
        return self._blobs / sha256[:2] / sha256[2:4] / sha256

    @_at_home
    def open(self, sha256: str) -> BinaryIO:
        """A plain file; the caller closes it."""
        return self.path_of(sha256).open("rb")

    @_at_home
    def read(self, sha256: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``."""
        with self.open(sha256) as blob:
            return os.pread(blob.fileno(), length, offset)

    @_at_home
    def exists(self, sha256: str) -> bool:
        """Whether the whole is here."""
        return self.path_of(sha256).exists()

    @_at_home
    def stage(self, upload: str, sha256: str, content: bytes) -> None:
        """Keep one part of an upload, under its digest: a contradicting part cannot take its place."""
        self._make(self._blobs)
        with self._published(self._uploads / upload / sha256) as file:
            file.write(content)

    @_at_home
    def put(self, content: bytes, sha256: str) -> None:
        """Keep a whole that came in one part. ``sha256`` is its digest."""
        path = self.path_of(sha256)
        if _refreshed(path):
            self._make(path.parent)
            _sync_folder(path.parent)  # whoever put it may not have come as far
        else:
            with self._published(path) as file:
                file.write(content)

    @_at_home
    def assemble(self, upload: str, parts: Sequence[str], *, size: int, sha256: str) -> bool:
        """Join staged parts (their digests, in order), hashing while writing. False when they are not the whole."""
        with self._unpublished(self.path_of(sha256)) as (file, publish):
            found = _copy(self._chunks(upload, parts), file)
            if found != (size, sha256):
                return False
            publish()
        return True

    def discard(self, upload: str) -> None:
        """Remove what was staged."""
        shutil.rmtree(self._uploads / upload, ignore_errors=True)

    @_at_home
    def take_over(self, path: Path) -> tuple[int, str]:
        """Move a finished file here; its size and digest. Read once, copied only across file systems."""
        with path.open("rb") as file:
            os.fsync(file.fileno())
            _read_far_ahead(file)
            size, sha256 = _copy(_chunks_of(file), None)
        target = self.path_of(sha256)
        if _refreshed(target):
            self._make(target.parent)
            _sync_folder(target.parent)  # whoever put it may not have come as far
            path.unlink()
        else:
            self._move(path, target)
        return size, sha256

    @_at_home
    def delete(self, sha256: str) -> None:
        """Nothing is here under this digest any more; harmless when there was nothing."""
        path = self.path_of(sha256)
        if path.exists():
            path.unlink()
            _sync_folder(path.parent)

    @_at_home
    def delete_unused(self, sha256: str) -> bool:
        """Out of the way first, and looked at then: whoever puts the same meanwhile finds nothing, and writes it."""
        path = self.path_of(sha256)
        aside = path.with_name(f".{sha256}")
        try:
            path.rename(aside)
        except FileNotFoundError:
            return True
        if _was_used_lately(aside):
            aside.rename(path)
            return False
        aside.unlink()
        _sync_folder(path.parent)
        return True

    def unused(self, prefix: str) -> tuple[str, ...]:
        """Of one 256th of the folder."""
        found = (self._blobs / prefix).glob("*/*") if (self._blobs / prefix).is_dir() else ()
        return tuple(sorted(path.name.lstrip(".") for path in found if not _was_used_lately(path)))

    @_at_home
    def probe(self) -> str:
        """Write a few bytes, as ``/health/ready`` asks for."""
        self._make(self._blobs)
        with tempfile.TemporaryFile(dir=self.folder) as file:
            file.write(b"writable")
        return "writable"

    def _chunks(self, upload: str, parts: Sequence[str]) -> Iterator[bytes]:
        for part in parts:
            with (self._uploads / upload / part).open("rb") as file:
                yield from _chunks_of(file)

    @contextmanager
    def _published(self, path: Path) -> Iterator[BinaryIO]:
        """A file that appears at ``path`` whole and durable when the block ends, or not at all."""
        with self._unpublished(path) as (file, publish):
            yield file
            publish()

    @contextmanager
    def _unpublished(self, path: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
        """A file that appears at ``path`` if the block calls the second value, and leaves nothing if it does not."""
        self._make(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:

            def publish() -> None:
                file.flush()
                os.fsync(file.fileno())
                Path(name).replace(path)
                _sync_folder(path.parent)

            try:
                yield file, publish
            finally:
                Path(name).unlink(missing_ok=True)

    def _move(self, path: Path, target: Path) -> None:
        self._make(target.parent)
        try:
            path.replace(target)
            _sync_folder(target.parent)
        except OSError as failed:
            if failed.errno != errno.EXDEV:
                raise
            with path.open("rb") as source, self._published(target) as file:
                shutil.copyfileobj(source, file, _CHUNK_BYTES)
            path.unlink()

    def _make(self, folder: Path) -> None:
        """With every missing parent. Each name is synced in the folder that holds it, also one that somebody else made.

        He may be between making and syncing it, and what is published below would be lost with the power.
        """
        is_known = str(folder) in self._durable or folder == self.folder or not folder.is_relative_to(self.folder)
        if is_known and folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)
        if len(self._durable) >= _MOST_NOTED:
            self._durable.clear()
        self._durable.add(str(folder))


def _chunks_of(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


def _read_far_ahead(file: BinaryIO) -> None:
    """A hint: the disk reads the next part while this one is hashed. A large file just made is no longer in memory."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)


def _copy(chunks: Iterable[bytes], to: BinaryIO | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        if to is not None:
            to.write(chunk)
    return size, digest.hexdigest()


def _refreshed(path: Path) -> bool:
    """Whether it is there; then it was used now, and nobody takes it for a leftover."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _was_used_lately(path: Path) -> bool:
    """By the clock of the file system's own machine, against which nobody sets files back."""
    try:
        return path.stat().st_mtime > time.time() - _UNUSED_FOR_S
    except FileNotFoundError:
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
