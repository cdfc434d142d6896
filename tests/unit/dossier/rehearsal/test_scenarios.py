"""Described cases, each with its outcome worked out by hand from the law, and what they cover together."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from contracts.payloads import ClaimKind, ComplaintDecision, RegisterAppeal
from dossier.case.appeal import TermState
from dossier.case.events import ComplaintDecided, Disagreed, TermOpened
from dossier.procedure.law.calendar import local_date
from dossier.procedure.law.rules import Bound, LawDuty, LawRules
from dossier.procedure.law.rules_file import load_rules
from dossier.rehearsal.judging import judge
from dossier.rehearsal.play import Played, play
from dossier.rehearsal.reading import read_scenario
from dossier.rehearsal.scenario import ScenarioArrival

FOLDER = Path(__file__).parents[3] / "scenarios"
NAMES = sorted(file.stem for file in FOLDER.glob("*.yaml"))
LAW = load_rules("appk-2026")


@cache
def played(name: str) -> Played:
    return play(read_scenario((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))


def by_the_law() -> list[Played]:
    return [case for case in map(played, NAMES) if case.scenario.law.rules == LAW]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_comes_out_as_the_law_says(name):
    misses = [f"line {miss.line}: expected {miss.expected} · came {miss.found}" for miss in judge(played(name))]
    assert misses == []


@pytest.mark.parametrize("name", NAMES)
def test_a_case_says_in_three_languages_what_it_shows_and_counts_its_days(name):
    title = played(name).scenario.title
    assert len({title.kk, title.ru, title.en}) >= 2
    assert (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").startswith("# ")


def test_the_cases_open_every_duty_of_the_rules_each_row_of_it():
    opened = {row for case in by_the_law() for row in rows_of(case, LAW)}
    ours = [row for row in LAW.duties if row.bound is not Bound.COURT]  # the court's own terms are told, not watched
    assert [f"{row.key} {row.appeal or ''} {row.subject} {row.valid_from}" for row in ours if row not in opened] == []


def test_the_sandbox_has_no_duty_that_the_cases_do_not_know():
    assert {row.key for row in load_rules("sandbox-seconds").duties} == {row.key for row in LAW.duties}


def test_the_cases_take_every_rule_on_the_pretrial_stage():
    pressed = [case for case in by_the_law() if any(isinstance(event.fact, Disagreed) for event in case.events)]
    used = {LAW.pretrial_for(appeal_of(case).kind, appeal_of(case).subject) for case in pressed}
    assert used == set(LAW.pretrial)


def test_the_cases_end_terms_in_every_way_and_late_ones_too():
    terms = [term for case in by_the_law() if case.appeal for term in case.appeal.terms.values()]
    assert {term.state for term in terms} == set(TermState)
    assert any(term.late for term in terms)
    assert any(term.reminded for term in terms)


def test_the_cases_have_every_decision_on_a_complaint_and_every_kind_of_claim():
    facts = [event.fact for case in by_the_law() for event in case.events]
    assert {fact.decision for fact in facts if isinstance(fact, ComplaintDecided)} == set(ComplaintDecision)
    assert {fact.claim for fact in facts if isinstance(fact, Disagreed)} == set(ClaimKind)


def rows_of(case: Played, rules: LawRules) -> set[LawDuty]:
    return {row_of(event.fact, case, rules) for event in case.events if isinstance(event.fact, TermOpened)}


def row_of(term: TermOpened, case: Played, rules: LawRules) -> LawDuty:
    """The row by which a term was counted; an extended one runs by that of the extension."""
    appeal, on = appeal_of(case), local_date(term.started_at)
    row = rules.duty(term.duty, on, kind=appeal.kind, subject=appeal.subject)
    if row.extension is not None and term.article != row.article:
        row = rules.duty(row.extension, on)
    assert row.article == term.article
    return row


def appeal_of(case: Played) -> RegisterAppeal:
    deeds = [step.deed for step in case.scenario.steps]
    return next(
        deed.payload for deed in deeds if isinstance(deed, ScenarioArrival) and isinstance(deed.payload, RegisterAppeal)
    )
