"""What stands in a cell of a list, as values: a page draws them, a terminal and a file write them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final

from contracts.party import LocalText
from gateway.lists.reader import Reader
from gateway.texts.language import marked
from gateway.texts.times import span, when


@dataclass(frozen=True, slots=True)
class Words:
    """As they are, in any language."""

    kind: ClassVar = "words"
    text: str

    def plain(self, reader: Reader) -> str:  # noqa: ARG002 - the same for all
        return self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """English words of the catalogue."""

    kind: ClassVar = "phrase"
    english: str

    def plain(self, reader: Reader) -> str:
        return reader.translate(self.english)


@dataclass(frozen=True, slots=True)
class Local:
    """Words that come in all languages."""

    kind: ClassVar = "local"
    text: LocalText

    def plain(self, reader: Reader) -> str:
        words: str = getattr(self.text, reader.language.value)
        return words


@dataclass(frozen=True, slots=True)
class Instant:
    """To the second, in Almaty."""

    kind: ClassVar = "instant"
    at: datetime | None

    def plain(self, reader: Reader) -> str:  # noqa: ARG002 - the same for all
        return when(self.at)


@dataclass(frozen=True, slots=True)
class Span:
    """The two largest units."""

    kind: ClassVar = "span"
    length: timedelta

    def plain(self, reader: Reader) -> str:
        return span(reader.translate, self.length)


@dataclass(frozen=True, slots=True)
class FaultCode:
    """Leads to the page of the code, where it is one of ours."""

    kind: ClassVar = "fault"
    text: str

    def plain(self, reader: Reader) -> str:  # noqa: ARG002 - the same for all
        return self.text


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Of a machine: an id, a path."""

    kind: ClassVar = "verbatim"
    text: str

    def plain(self, reader: Reader) -> str:  # noqa: ARG002 - the same for all
        return self.text


@dataclass(frozen=True, slots=True)
class Link:
    """``to``: below the prefix of the console. ``css``: classes of the style sheet."""

    kind: ClassVar = "link"
    to: str
    of: Piece | tuple[Piece, ...]
    css: str = ""

    def plain(self, reader: Reader) -> str:
        return plain(self.of, reader)


@dataclass(frozen=True, slots=True)
class Styled:
    """``css``: classes of the style sheet."""

    kind: ClassVar = "styled"
    css: str
    of: Piece

    def plain(self, reader: Reader) -> str:
        return self.of.plain(reader)


@dataclass(frozen=True, slots=True)
class Strong:
    """What the eye is to find first."""

    kind: ClassVar = "strong"
    of: tuple[Piece, ...]
    css: str = ""

    def plain(self, reader: Reader) -> str:
        return plain(self.of, reader)


@dataclass(frozen=True, slots=True)
class Under:
    """On a line of its own, in small letters."""

    kind: ClassVar = "under"
    of: tuple[Piece, ...]
    css: str = ""

    def plain(self, reader: Reader) -> str:
        return plain(self.of, reader)


ERASED: Final = Styled("empty", Phrase(marked("erased")))
"""Instead of words that retention took."""
_LONGEST: Final = 200
Piece = Words | Phrase | Local | Instant | Span | FaultCode | Verbatim | Link | Styled | Strong | Under
Cell = Piece | tuple[Piece, ...]


def pieces(cell: Cell) -> tuple[Piece, ...]:
    """Of one as of several."""
    return cell if isinstance(cell, tuple) else (cell,)


def plain(cell: Cell, reader: Reader) -> str:
    """Without a page: for a terminal."""
    return " ".join(filter(None, (piece.plain(reader) for piece in pieces(cell))))


def named(code: str, table: Mapping[str, str]) -> Piece:
    """In the catalogue's words; a code of another release is shown as it is."""
    return Phrase(table[code]) if code in table else Verbatim(code)


def shortened(words: str) -> str:
    """For a cell; the page of the thing has them all."""
    return words if len(words) <= _LONGEST + 5 else words[: _LONGEST - 3].rsplit(" ", 1)[0] + "..."


def drawn(value: object) -> Cell:
    """A value that nobody said more about."""
    match value:
        case None:
            return ()
        case datetime():
            return Instant(value)
        case timedelta():
            return Span(value)
        case LocalText():
            return Local(value)
        case StrEnum():
            return Words(value.value)
        case _:
            return Words(str(value))
