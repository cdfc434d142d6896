"""Counts the pages of PDF documents for a dossier, within bounds of memory, time and reading. Blocking.

What cannot be counted within them is not known, and never a failure: the court is owed the dossier.
"""

from __future__ import annotations

import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self

from dossier.case.record import CaseDocument

CHILD: Final = Path(__file__).with_name("child.py")
_PDF: Final = b"%PDF-"
_HEAD_BYTES: Final = 1024  # where readers look for the mark of a PDF (ISO 32000-1, Annex H, note 13)
_WORD: Final = struct.Struct(">cQQ")


@dataclass(frozen=True, slots=True)
class PageLimits:
    """``each_s`` for one document, ``all_s`` for those of one dossier; ``read_bytes`` of one document.

    A sound PDF of any size is counted from its table at the end, in hundredths of a second.
    """

    each_s: float = 4.0
    all_s: float = 40.0
    read_bytes: int = 64 * 1024 * 1024


def with_page_counts(documents: Iterable[CaseDocument], limits: PageLimits | None = None) -> tuple[CaseDocument, ...]:
    """The documents, each with its number of pages where that is known."""
    with PageCounter(limits or PageLimits()) as counter:
        return tuple(replace(document, pages=counter.pages_of(document)) for document in documents)


class PageCounter:
    """Asks one child process about one document after the other; one that fails at it is replaced."""

    def __init__(self, limits: PageLimits) -> None:
        self._limits = limits
        self._ends_at = time.monotonic() + limits.all_s
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def pages_of(self, document: CaseDocument) -> int | None:
        """None for what is no PDF, and for one that could not be counted in time."""
        until = min(self._ends_at, time.monotonic() + self._limits.each_s)
        if document.ref.size < len(_PDF) or until <= time.monotonic():
            return None
        try:
            with document.open() as source:
                if _PDF not in source.read(_HEAD_BYTES):
                    return None
                return self._ask(source, document.ref.size, until) or None
        except (OSError, EOFError, TimeoutError, struct.error):
            self._end()  # it died of the file, or would have taken too long
            return None

    def _ask(self, source: BinaryIO, size: int, until: float) -> int:
        child = self._child or self._start()
        _write(child, struct.pack(">Q", size))
        left = self._limits.read_bytes
        while True:
            kind, first, second = _WORD.unpack(_read(child, _WORD.size, until))
            if kind != b"R":
                return int(first)
            left -= second
            if left < 0:
                raise EOFError
            source.seek(first)
            piece = source.read(second)
            _write(child, piece.ljust(second, b"\0"))  # a shorter source is the assembly's to refuse

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(  # noqa: S603 - a program of ours, nothing of a party in its words
            [sys.executable, "-I", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with child:  # closes the pipes and waits
                pass


def _write(child: subprocess.Popen[bytes], data: bytes) -> None:
    """The child reads whatever it asked for, so this does not block for longer than it takes to do so."""
    assert child.stdin is not None  # noqa: S101 - given as a pipe
    with memoryview(data) as rest:
        at = 0
        while at < len(rest):
            at += child.stdin.write(rest[at:]) or 0


def _read(child: subprocess.Popen[bytes], length: int, until: float) -> bytes:
    assert child.stdout is not None  # noqa: S101 - given as a pipe
    data = b""
    while len(data) < length:
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise TimeoutError
        if not (more := os.read(child.stdout.fileno(), length - len(data))):
            raise EOFError
        data += more
    return data
