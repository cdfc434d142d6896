"""A scenario file, text to values. Strict: what is not known is refused with its line."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from contracts.party import LocalText
from dossier.procedure.law import Law, load_law
from dossier.procedure.law.law_file import PACKAGED, OwnFiles, UnusableLaw
from dossier.rehearsal.cast import EXCHANGE, party, read_cast
from dossier.rehearsal.deeds import DeedStage, read_deed
from dossier.rehearsal.expecting import read_expectation
from dossier.rehearsal.scenario import Cast, Scenario, ScenarioStep, ScenarioWait
from dossier.rehearsal.section import ScenarioInvalid, ScenarioSection, read_yaml

_DEFAULT_RULES = "appk-2026"
_LANGUAGES = ("kk", "ru", "en")


def read_scenario(text: str, own: OwnFiles = PACKAGED) -> Scenario:
    """The scenario that ``text`` (YAML) describes, by the law of the release or an operator's ``own``.

    Raises ``ScenarioInvalid``.
    """
    file = read_yaml(text)
    cast = read_cast(file)
    appeal = file.section("appeal")
    scenario = Scenario(
        title=_title(file),
        law=_law(file, own),
        cast=cast,
        steps=_in_order(tuple(_step(each, cast, appeal) for each in file.sections("steps"))),
        expect=read_expectation(file.section("expect"), cast),
        dossiers_by_hand=file.flag("dossiers_by_hand", default=False),
        receipts_by_hand=file.flag("receipts_by_hand", default=False),
    )
    file.close()
    if not scenario.steps:
        raise ScenarioInvalid(file.line_of("steps"), "a scenario has 'steps', the first of which lodges the appeal")
    return scenario


def _title(file: ScenarioSection) -> LocalText:
    section = file.section("title")
    if section is None:
        raise ScenarioInvalid(file.line, "'title' is missing: kk, ru, en, or one of them")
    texts = [section.optional(language) for language in _LANGUAGES]
    section.close()
    first = next((text for text in texts if text), None)
    if first is None:
        raise ScenarioInvalid(section.line, "'title' says nothing in kk, ru or en")
    kk, ru, en = (text or first for text in texts)
    return LocalText(kk, ru, en)


def _law(file: ScenarioSection, own: OwnFiles) -> Law:
    try:
        return load_law(file.text("rules", _DEFAULT_RULES), own)
    except UnusableLaw as problem:
        raise ScenarioInvalid(file.line_of("rules"), str(problem)) from problem


def _step(section: ScenarioSection, cast: Cast, appeal: ScenarioSection | None) -> ScenarioStep:
    """``at``, ``who`` and ``does``; or ``until`` alone, where only time passes."""
    expect = read_expectation(section.section("expect"), cast)
    if section.has("until") and not section.has("does"):
        step = ScenarioStep(section.line, section.instant("until"), EXCHANGE, ScenarioWait(), expect)
    else:
        at, who = section.instant("at"), party(section, "who", cast)
        step = ScenarioStep(section.line, at, who, read_deed(DeedStage(section, who, at, cast), appeal), expect)
    section.close()
    return step


def _in_order(steps: tuple[ScenarioStep, ...]) -> tuple[ScenarioStep, ...]:
    for earlier, later in pairwise(steps):
        if later.at < earlier.at:
            raise ScenarioInvalid(later.line, f"this step is before the one above it, at {_text(earlier.at)}")
    return steps


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at.second == 0 else f"{at:%Y-%m-%d %H:%M:%S}"
