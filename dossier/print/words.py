"""Times and words of the printed dossier, which speaks Kazakh and Russian."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from contracts.party import LocalText

WORDS: Final = Path(__file__).parent / "typst" / "words.toml"
ZONE: Final = ZoneInfo("Asia/Almaty")


def pair(text: LocalText) -> list[str]:
    """Kazakh, then Russian."""
    return [text.kk, text.ru]


def articles(article: str) -> list[str]:
    """The article as Kazakh and as Russian cite it: the Code has its own name in each."""
    kazakh, russian = words()["label"]["code"]
    return [article.replace(russian, kazakh), article]


def day(on: date) -> str:
    """``24.11.2026``."""
    return f"{on:%d.%m.%Y}"


def time(instant: datetime) -> str:
    """``24.11.2026 11:30:12``, local."""
    return f"{instant.astimezone(ZONE):%d.%m.%Y %H:%M:%S}"


def excerpt(text: str, most: int) -> str:
    """At most ``most`` characters in one line, cut between words, with a sign that there is more."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


@cache
def words() -> Mapping[str, Mapping[str, list[str]]]:
    """By group and key the Kazakh and the Russian."""
    return tomllib.loads(WORDS.read_text("utf-8"))
