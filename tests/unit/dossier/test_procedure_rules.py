"""The rules as data: complete, checked, and the same duties in every version."""

from __future__ import annotations

import copy
import tomllib
from datetime import date, time
from importlib import resources

import pytest

from dossier.narration import duty_wording
from dossier.procedure import rules as reading
from dossier.procedure.lawfile import UnusableLaw, read_law_file
from dossier.procedure.rules import Consequence, CountsFrom, Source, Unit, load_rules

TODAY = date(2026, 11, 24)
VERSIONS = ["appk-2026", "sandbox-seconds"]


@pytest.mark.parametrize(
    ("key", "article", "length", "unit"),
    [
        ("return", "АППК 64(7)", 3, Unit.WORKING_DAYS),
        ("redirect", "АППК 65(1)", 3, Unit.WORKING_DAYS),
        ("hearing_notice", "АППК 73", 3, Unit.WORKING_DAYS),
        ("hearing_objection", "АППК 73", 2, Unit.WORKING_DAYS),
        ("consideration", "АППК 76(1)", 15, Unit.WORKING_DAYS),
        ("extension", "АППК 76(3)", 2, Unit.MONTHS),
        ("extension_notice", "АППК 76(3)", 3, Unit.WORKING_DAYS),
        ("forward_complaint", "АППК 91(4)", 3, Unit.WORKING_DAYS),
        ("complaint", "АППК 92(1)", 3, Unit.MONTHS),
        ("complaint_unadvised", "АППК 92(1-1)", 6, Unit.MONTHS),
        ("review", "АППК 99", 20, Unit.WORKING_DAYS),
        ("claim_contest", "АППК 136(1)", 1, Unit.MONTHS),
        ("position", "АППК 138(5)", 10, Unit.WORKING_DAYS),
    ],
)
def test_the_terms_of_the_code(key, article, length, unit):
    duty = load_rules("appk-2026").duty(key, TODAY)
    assert (duty.article, duty.length, duty.unit) == (article, length, unit)


def test_silence_on_materials_is_a_default_and_on_the_decision_a_breach():
    rules = load_rules("appk-2026")
    assert rules.consequence_of("materials") is Consequence.DEFAULT
    assert rules.consequence_of("consideration") is Consequence.BREACH
    assert rules.consequence_of("a duty of an older version") is Consequence.BREACH


def test_what_is_not_read_in_the_law_says_so():
    rules = load_rules("appk-2026")
    assert rules.duty("materials", TODAY).source is Source.INFERRED
    assert rules.duty("consideration", TODAY).source is Source.LAW


def test_a_duty_is_read_as_it_stood_on_the_day():
    rules = load_rules("appk-2026")
    assert rules.duty("consideration", date(2025, 12, 31)).starts == "receipt"
    assert rules.duty("consideration", date(2026, 1, 1)).starts == "registration"


def test_a_duty_that_did_not_hold_is_no_duty():
    with pytest.raises(UnusableLaw, match="complaint_unadvised"):
        load_rules("appk-2026").duty("complaint_unadvised", date(2024, 1, 1))


def test_the_sandbox_has_the_same_duties_by_the_same_articles():
    real, sandbox = ({d.key: d.article for d in load_rules(name).duties} for name in VERSIONS)
    assert real == sandbox


def test_seconds_are_for_the_sandbox_only():
    assert all(duty.unit is not Unit.SECONDS for duty in load_rules("appk-2026").duties)
    watched = [d for d in load_rules("sandbox-seconds").duties if d.key in ("consideration", "materials", "extension")]
    assert all(d.unit is Unit.SECONDS and d.counts_from is CountsFrom.SAME_MOMENT for d in watched)


def test_the_longest_subject_prefix_decides_on_the_complaint():
    rules = load_rules("appk-2026")
    assert rules.pretrial_for("LAND-LEASE").required
    assert not rules.pretrial_for("HOUSING-QUEUE").required
    assert not load_rules("sandbox-seconds").pretrial_for("LAND-LEASE").required


def test_registration_closes_in_the_evening():
    assert load_rules("appk-2026").closes_at == time(18, 30)


@pytest.mark.parametrize("name", VERSIONS)
def test_every_duty_is_worded_in_three_languages(name):
    rules = load_rules(name)
    for duty in rules.duties:
        wording = duty_wording(duty.key, rules)
        assert len({wording.kk, wording.ru, wording.en}) == 3
    assert duty_wording("unheard_of", rules).ru == "unheard_of"


def test_a_version_that_is_not_there_is_named():
    with pytest.raises(UnusableLaw, match=r"no appk-1999\.toml"):
        load_rules("appk-1999")


def table():
    source = resources.files("dossier.procedure.law").joinpath("appk-2026.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def without_catch_all(t):
    t["pretrial"] = [row for row in t["pretrial"] if row["subject"] != "*"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.update(extra=1), "unknown extra"),
        (lambda t: t.update(version="appk-2027"), "calls itself"),
        (lambda t: t.pop("label"), "lacks label"),
        (lambda t: t["label"].pop("kk"), "lacks kk"),
        (lambda t: t["duty"][0].update(lenght=3), "unknown lenght"),
        (lambda t: t["duty"][0].pop("article"), "lacks article"),
        (lambda t: t["duty"][0].update(unit="weeks"), "'weeks' is none of"),
        (lambda t: t["duty"][0].update(length=0), "at least 1"),
        (lambda t: t["duty"][0].update(counts_from="same_moment"), "seconds count from"),
        (lambda t: t["duty"][0].update(wording="Өтінішті қайтару"), "expected kk, ru and en"),
        (lambda t: t["duty"].append(copy.deepcopy(t["duty"][0])), "hold on the same day"),
        (lambda t: t["registration"].update(opens_at="09:00"), "unknown opens_at"),
        (without_catch_all, "no pretrial rule for all subjects"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused_by_key(monkeypatch, spoil, words):
    spoilt = table()
    spoil(spoilt)
    monkeypatch.setattr(reading, "read_law_file", lambda _: spoilt)
    with pytest.raises(UnusableLaw, match=words):
        load_rules.__wrapped__("appk-2026")


def test_a_file_that_is_no_toml_is_refused(monkeypatch, tmp_path):
    (tmp_path / "broken.toml").write_text("version =")
    monkeypatch.setattr("dossier.procedure.lawfile.resources.files", lambda _: tmp_path)
    with pytest.raises(UnusableLaw, match=r"broken\.toml"):
        read_law_file("broken")
