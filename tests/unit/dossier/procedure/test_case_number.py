"""Case numbers: what they say, and what is shown where one does not fit. None is ever refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.procedure.law.case_number import (
    CaseNumber,
    CaseNumberFinding,
    Instance,
    Unfitting,
    case_number_problem,
    court_table,
    number_start_at,
    parse_case_number,
)

TABLE = court_table()
COURTS = [(region.code, court) for region in TABLE.regions.values() for court in region.courts.values()]
NUMBERS = st.builds(
    lambda at, year, kind, number, suffix: CaseNumber(*at, year, kind, number, suffix),
    st.sampled_from(COURTS),
    st.integers(2000, 2099),
    st.sampled_from(sorted(TABLE.kinds)),
    st.integers(1, 10**9),
    st.none() | st.integers(1, 99),
)


@given(NUMBERS)
def test_a_number_that_is_written_is_read_as_the_same(number):
    assert parse_case_number(str(number)) == number
    assert case_number_problem(str(number)) is None


@given(st.text("0123456789-/()4аakкп ", max_size=24) | st.text(max_size=24))
def test_any_text_is_either_a_number_written_just_so_or_a_finding_in_three_languages(text):
    parsed = parse_case_number(text)
    if isinstance(parsed, CaseNumberFinding):
        assert all((parsed.text.kk, parsed.text.ru, parsed.text.en))
        assert case_number_problem(text) == parsed.text
    else:
        assert str(parsed) == text


def test_a_number_says_region_court_year_kind_and_count():
    assert parse_case_number("7594-26-00-4/123") == CaseNumber("75", "94", 2026, "4", 123)
    assert parse_case_number("7599-25-00-4а/12(2)") == CaseNumber("75", "99", 2025, "4а", 12, 2)
    assert parse_case_number("6003-25-00-4к/7") == CaseNumber("60", "03", 2025, "4к", 7)


@pytest.mark.parametrize(
    ("text", "unfitting", "says"),
    [
        ("", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("7594-26-00-4_123", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("7594-26-01-4/123", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("7594-26-00-4/0123", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("7594-26-00-4/123\n", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("٧٥94-26-00-4/123", Unfitting.FORM, "RRII-YY-00-T/N"),
        ("7599-26-00-4a/1", Unfitting.LETTERS, "4а"),
        ("6003-26-00-4k/1", Unfitting.LETTERS, "4к"),
        ("7594-26-00-2/1", Unfitting.KIND, "2"),
        ("9994-26-00-4/1", Unfitting.REGION, "99"),
        ("7512-26-00-4/1", Unfitting.COURT, "Almaty City"),
        ("7994-26-00-4/1", Unfitting.REGION, "79"),
    ],
)
def test_what_does_not_fit_is_said(text, unfitting, says):
    found = parse_case_number(text)
    assert isinstance(found, CaseNumberFinding)
    assert found.unfitting is unfitting
    assert says in found.text.en
    assert "{" not in found.text.kk + found.text.ru + found.text.en


def test_every_region_of_kato_has_its_court_and_two_have_another_code():
    places = {region.kato: region.code for region in TABLE.regions.values() if region.kato != "*"}
    assert len(places) == 20  # 17 regions and three cities
    assert {kato: code for kato, code in places.items() if kato != code} == {"61": "51", "79": "52"}
    assert all(Instance.FIRST in region.courts for region in TABLE.regions.values() if region.kato != "*")


@pytest.mark.parametrize(
    ("kato", "start"), [("751110000", "7594"), ("191010000", "1993"), ("790000000", "5294"), ("990000000", None)]
)
def test_a_place_tells_how_a_number_begins(kato, start):
    assert number_start_at(kato) == start


def test_what_nobody_confirmed_is_marked():
    assert TABLE.regions["62"].inferred == {"code", "appeal"}
    assert TABLE.regions["60"].inferred == {"cassation"}
    assert TABLE.regions["75"].inferred == frozenset()
