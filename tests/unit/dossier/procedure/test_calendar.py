"""Working days of Kazakhstan, against dates worked out by hand and an independently written counting."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.procedure.law import calendar as days
from dossier.procedure.law.calendar import Calendar, load_calendar
from dossier.procedure.law.law_file import LawFile, UnusableLaw
from tests.worlds import wall_calendar as wall
from tests.worlds.casework import almaty

KZ = load_calendar()


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        pytest.param(date(2026, 11, 24), 15, date(2026, 12, 15), id="an ordinary three weeks"),
        pytest.param(date(2026, 12, 15), 1, date(2026, 12, 17), id="over Independence Day"),
        pytest.param(date(2026, 12, 31), 1, date(2027, 1, 5), id="New Year: 2 January on a Saturday moves to Monday"),
        pytest.param(date(2025, 12, 30), 3, date(2026, 1, 6), id="New Year 2026: 1 and 2 off, then a weekend"),
        pytest.param(date(2026, 1, 6), 1, date(2026, 1, 8), id="over 7 January"),
        pytest.param(date(2026, 3, 19), 2, date(2026, 3, 26), id="Nauryz 2026: 21 to 23, two of them on a weekend"),
        pytest.param(date(2026, 4, 30), 5, date(2026, 5, 12), id="May 2026: 1, 7 and 9, the 9th moves to the 11th"),
        pytest.param(date(2025, 6, 5), 1, date(2025, 6, 9), id="Eid al-Adha on Friday, 6 June 2025"),
        pytest.param(date(2026, 5, 26), 1, date(2026, 5, 28), id="Eid al-Adha on Wednesday, 27 May 2026"),
        pytest.param(date(2025, 1, 2), 1, date(2025, 1, 5), id="3 January 2025 off, worked on Sunday the 5th instead"),
        pytest.param(date(2024, 5, 3), 2, date(2024, 5, 6), id="8 May 2024 moved: Saturday the 4th is worked"),
        pytest.param(date(2024, 5, 7), 1, date(2024, 5, 10), id="8 May 2024 off by transfer, 9 May a holiday"),
        pytest.param(date(2026, 8, 28), 1, date(2026, 8, 31), id="30 August is no holiday any more"),
        pytest.param(date(2027, 3, 12), 1, date(2027, 3, 16), id="Constitution Day is 15 March from 2027"),
        pytest.param(date(2026, 10, 23), 1, date(2026, 10, 27), id="Republic Day on Sunday moves to Monday the 26th"),
        pytest.param(date(2026, 11, 28), 1, date(2026, 11, 30), id="from a Saturday"),
    ],
)
def test_worked_examples_of_working_days(day, n, expected):
    assert KZ.add_working_days(day, n) == expected


INSIDE = st.dates(date(2021, 7, 1), date(2027, 6, 30))


@given(INSIDE, st.integers(1, 60))
@settings(max_examples=100)
def test_counting_agrees_with_the_calendar_on_the_wall(day, n):
    assert KZ.add_working_days(day, n) == wall.nth_after(day, n)
    assert KZ.working_days_before(day, n) == wall.nth_before(day, n)
    assert KZ.next_working_day(day) == wall.same_or_next(day)


@pytest.mark.parametrize(
    ("year", "number"), [(2021, 245), (2022, 246), (2023, 246), (2024, 249), (2025, 246), (2026, 247), (2027, 247)]
)
def test_every_day_of_a_year_is_worked_or_off_as_on_the_wall(year, number):
    worked = [day for day in wall.WORKED if day.year == year]
    assert len(worked) == number
    assert [day for day in days_of(year) if KZ.is_working_day(day)] == worked


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range(366) if (date(year, 1, 1) + timedelta(n)).year == year]


@pytest.mark.parametrize("day", [date.min, date(1, 12, 31), date(9998, 1, 1), date.max])
def test_no_year_is_too_far_away(day):
    assert KZ.is_working_day(day) == (day.isoweekday() <= 5)


@given(INSIDE, st.integers(1, 60))
@settings(max_examples=50)
def test_counting_back_undoes_counting_on_from_a_working_day(day, n):
    worked = KZ.next_working_day(day)
    assert KZ.working_days_before(KZ.add_working_days(worked, n), n) == worked


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        pytest.param(date(2026, 12, 15), 3, date(2026, 12, 10), id="over a weekend"),
        pytest.param(date(2027, 1, 5), 1, date(2026, 12, 31), id="over New Year"),
        pytest.param(date(2026, 3, 26), 2, date(2026, 3, 19), id="over Nauryz"),
        pytest.param(date(2024, 5, 10), 2, date(2024, 5, 4), id="over three days off to the Saturday that is worked"),
        pytest.param(date(2026, 11, 29), 1, date(2026, 11, 27), id="from a Sunday"),
    ],
)
def test_worked_examples_of_counting_back(day, n, expected):
    assert KZ.working_days_before(day, n) == expected


@given(st.dates(date(2021, 7, 1), date(2035, 12, 31)), st.integers(1, 30), st.integers(1, 30))
@settings(max_examples=50)
def test_counting_in_two_steps_is_counting_in_one(day, m, n):
    assert KZ.add_working_days(KZ.add_working_days(day, m), n) == KZ.add_working_days(day, m + n)


def test_a_day_moved_across_new_year_is_known_from_the_year_it_was_moved_for():
    assert KZ.is_working_day(date(2013, 12, 28))  # a Saturday, worked for 3 January 2014


def test_a_term_is_at_least_one_day():
    for count in (KZ.add_working_days, KZ.working_days_before):
        with pytest.raises(ValueError, match=r"^working days are counted from one$"):
            count(date(2026, 11, 24), 0)


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 11, 24), date(2026, 11, 24)), (date(2026, 11, 28), date(2026, 11, 30))],
)
def test_the_next_working_day_is_the_day_itself_if_it_is_worked(day, expected):
    assert KZ.next_working_day(day) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param(almaty(2026, 11, 24, 0, 0), date(2026, 11, 24), id="at midnight"),
        pytest.param(almaty(2026, 11, 24, 18, 30), date(2026, 11, 24), id="at closing time"),
        pytest.param(almaty(2026, 11, 24, 18, 30) + timedelta(microseconds=1), date(2026, 11, 25), id="just after"),
        pytest.param(almaty(2026, 11, 27, 19), date(2026, 11, 30), id="on Friday evening"),
        pytest.param(almaty(2026, 11, 28, 10), date(2026, 11, 30), id="on Saturday morning"),
        pytest.param(almaty(2026, 11, 29, 23), date(2026, 11, 30), id="on Sunday night"),
        pytest.param(almaty(2026, 12, 31, 20), date(2027, 1, 5), id="on New Year's Eve"),
        pytest.param(almaty(2026, 3, 20, 19), date(2026, 3, 26), id="before Nauryz"),
        pytest.param(almaty(2025, 1, 5, 12), date(2025, 1, 5), id="on a worked Sunday"),
        pytest.param(datetime(2026, 11, 24, 20, tzinfo=UTC), date(2026, 11, 25), id="after midnight in Almaty"),
    ],
)
def test_the_day_of_registration(received, expected):
    assert KZ.registration_day(received) == expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        pytest.param(datetime(2024, 2, 29, 17, 59, 59, tzinfo=UTC), date(2024, 2, 29), id="+06 to the last evening"),
        pytest.param(datetime(2024, 2, 29, 18, 30, tzinfo=UTC), date(2024, 2, 29), id="the hour that came twice"),
        pytest.param(datetime(2024, 2, 29, 19, 0, tzinfo=UTC), date(2024, 3, 1), id="+05 from 1 March 2024"),
        pytest.param(datetime(2023, 6, 1, 18, 0, tzinfo=UTC), date(2023, 6, 2), id="+06 in 2023"),
        pytest.param(datetime(2026, 6, 1, 18, 59, tzinfo=UTC), date(2026, 6, 1), id="+05 in 2026"),
    ],
)
def test_the_local_date_knows_the_change_of_zone(instant, expected):
    assert days.local_date(instant) == expected


def test_the_day_of_the_change_is_an_hour_longer():
    day = date(2024, 2, 29)
    assert days.end_of(day) - days.start_of(day) == timedelta(hours=25) - timedelta(microseconds=1)


def test_instants_are_told_in_utc():
    for instant in (days.start_of(date(2026, 12, 15)), days.end_of(date(2026, 12, 15))):
        assert instant.tzinfo is UTC  # not the zone of the host, whatever it is called


def test_an_end_of_day_is_the_last_microsecond_in_almaty():
    assert days.end_of(date(2026, 12, 15)) == datetime(2026, 12, 15, 18, 59, 59, 999999, tzinfo=UTC)


def test_the_zone_is_the_pinned_one_and_says_so():
    assert days.tzdata_version() == "2026.6"
    assert KZ.version == "holidays 0.109 KZ, kz-days 2026-11-24"


def test_an_operators_day_wins_over_the_package():
    moved = Calendar("test", MappingProxyType({date(2026, 11, 28): True, date(2026, 11, 30): False}))
    assert moved.add_working_days(date(2026, 11, 27), 1) == date(2026, 11, 28)
    assert moved.add_working_days(date(2026, 11, 28), 1) == date(2026, 12, 1)


def moved(*rows: str, version: str = 'version = "kz-days 2027-01-10"'):
    text = "\n".join([version, *(f"[[day]]\n{row}" for row in rows)])
    return load_calendar((LawFile("kz-days", text),))


ROW = 'date = 2026-11-28\nworking = true\norder = "№ 1"'


def test_an_operators_table_stands_for_the_packaged_one():
    kz = moved(ROW, 'date = 2026-11-30\nworking = false\norder = "№ 1"')
    assert kz.version == "holidays 0.109 KZ, kz-days 2027-01-10"
    assert dict(kz.moved) == {date(2026, 11, 28): True, date(2026, 11, 30): False}
    assert kz.add_working_days(date(2026, 11, 27), 2) == date(2026, 12, 1)


def test_a_table_may_have_no_days():
    assert not moved().moved


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((ROW, ROW), "^kz-days: two rows for 2026-11-28$"),
        ((ROW, ROW.replace("true", "false")), "^kz-days: two rows for 2026-11-28$"),
        ((ROW.replace('order = "№ 1"', ""),), "^kz-days day 2026-11-28: lacks order$"),
        ((ROW.replace("№ 1", ""),), "^kz-days day 2026-11-28 order: expected a line of text, not ''$"),
        ((ROW.replace('"№ 1"', "1"),), "^kz-days day 2026-11-28 order: expected a line of text, not 1$"),
        ((ROW.replace("working = true", ""),), "^kz-days day 2026-11-28: lacks working$"),
        ((ROW.replace("true", '"yes"'),), "^kz-days day 2026-11-28 working: expected true or false, not 'yes'$"),
        ((ROW.replace("true", "1"),), "^kz-days day 2026-11-28 working: expected true or false, not 1$"),
        ((ROW.replace("date = 2026-11-28", ""),), r"^kz-days day \?: lacks date$"),
        ((ROW.replace("2026-11-28", "2026-11-28T00:00:00"),), "^kz-days day 2026-11-28 00:00:00: expected a date, as"),
        (
            (ROW.replace("2026-11-28", '"2026-11-28"'),),
            "^kz-days day 2026-11-28: expected a date, as 2026-11-24, not '",
        ),
        ((ROW + "\nreason = 1",), "^kz-days day 2026-11-28: unknown reason$"),
    ],
)
def test_a_row_that_breaks_the_form_is_refused(rows, words):
    with pytest.raises(UnusableLaw, match=words):
        moved(*rows)


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("", "^kz-days: lacks version$"),
        ('version = ""', "^kz-days version: expected a line of text, not ''$"),
        ("version = 2027", "^kz-days version: expected a line of text, not 2027$"),
        ('version = "1"\ndays = 3', "^kz-days: unknown days$"),
        ('version = "kz-days 2026-11-24"', r"^kz-days\.toml is not the one of this release but has its version"),
    ],
)
def test_a_table_says_its_own_version(version, words):
    with pytest.raises(UnusableLaw, match=words):
        moved(version=version)
