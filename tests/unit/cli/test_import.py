"""``dalel import``: what a person sees, in the place of the exchange."""

from __future__ import annotations

import json

import pytest

from gateway.cli.frame import Exit
from tests.worlds.imports import ANSWERED, FILES, FOLDER, RUNNING


@pytest.fixture
def take(run, home):
    """Import one of the samples into the installation."""

    def taking(name: str, *more: object):
        return run(
            "import", FOLDER / name, "--platform", "eotinish", "--map", FOLDER / "orgs.yaml", "--home", home, *more
        )

    return taking


def test_a_dry_run_tells_what_would_be_taken_in_and_does_nothing(take, run, home):
    ran = take("export.json", "--files", FILES, "--dry-run", "--json")
    body = json.loads(ran.out)
    assert ran.code == Exit.OK, ran.err
    assert [one["number"] for one in body["would_take"]] == [ANSWERED, RUNNING]
    assert run("history", ANSWERED, "--home", home).code == Exit.FAILED


def test_what_is_taken_in_has_a_history_and_is_taken_in_once(take, run, home):
    first = take("export.json", "--files", FILES)
    assert first.code == Exit.OK, first.err
    assert "2 taken in" in first.out
    again = json.loads(take("export.json", "--files", FILES, "--json").out)
    assert (again["taken"], again["known"]) == ([], [ANSWERED, RUNNING])
    history = run("history", ANSWERED, "--home", home, "--lang", "en", "--json")
    notes = [event["note"]["en"] for event in json.loads(history.out)["events"]]
    assert "case taken in from eOtinish" in notes[1].replace("Case", "case")


def test_a_csv_with_its_neighbours_is_taken_in(take):
    assert take("cards.csv", "--files", FILES).code == Exit.OK


def test_one_bad_record_stops_no_other_and_all_that_is_wrong_is_told(take):
    ran = take("broken.json", "--json")
    body = json.loads(ran.out)
    assert ran.code == Exit.FAILED
    assert [one["number"] for one in body["taken"]] == ["ЖТ-2026-00000062"]
    assert body["not_taken"] == 2
    assert body["unknown"] == {"organisations": ["9998", "9999"], "states": ["ON_THE_MOON"]}
    assert all(problem["cure"] for problem in body["problems"])


def test_people_read_place_field_and_cure(take):
    ran = take("broken.json")
    assert "broken.json:1 ЖТ-2026-00000061 organizationId: organisation 9999 is not in the map" in ran.err
    assert "The map lacks, under organisations: 9998, 9999" in ran.err


def test_a_file_that_is_not_there_or_not_the_same_keeps_its_case_outside(take, tmp_path):
    without = json.loads(take("export.json", "--json").out)
    assert [one["number"] for one in without["taken"]] == [RUNNING]
    assert {problem["field"] for problem in without["problems"]} == {"files[1]", "files[2]"}
    (tmp_path / "жауап.pdf").write_bytes(b"another answer")
    (tmp_path / "өтініш.pdf").write_bytes((FILES / "5f0c4e0a-application.pdf").read_bytes())
    other = json.loads(take("export.json", "--files", tmp_path, "--json").out)
    assert [problem["detail"] for problem in other["problems"]] == [
        "жауап.pdf has another SHA-256 than the record says"
    ]


def test_a_platform_that_is_none_takes_nothing_in(run, home):
    ran = run(
        "import", FOLDER / "export.json", "--files", FILES, "--platform", "akimat-almaty", "--map",
        FOLDER / "orgs.yaml", "--home", home,
    )  # fmt: skip
    assert ran.code == Exit.FAILED
    assert "akimat-almaty is no platform on this exchange" in ran.err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("none.json", None, "cannot be read"), ("bad.json", b"[", "no JSON"), ("bad.csv", b"a;b\n", "reg_number")],
)
def test_a_file_that_is_no_export_is_one_sentence(run, home, tmp_path, name, content, words):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    ran = run(
        "import", tmp_path / name, "--platform", "eotinish", "--map", FOLDER / "orgs.yaml", "--home", home
    )  # fmt: skip
    assert (ran.code, ran.out) == (Exit.FAILED, "")
    assert words in ran.err


def test_a_map_with_mistakes_lists_them(run, home, tmp_path):
    map_file = tmp_path / "map.yaml"
    map_file.write_text("organisations: {1: Акимат}\nstates: {X: flown}\n", encoding="utf-8")
    ran = run("import", FOLDER / "export.json", "--platform", "eotinish", "--map", map_file, "--home", home)
    assert ran.code == Exit.FAILED
    assert "no id of a party" in ran.err
    assert "is none of" in ran.err
