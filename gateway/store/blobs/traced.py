"""A documents' store whose calls are spans: where it is a service, most of a call is waiting."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from gateway.ports.tracing import SpanName, Tracer
from gateway.store.blobs.folder import Blobs


class TracedBlobs:
    """``Blobs``: asks ``inner``. What is read after ``open`` belongs to whoever reads."""

    def __init__(self, inner: Blobs, tracer: Tracer) -> None:
        self._inner, self._tracer = inner, tracer

    def open(self, sha256: str) -> BinaryIO:
        with self._call("open"):
            return self._inner.open(sha256)

    def read(self, sha256: str, offset: int, length: int) -> bytes:
        with self._call("read"):
            return self._inner.read(sha256, offset, length)

    def exists(self, sha256: str) -> bool:
        with self._call("exists"):
            return self._inner.exists(sha256)

    def stage(self, upload: str, sha256: str, content: bytes) -> None:
        with self._call("stage"):
            self._inner.stage(upload, sha256, content)

    def put(self, content: bytes, sha256: str) -> None:
        with self._call("put"):
            self._inner.put(content, sha256)

    def assemble(self, upload: str, parts: Sequence[str], *, size: int, sha256: str) -> bool:
        with self._call("assemble"):
            return self._inner.assemble(upload, parts, size=size, sha256=sha256)

    def discard(self, upload: str) -> None:
        with self._call("discard"):
            self._inner.discard(upload)

    def take_over(self, path: Path) -> tuple[int, str]:
        with self._call("take_over"):
            return self._inner.take_over(path)

    def delete(self, sha256: str) -> None:
        with self._call("delete"):
            self._inner.delete(sha256)

    def delete_unused(self, sha256: str) -> bool:
        with self._call("delete_unused"):
            return self._inner.delete_unused(sha256)

    def unused(self, prefix: str) -> tuple[str, ...]:
        return self._inner.unused(prefix)

    def probe(self) -> str:
        return self._inner.probe()

    def is_new(self) -> bool:
        return self._inner.is_new()

    def _call(self, name: str) -> AbstractContextManager[None]:
        return self._tracer.span(SpanName.DOCUMENTS, operation=name)
