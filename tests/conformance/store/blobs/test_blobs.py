"""Bytes once by digest: a folder and a bucket keep the same word, at any size, and say when they cannot."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.store.blobs.bucket import BlobBucket, BucketAccess
from gateway.store.engine.errors import DocumentsUnavailable
from tests.worlds.blobs import BlobPlace, place
from tests.worlds.buckets import BucketService, bucket_service, running_bucket_service
from tests.worlds.builders import sha256

__all__ = ["bucket_service", "place"]  # fixtures

SMALL = "Жауап хат\n".encode() * 10
LARGE = os.urandom(21 << 20)  # more than two chunks of a multipart upload, and no whole number of them
MEGABYTE = 1 << 20


def parts_of(content: bytes, length: int) -> list[bytes]:
    return [content[start : start + length] for start in range(0, len(content), length)]


def staged(place: BlobPlace, upload: str, parts: list[bytes]) -> list[str]:
    for part in parts:
        place.blobs.stage(upload, sha256(part), part)
    return [sha256(part) for part in parts]


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_what_is_put_is_read_whole_and_by_ranges(place: BlobPlace, content: bytes):
    place.blobs.put(content, sha256(content))
    assert place.blobs.exists(sha256(content))
    with place.blobs.open(sha256(content)) as file:
        assert file.read() == content
    assert place.blobs.read(sha256(content), 3, 40) == content[3:43]
    assert place.blobs.read(sha256(content), len(content), 40) == b""
    assert place.wholes() == [sha256(content)]


def test_a_document_is_read_as_a_file_in_small_pieces_and_by_seeking(place: BlobPlace):
    place.blobs.put(LARGE, sha256(LARGE))
    with place.blobs.open(sha256(LARGE)) as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256(LARGE)
        assert file.seek(-5, io.SEEK_END) == len(LARGE) - 5
        assert file.read(100) == LARGE[-5:]
        assert file.seek(7) == 7
        assert file.read(3) == LARGE[7:10]


def test_parts_that_one_node_took_are_joined_by_another(place: BlobPlace):
    parts = parts_of(LARGE, 4 * MEGABYTE)
    digests = staged(place, "upload", parts)
    other = place.another()
    assert other.assemble("upload", digests, size=len(LARGE), sha256=sha256(LARGE))
    other.discard("upload")
    assert place.blobs.read(sha256(LARGE), 4 * MEGABYTE - 5, 10) == LARGE[4 * MEGABYTE - 5 :][:10]
    assert (place.staged(), place.wholes()) == ([], [sha256(LARGE)])


@pytest.mark.parametrize("size", [len(LARGE), len(LARGE) - 1])
def test_parts_that_are_not_the_whole_leave_nothing(place: BlobPlace, size: int):
    digests = staged(place, "upload", parts_of(LARGE, 4 * MEGABYTE))
    assert not place.blobs.assemble("upload", digests[::-1], size=size, sha256=sha256(LARGE))
    assert place.wholes() == []


def test_who_names_the_digest_of_anothers_document_must_have_its_bytes(place: BlobPlace):
    place.blobs.put(SMALL, sha256(SMALL))
    digests = staged(place, "upload", [b"x" * len(SMALL)])
    assert not place.blobs.assemble("upload", digests, size=len(SMALL), sha256=sha256(SMALL))
    assert place.blobs.read(sha256(SMALL), 0, 9) == SMALL[:9]


@pytest.mark.parametrize("content", [b"", SMALL, LARGE], ids=["empty", "small", "large"])
def test_a_finished_file_is_taken_over(place: BlobPlace, tmp_path: Path, content: bytes):
    for _ in range(2):  # the second time it is there
        made = tmp_path / "dossier.asice"
        made.write_bytes(content)
        assert place.blobs.take_over(made) == (len(content), sha256(content))
        assert not made.exists()
    assert place.wholes() == [sha256(content)]


def test_what_is_deleted_is_gone_and_may_come_back(place: BlobPlace):
    place.blobs.put(SMALL, sha256(SMALL))
    for _ in range(2):
        place.blobs.delete(sha256(SMALL))
        assert not place.blobs.exists(sha256(SMALL))
    with pytest.raises(FileNotFoundError):
        place.blobs.open(sha256(SMALL))
    place.blobs.put(SMALL, sha256(SMALL))
    assert place.blobs.exists(sha256(SMALL))


def test_a_probe_says_that_writing_works(place: BlobPlace):
    assert place.blobs.probe() == "writable"


# --- buckets only ---------------------------------------------------------------------------------------------------


def test_a_bucket_that_is_away_says_so_soon_and_heals_by_itself(tmp_path: Path):
    with running_bucket_service() as service:
        access = service.access("away")
        kept = BlobBucket.at(access)
        kept.put(SMALL, sha256(SMALL))
    made = tmp_path / "dossier.asice"
    made.write_bytes(LARGE)
    for ask in (kept.probe, lambda: kept.read(sha256(SMALL), 0, 1), lambda: kept.take_over(made)):
        with pytest.raises(DocumentsUnavailable):
            ask()
    assert made.read_bytes() == LARGE
    with running_bucket_service(port=int(access.endpoint.rpartition(":")[2])):
        assert kept.take_over(made) == (len(LARGE), sha256(LARGE))


def test_a_bucket_that_is_not_there_is_no_missing_document(bucket_service: BucketService):
    nowhere = BlobBucket.at(BucketAccess("s3://nowhere/at-all", bucket_service.endpoint, "us-east-1", "tester", "no"))
    with pytest.raises(DocumentsUnavailable):
        nowhere.probe()


def test_no_word_about_a_bucket_tells_its_secret(caplog: pytest.LogCaptureFixture):
    access = BucketAccess("s3://b/p", "http://127.0.0.1:1", "us-east-1", "tester", "the-secret-itself")
    with pytest.raises(DocumentsUnavailable) as failed:
        BlobBucket.at(access).probe()
    reported = f"{access} {failed.value} {failed.value.__cause__} {caplog.text}"
    assert "the-secret-itself" not in reported


def test_the_size_of_a_document_costs_no_memory(bucket_service: BucketService, tmp_path: Path):
    """In a process of its own, since the service of the test holds what it is given."""
    size = 160 * MEGABYTE
    made = tmp_path / "dossier.asice"
    with made.open("wb") as file:
        for number in range(size // MEGABYTE):
            file.write(number.to_bytes(4) * (MEGABYTE // 4))
    ran = subprocess.run(
        [sys.executable, "-c", _UP_AND_DOWN, bucket_service.endpoint, str(made)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    found, grown_mb = ran.stdout.split()
    assert int(found) == size
    assert int(grown_mb) < 100


_UP_AND_DOWN = """
import re, shutil, sys
from pathlib import Path
from gateway.store.blobs.bucket import BlobBucket, BucketAccess

def peak_kb():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

class Counter:
    count = 0
    def write(self, some): self.count += len(some)

kept = BlobBucket.at(BucketAccess("s3://dalel-documents/large", sys.argv[1], "us-east-1", "tester", "not-a-secret"))
kept.probe()
before, counter = peak_kb(), Counter()
size, sha256 = kept.take_over(Path(sys.argv[2]))
with kept.open(sha256) as file:
    shutil.copyfileobj(file, counter)
print(counter.count, (peak_kb() - before) // 1024)
"""
