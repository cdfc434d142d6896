"""Which parts of the Code are carried here and by what, or why not: the table that ``docs/law.md`` is written from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from dossier.procedure.law.law_file import UnusableLaw, check_keys, read_day, read_law_file, read_line


class Whom(StrEnum):
    """Whom a part of the Code is for."""

    APPLICANT = "applicant"
    BODY = "body"
    REVIEWER = "reviewer"
    COURT = "court"
    THIRD = "third"  # a person whom the act touches and who took no part


class Gives(StrEnum):
    """What a part of the Code gives."""

    TERM = "term"
    DUTY = "duty"
    RIGHT = "right"
    CONSEQUENCE = "consequence"


@dataclass(frozen=True, slots=True)
class LawPart:
    """One part of the Code. ``text``: its own words, Russian; None where the row stands for the article as a whole.

    ``by``: what carries it, as ``duty:review``; empty exactly where ``why_not`` says why nothing does.
    """

    cite: str
    whom: Whom
    gives: Gives
    text: str | None
    by: tuple[str, ...]
    why_not: str | None


@dataclass(frozen=True, slots=True)
class AnnouncedChange:
    """A later wording that the text announces; ``begins``: when, in the words of the announcement."""

    cite: str
    law: str
    signed: date
    begins: str


@cache
def law_parts() -> tuple[LawPart, ...]:
    """Every row, in the order of the Code. Raises ``UnusableLaw``."""
    return tuple(_part(row) for row in read_law_file("coverage")["part"])


@cache
def announced_changes() -> tuple[AnnouncedChange, ...]:
    """Every change that the text announces. Raises ``UnusableLaw``."""
    return tuple(_announced(row) for row in read_law_file("coverage")["announced"])


def _part(row: dict[str, object]) -> LawPart:
    where = f"coverage {row.get('cite', '?')}"
    check_keys(where, row, required={"cite", "whom", "gives"}, optional={"text", "by", "why_not"})
    if ("by" in row) == ("why_not" in row):
        raise UnusableLaw(f"{where}: either what carries it, or why nothing does")
    by = row.get("by", [])
    return LawPart(
        cite=read_line(where, row["cite"]),
        whom=Whom(read_line(where, row["whom"])),
        gives=Gives(read_line(where, row["gives"])),
        text=read_line(where, row["text"]) if "text" in row else None,
        by=tuple(read_line(where, each) for each in by) if isinstance(by, list) else (),
        why_not=read_line(where, row["why_not"]) if "why_not" in row else None,
    )


def _announced(row: dict[str, object]) -> AnnouncedChange:
    where = f"coverage announced {row.get('cite', '?')}"
    check_keys(where, row, required={"cite", "law", "signed", "begins"})
    return AnnouncedChange(
        read_line(where, row["cite"]),
        read_line(where, row["law"]),
        read_day(where, row["signed"]),
        read_line(where, row["begins"]),
    )
