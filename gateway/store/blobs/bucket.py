"""Bytes in an S3-compatible store, once by digest: where several machines share their documents.

A whole appears under its digest only when the last byte is there (one PUT, or the end of a multipart upload), so what
can be read is complete. Uploads that were broken off stay hidden; let the bucket's life-cycle rule remove them
(AbortIncompleteMultipartUpload). All blocking, for use in threads; memory stays below some chunks at any size.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Self
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from gateway.store.engine.errors import DocumentsUnavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import S3Config

_CHUNK_BYTES: Final = 8 << 20
"""Of a multipart upload and of a read ahead. S3 takes 10,000 of them: documents of 80 GB."""

_AT_ONCE: Final = 4
_TRIES_AGAIN: Final = 2
_GIVE_UP: Final = timedelta(seconds=20)  # below the deadline of a request, so that its sender hears a reason
_ANSWER_WITHIN: Final = timedelta(seconds=15)
_JOINED_WITHIN: Final = timedelta(minutes=2)  # a service may take long to join the parts of a large upload
_CONNECT_WITHIN: Final = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """``url``: ``s3://bucket/prefix``. ``endpoint``: of one's own store; None for Amazon's of the region.

    Without ``access_key`` the environment decides (AWS_ACCESS_KEY_ID …), or the machine's own role.
    """

    url: str
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)

    def config(self) -> S3Config:
        """What obstore is told. Own stores have their buckets in the path."""
        options: S3Config = {}
        if self.endpoint is not None:
            options |= {"endpoint": self.endpoint, "virtual_hosted_style_request": False}
        if self.region is not None:
            options["region"] = self.region
        if self.access_key is not None and self.secret_key is not None:
            options |= {"access_key_id": self.access_key, "secret_access_key": self.secret_key}
        return options


class BlobBucket:
    """``PREFIX/blobs/ab/cd/<sha256>`` and the staged parts of uploads, ``PREFIX/uploads/<key>/<sha256>``.

    Parts lie here too, so that whichever node gets the last one can join them. Raises DocumentsUnavailable.
    """

    def __init__(self, store: S3Store, patient: S3Store) -> None:
        self._store, self._patient = store, patient

    @classmethod
    def at(cls, access: BucketAccess) -> Self:
        """Nothing is asked yet."""
        return cls(_opened(access, _ANSWER_WITHIN), _opened(access, _JOINED_WITHIN))

    def open(self, sha256: str) -> BinaryIO:
        """Reads ahead by chunks; the caller closes it."""
        with _reported():
            size = obstore.head(self._store, _blob(sha256))["size"]
        return io.BufferedReader(_Ranges(self._store, _blob(sha256), size), _CHUNK_BYTES)

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``."""
        with _reported():
            size = obstore.head(self._store, _blob(sha256))["size"]
            return _range(self._store, _blob(sha256), offset, min(offset + length, size))

    def exists(self, sha256: str) -> bool:
        """Whether the whole is here."""
        return self._has(_blob(sha256))

    def stage(self, upload: str, sha256: str, content: bytes) -> None:
        """Keep one part of an upload, under its digest: a contradicting part cannot take its place."""
        with _reported(writing=True):
            obstore.put(self._store, _staged(upload, sha256), content, use_multipart=False)

    def put(self, content: bytes, sha256: str) -> None:
        """Keep a whole that came in one part. ``sha256`` is its digest."""
        if not self.exists(sha256):
            with _reported(writing=True):
                obstore.put(self._store, _blob(sha256), content, use_multipart=False)

    def assemble(self, upload: str, parts: Sequence[str], *, size: int, sha256: str) -> bool:
        """Join staged parts (their digests, in order), hashing on the way. False when they are not the whole."""
        chunks = _held_to(self._parts(upload, parts), size, sha256)
        try:
            if self.exists(sha256):  # read all the same: whoever names a digest must also have the bytes
                for _ in chunks:
                    pass
            else:
                self._put_chunks(_blob(sha256), chunks)
        except _Differs:
            return False
        return True

    def discard(self, upload: str) -> None:
        """Remove what was staged."""
        with _reported():
            for listed in obstore.list(self._store, f"uploads/{upload}"):
                obstore.delete(self._store, [found["path"] for found in listed])

    def take_over(self, path: Path) -> tuple[int, str]:
        """Upload a finished file and remove it; its size and digest. Read twice: by then the name must be known."""
        size, sha256 = _measured(path)
        if not self.exists(sha256):
            with path.open("rb") as file:
                self._put_chunks(_blob(sha256), _chunks_of(file))
        path.unlink()
        return size, sha256

    def delete(self, sha256: str) -> None:
        """Nothing is here under this digest any more; harmless when there was nothing."""
        with _reported(), suppress(FileNotFoundError):
            obstore.delete(self._store, _blob(sha256))

    def delete_unused(self, sha256: str) -> bool:
        """A bucket does not say when something was put again."""
        self.delete(sha256)
        return True

    def unused(self, prefix: str) -> tuple[str, ...]:  # noqa: ARG002 - the port's
        """Not looked for: leftovers of a crash cost space only, and listing a bucket costs more."""
        return ()

    def is_new(self) -> bool:
        """A bucket has its name; nothing else can stand in its place."""
        return False

    def probe(self) -> str:
        """Write a few bytes, as ``/health/ready`` asks for."""
        with _reported(writing=True):
            obstore.put(self._store, "probe", b"writable", use_multipart=False)
        return "writable"

    def _has(self, path: str) -> bool:
        try:
            with _reported():
                obstore.head(self._store, path)
        except FileNotFoundError:
            return False
        return True

    def _parts(self, upload: str, parts: Sequence[str]) -> Iterator[bytes]:
        for part in parts:
            with _reported():
                content = bytes(obstore.get(self._store, _staged(upload, part)).bytes())
            yield content

    def _put_chunks(self, path: str, chunks: Iterable[bytes]) -> None:
        """One PUT for little, else a multipart upload: it becomes visible only if ``chunks`` come to their end."""
        with _reported(writing=True):
            writer = obstore.open_writer(self._patient, path, buffer_size=_CHUNK_BYTES, max_concurrency=_AT_ONCE)
            for chunk in chunks:
                writer.write(chunk)
            writer.close()


def _opened(access: BucketAccess, within: timedelta) -> S3Store:
    parts = urlsplit(access.url)
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=access.config(),
        client_options={
            "allow_http": urlsplit(access.endpoint or "").scheme == "http",
            "connect_timeout": _CONNECT_WITHIN,
            "timeout": within,
        },
        retry_config={"max_retries": _TRIES_AGAIN, "retry_timeout": _GIVE_UP},
    )


class _Differs(Exception):
    """The parts are not the whole that was announced."""


class _Ranges(io.RawIOBase):
    """A document as a file; each read is one request."""

    def __init__(self, store: S3Store, path: str, size: int) -> None:
        self._store, self._path, self._size = store, path, size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        got = self._next(len(view))
        view[: len(got)] = got
        return len(got)

    def readall(self) -> bytes:
        return self._next(self._size)

    def _next(self, length: int) -> bytes:
        with _reported():
            got = _range(self._store, self._path, self._at, min(self._at + length, self._size))
        self._at += len(got)
        return got


def _range(store: S3Store, path: str, start: int, end: int) -> bytes:
    return bytes(obstore.get_range(store, path, start=start, end=end)) if start < end else b""


def _blob(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _staged(upload: str, sha256: str) -> str:
    return f"uploads/{upload}/{sha256}"


def _held_to(chunks: Iterable[bytes], size: int, sha256: str) -> Iterator[bytes]:
    """The chunks; raises _Differs at their end if they are not what was announced."""
    digest, found = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        found += len(chunk)
        yield chunk
    if (found, digest.hexdigest()) != (size, sha256):
        raise _Differs


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _chunks_of(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK_BYTES):
        yield chunk


@contextmanager
def _reported(*, writing: bool = False) -> Iterator[None]:
    """The store's words may quote a request, and so its credentials: they go no further.

    What is not found when writing is the bucket.
    """
    try:
        yield
    except FileNotFoundError:
        if writing:
            raise DocumentsUnavailable("the documents' store has no such bucket") from None
        raise
    except (BaseError, OSError) as failed:  # a writer turns the former into the latter
        raise DocumentsUnavailable(
            f"the documents' store refuses or does not answer ({type(failed).__name__})"
        ) from None
