"""What the applicant is told of a step of the court, no more than the Code gives (Art. 136, 138, 146, 168)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from contracts.party import LocalText
from contracts.payloads import CaseStage, ReportCase
from dossier.case.duties import TRIAL
from dossier.case.events import TermOpened
from dossier.procedure.law.calendar import local_date
from dossier.procedure.law.law_file import read_law_file, read_text
from dossier.procedure.law.rules import Starts
from dossier.procedure.matter import Matter
from dossier.procedure.wording import article_text, day_text, due_text, fill, join

GROUND_OF_JURISDICTION: Final = 17
_BY_STAGE: Final[Mapping[CaseStage, str]] = {
    CaseStage.TRANSFERRED: "caseTransferred",
    CaseStage.CONCILIATED: "caseConciliated",
    CaseStage.TERMINATED: "caseTerminated",
    CaseStage.IN_FORCE: "caseInForce",
    CaseStage.APPELLATE_RULING: "caseInForceAtOnce",
}


@dataclass(frozen=True, slots=True)
class CaseWords:
    """Sentences of ``law/notices.toml`` and what fills them."""

    sentences: tuple[str, ...] = ()
    words: Mapping[str, LocalText] = field(default_factory=dict)


def bars_another(ground: int | None) -> bool:
    """Art. 138(3), by the letter: whether a return by this subparagraph bars the same claim; None: not known."""
    return ground in _table()["bars"]


def ends_of(report: ReportCase, right: TermOpened | None, *, is_open: bool) -> tuple[str, ...]:
    """What may be done about the stage, or could have been; then what the stage itself means."""
    may = f"may_{report.stage.value}" if is_open else "mayHaveBeen" if right else "until" if report.until else None
    return tuple(key for key in (may, _BY_STAGE.get(report.stage)) if key is not None)


def trial_words(matter: Matter, report: ReportCase) -> CaseWords:
    """Art. 146: until when the court decides: three months from the claim, or ten working days from the hearing set."""
    appeal, day = matter.registered, local_date(report.at)
    row = matter.law.rules.duty(TRIAL, day, kind=appeal.kind, subject=appeal.subject)
    if report.stage is not (CaseStage.REGISTERED if row.starts is Starts.CLAIM else CaseStage.HEARING):
        return CaseWords()
    term = matter.preview(TRIAL, matter.appeal.platform, report.at)
    words = {"trial_due": due_text(term), "trial_article": article_text(term.article)}
    return CaseWords(("trialUntil",) if row.starts is Starts.CLAIM else ("trialShort",), words)


def after_return(matter: Matter, report: ReportCase) -> LocalText | None:
    """After a return: by which ground, whether the same claim may be brought again, where and until when."""
    if report.stage is not CaseStage.RETURNED:
        return None
    if report.ground is None:
        return _line("unknown")
    row = _table()["ground"][str(report.ground)]
    where = f"returns {report.ground}"
    parts = [fill(_line("by"), {"ground": read_text(where, row["name"])}), _whether(matter, report.ground)]
    if "next" in row:
        parts.append(read_text(where, row["next"]))
    if not bars_another(report.ground):
        parts.append(_until(matter))
    return join(parts)


def _whether(matter: Matter, ground: int) -> LocalText:
    if ground == GROUND_OF_JURISDICTION:
        return _line(matter.law.rules.readings["return_ground_17"].value)
    return _line("barred" if bars_another(ground) else "open")


def _until(matter: Matter) -> LocalText:
    """The term of the claim runs on as it ran; over, it must be restored."""
    pressed = matter.appeal.disagreement
    last = pressed.road.until if pressed and pressed.road else None
    if last is None:
        return _line("untilUnknown")
    is_over = last < local_date(matter.moment.now)
    return fill(_line("untilOver" if is_over else "until"), {"day": day_text(last)})


def _line(key: str) -> LocalText:
    return read_text(f"returns {key}", _table()["line"][key])


@cache
def _table() -> dict[str, Any]:
    return read_law_file("returns")
