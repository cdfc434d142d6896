"""The reader of foreign ZIPs: what common writers do is read, and nothing is unpacked beyond what was announced."""

import zipfile
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.check.zip_survey import ContainerError
from dossier.foreign.archive import Archive
from dossier.foreign.zip.values import ZipBounds
from tests.foreign import samples
from tests.foreign.zips import Item, as_one_block, write_zip
from tests.unit.dossier.foreign.judging import judged


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "c.zip"


def opened(place: Path, data: bytes, **bounds: int) -> Archive:
    place.write_bytes(data)
    return Archive.open(place, ZipBounds(**bounds))


def flaws(place: Path, data: bytes, **bounds: int) -> list[str]:
    with opened(place, data, **bounds) as archive:
        return [flaw.part for flaw in archive.flaws]


def by_the_standard_library(*, wide: bool = False, stream: bool = False) -> bytes:
    """The honest container as Python's own writer packs it; ``stream``: into a pipe, so sizes follow the data."""
    target = BytesIO()
    sink = SimpleNamespace(write=target.write, flush=target.flush) if stream else target
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as other:
        for item in samples.items():
            info = zipfile.ZipInfo(item.name)
            info.compress_type = zipfile.ZIP_STORED if item.name == "mimetype" else zipfile.ZIP_DEFLATED
            with other.open(info, "w", force_zip64=wide and item.name != "mimetype") as member:
                member.write(item.data)
    return target.getvalue()


@pytest.mark.parametrize("spelling", [{}, {"wide": True}, {"stream": True}, {"wide": True, "stream": True}])
def test_what_the_standard_library_packs_is_read(spelling):
    report = judged(by_the_standard_library(**spelling))

    assert report.is_passed, [f"{finding.part}: {finding.text.en}" for finding in report.findings()]


names = st.text(st.characters(categories=["L", "N"], include_characters="._-"), min_size=1, max_size=20)


@given(st.dictionaries(names.map(lambda name: f"f/{name}x"), st.binary(max_size=2000), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_every_file_comes_back_as_it_was_packed(tmp_path_factory, files):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as other:
        for name, data in files.items():
            other.writestr(name, data)
    with opened(tmp_path_factory.mktemp("zips") / "c.zip", packed.getvalue()) as archive:
        assert {name: archive.read(name, limit_bytes=2000) for name in archive.names} == files


def test_bytes_that_grow_beyond_what_was_announced_are_not_unpacked(place):
    bomb = zipfile_deflated(bytes(64 * 1024 * 1024))
    item = Item("bomb.txt", b"", packed=bomb, size=100, crc=0, deflated=True)
    announced = pytest.raises(ContainerError, match="gives more than the 100 bytes announced")
    with opened(place, write_zip([item])) as archive, announced:
        list(archive.chunks("bomb.txt"))


def zipfile_deflated(data: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as other:
        other.writestr("a", data)
    whole = packed.getvalue()
    info = zipfile.ZipFile(packed).infolist()[0]
    return whole[31 : 31 + info.compress_size]


def test_a_file_that_would_grow_too_much_is_named_before_anything_is_unpacked(place):
    bomb = Item("bomb.txt", b"", packed=bytes(1024), size=2 * 1024 * 1024, crc=0, deflated=True)

    assert flaws(place, write_zip([bomb]), ratio=2048) == []
    assert flaws(place, write_zip([bomb]), ratio=2047) == ["bomb.txt"]


def test_files_that_would_grow_too_much_together_are_named(place):
    halves = [Item(name, b"1" * 600, packed=as_one_block(b"1" * 600), deflated=True) for name in ("a", "b")]

    assert flaws(place, write_zip(halves), inflated_bytes=1200) == []
    assert flaws(place, write_zip(halves), inflated_bytes=1199) == ["ZIP file"]


def test_what_is_too_large_to_open_is_not_opened(place):
    data = write_zip([Item("a", b"1"), Item("b", b"2")])
    with pytest.raises(ContainerError, match="more than"):
        opened(place, data, file_bytes=len(data) - 1)
    with pytest.raises(ContainerError, match="at most 1 are opened"):
        opened(place, data, entries=1)


def test_an_empty_zip_is_no_container(place):
    with pytest.raises(ContainerError, match="holds no file"):
        opened(place, write_zip([]))


@pytest.mark.parametrize("size", range(0, 120, 7))
def test_a_zip_cut_off_anywhere_is_no_zip(place, size):
    data = write_zip([Item("a", b"1" * 40), Item("b", b"2")])
    with pytest.raises(ContainerError):
        opened(place, data[: len(data) - 1 - size])
