"""The number of a court's case: ``7594-26-00-4/123`` tells the region, the court, the year, the kind and the count.

Codes and form are data (``law/courts.toml``), since no order that gives them is public. So a number is never refused
for what it looks like: it is taken as the court wrote it, and what does not fit is a finding to be shown beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

from contracts.party import LocalText
from dossier.procedure.law.law_file import UnusableLaw, check_keys, read_law_file, read_text

_CENTURY: Final = 2000


class Instance(StrEnum):
    """Which court of the ladder heard the case."""

    FIRST = "first"
    APPEAL = "appeal"
    CASSATION = "cassation"
    SUPREME = "supreme"


class Unfitting(StrEnum):
    """What about a case number does not fit, in the order in which it is looked for."""

    FORM = "form"
    LETTERS = "letters"  # Latin ones that look like the Cyrillic ones meant
    KIND = "kind"
    REGION = "region"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """``region`` and ``court``: two digits each. ``year``: all four. ``suffix``: None without brackets."""

    region: str
    court: str
    year: int
    kind: str
    number: int
    suffix: int | None = None

    def __str__(self) -> str:
        """As a court writes it."""
        behind = "" if self.suffix is None else f"({self.suffix})"
        return f"{self.region}{self.court}-{self.year % 100:02d}-00-{self.kind}/{self.number}{behind}"


@dataclass(frozen=True, slots=True)
class CaseNumberFinding:
    """A number that does not fit, and why. Nobody's fault: the table may be the one that is wrong."""

    unfitting: Unfitting
    text: LocalText


@dataclass(frozen=True, slots=True)
class CourtRegion:
    """``code``: as case numbers begin. ``kato``: first two digits of its places, ``*`` for all of the country.

    ``courts``: their two digits. ``inferred``: what nobody confirmed.
    """

    code: str
    kato: str
    name: LocalText
    courts: Mapping[Instance, str]
    inferred: frozenset[str]


@dataclass(frozen=True, slots=True)
class CourtTable:
    """One version of what is known of courts and their case numbers."""

    version: str
    form: str
    pattern: re.Pattern[str]
    look_alikes: Mapping[int, str]
    kinds: Mapping[str, Instance]
    regions: Mapping[str, CourtRegion]
    findings: Mapping[Unfitting, LocalText]


def parse_case_number(text: str) -> CaseNumber | CaseNumberFinding:
    """What a case number says, or why it does not fit what is known of case numbers."""
    table = court_table()
    found = table.pattern.fullmatch(text)
    if found is None:
        return _finding(table, Unfitting.FORM, form=table.form)
    parts = found.groupdict()
    suffix = None if parts["suffix"] is None else int(parts["suffix"])
    year = _CENTURY + int(parts["year"])
    number = CaseNumber(parts["region"], parts["court"], year, parts["kind"], int(parts["number"]), suffix)
    return _unfitting(number, table) or number


def case_number_problem(text: str) -> LocalText | None:
    """What to show beside a case number that does not fit; None when it fits."""
    parsed = parse_case_number(text)
    return parsed.text if isinstance(parsed, CaseNumberFinding) else None


def number_start_at(kato: str) -> str | None:
    """How the number of a first-instance case begins for a place; None where no region of courts has it."""
    regions = court_table().regions.values()
    here = next((region for region in regions if kato.startswith(region.kato)), None)
    return None if here is None else f"{here.code}{here.courts[Instance.FIRST]}"


@cache
def court_table() -> CourtTable:
    """The table of this distribution. Raises UnusableLaw."""
    file = read_law_file("courts")
    check_keys("courts.toml", file, required={"version", "number", "kind", "region", "finding"})
    number = file["number"]
    check_keys("courts.toml, number", number, required={"form", "pattern", "look_alikes"})
    try:
        return CourtTable(
            version=file["version"],
            form=number["form"],
            pattern=re.compile(number["pattern"]),
            look_alikes=str.maketrans(number["look_alikes"]),
            kinds={kind: Instance(entry["instance"]) for kind, entry in file["kind"].items()},
            regions={code: _region(code, entry) for code, entry in file["region"].items()},
            findings={one: read_text(f"courts.toml, finding.{one}", file["finding"].get(one)) for one in Unfitting},
        )
    except (re.error, ValueError, KeyError, TypeError) as broken:
        raise UnusableLaw(f"courts.toml: {broken}") from broken


def _region(code: str, entry: Mapping[str, Any]) -> CourtRegion:
    where = f"courts.toml, region.{code}"
    check_keys(where, entry, required={"kato", "name", "courts"}, optional={"inferred"})
    courts = {Instance(instance): court for instance, court in entry["courts"].items()}
    inferred = frozenset(entry.get("inferred", ()))
    return CourtRegion(code, entry["kato"], read_text(where, entry["name"]), courts, inferred)


def _unfitting(number: CaseNumber, table: CourtTable) -> CaseNumberFinding | None:
    meant = number.kind.translate(table.look_alikes)
    if number.kind not in table.kinds and meant in table.kinds:
        return _finding(table, Unfitting.LETTERS, kind=number.kind, meant=meant)
    if number.kind not in table.kinds:
        return _finding(table, Unfitting.KIND, kind=number.kind)
    region = table.regions.get(number.region)
    if region is None:
        return _finding(table, Unfitting.REGION, region=number.region)
    if number.court not in region.courts.values():
        return _finding(table, Unfitting.COURT, court=number.court, name=region.name)
    return None


def _finding(table: CourtTable, unfitting: Unfitting, **words: str | LocalText) -> CaseNumberFinding:
    text = table.findings[unfitting]

    def in_language(lang: str) -> str:
        filled = {name: word if isinstance(word, str) else getattr(word, lang) for name, word in words.items()}
        written: str = getattr(text, lang)
        return written.format(**filled)

    return CaseNumberFinding(unfitting, LocalText(in_language("kk"), in_language("ru"), in_language("en")))
