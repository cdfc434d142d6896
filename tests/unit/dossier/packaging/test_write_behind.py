"""Writing behind is a hint: whatever the kernel makes of it, the file holds what was written."""

from __future__ import annotations

import os
import random
from io import BytesIO

import pytest

from dossier.packaging import write_behind
from dossier.packaging.container import write_container
from dossier.packaging.write_behind import WriteBehind

FILES = [(f"documents/{number:03d}.bin", random.Random(number).randbytes(700_000)) for number in range(3)]


def test_a_container_on_disk_is_the_one_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(write_behind, "STEP_BYTES", 64 * 1024)
    monkeypatch.setattr(write_behind, "LAG_BYTES", 128 * 1024)
    in_memory = BytesIO()
    write_container(in_memory, FILES)
    with (tmp_path / "d.asice").open("w+b") as stream:
        write_container(stream, FILES)

    assert (tmp_path / "d.asice").read_bytes() == in_memory.getvalue()


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system takes no such hints")
def test_the_disk_is_told_early_and_each_byte_is_let_go_of_once(tmp_path, monkeypatch):
    monkeypatch.setattr(write_behind, "STEP_BYTES", 10)
    monkeypatch.setattr(write_behind, "LAG_BYTES", 25)
    reported: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda _fd, begin, length, _advice: reported.append((begin, length)))
    with (tmp_path / "file").open("wb") as stream:
        behind = WriteBehind(stream)
        for written in (4, 10, 20, 27, 40):
            behind.follow(written)

    assert reported == [(0, 10), (10, 10), (20, 20), (0, 15)]
