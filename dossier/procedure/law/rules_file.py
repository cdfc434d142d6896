"""Reading a rules file into values: unknown keys, values of another kind, gaps and overlaps are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from enum import StrEnum
from functools import cache
from itertools import pairwise
from typing import Any, Final, TypeVar

from contracts.identifiers import ANY
from contracts.payloads import AppealKind
from dossier.procedure.law.law_file import (
    PACKAGED,
    OwnFiles,
    UnusableLaw,
    check_keys,
    read_day,
    read_flag,
    read_law_file,
    read_line,
    read_text,
    read_whole,
)
from dossier.procedure.law.readings import load_readings
from dossier.procedure.law.rules import (
    Bound,
    Consequence,
    CountsFrom,
    LawDuty,
    LawRules,
    Pretrial,
    Reading,
    RowCertainty,
    Starts,
    TermUnit,
)

CODE: Final = "appk-2026"
"""The rules in which every duty that the procedure knows is worded."""

Row = Mapping[str, Any]

_DUTY_REQUIRED: Final = frozenset(
    {"key", "article", "wording", "bound", "starts", "length", "unit", "counts_from", "consequence", "valid_from"}
)
_DUTY_OPTIONAL: Final = frozenset(
    {"appeal", "subject", "extension", "remind_before", "valid_to", "source", "edition", "reading"}
)
_PRETRIAL_REQUIRED: Final = frozenset({"subject", "required", "article", "reason"})


@cache
def load_rules(name: str, own: OwnFiles = PACKAGED) -> LawRules:
    """The rules in the file ``name``, the operator's ``own`` or the packaged one. Raises ``UnusableLaw``."""
    table = read_law_file(name, own)
    check_keys(name, table, required={"version", "label", "registration", "duty", "pretrial"}, optional={"readings"})
    readings = load_readings(name, table.get("readings", {}))
    rules = LawRules(
        version=read_line(f"{name} version", table["version"]),
        label=read_text(f"{name} label", table["label"]),
        closes_at=_closing_time(f"{name} registration", table["registration"]),
        duties=tuple(_duty(name, row, readings) for row in table["duty"]),
        pretrial=tuple(_pretrial(name, row) for row in table["pretrial"]),
        readings=readings,
    )
    if file_of(rules.version) != name:
        raise UnusableLaw(f"{name}.toml calls itself {rules.version!r}: its version begins with the file's name")
    _check_pretrial(rules)
    _check_duties(rules)
    _check_gaps(rules)
    return rules


def file_of(version: str) -> str:
    """The name of the file whose ``version`` that is: its first word, as in ``appk-2026 of 2027-01-10``."""
    return version.partition(" ")[0]


def _duty(name: str, row: Row, readings: Mapping[str, Reading]) -> LawDuty:
    where = f"{name} duty {row.get('key', '?')}"
    check_keys(where, row, required=_DUTY_REQUIRED, optional=_DUTY_OPTIONAL)
    duty = LawDuty(
        key=read_line(f"{where} key", row["key"]),
        appeal=_member(f"{where} appeal", AppealKind, row["appeal"]) if "appeal" in row else None,
        subject=read_line(f"{where} subject", row.get("subject", ANY)),
        article=read_line(f"{where} article", row["article"]),
        wording=read_text(f"{where} wording", row["wording"]),
        bound=_member(f"{where} bound", Bound, row["bound"]),
        starts=_member(f"{where} starts", Starts, row["starts"]),
        length=read_whole(f"{where} length", row["length"]),
        unit=_member(f"{where} unit", TermUnit, row["unit"]),
        counts_from=_member(f"{where} counts_from", CountsFrom, _counts_from(where, row, readings)),
        extension=read_line(f"{where} extension", row["extension"]) if "extension" in row else None,
        remind_before=read_whole(f"{where} remind_before", row["remind_before"]) if "remind_before" in row else None,
        consequence=_member(f"{where} consequence", Consequence, row["consequence"]),
        valid_from=read_day(f"{where} valid_from", row["valid_from"]),
        valid_to=read_day(f"{where} valid_to", row["valid_to"]) if "valid_to" in row else None,
        source=_source(where, row),
        edition=read_day(f"{where} edition", row["edition"]) if "edition" in row else None,
        reading=row.get("reading"),
    )
    _check_row(where, duty)
    return duty


def _counts_from(where: str, row: Row, readings: Mapping[str, Reading]) -> str:
    """Where the text leaves day 1 open, the reading says which it is; seconds of a sandbox have no days."""
    key = row.get("reading")
    if key is not None and key not in readings:
        raise UnusableLaw(f"{where} reading: no reading is called {key!r}")
    counts = row["counts_from"]
    return readings[key].value if key is not None and counts == CountsFrom.NEXT_DAY else str(counts)


def _check_row(where: str, duty: LawDuty) -> None:
    if (duty.source is RowCertainty.TEXT) != (duty.edition is not None):
        raise UnusableLaw(f"{where}: a row from the text names its edition, and no other row does")
    if (duty.unit is TermUnit.SECONDS) != (duty.counts_from is CountsFrom.SAME_MOMENT):
        raise UnusableLaw(f"{where}: seconds count from the same moment, days and months from the next day")
    if duty.valid_to is not None and duty.valid_to < duty.valid_from:
        raise UnusableLaw(f"{where}: valid_to is before valid_from")


def _pretrial(name: str, row: Row) -> Pretrial:
    where = f"{name} pretrial {row.get('subject', '?')}"
    check_keys(where, row, required=_PRETRIAL_REQUIRED, optional={"appeal", "source", "law"})
    return Pretrial(
        appeal=_member(f"{where} appeal", AppealKind, row["appeal"]) if "appeal" in row else None,
        subject=read_line(f"{where} subject", row["subject"]),
        required=read_flag(f"{where} required", row["required"]),
        article=read_line(f"{where} article", row["article"]),
        reason=read_text(f"{where} reason", row["reason"]),
        source=_source(where, row),
        law=read_line(f"{where} law", row["law"]) if "law" in row else None,
    )


def _source(where: str, row: Row) -> RowCertainty:
    stated = RowCertainty.TEXT if "edition" in row or "law" in row else RowCertainty.INFERRED
    return _member(f"{where} source", RowCertainty, row.get("source", stated))


def _closing_time(where: str, table: Row) -> time:
    check_keys(where, table, required={"article", "closes_at"}, optional={"source"})
    hour = read_line(f"{where} closes_at", table["closes_at"])
    try:
        return time.fromisoformat(hour)
    except ValueError as error:
        raise UnusableLaw(f"{where} closes_at: expected a time, as 18:30, not {hour!r}") from error


_E = TypeVar("_E", bound=StrEnum)


def _member(where: str, kind: type[_E], value: str) -> _E:
    try:
        return kind(value)
    except ValueError as error:
        raise UnusableLaw(f"{where}: {value!r} is none of {', '.join(kind)}") from error


def _check_pretrial(rules: LawRules) -> None:
    keys = [(row.appeal, row.subject) for row in rules.pretrial]
    if (None, ANY) not in keys:
        raise UnusableLaw(f"{rules.version}: no pretrial rule for all subjects ('*')")
    if twice := next((key for i, key in enumerate(keys) if key in keys[:i]), None):
        raise UnusableLaw(f"{rules.version}: two pretrial rules for {' '.join(filter(None, twice))}")


def _check_duties(rules: LawRules) -> None:
    for i, duty in enumerate(rules.duties):
        if any(_overlap(duty, other) for other in rules.duties[:i]):
            raise UnusableLaw(f"{rules.version}: two rows of {duty.key} hold on the same day")
        for key in (duty.key, duty.extension):
            if key is not None and rules.general(key) is None:
                raise UnusableLaw(f"{rules.version}: no row of {key} for all appeals")


def _check_gaps(rules: LawRules) -> None:
    general = [duty for duty in rules.duties if duty.is_general]
    for former, later in pairwise(sorted(general, key=lambda duty: (duty.key, duty.valid_from))):
        day_before = later.valid_from - timedelta(days=1)
        if former.key == later.key and not former.holds_on(day_before):
            raise UnusableLaw(f"{rules.version}: no row of {later.key} holds on {day_before}")


def _overlap(one: LawDuty, other: LawDuty) -> bool:
    same = (one.key, one.appeal, one.subject) == (other.key, other.appeal, other.subject)
    return same and (one.holds_on(other.valid_from) or other.holds_on(one.valid_from))
