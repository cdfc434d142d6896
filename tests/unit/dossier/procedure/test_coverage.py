"""Every part of the Code that concerns a party is accounted for: by something that is there, or with a reason."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields

import pytest

from contracts import payloads
from contracts.payloads import FindingCode
from dossier.procedure.law.coverage import announced_changes, law_parts
from dossier.procedure.law.rules_file import load_rules
from dossier.procedure.notices.applicant import sentences

RULES = load_rules("appk-2026")
PARTS = law_parts()
CARRIED = [(part.cite, each) for part in PARTS for each in part.by]
PROCEDURE = {*range(62, 71), 73, 74, 75, 76, 77, *range(80, 85), 86, 87, *range(91, 101)}
COURT = {
    106,
    108,
    113,
    120,
    127,
    129,
    130,
    *range(131, 137),
    138,
    139,
    *range(141, 145),
    146,
    161,
    *range(168, 172),
    173,
}


def article_of(cite: str) -> int:
    return int(re.match(r"\d+", cite)[0])


@pytest.mark.parametrize(("cite", "by"), CARRIED, ids=[f"{cite} {by}" for cite, by in CARRIED])
def test_what_carries_a_part_is_there(cite, by):
    kind, _, name = by.partition(":")
    match kind:
        case "duty":
            assert any(row.key == name for row in RULES.duties)
        case "reading":
            assert name in RULES.readings
        case "finding":
            assert name in set(FindingCode)
        case "notice":
            assert name in sentences()
        case "payload":
            payload, _, field = name.partition(".")
            assert field in {each.name for each in fields(getattr(payloads, payload))}
        case "function":
            assert callable(resolved(name))
        case _:
            pytest.fail(f"{cite}: nothing carries by {kind!r}")


def resolved(name: str) -> object:
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return getattr(resolved(module), attribute)


def test_every_article_with_a_term_or_a_right_of_a_party_is_accounted_for():
    assert sorted((PROCEDURE | COURT) - {article_of(part.cite) for part in PARTS}) == []


def test_every_row_of_the_rules_and_every_reading_is_in_the_table():
    named = {each.partition(":")[2] for _, each in CARRIED}
    assert {row.key for row in RULES.duties} - named == set()
    assert RULES.readings.keys() - named == set()


def test_a_row_and_the_table_cite_the_same_article():
    for part in PARTS:
        for each in part.by:
            if each.startswith("duty:") and part.gives == "term":
                rows = [row for row in RULES.duties if row.key == each.partition(":")[2]]
                cited = {int(number) for row in rows for number in re.findall(r"АППК (\d+)", row.article)}
                assert article_of(part.cite) in cited | {132, 133, 134, 135, 141, 146, 62}, part.cite


def test_the_table_goes_in_the_order_of_the_code():
    order = [article_of(part.cite) for part in PARTS]
    assert order == sorted(order)


def test_changes_that_the_text_announces_are_named():
    assert {change.law for change in announced_changes()} == {"256-VIII", "256-VIII, 254-VIII", "241-VIII"}
