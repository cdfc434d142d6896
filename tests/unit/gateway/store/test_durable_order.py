"""What survives a power cut: the order in which bytes, names and folders reach the disk, and how SQLite syncs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.store.blobs.folder import BlobFolder
from gateway.store.engine.connect import writing_engine
from tests.worlds.builders import sha256

CONTENT = b"%PDF-1.7 appeal"


class Trace:
    """System calls that make things durable, in their order: ("fsync", what) and ("rename", to what)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Path]] = []

    def after_rename(self, path: Path) -> list[tuple[str, Path]]:
        """What came after ``path`` got its name."""
        return self.calls[self.calls.index(("rename", path)) + 1 :]


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Trace:
    seen, fsync, replace = Trace(), os.fsync, os.replace

    def traced_fsync(descriptor: int) -> None:
        seen.calls.append(("fsync", Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def traced_replace(source: Path, target: Path) -> None:
        seen.calls.append(("rename", Path(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", traced_fsync)
    monkeypatch.setattr(os, "replace", traced_replace)
    return seen


def published(place: BlobFolder, trace: Trace) -> None:
    """The bytes were synced under another name, then named, then the name was synced."""
    path = place.path_of(sha256(CONTENT))
    before = [what for call, what in trace.calls[: trace.calls.index(("rename", path))] if call == "fsync"]
    assert [what for what in before if not what.is_dir()] != []
    assert ("fsync", path.parent) in trace.after_rename(path)


def folders_synced(place: BlobFolder, trace: Trace) -> None:
    """Every folder above the bytes, in the folder that holds it."""
    path = place.path_of(sha256(CONTENT))
    synced = {what for call, what in trace.calls if call == "fsync"}
    assert {path.parent, path.parents[1], path.parents[2], place.folder} <= synced


def test_a_document_put_whole_is_synced_before_it_has_its_name_and_its_folders_after(tmp_path: Path, trace: Trace):
    place = BlobFolder(tmp_path / "documents")

    place.put(CONTENT, sha256(CONTENT))

    published(place, trace)
    folders_synced(place, trace)


def test_a_document_joined_from_parts_is_too(tmp_path: Path, trace: Trace):
    place = BlobFolder(tmp_path / "documents")
    parts = [CONTENT[:5], CONTENT[5:]]
    for part in parts:
        place.stage("upload", sha256(part), part)

    assert place.assemble("upload", [sha256(part) for part in parts], size=len(CONTENT), sha256=sha256(CONTENT))

    published(place, trace)
    folders_synced(place, trace)


def test_a_finished_file_is_synced_before_it_is_taken_over(tmp_path: Path, trace: Trace):
    place, finished = BlobFolder(tmp_path / "documents"), tmp_path / "finished"
    finished.write_bytes(CONTENT)

    place.take_over(finished)

    published(place, trace)


def test_who_finds_a_document_there_does_not_rely_on_whoever_put_it_having_synced_its_name(
    tmp_path: Path, trace: Trace
):
    other, place = BlobFolder(tmp_path / "documents"), BlobFolder(tmp_path / "documents")
    other.put(CONTENT, sha256(CONTENT))
    trace.calls.clear()

    place.put(CONTENT, sha256(CONTENT))

    assert ("rename", place.path_of(sha256(CONTENT))) not in trace.calls
    folders_synced(place, trace)


def test_who_finds_a_folder_there_syncs_its_name_once(tmp_path: Path, trace: Trace):
    other, place = BlobFolder(tmp_path / "documents"), BlobFolder(tmp_path / "documents")
    other.put(CONTENT, sha256(CONTENT))
    place.put(CONTENT, sha256(CONTENT))
    trace.calls.clear()

    place.put(CONTENT, sha256(CONTENT))

    assert trace.calls == [("fsync", place.path_of(sha256(CONTENT)).parent)]


def test_a_deletion_is_synced(tmp_path: Path, trace: Trace):
    place = BlobFolder(tmp_path / "documents")
    place.put(CONTENT, sha256(CONTENT))
    trace.calls.clear()

    place.delete(sha256(CONTENT))

    assert trace.calls == [("fsync", place.path_of(sha256(CONTENT)).parent)]


def test_sqlite_syncs_its_log_at_every_commit(tmp_path: Path):
    engine = writing_engine(f"sqlite:///{tmp_path / 'dalel.db'}", connections=1)
    with engine.connect() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    engine.dispose()

    assert (synchronous, journal) == (2, "wal")  # FULL: NORMAL may lose the last commits with the power
