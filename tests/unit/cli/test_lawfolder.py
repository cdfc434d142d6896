"""An operator's own rules and moved days: they stand for the packaged ones, or the exchange says what to mend."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources

import pytest

from dossier.procedure.law import load_law
from dossier.procedure.law.law_file import UnusableLaw
from gateway.cli.frame import Exit
from gateway.config.law_folder import law_in_force
from gateway.config.settings import load_settings

MOVED = 'version = "kz-days 2027-01-10"\n[[day]]\ndate = 2027-01-08\nworking = false\norder = "№ 1, 10.12.2026"\n'


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Settings of a home whose law_folder is ``law``."""
    monkeypatch.delenv("DALEL_LISTEN_PORT")
    (tmp_path / "law").mkdir()
    (tmp_path / "dalel.toml").write_text('law_folder = "law"')
    return load_settings(tmp_path)


def corrected() -> str:
    packaged = resources.files("dossier.procedure.law").joinpath("appk-2026.toml").read_text(encoding="utf-8")
    return packaged.replace('version = "appk-2026"', 'version = "appk-2026 of 2027-01-10"')


def test_without_a_folder_the_law_is_the_packaged_one(tmp_path, settings):
    assert law_in_force(settings.model_copy(update={"law_folder": None})) == load_law("appk-2026")


def test_an_empty_folder_changes_nothing(settings):
    assert law_in_force(settings) == load_law("appk-2026")


def test_a_file_of_the_folder_stands_for_the_packaged_one_and_every_version_says_so(settings):
    (settings.law_folder / "kz-days.toml").write_text(MOVED)
    (settings.law_folder / "appk-2026.toml").write_text(corrected())

    law = law_in_force(settings)

    assert law.rules.version == "appk-2026 of 2027-01-10"
    assert law.calendar.version.endswith("kz-days 2027-01-10")
    assert not law.calendar.is_working_day(date(2027, 1, 8))


def test_rules_may_have_a_name_of_their_own(settings):
    (settings.law_folder / "appk-2027.toml").write_text(corrected().replace("appk-2026 of 2027-01-10", "appk-2027"))
    assert law_in_force(settings.model_copy(update={"rules": "appk-2027"})).rules.version == "appk-2027"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("kz-day.toml", MOVED.encode(), "kz-day: lacks duty"),
        ("kz-days.toml", MOVED.replace("№ 1, 10.12.2026", "").encode(), "kz-days day 2027-01-08 order"),
        ("notices.toml", b"[a]\n", "notices: lacks duty"),
        ("appk-2026.toml", b"\xff", r"appk-2026\.toml cannot be read"),
    ],
)
def test_a_file_that_is_no_law_is_named(settings, name, content, words):
    (settings.law_folder / name).write_bytes(content)
    with pytest.raises(UnusableLaw, match=words):
        law_in_force(settings)


def test_a_folder_that_is_not_there_is_named(settings):
    settings.law_folder.rmdir()
    with pytest.raises(UnusableLaw, match=r"law_folder: .*law is no folder"):
        law_in_force(settings)


def test_the_doctor_says_by_which_law_terms_are_counted(run, home):
    (home / "law").mkdir()
    (home / "law" / "kz-days.toml").write_text(MOVED)
    with (home / "dalel.toml").open("a") as file:
        file.write('\nlaw_folder = "law"\n')

    assert law_finding(run, home)["message"] == "terms sandbox-seconds; holidays 0.109 KZ, kz-days 2027-01-10"

    (home / "law" / "kz-days.toml").write_text(MOVED + MOVED[MOVED.index("[[") :])
    finding = law_finding(run, home)
    assert (finding["health"], finding["message"]) == ("fail", "kz-days: two rows for 2027-01-08")
    assert str(home / "law") in finding["cure"]

    served = run("serve", "--home", home)
    assert served.code == Exit.FAILED
    assert "kz-days: two rows for 2027-01-08" in served.err


def law_finding(run, home) -> dict[str, str]:
    found = json.loads(run("doctor", "--home", home, "--json").out)
    return next(finding for finding in found if finding["subject"] == "law")
