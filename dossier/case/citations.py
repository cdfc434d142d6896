"""Citations of law as officials write them, in Kazakh, Russian or English, read into law, article, part and point.

A part is a «пункт» or «часть», «тармақ» or «бөлік»: codes differ in which they have, people mix them up, and «76(1)»
does not tell. A point is the level below: «подпункт», «тармақша». What names no law, no article, or more than one of
anything is not read at all, rather than read wrongly.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import Any, Final


class LawUnit(IntEnum):
    """The levels of a law, from above."""

    ARTICLE = 0
    PART = 1
    POINT = 2


@dataclass(frozen=True, slots=True)
class Citation:
    """``law``: the key of a law that ``grounds.toml`` lists, else its name as written. Numbers are such as ``45-1``."""

    law: str
    article: str
    part: str | None = None
    point: str | None = None

    def is_of_article(self, other: Citation) -> bool:
        """Whether both are about one article."""
        return (self.law, self.article) == (other.law, other.article)

    def covers(self, other: Citation) -> bool:
        """Whether it names ``other``, or a whole of which ``other`` is a part."""
        return self.is_of_article(other) and self.part in {None, other.part} and self.point in {None, other.point}


_BEFORE: Final = {  # Russian and English name the level before the number
    LawUnit.ARTICLE: re.compile(r"ст|стать\w*|art|article"),
    LawUnit.PART: re.compile(r"п|пункт\w*|ч|част\w*|para|paragraph|part"),
    LawUnit.POINT: re.compile(r"пп|подп|подпункт\w*|subparagraph"),
}
_AFTER: Final = {  # Kazakh names it after
    LawUnit.ARTICLE: re.compile(r"ба[пб]\w*"),
    LawUnit.PART: re.compile(r"тарма[қғ](?!ша)\w*|бөлі[кг]\w*"),
    LawUnit.POINT: re.compile(r"тармақша\w*"),
}
_ORDINAL: Final = re.compile(r"[іы]?н?ш[іы]|[оаы]?[йя]|го|\)")
_NO_ARTICLE: Final = re.compile(  # numbers and dates of laws; «№» reads as «no» once it is plain
    r"\bno\b\.?\s*\S+|\d{1,2}\.\d{1,2}\.\d{4}|\d{4}\s*жыл\w*(?:\s+\d{1,2}\s+[^\W\d]+)?|(?:\d{1,2}\s+[^\W\d]+\s+)?\d{4}\s*г\w*\.?"
)
_TOKEN: Final = re.compile(r"\d+(?:-\d+)?|[^\W\d_]+|[()]")


def plain(text: str) -> str:
    """Small letters, «ё» as «е», one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").split())


def read_citation(text: str) -> Citation | None:
    """None for what cannot be read as one article of one law."""
    tokens = _in_digits(_TOKEN.findall(_NO_ARTICLE.sub(" ", plain(text)).replace("п.п.", "пп ")))
    numbers: dict[LawUnit, str] = {}
    for at, token in enumerate(tokens):
        if token[0].isdigit():
            unit = _unit_of(tokens, at, numbers)
            if unit is None or numbers.get(unit, token) != token:  # the same one named twice is still one
                return None
            numbers[unit] = token
    law = _law(tokens)
    if LawUnit.ARTICLE not in numbers or not law:
        return None
    return Citation(law, numbers[LawUnit.ARTICLE], numbers.get(LawUnit.PART), numbers.get(LawUnit.POINT))


def is_listed(law: str) -> bool:
    """Whether the law is known by its names in several languages."""
    return law in _data()["laws"]


def _in_digits(tokens: Sequence[str]) -> list[str]:
    """«Часть первая» and «бірінші бөлігі» as «часть 1» and «1 бөлігі»; ordinals elsewhere are words."""
    words = tuple(_data()["ordinals"].items())
    units = (*_BEFORE.values(), *_AFTER.values())
    quoted = list(tokens)
    for at, token in enumerate(tokens):
        number = next((number for stem, number in words if token.startswith(stem)), None)
        near = [*tokens[max(0, at - 1) : at], *tokens[at + 1 : at + 2]]
        if number and any(unit.fullmatch(one) for unit in units for one in near):
            quoted[at] = str(number)
    return quoted


def _unit_of(tokens: Sequence[str], at: int, known: dict[LawUnit, str]) -> LawUnit | None:
    """The level of the number: named, or told by brackets, or an article that stands bare."""
    before = tokens[at - 1] if at else ""
    if before == "(":
        return LawUnit.POINT if LawUnit.PART in known else LawUnit.PART
    after = next((token for token in tokens[at + 1 :] if not _ORDINAL.fullmatch(token)), "")
    named = [unit for unit, word in _AFTER.items() if word.fullmatch(after)]
    named += [unit for unit, word in _BEFORE.items() if word.fullmatch(before)]
    return next(iter(named), None if LawUnit.ARTICLE in known else LawUnit.ARTICLE)


def _law(tokens: Sequence[str]) -> str:
    """The key of the listed law with the longest name that the words hold, else the words themselves."""
    words = tuple(_words_of_law(tokens))
    found = [(len(name), law) for law, names in _names().items() for name in names if _holds(words, name)]
    return max(found)[1] if found else " ".join(words)


def _words_of_law(tokens: Sequence[str]) -> Iterator[str]:
    for at, token in enumerate(tokens):
        near = [*tokens[max(0, at - 3) : at], *tokens[at + 1 : at + 2]]
        is_level = any(one[0].isdigit() for one in near) and any(
            word.fullmatch(token) for word in (*_BEFORE.values(), *_AFTER.values(), _ORDINAL)
        )
        if token.isalpha() and not is_level and token not in _data()["words"]["silent"]:
            yield token


def _holds(words: tuple[str, ...], name: tuple[str, ...]) -> bool:
    if len(name) == 1:
        return name[0] in words
    windows = (words[at : at + len(name)] for at in range(len(words) - len(name) + 1))
    return any(all(word.startswith(part) for word, part in zip(some, name, strict=True)) for some in windows)


@cache
def _names() -> dict[str, tuple[tuple[str, ...], ...]]:
    return {law: tuple(tuple(name.split()) for name in names) for law, names in _data()["laws"].items()}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("dossier.case").joinpath("grounds.toml").read_text(encoding="utf-8"))
