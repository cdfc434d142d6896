"""Backup and restore of an embedded installation, while it takes messages."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection

from contracts.header import MessageId
from gateway.config.settings import Settings, load_settings
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.ledger import LedgerReport
from gateway.installation import backup as backing
from gateway.installation.backup import BackupRefused, Manifest, back_up, restore
from gateway.ports.deliveries import ClaimDeliveries, FindDelivery, Rescue
from gateway.ports.intake import FindAnswer
from gateway.store.blobs.backup import BackupBroken
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from gateway.store.database import SqlStore, open_reader, open_store
from gateway.store.engine.migrate import migrate
from gateway.store.verify.whole import ProofVerifiers, verify_ledger
from tests.worlds.builders import (
    AKIMAT,
    EXCHANGE,
    MINUTE,
    NOON,
    PLATFORM,
    attempt,
    conversation_id,
    document_id,
    outgoing,
    registration,
)
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import seal_all

VOUCHERS = ProofVerifiers(EXCHANGE, lambda *_: "", lambda _: "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation as far as a backup goes: what lies in its folder is copied, not read."""
    home = tmp_path / "home"
    for name, content in (
        ("dalel.toml", 'rules = "sandbox-seconds"\n'),
        ("parties.yaml", "version: 1\n"),
        ("trust/anchor.pem", "-----BEGIN CERTIFICATE-----\n"),
        ("keys/exchange.key", "-----BEGIN PRIVATE KEY-----\n"),
        ("keys/exchange.pem", "-----BEGIN CERTIFICATE-----\n"),
        ("keys/both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN EC PRIVATE KEY-----\n"),
    ):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(content)
    (home / "keys" / "exchange.key").chmod(0o600)
    made = load_settings(home)
    migrate(made.database_url)
    return made


def quietly(_: int) -> None:
    """Tell nobody of progress."""


def made(settings: Settings, target: Path, *, with_keys: bool = False) -> Manifest:
    return back_up(settings, target, with_keys=with_keys, now=NOON, progress=quietly)


async def a_document(store: SqlStore, folder: Path, content: bytes) -> None:
    await a_part(store, folder, content, whole=content, part=1, parts=1)


async def a_part(store: SqlStore, folder: Path, content: bytes, *, whole: bytes, part: int, parts: int) -> None:
    sha256 = hashlib.sha256(whole).hexdigest()
    await FileDocuments(store, BlobFolder(folder)).put_part(
        owner=PLATFORM, upload_id=sha256, part=part, parts=parts, size=len(whole), sha256=sha256, file_name="құжат.pdf",
        media_type="application/pdf", content=content, document_id=document_id(), at=NOON,
    )  # fmt: skip


async def taken(store: SqlStore, count: int) -> list[MessageId]:
    """So many registrations, each with its delivery, acknowledged to their senders."""
    jobs = [registration(outgoing(conversation_id(), AKIMAT)) for _ in range(count)]
    await asyncio.gather(*(store.run(job) for job in jobs))
    return [job.incoming.message_id for job in jobs]


def holds(connection: Connection) -> LedgerReport:
    return verify_ledger(connection, VOUCHERS, lambda _: None)


async def test_what_was_acknowledged_when_the_backup_began_is_there_after_the_restore(settings, tmp_path):
    """The exchange goes on taking messages and documents while it is backed up, and holds its store's lock."""
    store = await open_store(settings.database_url)
    clock = SteppedClock(NOON)
    before = await taken(store, 40)
    await a_document(store, settings.documents_folder, b"%PDF-1.7 before")
    (claimed, *_) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    await seal_all(store, clock)
    stopping = asyncio.Event()

    async def load() -> int:
        count = 0
        while not stopping.is_set():
            count += len(await taken(store, 20))
            await a_document(store, settings.documents_folder, f"%PDF-1.7 {count}".encode())
        return count

    loading = asyncio.create_task(load())
    manifest = await asyncio.to_thread(made, settings, tmp_path / "backup")
    stopping.set()
    assert await loading > 0
    assert await store.run(attempt(claimed))  # what happened since is lost with the old installation
    await store.close()

    again = restore(tmp_path / "backup", tmp_path / "new", quietly)
    assert again == manifest
    restored = load_settings(tmp_path / "new")
    reader = open_reader(restored.database_url)
    for message_id in before:
        assert await reader.run(FindAnswer(PLATFORM, message_id)) is not None
    report = await reader.read(holds)
    assert report.findings == ()
    await reader.close()

    resumed = await open_store(restored.database_url)
    assert await resumed.run(Rescue(now=NOON + 2 * MINUTE)) == 1
    row = await resumed.run(FindDelivery(AKIMAT, claimed.message_id))
    assert row is not None
    assert row.state is DeliveryState.RETRY_SCHEDULED  # goes again, with the same message id
    assert await resumed.run(ClaimDeliveries(now=NOON + 2 * MINUTE, limit=100, lease_until=NOON + 3 * MINUTE))
    await resumed.close()


async def test_every_document_that_the_copy_names_is_in_the_copy(settings, tmp_path):
    store = await open_store(settings.database_url)
    for number in range(5):
        await a_document(store, settings.documents_folder, f"%PDF-1.7 {number}".encode())
    await store.close()
    made(settings, tmp_path / "backup")
    sums = dict(reversed(line.split("  ")) for line in (tmp_path / "backup" / "SHA256SUMS").read_text().splitlines())
    assert sum(path.startswith("documents/blobs/") for path in sums) == 5
    for path, sha256 in sums.items():
        assert hashlib.sha256((tmp_path / "backup" / path).read_bytes()).hexdigest() == sha256


async def test_parts_of_an_upload_on_its_way_go_with_it_and_the_last_part_completes_it_there(settings, tmp_path):
    store = await open_store(settings.database_url)
    await a_part(store, settings.documents_folder, b"01234", whole=b"0123456789", part=1, parts=2)
    await store.close()
    made(settings, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new", quietly)
    restored = load_settings(tmp_path / "new")
    again = await open_store(restored.database_url)
    await a_part(again, restored.documents_folder, b"56789", whole=b"0123456789", part=2, parts=2)
    await again.close()
    assert BlobFolder(restored.documents_folder).exists(hashlib.sha256(b"0123456789").hexdigest())


async def test_a_document_that_is_gone_and_was_not_erased_is_told_and_nothing_is_made(settings, tmp_path):
    store = await open_store(settings.database_url)
    await a_document(store, settings.documents_folder, b"%PDF-1.7 lost")
    await store.close()
    BlobFolder(settings.documents_folder).delete(hashlib.sha256(b"%PDF-1.7 lost").hexdigest())
    with pytest.raises(BackupBroken, match="is gone, and nobody erased it"):
        made(settings, tmp_path / "backup")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_a_backup_that_is_interrupted_leaves_nothing_that_looks_whole(settings, tmp_path, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backing, "check_copy", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()
    (tmp_path / "backup").mkdir()  # and what a kill would leave has another name, and no manifest
    with pytest.raises(BackupRefused, match="no whole backup"):
        restore(tmp_path / "backup", tmp_path / "new", quietly)


def test_keys_are_left_out_unless_they_are_asked_for(settings, tmp_path):
    made(settings, tmp_path / "without")
    made(settings, tmp_path / "with", with_keys=True)
    assert [path.name for path in (tmp_path / "without" / "keys").iterdir()] == [
        "exchange.pem"
    ]  # proves, signs nothing
    restore(tmp_path / "with", tmp_path / "new", quietly)
    key = tmp_path / "new" / "keys" / "exchange.key"
    assert key.read_bytes() == (settings.home / "keys" / "exchange.key").read_bytes()
    assert key.stat().st_mode & 0o077 == 0


def test_the_restored_settings_do_not_point_into_the_old_installation(settings, tmp_path):
    with (settings.home / "dalel.toml").open("a") as file:
        file.write(f'\ndatabase_url = "sqlite:///{settings.home / "dalel.db"}"\n')
    made(load_settings(settings.home), tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new", quietly)
    assert load_settings(tmp_path / "new").database_url == f"sqlite:///{tmp_path / 'new' / 'dalel.db'}"


@pytest.mark.parametrize("name", ["dalel.db", "parties.yaml", "SHA256SUMS"])
def test_a_backup_that_was_changed_is_refused_and_nothing_is_made(settings, tmp_path, name):
    made(settings, tmp_path / "backup")
    damaged = bytearray((tmp_path / "backup" / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "backup" / name).write_bytes(damaged)
    with pytest.raises(BackupBroken):
        restore(tmp_path / "backup", tmp_path / "new", quietly)
    assert not (tmp_path / "new").exists()


def test_a_list_that_leads_out_of_the_backup_is_refused(settings, tmp_path):
    made(settings, tmp_path / "backup")
    sums = tmp_path / "backup" / "SHA256SUMS"
    sums.write_text(f"{'0' * 64}  ../../etc/passwd\n")
    manifest = Manifest.read((tmp_path / "backup" / "manifest.json").read_bytes())
    forged = Manifest(**{**{f: getattr(manifest, f) for f in Manifest.__dataclass_fields__},
                         "sums_sha256": hashlib.sha256(sums.read_bytes()).hexdigest()})  # fmt: skip
    (tmp_path / "backup" / "manifest.json").write_bytes(forged.to_bytes())
    with pytest.raises(BackupBroken, match="names no file of the backup"):
        restore(tmp_path / "backup", tmp_path / "new", quietly)


def test_only_a_new_folder_is_filled(settings, tmp_path):
    made(settings, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="not empty"):
        restore(tmp_path / "backup", settings.home, quietly)
    with pytest.raises(BackupRefused, match="exists already"):
        made(settings, tmp_path / "backup")
