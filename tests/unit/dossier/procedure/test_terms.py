"""When terms fall due and reminders come: worked examples, and laws that hold for every start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import AppealKind, TermNotice
from dossier.case.events import TermOpened
from dossier.procedure.law import load_law
from dossier.procedure.law.calendar import end_of, local_date, start_of
from dossier.procedure.law.law_file import UnusableLaw
from dossier.procedure.law.rules import CountsFrom, LawRules, TermUnit
from dossier.procedure.terms import add_months, due_day, latest_extension, notice_of, open_term, starting_instant
from tests.worlds import wall_calendar as wall
from tests.worlds.casework import almaty

LAW, SANDBOX = load_law("appk-2026"), load_law("sandbox-seconds")
BODY, CONVERSATION = PartyId("akimat-almaty"), ConversationId("c")
APPLICATION, COMPLAINT, INQUIRY = AppealKind.APPLICATION, AppealKind.COMPLAINT, AppealKind.INQUIRY
SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)


def open_(duty: str, at: datetime, law=LAW, **more) -> TermOpened:
    return open_term(
        duty, party=BODY, started_at=at, index=1, conversation_id=CONVERSATION,
        rules=law.rules, calendar=law.calendar, **more,
    )  # fmt: skip


def with_row(law, key: str, **changes) -> LawRules:
    """The law's rules, all rows of one duty changed."""
    rows = tuple(replace(row, **changes) if row.key == key else row for row in law.rules.duties)
    return replace(law.rules, duties=rows)


@pytest.mark.parametrize(
    ("duty", "start", "due", "remind"),
    [
        pytest.param(
            "consideration", almaty(2026, 11, 24), date(2026, 12, 15), date(2026, 12, 10), id="15 working days"
        ),
        pytest.param(
            "consideration",
            almaty(2026, 12, 21),
            date(2027, 1, 14),
            date(2027, 1, 11),
            id="over New Year and 7 January",
        ),
        pytest.param("consideration", almaty(2026, 3, 10), date(2026, 4, 3), date(2026, 3, 31), id="over Nauryz"),
        pytest.param(
            "consideration", almaty(2026, 4, 24), date(2026, 5, 20), date(2026, 5, 15), id="over the May holidays"
        ),
        pytest.param("consideration", almaty(2026, 5, 20), date(2026, 6, 11), date(2026, 6, 8), id="over Eid al-Adha"),
        pytest.param(
            "consideration", almaty(2024, 12, 20), date(2025, 1, 15), date(2025, 1, 10), id="over the moved 3 January"
        ),
        pytest.param(
            "consideration", almaty(2024, 2, 20), date(2024, 3, 13), date(2024, 3, 7), id="over the change of zone"
        ),
        pytest.param(
            "consideration",
            almaty(2024, 4, 26),
            date(2024, 5, 22),
            date(2024, 5, 17),
            id="Saturday 4 May 2024 is worked",
        ),
        pytest.param("materials", almaty(2026, 11, 27), date(2026, 12, 2), date(2026, 12, 1), id="over a weekend"),
        pytest.param(
            "materials", almaty(2024, 5, 3), date(2024, 5, 10), date(2024, 5, 6), id="4 May on, 8 May 2024 off"
        ),
        pytest.param(
            "materials", almaty(2024, 12, 31), date(2025, 1, 8), date(2025, 1, 6), id="Sunday 5 January worked"
        ),
        pytest.param(
            "materials", almaty(2025, 6, 4), date(2025, 6, 10), date(2025, 6, 9), id="Eid al-Adha on a Friday"
        ),
        pytest.param(
            "materials", almaty(2024, 2, 28), date(2024, 3, 4), date(2024, 3, 1), id="29 February is a day too"
        ),
        pytest.param(
            "hearing_objection", almaty(2026, 3, 20), date(2026, 3, 27), date(2026, 3, 26), id="before Nauryz"
        ),
        pytest.param("hearing_notice", almaty(2026, 12, 14), date(2026, 12, 18), None, id="a wait reminds nobody"),
        pytest.param("review", almaty(2026, 11, 24), date(2026, 12, 23), date(2026, 12, 18), id="20 working days"),
        pytest.param("position", almaty(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 4), id="10 working days"),
        pytest.param(
            "claim_contest", almaty(2027, 1, 29), date(2027, 3, 1), date(2027, 2, 22), id="28 February is a Sunday"
        ),
        pytest.param(
            "claim_contest",
            almaty(2026, 12, 1),
            date(2027, 1, 5),
            date(2026, 12, 25),
            id="a month ends in the holidays",
        ),
        pytest.param("claim_contest", almaty(2024, 1, 31), date(2024, 2, 29), date(2024, 2, 22), id="to 29 February"),
        pytest.param("claim_contest", almaty(2023, 1, 31), date(2023, 2, 28), date(2023, 2, 21), id="to 28 February"),
        pytest.param(
            "claim_contest",
            almaty(2024, 12, 3),
            date(2025, 1, 5),
            date(2024, 12, 25),
            id="to the Sunday that is worked",
        ),
        pytest.param(
            "claim_contest",
            almaty(2024, 4, 4),
            date(2024, 5, 4),
            date(2024, 4, 26),
            id="to the Saturday that is worked",
        ),
        pytest.param(
            "claim_contest", almaty(2024, 4, 8), date(2024, 5, 10), date(2024, 4, 30), id="from the moved 8 May on"
        ),
        pytest.param(
            "complaint", almaty(2026, 11, 30), date(2027, 3, 1), date(2027, 2, 15), id="no 30 February, and a Sunday"
        ),
        pytest.param(
            "complaint", almaty(2025, 11, 30), date(2026, 3, 2), date(2026, 2, 16), id="28 February is a Saturday"
        ),
        pytest.param(
            "complaint", almaty(2024, 11, 29), date(2025, 2, 28), date(2025, 2, 14), id="no 29 February in 2025"
        ),
        pytest.param(
            "complaint_unadvised", almaty(2026, 2, 28), date(2026, 8, 28), date(2026, 8, 14), id="six months, same date"
        ),
        pytest.param(
            "claim_recognise",
            almaty(2024, 2, 29),
            date(2029, 2, 28),
            date(2029, 2, 21),
            id="five years from a leap day",
        ),
    ],
)
def test_worked_examples_of_terms(duty, start, due, remind):
    term = open_(duty, start)
    assert term.due_on == due
    assert term.due_at == end_of(due)
    assert term.remind_at == (remind and start_of(remind))


@pytest.mark.parametrize(
    ("kind", "subject", "due"),
    [
        pytest.param(APPLICATION, "HOUSING", date(2026, 12, 15), id="15 working days"),
        pytest.param(COMPLAINT, "HOUSING", date(2026, 12, 23), id="20 working days"),
        pytest.param(COMPLAINT, "TAX", date(2027, 1, 11), id="30 working days"),
        pytest.param(COMPLAINT, "TAX-MONITORING", date(2027, 2, 1), id="45 working days"),
        pytest.param(COMPLAINT, "PUBLIC-SERVICE", date(2026, 12, 1), id="5 working days"),
        pytest.param(INQUIRY, "BAILIFF", date(2026, 11, 27), id="3 working days"),
        pytest.param(INQUIRY, "MEDIA", date(2026, 12, 3), id="7 working days"),
        pytest.param(INQUIRY, "ADVOCATE", date(2026, 12, 8), id="10 working days"),
        pytest.param(INQUIRY, "NOTARY", date(2026, 12, 4), id="10 calendar days"),
        pytest.param(INQUIRY, "INFORMATION", date(2026, 12, 9), id="15 calendar days"),
        pytest.param(INQUIRY, "DECLASSIFICATION", date(2026, 12, 24), id="30 calendar days"),
        pytest.param(APPLICATION, "REHABILITATION", date(2027, 2, 22), id="90 calendar days"),
    ],
)
def test_worked_examples_by_kind_and_subject(kind, subject, due):
    assert open_("consideration", almaty(2026, 11, 24), kind=kind, subject=subject).due_on == due


def test_calendar_days_end_on_a_working_day():
    term = open_("consideration", almaty(2026, 11, 25), kind=INQUIRY, subject="NOTARY")
    assert term.due_on == date(2026, 12, 7)  # 5 December is a Saturday


def test_a_term_records_what_it_was_computed_by():
    started_at = almaty(2026, 11, 24, 11)
    term = open_term(
        "consideration", party=BODY, started_at=started_at, index=3, conversation_id=CONVERSATION,
        rules=LAW.rules, calendar=LAW.calendar,
    )  # fmt: skip
    assert term == TermOpened(
        term_id="c/t3",
        duty="consideration",
        article="АППК 76(1)",
        party=BODY,
        started_at=started_at,
        due_on=date(2026, 12, 15),
        due_at=datetime(2026, 12, 15, 18, 59, 59, 999999, tzinfo=UTC),
        zone="Asia/Almaty",
        rules_version="appk-2026",
        calendar_version="holidays 0.109 KZ, kz-days 2026-11-24",
        tzdata_version="2026.6",
        remind_at=datetime(2026, 12, 9, 19, tzinfo=UTC),
    )
    assert notice_of(term) == TermNotice("АППК 76(1)", term.due_on, term.due_at, "appk-2026")


def test_the_start_is_the_local_day():
    late_evening = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)  # 00:30 on the 25th in Almaty
    assert open_("materials", late_evening).due_on == date(2026, 11, 30)


def test_the_row_is_that_of_the_local_day_of_the_start():
    assert open_("review", almaty(2025, 12, 28, 23, 59)).due_on == open_("review", almaty(2025, 12, 28, 0, 1)).due_on
    assert LAW.rules.duty("complaint_unadvised", date(2025, 12, 29)).length == 6
    assert open_("complaint_unadvised", datetime(2025, 12, 28, 19, tzinfo=UTC)).due_on == date(2026, 6, 29)
    with pytest.raises(UnusableLaw, match="no duty 'complaint_unadvised' holds on 2025-12-28"):
        open_("complaint_unadvised", datetime(2025, 12, 28, 18, 59, tzinfo=UTC))


def test_the_last_day_of_february_2024_ends_by_the_new_zone():
    term = open_("claim_contest", almaty(2024, 1, 29))
    assert term.due_at == datetime(2024, 2, 29, 18, 59, 59, 999999, tzinfo=UTC)


# --- a day that a person named


def test_a_day_that_a_person_named_is_the_last():
    term = open_("cure", almaty(2026, 11, 24), until=date(2026, 12, 11))
    assert (term.due_on, term.due_at) == (date(2026, 12, 11), end_of(date(2026, 12, 11)))
    assert term.remind_at == start_of(date(2026, 12, 4))
    assert open_("cure", almaty(2026, 11, 24)).due_on == date(2026, 12, 8)


def test_a_named_day_off_moves_as_every_end_does():
    assert open_("cure", almaty(2026, 11, 24), until=date(2026, 12, 5)).due_on == date(2026, 12, 7)


def test_an_extension_is_the_same_duty_by_the_article_of_the_extension():
    term = open_("consideration", almaty(2026, 12, 14), by="extension", until=date(2027, 1, 20))
    assert (term.duty, term.article, term.due_on) == ("consideration", "АППК 76(3)", date(2027, 1, 20))
    assert term.remind_at == start_of(date(2027, 1, 15))
    assert open_("consideration", almaty(2026, 12, 14), by="extension").due_on == date(2027, 2, 15)


def test_in_seconds_a_named_day_says_nothing():
    start = almaty(2026, 11, 24)
    term = open_("consideration", start, SANDBOX, by="extension", until=date(2027, 1, 20))
    assert (term.duty, term.article) == ("consideration", "АППК 76(3)")
    assert (term.due_at, term.remind_at) == (start + 30 * SECOND, start + 25 * SECOND)


# --- seconds


def test_a_sandbox_term_ends_seconds_later():
    start = datetime(2026, 11, 24, 18, 59, 50, tzinfo=UTC)
    term = open_("consideration", start, SANDBOX)
    assert term.due_at == start + 15 * SECOND
    assert term.remind_at == start + 10 * SECOND
    assert term.due_on == date(2026, 11, 25)  # the seconds run over midnight in Almaty


def test_seconds_have_no_due_day():
    row = replace(
        LAW.rules.duty("return", date(2026, 11, 24)), unit=TermUnit.SECONDS, counts_from=CountsFrom.SAME_MOMENT
    )
    with pytest.raises(ValueError, match=r"^return is counted in seconds and has no due day of its own$"):
        due_day(row, date(2026, 11, 24), LAW.calendar)


# --- reminders


@pytest.mark.parametrize("early", [timedelta(0), MICROSECOND])
def test_a_reminder_comes_after_the_start_or_not_at_all(early):
    midnight = start_of(date(2026, 11, 25))
    term = open_("materials", midnight - early, until=date(2026, 11, 26))
    assert term.remind_at == (midnight if early else None)


@pytest.mark.parametrize("length", [5, 6])
def test_seconds_too_short_for_their_reminder_have_none(length):
    start = almaty(2026, 11, 24)
    rules = with_row(SANDBOX, "position", length=length)
    term = open_("position", start, replace(SANDBOX, rules=rules))
    assert term.remind_at == (start + SECOND if length == 6 else None)


def test_a_term_begun_long_ago_is_reminded_of_in_the_past():
    term = open_("review", almaty(2022, 3, 1))
    assert (term.due_on, term.remind_at) == (date(2022, 4, 4), start_of(date(2022, 3, 30)))  # 5 March was worked


# --- where a term begins


def test_what_starts_with_registration_waits_for_its_day():
    friday_evening = almaty(2026, 11, 27, 19)
    start = starting_instant("consideration", friday_evening, LAW.rules, LAW.calendar)
    assert start == start_of(date(2026, 11, 30))
    assert open_("consideration", start).due_on == date(2026, 12, 22)
    assert starting_instant("materials", friday_evening, LAW.rules, LAW.calendar) == friday_evening
    assert starting_instant("consideration", friday_evening, SANDBOX.rules, SANDBOX.calendar) == friday_evening


def test_a_sandbox_that_closes_does_not_wait_either():
    rules = replace(SANDBOX.rules, closes_at=LAW.rules.closes_at)
    friday_evening = almaty(2026, 11, 27, 19)
    assert starting_instant("consideration", friday_evening, rules, SANDBOX.calendar) == friday_evening


def test_within_hours_a_term_starts_at_once():
    morning = almaty(2026, 11, 27, 9)
    assert starting_instant("consideration", morning, LAW.rules, LAW.calendar) == morning


@pytest.mark.parametrize("hour", [18, 19])
def test_the_hour_of_closing_is_that_of_the_rules(hour):
    rules = replace(LAW.rules, closes_at=almaty(2026, 11, 27, 18, 59).astimezone(UTC).time().replace(hour=18))
    start = starting_instant("consideration", almaty(2026, 11, 24, hour, 45), rules, LAW.calendar)
    assert start == (almaty(2026, 11, 24, 18, 45) if hour == 18 else start_of(date(2026, 11, 25)))


def test_whether_a_term_waits_is_said_by_the_row_of_its_kind_and_subject():
    """Before 2026 the general row ran from receipt, those of the special terms from registration."""
    friday_evening, monday = almaty(2025, 11, 28, 19), start_of(date(2025, 12, 1))

    def start(**of_appeal) -> datetime:
        return starting_instant("consideration", friday_evening, LAW.rules, LAW.calendar, **of_appeal)

    assert start() == start(kind=APPLICATION) == start(subject="TAX") == friday_evening
    assert start(kind=COMPLAINT) == monday
    assert start(kind=APPLICATION, subject="REHABILITATION") == monday
    assert start(kind=APPLICATION, subject="HOUSING") == friday_evening


def test_what_starts_with_registration_is_asked_for_the_local_day():
    first = datetime(2025, 12, 28, 19, 30, tzinfo=UTC)  # 00:30 on Mon 29 December 2025 in Almaty
    evening = datetime(2025, 12, 29, 15, tzinfo=UTC)  # 20:00 of that day: after hours
    assert starting_instant("consideration", evening, LAW.rules, LAW.calendar) == start_of(date(2025, 12, 30))
    assert starting_instant("consideration", first - timedelta(hours=1), LAW.rules, LAW.calendar) < first


def test_an_extension_reaches_two_months_from_its_decision():
    assert latest_extension(date(2026, 11, 24), LAW.rules, LAW.calendar) == date(2027, 1, 25)
    assert latest_extension(date(2026, 11, 24), SANDBOX.rules, SANDBOX.calendar) == date.max


# --- months


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 15), 1, date(2026, 12, 15)),
        (date(2026, 10, 31), 2, date(2026, 12, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 11, 24), 60, date(2031, 11, 24)),
        (date(2026, 11, 24), 13, date(2027, 12, 24)),
    ],
)
def test_months_end_on_the_same_date_or_the_last_of_the_month(day, months, expected):
    assert add_months(day, months) == expected


# --- laws that hold for every start


STARTS = st.datetimes(datetime(2022, 1, 1), datetime(2027, 3, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
DUTIES = st.sampled_from(
    sorted({duty.key for duty in LAW.rules.duties if duty.valid_from.year == 2021} - {"claim_recognise"})
)
KINDS = st.sampled_from([None, *AppealKind])
SUBJECTS = st.sampled_from(["", *sorted({duty.subject for duty in LAW.rules.duties}), "TAX-VAT", "HOUSING"])


def on_the_wall(row, start: date) -> date:
    """The due day, counted on the calendar on the wall."""
    match row.unit:
        case TermUnit.WORKING_DAYS:
            return wall.nth_after(start, row.length)
        case TermUnit.CALENDAR_DAYS:
            return wall.same_or_next(start + timedelta(days=row.length))
        case TermUnit.MONTHS:
            return wall.same_or_next(wall.months_after(start, row.length))


@given(STARTS, DUTIES, KINDS, SUBJECTS)
@settings(max_examples=100)
def test_terms_and_reminders_are_those_counted_on_the_wall(start, duty, kind, subject):
    term = open_(duty, start, kind=kind, subject=subject)
    row = LAW.rules.duty(duty, local_date(start), kind=kind, subject=subject)
    due = on_the_wall(row, local_date(start))
    remind = row.remind_before and start_of(wall.nth_before(due, row.remind_before))
    assert term.due_on == due
    assert term.remind_at == (remind if remind and remind > start else None)


@given(STARTS, DUTIES, KINDS, SUBJECTS)
@settings(max_examples=100)
def test_every_term_ends_with_a_working_day_after_its_start(start, duty, kind, subject):
    term = open_(duty, start, kind=kind, subject=subject)
    assert term.due_on > local_date(start)
    assert LAW.calendar.is_working_day(term.due_on)
    assert local_date(term.due_at) == term.due_on
    assert local_date(term.due_at + MICROSECOND) == term.due_on + timedelta(days=1)


@given(STARTS, DUTIES, st.integers(1, 90))
@settings(max_examples=100)
def test_a_reminder_is_the_first_instant_of_a_working_day_between_start_and_end(start, duty, days):
    for until in (None, local_date(start) + timedelta(days=days)):
        term = open_(duty, start, until=until)
        if term.remind_at is not None:
            assert start < term.remind_at < term.due_at
            assert LAW.calendar.is_working_day(local_date(term.remind_at))
            assert local_date(term.remind_at - MICROSECOND) < local_date(term.remind_at)


@given(STARTS, STARTS, DUTIES, KINDS)
@settings(max_examples=50)
def test_who_starts_later_never_ends_earlier(one, other, duty, kind):
    first, second = sorted((one, other))
    rows = {LAW.rules.duty(duty, local_date(start), kind=kind) for start in (first, second)}
    if len(rows) == 1:
        assert open_(duty, first, kind=kind).due_at <= open_(duty, second, kind=kind).due_at


@given(st.dates(date(2021, 1, 1), date(2060, 12, 31)), st.integers(0, 120))
@settings(max_examples=100)
def test_months_are_those_counted_leaf_by_leaf(day, months):
    assert add_months(day, months) == wall.months_after(day, months)
