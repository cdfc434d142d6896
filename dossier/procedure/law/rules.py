"""Dated rules of the Code: which duty, by which article, bound to whom, how long, and what its breach means.

One TOML file beside ``law``, or one of an operator's own, is one version; code knows duties by key and takes
everything else from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from contracts.identifiers import ANY, covers
from contracts.party import LocalText
from contracts.payloads import AppealKind
from dossier.procedure.law.law_file import UnusableLaw


class TermUnit(StrEnum):
    """What a length is counted in; ``seconds`` exist for the sandbox only."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"
    SECONDS = "seconds"


class CountsFrom(StrEnum):
    """Where counting starts: at the moment itself, with its day, or with the day after (Art. 76(2), ГПК Art. 122)."""

    SAME_MOMENT = "same_moment"
    SAME_DAY = "same_day"  # the day itself is the first one
    NEXT_DAY = "next_day"


class Starts(StrEnum):
    """The event that starts a term."""

    RECEIPT = "receipt"  # of the appeal or the complaint by whom the duty binds
    REGISTRATION = "registration"  # the same, but after hours and on a day off it waits for the next working day
    NOTICE = "notice"
    DECISION = "decision"
    DEMAND = "demand"
    KNOWLEDGE = "knowledge"
    DELIVERY = "delivery"
    RULING = "ruling"  # of the court, in its final form
    CLAIM = "claim"  # its filing, or its coming to the court of appeal
    IN_FORCE = "in_force"


class Consequence(StrEnum):
    """What the clock records when the term is over and the duty was not done."""

    BREACH = "breach"
    DEFAULT = "default"  # silence on a demand, as an act of its own
    LAPSE = "lapse"  # a right ends unused
    FULFIL = "fulfil"  # the passing of the time is the duty


class RowCertainty(StrEnum):
    """How surely a row is known; all but ``text`` are for an operator's lawyer to confirm."""

    TEXT = "text"  # read in the text of the law, in the edition that the row names
    INFERRED = "inferred"  # from another text, or by analogy
    TO_BE_CONFIRMED = "to_be_confirmed"  # the law that says so is not named


class Bound(StrEnum):
    """Whom a duty binds."""

    BODY = "body"
    APPLICANT = "applicant"
    REVIEWER = "reviewer"
    COURT = "court"


@dataclass(frozen=True, slots=True)
class LawDuty:
    """One row of the law. ``valid_to`` is the last day on which a term may begin under it; None: until changed.

    ``appeal`` (None: every kind) and ``subject`` (a code and those below it) say for which appeals it is.
    ``article`` carries its code, as in ``АППК 76(1)``. ``extension`` is the key of the duty by which it is extended;
    None: it cannot be. ``remind_before`` counts from the due day back, in working days, in seconds where the length
    is in seconds; None: nobody is reminded. ``edition``: the edition of the text that the row was read in.
    ``reading``: the open question that says how it counts; ``counts_from`` holds its answer.
    """

    key: str
    appeal: AppealKind | None
    subject: str
    article: str
    wording: LocalText
    bound: Bound
    starts: Starts
    length: int
    unit: TermUnit
    counts_from: CountsFrom
    extension: str | None
    remind_before: int | None
    consequence: Consequence
    valid_from: date
    valid_to: date | None
    source: RowCertainty
    edition: date | None = None
    reading: str | None = None

    @property
    def is_general(self) -> bool:
        return self.appeal is None and self.subject == ANY

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def is_for(self, kind: AppealKind | None, subject: str) -> bool:
        return self.appeal in (None, kind) and covers(self.subject, subject)


@dataclass(frozen=True, slots=True)
class Pretrial:
    """Whether a disagreement over ``subject`` (code, ``*`` all) must pass the higher body first (Art. 91(5)).

    ``appeal``: the kind of appeal that it is for, None for every kind. ``law``: the law that opens the court at once,
    by article; None where none is named, which is to be confirmed.
    """

    appeal: AppealKind | None
    subject: str
    required: bool
    article: str
    reason: LocalText
    source: RowCertainty
    law: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What the text leaves open: every reading of it, and ``value``, the key of the one that is followed."""

    key: str
    article: str
    question: LocalText
    options: Mapping[str, LocalText]
    value: str


@dataclass(frozen=True, slots=True)
class LawRules:
    """One version of the law as data. ``label`` is shown wherever its terms are, so that a sandbox is seen as one."""

    version: str
    label: LocalText
    closes_at: time
    duties: tuple[LawDuty, ...]
    pretrial: tuple[Pretrial, ...]
    readings: Mapping[str, Reading] = field(default_factory=dict, hash=False)

    def follows(self, reading: str, option: str) -> bool:
        """Whether these rules read the open question ``reading`` as ``option``."""
        return self.readings[reading].value == option

    def duty(self, key: str, on: date, *, kind: AppealKind | None = None, subject: str = "") -> LawDuty:
        """The row for a term that begins on the local date ``on``. Raises ``UnusableLaw``.

        The one with the longest subject that covers the appeal's, then the one for its kind, then the general one.
        """
        rows = [row for row in self.duties if row.key == key and row.holds_on(on) and row.is_for(kind, subject)]
        if not rows:
            raise UnusableLaw(f"{self.version}: no duty {key!r} holds on {on}")
        return max(rows, key=lambda row: (_weight(row.subject), row.appeal is not None))

    def knows(self, key: str, on: date) -> bool:
        """Whether there is such a duty for what begins on the local date ``on``."""
        return any(row.key == key and row.holds_on(on) for row in self.duties)

    def general(self, key: str) -> LawDuty | None:
        """A general row of this duty, of whatever time: for what does not change with the appeal."""
        return next((row for row in self.duties if row.key == key and row.is_general), None)

    def consequence_of(self, key: str) -> Consequence:
        """What silence on this duty is. A term may come from an older version, so an unknown duty is breached too."""
        row = self.general(key)
        return Consequence.BREACH if row is None else row.consequence

    def pretrial_for(self, kind: AppealKind, subject: str) -> Pretrial:
        """The row for this kind of appeal, else the most specific that covers the subject; ``*`` is always there."""
        rows = [row for row in self.pretrial if row.appeal in (None, kind) and covers(row.subject, subject)]
        return max(rows, key=lambda row: (row.appeal is not None, _weight(row.subject)))


def _weight(pattern: str) -> int:
    return 0 if pattern == ANY else len(pattern)
