"""Texts for people from TOML files: every language there, the same placeholders in each, nothing unread. Strict."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from string import Formatter
from typing import Any, Final, TypeVar

from contracts.party import LocalText

Key = TypeVar("Key", bound=StrEnum)
LANGUAGES: Final = frozenset({"kk", "ru", "en"})


class TextFileBroken(ValueError):
    """A file of texts is not as it ought to be; ours to mend, so that nothing starts with it."""


class TextFile:
    """The file in UTF-8 beside a module: sections of one text, or of a table of texts. Raises TextFileBroken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unread: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))

    def text(self, name: str) -> LocalText:
        """The text of that section."""
        return self._text(name, self._take(name))

    def table(self, name: str) -> Mapping[str, LocalText]:
        """The texts below that section, in the order of the file."""
        return {key: self._text(f"{name}.{key}", value) for key, value in self._take(name).items()}

    def lines(self, name: str) -> Mapping[str, str]:
        """What is written alike in all languages, below that section."""
        lines = self._take(name)
        if not all(isinstance(line, str) and line.strip() for line in lines.values()):
            raise self._broken(name, "must have lines, and no empty ones")
        return lines

    def table_of(self, name: str, keys: type[Key]) -> Mapping[Key, LocalText]:
        """The same, with a text for each member of the enum and for nothing else."""
        texts = self.table(name)
        if set(texts) != set(map(str, keys)):
            raise self._broken(name, f"must have the keys of {keys.__name__}")
        return {keys(key): text for key, text in texts.items()}

    def rest(self) -> Mapping[str, LocalText]:
        """Every section that was not taken is one text."""
        return {name: self.text(name) for name in list(self._unread)}

    def end(self) -> None:
        """To be called when all was taken: what nobody reads is an error."""
        if self._unread:
            raise self._broken(", ".join(self._unread), "is read by nobody")

    def _take(self, name: str) -> dict[str, Any]:
        found = self._unread.pop(name, None)
        if not isinstance(found, dict):
            raise self._broken(name, "is missing")
        return found

    def _text(self, name: str, value: object) -> LocalText:
        if not isinstance(value, dict) or set(value) != LANGUAGES:
            raise self._broken(name, "must have kk, ru and en, and nothing else")
        if not all(isinstance(words, str) and words.strip() for words in value.values()):
            raise self._broken(name, "has an empty text")
        if len({_placeholders(words) for words in value.values()}) != 1:
            raise self._broken(name, "has other placeholders in one language than in another")
        return LocalText(**value)

    def _broken(self, name: str, what: str) -> TextFileBroken:
        return TextFileBroken(f"{self._path.name}: {name} {what}")


def _placeholders(words: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name is not None)
