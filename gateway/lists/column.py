"""One column of a list: what it is called in answers, on pages and in files, and how its value is had of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from gateway.domain.people.access import Right
from gateway.lists.cell import Cell, drawn
from gateway.lists.reader import Reader
from gateway.texts.times import when

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[R]):
    """``key``: in answers, and the row's attribute where ``of`` says nothing else.

    ``json``: annotation of the value in answers, with ``about`` in the schema; None where answers do not have it.
    ``label``: heading on the page, English of the catalogue; empty where the page does not have it. ``cell``: what
    stands there; else the value. ``css``: of the cell. ``file``: heading in files; empty where files do not have it.
    ``text``: what stands there; else the value. ``right``: without which a page does not have it.
    ``turns``: the list goes by it, and its heading turns the order round.
    """

    key: str
    json: Any = None
    about: str = ""
    of: Callable[[R, Reader], object] | None = None
    label: str = ""
    cell: Callable[[R, Reader], Cell] | None = None
    css: str = ""
    file: str = ""
    text: Callable[[R], str] | None = None
    right: Right | None = None
    turns: bool = False

    def value(self, row: R, reader: Reader) -> object:
        """With its type."""
        return getattr(row, self.key) if self.of is None else self.of(row, reader)

    def shown(self, row: R, reader: Reader) -> Cell:
        """On a page."""
        return drawn(self.value(row, reader)) if self.cell is None else self.cell(row, reader)

    def written(self, row: R, reader: Reader) -> str:
        """In a file: instants in Almaty, words that a spreadsheet does not carry out."""
        if self.text is not None:
            return harmless(self.text(row))
        value = self.value(row, reader)
        if value is None:
            return ""
        return when(value) if isinstance(value, datetime) else harmless(str(value))


def harmless(words: str) -> str:
    """A peer's words that a spreadsheet would take for a formula are plain words to it with an apostrophe."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@", "\t", "\r")) else words
