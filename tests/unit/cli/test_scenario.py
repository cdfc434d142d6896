"""``dalel scenario`` as lawyers and scripts meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.cli.frame import Exit

SILENCE = Path(__file__).parents[2] / "scenarios" / "silence-then-court.yaml"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("kk", ["Үндемеу, одан кейін сот", "Мерзімдер", "ҮНСІЗ ҚАЛДЫ", "Бәрі күтілгендей."]),
        ("ru", ["Молчание, затем суд", "Сроки", "МОЛЧАНИЕ", "Всё, как ожидалось."]),
        ("en", ["Silence, then the court", "Terms", "SILENCE", "All is as expected."]),
    ],
)
def test_a_case_is_told_with_its_terms_in_the_language_asked_for(run, lang, words):
    ran = run("scenario", SILENCE, "--lang", lang)

    assert ran.code == Exit.OK
    assert [word for word in words if word not in ran.out] == []


def test_messages_are_shown_when_asked_for(run):
    plain, full = run("scenario", SILENCE), run("scenario", SILENCE, "--messages")

    assert "→ Министерство" not in plain.out
    assert "→ Министерство" in full.out


def test_a_script_gets_the_case_as_json(run):
    body = json.loads(run("scenario", SILENCE, "--json").out)

    assert (body["status"], body["rules"], body["misses"]) == ("at_court", "appk-2026", [])
    assert [term["duty"] for term in body["terms"]] == ["consideration", "claim_compel", "materials"]
    assert body["timeline"][0]["what"]["ru"].startswith("Обращение зарегистрировано")


def test_what_came_otherwise_is_told_by_its_line_and_fails(run, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(SILENCE.read_text(encoding="utf-8").replace("due: 2027-01-20, state", "due: 2027-01-21, state"))

    ran = run("scenario", other, "--lang", "en")

    assert ran.code == Exit.FAILED
    line = 1 + next(n for n, text in enumerate(other.read_text().splitlines()) if "2027-01-21, state" in text)
    assert f"{other}:{line}" in ran.out
    assert "expected: duty: materials, party: akimat, article: АППК 75, due: 2027-01-21" in ran.out
    assert "came: duty: materials, party: akimat, article: АППК 75, due: 2027-01-20" in ran.out
    assert "All is as expected" not in ran.out


def test_a_folder_of_cases_is_told_in_one_line_each(run):
    ran = run("scenario", SILENCE.parent, "--lang", "en")

    assert ran.code == Exit.OK
    assert "✓ silence-then-court" in ran.out
    assert "✗" not in ran.out
    many = len(list(SILENCE.parent.glob("*.yaml")))
    assert f"as expected: {many} / {many}" in ran.out


def test_of_several_cases_the_one_that_came_otherwise_is_told(run, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text(SILENCE.read_text(encoding="utf-8").replace("status: at_court", "status: closed"))

    ran = run("scenario", SILENCE, other, "--lang", "en")
    body = json.loads(run("scenario", SILENCE, other, "--json").out)

    assert ran.code == Exit.FAILED
    assert "✗ other" in ran.out
    assert "came: status: at_court" in ran.out
    assert "as expected: 1 / 2" in ran.out
    assert [len(case["misses"]) for case in body] == [0, 1]


def test_a_folder_without_cases_is_a_usage_error(run, tmp_path):
    ran = run("scenario", tmp_path)

    assert ran.code == Exit.USAGE
    assert "no *.yaml" in ran.err


@pytest.mark.parametrize(
    ("text", "words"), [("title: {ru: Дело}\ncolour: red\n", "line 2: 'colour'"), (None, "cannot be read")]
)
def test_a_broken_or_missing_file_is_a_usage_error(run, tmp_path, text, words):
    file = tmp_path / "broken.yaml"
    if text is not None:
        file.write_text(text)

    ran = run("scenario", file)

    assert ran.code == Exit.USAGE
    assert words in ran.err
    assert ran.out == ""


KZ_DAYS = """\
version = "kz-days of a test"

[[day]]
date = 2027-01-19
working = false
order = "No. 1 of 10 January 2027"
"""


def test_a_case_is_played_by_moved_days_of_ones_own(run, tmp_path):
    (tmp_path / "kz-days.toml").write_text(KZ_DAYS)

    ran = run("scenario", SILENCE, "--law", tmp_path, "--lang", "en")

    assert ran.code == Exit.FAILED  # the materials were due on 20 January; with the 19th off, it is a day later
    assert "came: duty: materials, party: akimat, article: АППК 75, due: 2027-01-21" in ran.out


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [("kz-days", "versoin = 1", "kz-days"), (None, "", "is no folder"), ("x", "[[", "x.toml")],
)
def test_a_broken_law_is_a_usage_error(run, tmp_path, name, text, words):
    folder = tmp_path / "law"
    if name is not None:
        folder.mkdir()
        (folder / f"{name}.toml").write_text(text)
    file = tmp_path / "case.yaml"
    file.write_text(
        SILENCE.read_text(encoding="utf-8").replace("appeal:", "rules: x\nappeal:" if name == "x" else "appeal:")
    )

    ran = run("scenario", file, "--law", folder)

    assert ran.code == Exit.USAGE
    assert words in ran.err


def test_a_day_of_which_the_law_says_nothing_is_a_usage_error(run, tmp_path):
    file = tmp_path / "old.yaml"
    file.write_text("title: {ru: Старое}\nsteps:\n  - {at: 2019-11-25 11:00, who: applicant, does: lodges}\n")

    ran = run("scenario", file)

    assert ran.code == Exit.USAGE
    assert "no duty 'consideration' holds on 2019-11-25" in ran.err
