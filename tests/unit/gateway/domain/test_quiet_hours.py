"""Quiet hours: local windows as instants, over midnight, over weekends, and over the night the clock went back."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ports.outcome import Deferred, Transmission, Unknown
from contracts.party import Agreement, PartyId, QuietHours, Weekday
from gateway.domain.delivery.circuit import Circuit
from gateway.domain.delivery.quiet_form import read_back, written
from gateway.domain.delivery.quiet_hours import LEAST_OPEN, SPREAD, ZONE, longest_opening, open_at
from gateway.domain.delivery.retry import judge_outcome
from gateway.domain.delivery.sharing import HEADWAY, Lane, opens_at, room_of

EVERY_DAY = frozenset(Weekday)
NIGHT = QuietHours(EVERY_DAY, time(18), time(8))
WEEKEND = QuietHours(frozenset({Weekday.SAT, Weekday.SUN}), time(0), time(0))
PARTY = PartyId("jer-almaty")


def almaty(*at: int) -> datetime:
    return datetime(*at, tzinfo=ZONE)


def test_by_day_a_party_is_called_at_once():
    assert open_at([NIGHT, WEEKEND], almaty(2026, 11, 24, 12), share=0.9) == almaty(2026, 11, 24, 12)


def test_what_falls_due_at_night_waits_for_the_morning_and_each_party_for_a_moment_of_its_own():
    at = almaty(2026, 11, 24, 23, 30)
    assert open_at([NIGHT], at) == almaty(2026, 11, 25, 8)
    assert open_at([NIGHT], at, share=0.5) == almaty(2026, 11, 25, 8) + SPREAD / 2


def test_a_window_begins_at_its_first_moment_and_is_over_at_its_last():
    assert open_at([NIGHT], almaty(2026, 11, 24, 18)) > almaty(2026, 11, 24, 18)
    assert open_at([NIGHT], almaty(2026, 11, 25, 8)) == almaty(2026, 11, 25, 8)


def test_windows_that_touch_are_one():
    friday_evening = almaty(2026, 11, 27, 19)
    assert open_at([NIGHT, WEEKEND], friday_evening) == almaty(2026, 11, 30, 8)


def test_a_night_in_which_the_clock_went_back_is_an_hour_longer():
    """On 1 March 2024 at 00:00 +06 clocks in Almaty showed 23:00 +05: that hour came twice, and both are night."""
    at = datetime(2024, 2, 29, 14, 0, tzinfo=UTC)  # 20:00 +06
    assert open_at([NIGHT], at) == datetime(2024, 3, 1, 3, 0, tzinfo=UTC)  # 08:00 +05
    until_midnight = QuietHours(EVERY_DAY, time(22), time(23, 30))
    assert open_at([until_midnight], datetime(2024, 2, 29, 17, 45, tzinfo=UTC)) == datetime(
        2024, 2, 29, 18, 30, tzinfo=UTC
    )


def test_a_claim_just_before_the_evening_counts_as_in_it():
    terms = Agreement(PARTY, quiet_hours=(NIGHT,))
    before = almaty(2026, 11, 24, 18) - HEADWAY / 2
    assert opens_at(terms, before) == almaty(2026, 11, 25, 8)
    assert room_of(Lane(Circuit(PARTY)), terms, before) == 0
    assert room_of(Lane(Circuit(PARTY)), terms, before - HEADWAY) == terms.most_at_once


windows = st.builds(
    QuietHours,
    st.frozensets(st.sampled_from(Weekday), min_size=1),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
)
bearable = st.lists(windows, max_size=4).filter(lambda some: longest_opening(some) >= LEAST_OPEN)
moments = st.integers(0, 3 * 365 * 24 * 3600).map(lambda s: datetime(2024, 2, 1, tzinfo=UTC) + timedelta(seconds=s))
shares = st.floats(0, 1, exclude_max=True)


@settings(deadline=None)
@given(quiet=bearable, now=moments, jitter=shares, attempt=st.integers(1, 50), retry_after=st.integers(0, 10**6))
def test_the_next_attempt_is_never_before_now_and_never_in_quiet_hours_and_never_put_off_for_ever(
    quiet, now, jitter, attempt, retry_after
):
    terms = Agreement(PARTY, quiet_hours=tuple(quiet))
    deferred = Deferred("busy", Transmission(b""), timedelta(seconds=retry_after))
    for outcome in (deferred, Unknown("silence", Transmission(b""))):
        again = judge_outcome(outcome, terms, attempt=attempt, now=now, jitter=jitter).next_attempt_at
        assert again is not None
        assert again > now
        assert open_at(quiet, again) == again
        assert again - now <= terms.longest_wait + timedelta(days=8)


@settings(deadline=None)
@given(quiet=st.lists(windows, max_size=4))
def test_quiet_hours_are_kept_as_one_line_and_read_back_the_same(quiet):
    assert read_back(written(quiet)) == tuple(quiet)


def test_the_line_reads_as_people_would_write_it():
    office = QuietHours(frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.FRI}), time(18), time(8))
    assert written([office, WEEKEND]) == "mon-wed,fri 18:00-08:00; sat-sun 00:00-00:00"


def test_a_week_of_quiet_leaves_nothing():
    assert longest_opening([QuietHours(EVERY_DAY, time(9), time(9))]) == timedelta(0)
    assert longest_opening([NIGHT]) == timedelta(hours=10)
    assert longest_opening([]) == timedelta(days=7)
