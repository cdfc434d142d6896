"""Formal replies: whether a body has sent nearly the same letter before. Marked with a count, never judged.

A letter is read as the set of its sequences of three words, with the applicant's and the signer's names, numbers and
dates taken out, so that a template with another number in it is still alike, and so are paragraphs in another order.
What is compared is a sketch of that set (MinHash): the share of places in which two sketches agree estimates the share
of sequences that the letters have in common, with a standard error below 0.03 at 0.9.

A sketch is not the text, but whoever guesses a letter can tell whether it was this one. So it is erased with the case.
"""

from __future__ import annotations

import hashlib
import re
import struct
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from operator import eq
from typing import Any, Final

from rensa import RMinHash

VERSION: Final = 1
"""Of normalising, sequences, sketch and bands together. Sketches of different versions are never compared.

A test holds the bytes of version 1. Whatever would change them, a release of the library included, makes version 2; a
reply that is still kept can be sketched anew from its text.
"""
_PLACES: Final = 120
_FORM: Final = struct.Struct(f">{_PLACES}I")
_SEED: Final = 1
_WORDS: Final = 3
_PLACES_OF_BAND: Final = 10  # of 12 bands one agrees for 99 of 100 letters at 0.9, and for all but 1 in 10,000 at 0.95

_DIGIT: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W\d_](?:\.|[^\W\d_]*)")  # a letter with a dot is an initial
_NUMBER: Final = "#"
_NAME: Final = "@"
_BLANKS: Final = frozenset({_NUMBER, _NAME})


@dataclass(frozen=True, slots=True)
class Sketch:
    """The sketch of one letter: 120 numbers of four bytes, big-endian."""

    version: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Threshold:
    """``share`` of word sequences in common that makes letters nearly identical; ``shortest``: of so many sequences."""

    share: float
    shortest: int


@cache
def threshold() -> Threshold:
    """As ``likeness.toml`` says, with the reasons."""
    data = _data()
    return Threshold(data["threshold"], data["shortest"])


def sketch_of(text: str, names: Collection[str] = ()) -> Sketch | None:
    """The letter's sketch; None for one too short to be marked. ``names``: of the applicant and of who signed."""
    sequences = set(_sequences(list(_normalised(text, names))))
    if len(sequences) < threshold().shortest:
        return None
    sketch = RMinHash(num_perm=_PLACES, seed=_SEED)
    sketch.update(sequences)
    return Sketch(VERSION, _FORM.pack(*sketch.digest()))


def likeness(one: Sketch, other: Sketch) -> float:
    """About which share of the word sequences of both letters stands in each; 0 for sketches of two versions."""
    if one.version != other.version:
        return 0.0
    same: int = sum(map(eq, _FORM.unpack(one.content), _FORM.unpack(other.content)))
    return same / _PLACES


def are_alike(one: Sketch, other: Sketch) -> bool:
    """Whether the letters are nearly identical."""
    return likeness(one, other) >= threshold().share


def buckets(sketch: Sketch, body: str) -> tuple[int, ...]:
    """Where to look for letters of ``body`` that may be alike: those that share a bucket. Signed 64-bit numbers."""
    width = 4 * _PLACES_OF_BAND
    bands = (sketch.content[start : start + width] for start in range(0, 4 * _PLACES, width))
    return tuple(_bucket(f"{sketch.version} {band} {body} ".encode() + part) for band, part in enumerate(bands))


def _bucket(content: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big", signed=True)


def _sequences(words: list[str]) -> Iterator[str]:
    return (" ".join(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1))


def _normalised(text: str, names: Iterable[str]) -> Iterator[str]:
    """Words without case; names, numbers and dates as one blank each, however many words they take."""
    own, last = _Names.of(names), ""
    for word in _words(text):
        read = _read(word, last, own)
        if read != last or read not in _BLANKS:
            yield read
        last = read


def _words(text: str) -> Iterator[str]:
    """Words in small letters, initials with their dot; what holds a digit is one word as far as the next space."""
    for chunk in unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").split():
        yield from (_NUMBER,) if _DIGIT.search(chunk) else _WORD.findall(chunk)


def _read(word: str, last: str, own: _Names) -> str:
    if last == _NUMBER and _is_date_word(word):
        return _NUMBER
    return _NAME if word.endswith(".") or own.have(word) else word


@dataclass(frozen=True, slots=True)
class _Names:
    """Names in any of their forms: in Kazakh endings are added, in Russian the last letters change."""

    whole: frozenset[str]
    stems: tuple[str, ...]

    @classmethod
    def of(cls, names: Iterable[str]) -> _Names:
        parts = frozenset(part for name in names for part in _words(name))
        return cls(parts, tuple(part[: max(4, len(part) - 2)] for part in sorted(parts) if len(part) >= 4))

    def have(self, word: str) -> bool:
        return word in self.whole or word.startswith(self.stems)


@lru_cache(maxsize=1_024)
def _is_date_word(word: str) -> bool:
    years, months = _date_words()
    return word.rstrip(".") in years or word.startswith(months)


@cache
def _date_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """Words that go with the number of a year, and how the names of months begin, both without case."""
    data = _data()["dates"]
    return frozenset(data["years"]), tuple(data["months"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("dossier.case").joinpath("likeness.toml").read_text(encoding="utf-8"))
