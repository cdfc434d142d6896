"""Counts pages of PDF files, one after the other, until its input ends. Run by itself, never imported by the exchange.

A file comes from anyone, and a PDF can be made to cost its reader any amount of memory and time: so it is read here,
in a process with a limit on its memory, which the one that asks ends when a count takes too long. The file itself stays
with the asker: pieces are asked for by ``R``, offset and length; the answer is ``N`` and the number, 0 when unknown.
"""

from __future__ import annotations

import io
import resource
import struct
import sys
from typing import BinaryIO

from pypdf import PdfReader

MEMORY_BYTES = 768 * 1024 * 1024  # of address space; an empty interpreter with pypdf takes some 200 MB of it
CPU_S = 120  # should the asker be gone without ending this process

_PIECE_BYTES = 64 * 1024


class CountRequest(io.RawIOBase):
    """A file whose bytes the asker holds."""

    def __init__(self, size: int, questions: BinaryIO, answers: BinaryIO) -> None:
        super().__init__()
        self._size, self._at = size, 0
        self._questions, self._answers = questions, answers

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # io gives a memoryview
        length = max(0, min(len(buffer), self._size - self._at))
        if length:
            self._questions.write(b"R" + struct.pack(">QQ", self._at, length))
            self._questions.flush()
            buffer[:length] = self._answers.read(length)
        self._at += length
        return length


def _count(file: CountRequest) -> int:
    try:
        return len(PdfReader(io.BufferedReader(file, _PIECE_BYTES), strict=False).pages)
    except (Exception, RecursionError, MemoryError):  # noqa: BLE001 - whatever a hostile file makes of the reader
        return 0


def main() -> None:
    """One size in, one count out, until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    answers, questions = sys.stdin.buffer, sys.stdout.buffer
    while len(size := answers.read(8)) == 8:
        count = _count(CountRequest(struct.unpack(">Q", size)[0], questions, answers))
        questions.write(b"N" + struct.pack(">QQ", count, 0))
        questions.flush()


if __name__ == "__main__":
    main()
