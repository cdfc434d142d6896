"""When terms fall due: worked examples, and laws that hold for every start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.header import ConversationId
from contracts.party import PartyId
from dossier.procedure.calendar import end_of, local_date, start_of
from dossier.procedure.law import load_law
from dossier.procedure.rules import CountsFrom, Unit
from dossier.procedure.terms import add_months, due_day, latest_extension, notice_of, open_term, starting_instant
from tests.unit.dossier.casework import almaty

LAW, SANDBOX = load_law("appk-2026"), load_law("sandbox-seconds")
BODY, CONVERSATION = PartyId("akimat-almaty"), ConversationId("c")


def open_(duty: str, at: datetime, law=LAW, index: int = 1):
    return open_term(
        duty, party=BODY, started_at=at, index=index, conversation_id=CONVERSATION,
        rules=law.rules, calendar=law.calendar,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("duty", "start", "due"),
    [
        pytest.param("consideration", almaty(2026, 11, 24), date(2026, 12, 15), id="15 working days"),
        pytest.param("consideration", almaty(2026, 12, 21), date(2027, 1, 14), id="over New Year and 7 January"),
        pytest.param("consideration", almaty(2026, 3, 10), date(2026, 4, 3), id="over Nauryz"),
        pytest.param("consideration", almaty(2026, 4, 24), date(2026, 5, 20), id="over the May holidays"),
        pytest.param("consideration", almaty(2026, 5, 20), date(2026, 6, 11), id="over Eid al-Adha"),
        pytest.param("consideration", almaty(2024, 12, 20), date(2025, 1, 15), id="over the moved 3 January 2025"),
        pytest.param("consideration", almaty(2024, 2, 20), date(2024, 3, 13), id="over the change of zone"),
        pytest.param("materials", almaty(2026, 11, 27), date(2026, 12, 2), id="3 working days over a weekend"),
        pytest.param("review", almaty(2026, 11, 24), date(2026, 12, 23), id="20 working days"),
        pytest.param("position", almaty(2026, 11, 24), date(2026, 12, 8), id="10 working days"),
        pytest.param("claim_contest", almaty(2027, 1, 29), date(2027, 3, 1), id="a month: 28 February is a Sunday"),
        pytest.param("complaint", almaty(2026, 11, 30), date(2027, 3, 1), id="three months: no 30 February, a Sunday"),
        pytest.param("claim_contest", almaty(2026, 12, 1), date(2027, 1, 5), id="a month: ends in the holidays"),
    ],
)
def test_worked_examples_of_terms(duty, start, due):
    term = open_(duty, start)
    assert term.due_on == due
    assert term.due_at == end_of(due)


def test_a_term_records_what_it_was_computed_by():
    term = open_("consideration", almaty(2026, 11, 24), index=3)
    assert term.term_id == "c/t3"
    assert (term.zone, term.rules_version, term.tzdata_version) == ("Asia/Almaty", "appk-2026", "2026.6")
    assert term.calendar_version == LAW.calendar.version
    notice = notice_of(term)
    assert (notice.article, notice.due_on, notice.due_at) == ("АППК 76(1)", term.due_on, term.due_at)


def test_the_start_is_the_local_day():
    late_evening = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)  # 00:30 on the 25th in Almaty
    assert open_("materials", late_evening).due_on == date(2026, 11, 30)


def test_a_sandbox_term_ends_seconds_later():
    start = datetime(2026, 11, 24, 18, 59, 50, tzinfo=UTC)
    term = open_("consideration", start, SANDBOX)
    assert term.due_at == start + timedelta(seconds=15)
    assert term.due_on == date(2026, 11, 25)  # the seconds run over midnight in Almaty


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 11, 24), 60, date(2031, 11, 24)),
        (date(2026, 11, 24), 13, date(2027, 12, 24)),
    ],
)
def test_months_end_on_the_same_date_or_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


def test_calendar_days_end_on_a_working_day():
    row = replace(LAW.rules.duty("return", date(2026, 11, 24)), unit=Unit.CALENDAR_DAYS, length=4)
    assert due_day(row, date(2026, 11, 24), LAW.calendar) == date(2026, 11, 30)  # the 28th is a Saturday


def test_seconds_have_no_due_day():
    row = replace(LAW.rules.duty("return", date(2026, 11, 24)), unit=Unit.SECONDS, counts_from=CountsFrom.SAME_MOMENT)
    with pytest.raises(ValueError, match="no due day"):
        due_day(row, date(2026, 11, 24), LAW.calendar)


def test_what_starts_with_registration_waits_for_its_day():
    friday_evening = almaty(2026, 11, 27, 19)
    start = starting_instant("consideration", friday_evening, LAW.rules, LAW.calendar)
    assert start == start_of(date(2026, 11, 30))
    assert starting_instant("materials", friday_evening, LAW.rules, LAW.calendar) == friday_evening
    assert starting_instant("consideration", friday_evening, SANDBOX.rules, SANDBOX.calendar) == friday_evening


def test_within_hours_a_term_starts_at_once():
    morning = almaty(2026, 11, 27, 9)
    assert starting_instant("consideration", morning, LAW.rules, LAW.calendar) == morning


def test_an_extension_reaches_two_months_from_its_decision():
    assert latest_extension(date(2026, 11, 24), LAW.rules, LAW.calendar) == date(2027, 1, 25)
    assert latest_extension(date(2026, 11, 24), SANDBOX.rules, SANDBOX.calendar) == date.max


STARTS = st.datetimes(datetime(2022, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
DUTIES = st.sampled_from(sorted({duty.key for duty in LAW.rules.duties if duty.valid_from.year == 2021}))


@given(STARTS, DUTIES)
@settings(max_examples=100)
def test_every_term_ends_after_its_day_of_start_on_a_working_day(start, duty):
    term = open_(duty, start)
    assert term.due_on > local_date(start)
    assert LAW.calendar.is_working_day(term.due_on)
    assert local_date(term.due_at) == term.due_on
    assert local_date(term.due_at + timedelta(microseconds=1)) == term.due_on + timedelta(days=1)


@given(STARTS, STARTS, DUTIES)
@settings(max_examples=50)
def test_who_starts_later_never_ends_earlier(one, other, duty):
    first, second = sorted((one, other))
    rows = {LAW.rules.duty(duty, local_date(start)) for start in (first, second)}
    if len(rows) == 1:
        assert open_(duty, first).due_at <= open_(duty, second).due_at
