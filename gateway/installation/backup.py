"""Back an embedded installation up while it serves, and make one again from a backup; whole, or not at all.

A backup is a folder: the database, the documents, what people edited (settings, parties, trust), and two lists.
``SHA256SUMS`` names every file as ``sha256sum`` does; ``manifest.json`` says what it is of, and names that list. It is
made in a folder of another name and gets its own name last, so one that was interrupted never looks whole.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from gateway.config.settings import SETTINGS_FILE, Settings
from gateway.store.blobs.backup import (
    BackupBroken,
    CopiedFile,
    Head,
    Progress,
    check_copy,
    copy_database,
    copy_documents,
    same_past,
    sha256_of,
    was_erased,
    write_durably,
)
from gateway.store.engine.connect import is_sqlite, reading_engine, sqlite_path

FORM: Final = 1
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"
DATABASE: Final = "dalel.db"
DOCUMENTS: Final = "documents"
_EDITED: Final = (SETTINGS_FILE, "parties.yaml", "trust")
_KEYS: Final = "keys"
_ELSEWHERE: Final = re.compile(r"\s*(database_url|documents_folder|admin_socket)\s*=")
"""Lines of the settings that say where the old installation keeps its things; the restored one has its own."""


class BackupRefused(Exception):
    """It cannot be done here; nothing was touched. The text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of. ``sums_sha256``: digest of SHA256SUMS, hex; ``with_keys``: whether the keys are in it."""

    made_at: datetime
    party_id: str
    head: Head
    files: int
    sums_sha256: str
    with_keys: bool

    def to_bytes(self) -> bytes:
        form = {"v": FORM, **asdict(self), "made_at": self.made_at.isoformat()}
        return json.dumps(form, ensure_ascii=False, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, content: bytes) -> Manifest:
        """Raises BackupBroken."""
        try:
            form = json.loads(content)
            if form.pop("v") != FORM:
                raise BackupBroken(f"{MANIFEST} is of another form; restore it with the release that made it")
            form["head"], form["made_at"] = Head(**form["head"]), datetime.fromisoformat(form["made_at"])
            return cls(**form)
        except (ValueError, TypeError, KeyError, AttributeError) as invalid:
            raise BackupBroken(f"{MANIFEST} is no manifest of a backup: {invalid}") from invalid


def back_up(settings: Settings, target: Path, *, with_keys: bool, now: datetime, progress: Progress) -> Manifest:
    """Make the backup. Raises BackupRefused, BackupBroken; then nothing is at ``target``."""
    if not is_sqlite(settings.database_url):
        raise BackupRefused("the database is a PostgreSQL server; back it up with its own means, as pg_basebackup")
    source = sqlite_path(settings.database_url)
    if not source.exists():
        raise BackupRefused(f"there is no store at {source}; dalel init makes one")
    with _draft_of(target) as draft:
        copy_database(source, draft / DATABASE, progress)
        head = check_copy(draft / DATABASE)
        files = list(_documents(settings, draft, progress))
        files += _edited(settings.home, draft, with_keys=with_keys)
        _require_same_past(source, head)
        files.append(CopiedFile(DATABASE, sha256_of(draft / DATABASE)))
        sums = "".join(f"{one.sha256}  {one.path}\n" for one in sorted(files, key=lambda one: one.path)).encode()
        write_durably(draft / SUMS, sums)
        manifest = Manifest(now, settings.party_id, head, len(files), sha256_of(draft / SUMS), with_keys)
        write_durably(draft / MANIFEST, manifest.to_bytes())
    return manifest


def restore(backup: Path, home: Path, progress: Progress) -> Manifest:
    """Make an installation again, once every file is what the backup says. Raises BackupRefused, BackupBroken."""
    if home.exists() and any(home.iterdir()):
        raise BackupRefused(f"{home} is not empty; a backup is restored into a new folder only")
    if not (backup / MANIFEST).is_file():
        raise BackupRefused(f"{backup} is no whole backup: it has no {MANIFEST}")
    manifest = Manifest.read((backup / MANIFEST).read_bytes())
    if sha256_of(backup / SUMS) != manifest.sums_sha256:
        raise BackupBroken(f"{SUMS} is not the list that {MANIFEST} names")
    with _draft_of(home) as draft:
        for path, sha256 in _listed(backup / SUMS):
            _copy_whole(backup / path, draft / path, sha256)
            progress(1)
        if check_copy(draft / DATABASE) != manifest.head:
            raise BackupBroken("the ledger of the copied database is not the one that the backup was made of")
        for name in (f"{DOCUMENTS}/blobs", _KEYS):  # the place of documents, also where all of them were erased
            (draft / name).mkdir(parents=True, exist_ok=True)
        (draft / _KEYS).chmod(0o700)
    return manifest


@contextmanager
def _draft_of(target: Path) -> Iterator[Path]:
    """A folder that gets the name ``target`` when the block ends well, and is gone when it does not."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupRefused(f"{target} exists already; name another folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield draft
        draft.rename(target)  # over an empty folder, too
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _documents(settings: Settings, draft: Path, progress: Progress) -> Iterator[CopiedFile]:
    """None where they lie in a bucket, which has its own backups."""
    (draft / DOCUMENTS).mkdir()
    if settings.documents_url is not None:
        return
    engine = reading_engine(settings.database_url, connections=1)

    def erased(document_id: str) -> bool:
        with engine.begin() as connection:
            return was_erased(connection, document_id)

    try:
        source, target = settings.documents_folder, draft / DOCUMENTS
        for file in copy_documents(draft / DATABASE, source, target, was_erased=erased, progress=progress):
            yield CopiedFile(f"{DOCUMENTS}/{file.path}", file.sha256)
    finally:
        engine.dispose()


def _edited(home: Path, draft: Path, *, with_keys: bool) -> Iterable[CopiedFile]:
    """What people wrote; of the settings without the lines that point into the old installation."""
    (draft / _KEYS).mkdir(mode=0o700)
    for path in _files_of(home / _KEYS):
        if with_keys or _is_public(path):
            (draft / path.relative_to(home)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, draft / path.relative_to(home))
    for name in _EDITED:
        if (home / name).is_dir():
            shutil.copytree(home / name, draft / name)
        elif (home / name).is_file():
            lines = (home / name).read_text(encoding="utf-8").splitlines(keepends=True)
            kept = lines if name != SETTINGS_FILE else [line for line in lines if not _ELSEWHERE.match(line)]
            write_durably(draft / name, "".join(kept).encode())
    written = (path for name in (*_EDITED, _KEYS) for path in _files_of(draft / name))
    return [CopiedFile(str(path.relative_to(draft)), sha256_of(path)) for path in written]


def _is_public(path: Path) -> bool:
    """A certificate and nothing else: the ledger is verified by those."""
    content = path.read_bytes()
    return b"-----BEGIN CERTIFICATE-----" in content and b"PRIVATE KEY-----" not in content


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(one for one in path.rglob("*") if one.is_file())
    elif path.is_file():
        yield path


def _require_same_past(source: Path, head: Head) -> None:
    engine = reading_engine(f"sqlite:///{source}", connections=1)
    try:
        with engine.begin() as connection:
            if not same_past(connection, head):
                raise BackupBroken("the ledger of the copy is not the one of the store that serves")
    finally:
        engine.dispose()


def _listed(sums: Path) -> Iterator[tuple[str, str]]:
    with sums.open(encoding="utf-8") as lines:
        for line in lines:
            sha256, separator, path = line.rstrip("\n").partition("  ")
            inside = Path(path)
            if not separator or inside.is_absolute() or ".." in inside.parts:
                raise BackupBroken(f"{SUMS} has a line that names no file of the backup: {line.strip()!r}")
            yield path, sha256


def _copy_whole(source: Path, target: Path, sha256: str) -> None:
    """Copied, not linked: the backup stays as it is, whatever happens to the installation."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(source, target)
    except FileNotFoundError as absent:
        raise BackupBroken(f"{source} is missing") from absent
    if sha256_of(target) != sha256:
        raise BackupBroken(f"{source} is not what {SUMS} says; it was changed or is damaged")
