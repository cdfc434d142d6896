"""A copy of an embedded store at one moment, made beside a process that serves.

The database first, then the documents. Bytes are on disk before any row names them, and never change: whatever the
copied database names was there when it was copied, and is copied now. The other way round, a document that came in
between would be named by the copy and missing in it. All blocking, for use in a thread.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, select, tuple_

from gateway.ports.ledger import LedgerBroken, MeasureGrowth
from gateway.store.blobs.documents import folder_of
from gateway.store.blobs.folder import BlobFolder
from gateway.store.engine.connect import reading_engine, writing_engine
from gateway.store.engine.errors import StoreError
from gateway.store.engine.migrate import require_current
from gateway.store.engine.paging import key_text, pages
from gateway.store.ledger import sealing as ledger_rows
from gateway.store.ledger.erasures import is_erased
from gateway.store.tables import documents, tree_heads, upload_parts, uploads

PAGES_PER_STEP: Final = 2_000  # 8 MB, some milliseconds: the copy never holds anybody up for longer
_CHUNK_BYTES: Final = 1 << 20

Progress = Callable[[int], None]
"""Told of progress: so many more pages or documents."""


class BackupBroken(StoreError):
    """What is to be copied, or was copied, does not hold together. The text says what."""


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger's newest head in the copy: ``root`` in hex; a size of 0 before the first seal."""

    tree_size: int
    root: str


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """One file of the copy. ``path`` is relative to the backup, ``sha256`` hex."""

    path: str
    sha256: str


def copy_database(source: Path, target: Path, progress: Progress) -> None:
    """Copy the database as it stands now, in steps; writers go on meanwhile.

    The open read transaction keeps the moment: without it SQLite would begin anew after each write of another process.
    """
    with closing(_opened(source, "mode=ro")) as live, closing(sqlite3.connect(target)) as copy:
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        done = 0

        def step(_: int, remaining: int, total: int) -> None:
            nonlocal done
            progress(total - remaining - done)
            done = total - remaining

        live.backup(copy, pages=PAGES_PER_STEP, progress=step)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    _sync(target)


def check_copy(path: Path) -> Head:
    """The copied database is sound, and its ledger leads to its newest head. Raises BackupBroken."""
    with closing(_opened(path, "mode=ro")) as copy:
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
        broken = copy.execute("PRAGMA foreign_key_check").fetchone()
    if found != ["ok"] or broken:
        raise BackupBroken(f"{path} is damaged: {'; '.join(found) if found != ['ok'] else f'reference of {broken[0]}'}")
    engine = reading_engine(f"sqlite:///{path}", connections=1)
    try:
        with engine.begin() as connection:
            require_current(connection)
            return _head(connection)
    finally:
        engine.dispose()


def was_erased(connection: Connection, document_id: str) -> bool:
    """Whether the audit log says that this document was erased."""
    return is_erased(connection, f"documents {key_text([document_id])}")


def same_past(connection: Connection, head: Head) -> bool:
    """Whether the store that serves has, over as many leaves, the head that the copy has."""
    if head.tree_size == 0:
        return True
    root = connection.scalars(select(tree_heads.c.root).where(tree_heads.c.tree_size == head.tree_size)).first()
    return root is not None and root.hex() == head.root


def copy_documents(
    database: Path, source: Path, target: Path, *, was_erased: Callable[[str], bool], progress: Progress
) -> Iterator[CopiedFile]:
    """Every document that the copied database names, by hard link where that goes, else byte by byte.

    ``was_erased``: whether the store that serves says so of a document, until now. What was erased is not there. An
    upload on its way that ended since is forgotten in the copy: it begins anew. Raises BackupBroken for a document
    that is gone and nobody erased.
    """
    live, copy = BlobFolder(source), BlobFolder(target)
    engine = writing_engine(f"sqlite:///{database}", connections=1)
    try:
        with engine.begin() as connection:
            for document_id, sha256 in _named(connection):
                if copy.exists(sha256):
                    continue
                if not _linked(live.path_of(sha256), copy.path_of(sha256)):
                    if not was_erased(document_id):
                        raise BackupBroken(f"document {document_id} ({sha256}) is gone, and nobody erased it")
                    continue
                progress(1)
                yield CopiedFile(str(copy.path_of(sha256).relative_to(target)), sha256)
            yield from _copy_uploads(connection, source, target)
    finally:
        engine.dispose()
    _drop_journal(database)


def sha256_of(path: Path) -> str:
    """Of a file's content, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_durably(path: Path, content: bytes) -> None:
    """A small file beside the copy."""
    path.write_bytes(content)
    _sync(path)


def _opened(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, isolation_level=None)


def _head(connection: Connection) -> Head:
    if isinstance(broken := ledger_rows.growth(connection, MeasureGrowth(1)), LedgerBroken):
        raise BackupBroken(f"the ledger does not hold: {broken.detail}; see dalel ledger verify")
    newest = connection.execute(select(tree_heads).order_by(tree_heads.c.tree_size.desc()).limit(1)).first()
    return Head(newest.tree_size, newest.root.hex()) if newest else Head(0, "")


def _named(connection: Connection) -> Iterator[tuple[str, str]]:
    for page in pages(connection, select(documents.c.document_id, documents.c.sha256), [documents.c.document_id]):
        yield from ((row.document_id, row.sha256) for row in page)


def _linked(source: Path, target: Path) -> bool:
    """False when the source is not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        return False
    except OSError:  # another file system, or one without hard links
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:
            return False
        _sync(target)
    return True


def _copy_uploads(connection: Connection, source: Path, target: Path) -> Iterator[CopiedFile]:
    parts = select(upload_parts.c.owner, upload_parts.c.upload_id, upload_parts.c.sha256)
    ended: set[tuple[str, str]] = set()
    for owner, upload_id, sha256 in connection.execute(parts).all():
        place = Path("uploads") / folder_of((owner, upload_id)) / sha256
        if (target / place).exists():
            continue
        if _linked(source / place, target / place):
            yield CopiedFile(str(place), sha256)
        else:
            ended.add((owner, upload_id))
    for table in (upload_parts, uploads):
        if ended:
            connection.execute(delete(table).where(tuple_(table.c.owner, table.c.upload_id).in_(sorted(ended))))


def _drop_journal(database: Path) -> None:
    """Our engine opens every database in WAL; the copy is to be one file."""
    with closing(_opened(database, "mode=rw")) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    _sync(database)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
