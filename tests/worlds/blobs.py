"""Both places for the bytes of documents, for suites that hold them to the same word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.store.blobs.bucket import BlobBucket
from gateway.store.blobs.folder import BlobFolder, Blobs
from tests.worlds.buckets import names_in


@dataclass(frozen=True)
class BlobPlace:
    """``blobs`` and, by a second way, the names of what lies there. ``another``: as another node opens it."""

    blobs: Blobs
    another: Callable[[], Blobs]
    names: Callable[[str], list[str]]

    def wholes(self) -> list[str]:
        """The digests of complete documents."""
        return sorted(name.rpartition("/")[2] for name in self.names("blobs"))

    def staged(self) -> list[str]:
        """Parts of uploads on their way."""
        return self.names("uploads")


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> BlobPlace:
    """A fresh one of each kind."""
    if request.param == "folder":
        folder = tmp_path / "documents"
        return BlobPlace(BlobFolder(folder), lambda: BlobFolder(folder), lambda below: _files(folder, below))
    access = request.getfixturevalue("bucket_service").access()
    return BlobPlace(BlobBucket.at(access), lambda: BlobBucket.at(access), lambda below: names_in(access, below))


def _files(folder: Path, below: str) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in (folder / below).rglob("*") if path.is_file())
