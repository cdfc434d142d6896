"""The container's own laws: deterministic to write, and strict to read."""

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.packaging import zip_form
from dossier.packaging.container import Container, ContainerError, ContainerWriter, ZipLimits, write_container
from dossier.packaging.zip_form import Entry

FILES = [("mimetype", b"application/x"), ("documents/001-өтініш.pdf", b"%PDF" * 99), ("empty.txt", b"")]


def written(files=FILES) -> bytes:
    stream = BytesIO()
    write_container(stream, files)
    return stream.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "c.zip"


def opened(place: Path, data: bytes, limits: ZipLimits | None = None) -> Container:
    place.write_bytes(data)
    return Container.open(place, limits)


def flaws(place: Path, data: bytes) -> list[str]:
    with opened(place, data) as container:
        return [flaw.part for flaw in container.flaws]


def test_what_was_written_is_read_back_without_a_flaw(place):
    with opened(place, written()) as container:
        assert [(name, container.read(name, limit_bytes=999)) for name in container.names] == FILES
        assert not container.flaws


def test_other_programs_read_it_too(place):
    with zipfile.ZipFile(BytesIO(written())) as other:
        assert other.testzip() is None
        assert [(name, other.read(name)) for name in other.namelist()] == FILES
        assert {info.compress_type for info in other.infolist()} == {zipfile.ZIP_STORED}


def test_the_media_type_can_be_read_at_its_fixed_place():
    assert written()[30:38] == b"mimetype"
    assert written()[38:51] == b"application/x"


names = st.text(st.characters(categories=["L", "N"], include_characters="._-"), min_size=1, max_size=20).map(
    lambda name: f"f/{name}x"
)
files = st.dictionaries(names, st.binary(max_size=300), max_size=5)


@given(files)
@settings(max_examples=50, deadline=None)
def test_the_same_files_give_the_same_bytes_and_come_back(files):
    listed = list(files.items())
    assert written(listed) == written(listed)
    with zipfile.ZipFile(BytesIO(written(listed))) as other:
        assert [(name, other.read(name)) for name in other.namelist()] == listed


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("just under 4 GiB", Entry("a", 0xFFFFFFFE, 1, 0)),
        ("just over 4 GiB", Entry("a", 0x1_0000_0000, 1, 0)),
        ("behind 4 GiB", Entry("a", 5, 1, 0x1_2345_6789)),
        ("both", Entry("a", 0x2_0000_0000, 1, 0x1_2345_6789)),
    ],
)
def test_numbers_beyond_32_bits_are_read_by_the_standard_library(name, entry, monkeypatch):
    central = zip_form.central_header(entry)
    end = zip_form.end_records(1, len(central), entry.end)
    sparse = _Sparse({entry.end: central + end}, entry.end + len(central) + len(end))
    info = zipfile.ZipFile(sparse).infolist()[0]
    assert (info.file_size, info.header_offset) == (entry.size, entry.offset)


class _Sparse(BytesIO):
    """Zeros everywhere but in a few places; stands for a file too large to make."""

    def __init__(self, places: dict[int, bytes], length: int) -> None:
        super().__init__()
        self.places, self.length, self.at = places, length, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (0, self.at, self.length)[whence]
        if self.at < 0:
            raise OSError("before the start")
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int | None = -1) -> bytes:
        end = self.length if size is None or size < 0 else min(self.length, self.at + size)
        data = bytearray(end - self.at)
        for place, content in self.places.items():
            for offset, byte in enumerate(content):
                if self.at <= place + offset < end:
                    data[place + offset - self.at] = byte
        self.at = end
        return bytes(data)


def test_many_files_need_zip64_and_are_read_back(place):
    many = [(f"f/{number}", b"") for number in range(66_000)]
    with opened(place, written(many), ZipLimits(entries=70_000)) as container:
        assert len(container.names) == 66_000
        assert not container.flaws


def test_a_source_that_is_shorter_or_longer_than_promised_is_refused():
    for size in (3, 5):
        with pytest.raises(ContainerError) as refused:
            ContainerWriter(BytesIO()).add_stream("a", BytesIO(b"four"), size)
        assert refused.value.part == "a"


# --- attacks: two programs must not see two containers ----------------------------------------------------------------


def test_bytes_before_the_first_file_are_named(place):
    with pytest.raises(ContainerError, match="ZIP end record"):
        opened(place, b"#!/bin/sh\n" + written())


def test_bytes_behind_the_end_are_named(place):
    with pytest.raises(ContainerError, match="ZIP end record"):
        opened(place, written() + b"\n")


def test_an_archive_comment_is_named(place):
    data = bytearray(written())
    data[-2:] = struct.pack("<H", 4)
    with pytest.raises(ContainerError, match="ZIP end record"):
        opened(place, bytes(data) + b"note")


def test_a_hidden_file_between_two_others_is_named(place):
    entries, body = [], b""
    for name, data in FILES:
        entry = Entry(name, len(data), zlib.crc32(data), len(body))
        body += zip_form.local_header(entry) + data
        if name != "mimetype":
            entries.append(entry)  # the local file is there, the directory keeps silent
    directory = zip_form.directory(entries)
    data = body + directory + zip_form.end_records(len(entries), len(directory), len(body))
    assert "documents/001-өтініш.pdf" in flaws(place, data)


def test_a_name_that_occurs_twice_is_named_also_when_only_the_case_differs(place):
    assert flaws(place, written([("a", b"1"), ("a", b"2")])) == ["a"]
    assert flaws(place, written([("Ә.pdf", b"1"), ("ә.pdf", b"2")])) == ["ә.pdf"]


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "a\\b", "c:x", "a/", "a\x00b", "a\u202eb", "и\u0306"])
def test_a_name_that_is_not_safe_to_unpack_is_named(place, name):
    assert flaws(place, written([(name, b"")])) == [name]


def test_a_compressed_file_is_named(place):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as other:
        other.writestr("mimetype", b"application/x" * 9)
    assert "mimetype" in flaws(place, stream.getvalue())


def test_an_encryption_flag_is_named(place):
    data = bytearray(written())
    data[6] |= 1
    assert flaws(place, bytes(data)) == ["mimetype"]


def test_a_local_name_that_differs_from_the_central_one_is_named(place):
    data = written().replace(b"mimetype", b"mimetypo", 1)
    assert flaws(place, data) == ["mimetype"]


def test_two_files_sharing_their_bytes_are_named(place):
    data = b"x" * 10
    entries = [Entry("a", 10, zlib.crc32(data), 0), Entry("a2", 10, zlib.crc32(data), 0)]
    body = zip_form.local_header(entries[0]) + data
    directory = zip_form.directory(entries)
    with pytest.raises(ContainerError, match="a2"):
        opened(place, body + directory + zip_form.end_records(2, len(directory), len(body)))


def test_too_many_files_or_too_long_a_file_are_refused_before_they_cost_anything(place):
    with pytest.raises(ContainerError, match="at most 2"):
        opened(place, written(), ZipLimits(entries=2))
    with pytest.raises(ContainerError, match="more than 10"):
        opened(place, written(), ZipLimits(total_bytes=10))
    with opened(place, written()) as container, pytest.raises(ContainerError, match="more than 5"):
        container.read("mimetype", limit_bytes=5)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"\0" * 22, b"PK\x05\x06" + b"\xff" * 18, b"PK\x05\x06" + b"\xff" * 16 + b"\0\0"]
)
def test_what_is_no_container_is_refused(place, data):
    with pytest.raises(ContainerError):
        opened(place, data)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_flipped_byte_outside_the_contents_is_a_flaw(tmp_path_factory, data):
    place = tmp_path_factory.mktemp("flip") / "c.zip"
    original = written()
    at = data.draw(st.integers(0, len(original) - 1))
    flipped = bytearray(original)
    flipped[at] ^= data.draw(st.integers(1, 255))
    assert _is_refused_or_flawed(place, bytes(flipped))


def _is_refused_or_flawed(place: Path, data: bytes) -> bool:
    try:
        with opened(place, data) as container:
            return bool(container.flaws) or not all(container.checksums(name)[1] for name in container.names)
    except ContainerError as refused:
        return bool(refused.part)
