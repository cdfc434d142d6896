"""The console's words in three languages: catalogues as translators edit them, read as they are at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from babel.messages.pofile import read_po

FOLDER: Final = Path(__file__).parent / "locale"


class PageLanguage(StrEnum):
    """What a page may be in. English is what the templates say; the others stand in a folder of ``locale`` each."""

    KK = "kk"
    RU = "ru"
    EN = "en"


KNOWN: Final = frozenset(map(str, PageLanguage))
NAMES: Final[Mapping[PageLanguage, str]] = {
    PageLanguage.KK: "Қазақша",
    PageLanguage.RU: "Русский",
    PageLanguage.EN: "English",
}


def marked(words: str) -> str:
    """Words that are to be in the catalogues, though it is a page that translates them."""
    return words


@dataclass(frozen=True, slots=True)
class Catalogues:
    """Words of each language by what they are in English."""

    words: Mapping[PageLanguage, Mapping[str, str]]

    @classmethod
    def packaged(cls) -> Self:
        """Those that come with the release."""
        return cls({language: _read(FOLDER / language) for language in PageLanguage if language is not PageLanguage.EN})

    def translate(self, language: PageLanguage, english: str) -> str:
        """The words in ``language``; a test holds that none are missing."""
        return self.words.get(language, {}).get(english, english)


def _read(folder: Path) -> dict[str, str]:
    """One file for each section of the console; what several say stands in the first that needed it."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.po")):
        with file.open("rb") as source:
            found |= {str(entry.id): str(entry.string) for entry in read_po(source) if entry.id and entry.string}
    return found
