"""Dated rules of the Code: which duty, by which article, bound to whom, how long, and what its breach means.

One TOML file beside ``law`` is one version; code knows duties by key and takes everything else from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from contracts.party import LocalText
from dossier.procedure.lawfile import UnusableLaw, check_keys, read_law_file, read_text


class Unit(StrEnum):
    """What a length is counted in; ``seconds`` exist for the sandbox only."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    SECONDS = "seconds"


class CountsFrom(StrEnum):
    """Where counting starts: at the moment itself, or with the day after it (Art. 76(2), ГПК Art. 122)."""

    SAME_MOMENT = "same_moment"
    NEXT_DAY = "next_day"


class Consequence(StrEnum):
    """What the clock records when the duty was not done in time."""

    BREACH = "breach"
    DEFAULT = "default"


class Source(StrEnum):
    """How surely a row is known; ``inferred`` rows are for an operator's lawyer to confirm."""

    LAW = "law"
    INFERRED = "inferred"


class Bound(StrEnum):
    """Whom a duty binds."""

    BODY = "body"
    APPLICANT = "applicant"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of the law. ``valid_to`` is the last day on which a term may begin under it; None: until changed.

    ``starts`` names the event that starts the term; ``article`` carries its code, as in ``АППК 76(1)``.
    """

    key: str
    article: str
    wording: LocalText
    bound: Bound
    starts: str
    length: int
    unit: Unit
    counts_from: CountsFrom
    consequence: Consequence
    valid_from: date
    valid_to: date | None
    source: Source

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Pretrial:
    """Whether a disagreement over ``subject`` (code prefix, ``*`` all) must pass the higher body first (Art. 91(5))."""

    subject: str
    required: bool
    article: str
    reason: LocalText
    source: Source

    def covers(self, subject: str) -> bool:
        return self.subject == "*" or subject.startswith(self.subject)


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the law as data. ``label`` is shown wherever its terms are, so that a sandbox is seen as one."""

    version: str
    label: LocalText
    closes_at: time
    duties: tuple[Duty, ...]
    pretrial: tuple[Pretrial, ...]

    def duty(self, key: str, on: date) -> Duty:
        """The row of this duty for a term that begins on the local date ``on``. Raises ``UnusableLaw``."""
        for duty in self.duties:
            if duty.key == key and duty.holds_on(on):
                return duty
        raise UnusableLaw(f"{self.version}: no duty {key!r} holds on {on}")

    def consequence_of(self, key: str) -> Consequence:
        """What silence on this duty is. A term may come from an older version, so an unknown duty is breached too."""
        return next((duty.consequence for duty in self.duties if duty.key == key), Consequence.BREACH)

    def pretrial_for(self, subject: str) -> Pretrial:
        """The most specific row that covers the subject; ``*`` is always there."""
        return max((row for row in self.pretrial if row.covers(subject)), key=_specificity)


def _specificity(row: Pretrial) -> int:
    return 0 if row.subject == "*" else len(row.subject)


@cache
def load_rules(name: str) -> Rules:
    """Read and check the rules version ``name``: unknown keys, gaps and overlaps are refused (``UnusableLaw``)."""
    table = read_law_file(name)
    check_keys(name, table, required={"version", "label", "registration", "duty", "pretrial"})
    if table["version"] != name:
        raise UnusableLaw(f"{name}.toml calls itself {table['version']!r}")
    rules = Rules(
        version=name,
        label=read_text(f"{name} label", table["label"]),
        closes_at=_closing_time(name, table["registration"]),
        duties=tuple(_duty(name, row) for row in table["duty"]),
        pretrial=tuple(_pretrial(name, row) for row in table["pretrial"]),
    )
    _check_whole(rules)
    return rules


_DUTY_KEYS = {
    "key",
    "article",
    "wording",
    "bound",
    "starts",
    "length",
    "unit",
    "counts_from",
    "consequence",
    "valid_from",
}


def _duty(name: str, row: Mapping[str, Any]) -> Duty:
    where = f"{name} duty {row.get('key', '?')}"
    check_keys(where, row, required=_DUTY_KEYS, optional={"valid_to", "source"})
    duty = Duty(
        key=row["key"],
        article=row["article"],
        wording=read_text(f"{where} wording", row["wording"]),
        bound=_member(where, Bound, row["bound"]),
        starts=row["starts"],
        length=row["length"],
        unit=_member(where, Unit, row["unit"]),
        counts_from=_member(where, CountsFrom, row["counts_from"]),
        consequence=_member(where, Consequence, row["consequence"]),
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
        source=_member(where, Source, row.get("source", Source.LAW)),
    )
    _check_counting(where, duty)
    return duty


def _check_counting(where: str, duty: Duty) -> None:
    if duty.length < 1:
        raise UnusableLaw(f"{where}: the length is at least 1")
    if (duty.unit is Unit.SECONDS) != (duty.counts_from is CountsFrom.SAME_MOMENT):
        raise UnusableLaw(f"{where}: seconds count from the same moment, days and months from the next day")


def _pretrial(name: str, row: Mapping[str, Any]) -> Pretrial:
    where = f"{name} pretrial {row.get('subject', '?')}"
    check_keys(where, row, required={"subject", "required", "article", "reason"}, optional={"source"})
    return Pretrial(
        subject=row["subject"],
        required=row["required"],
        article=row["article"],
        reason=read_text(f"{where} reason", row["reason"]),
        source=_member(where, Source, row.get("source", Source.LAW)),
    )


def _closing_time(name: str, table: Mapping[str, Any]) -> time:
    check_keys(f"{name} registration", table, required={"article", "closes_at"}, optional={"source"})
    return time.fromisoformat(table["closes_at"])


_E = TypeVar("_E", bound=StrEnum)


def _member(where: str, kind: type[_E], value: str) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        raise UnusableLaw(f"{where}: {value!r} is none of {', '.join(kind)}") from error


def _check_whole(rules: Rules) -> None:
    if not any(row.subject == "*" for row in rules.pretrial):
        raise UnusableLaw(f"{rules.version}: no pretrial rule for all subjects ('*')")
    for i, duty in enumerate(rules.duties):
        if any(_overlap(duty, other) for other in rules.duties[:i]):
            raise UnusableLaw(f"{rules.version}: two rows of {duty.key} hold on the same day")


def _overlap(one: Duty, other: Duty) -> bool:
    return one.key == other.key and (one.holds_on(other.valid_from) or other.holds_on(one.valid_from))
