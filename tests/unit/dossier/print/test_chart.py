"""The drawn timeline: places to scale and in order, every term and every act drawn exactly once."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.case.history import TermState
from dossier.packaging.describe import describe
from dossier.packaging.description import TermEntry
from dossier.print.chart import APPLICANT, PAGE_MM, chart_pages, term_lane
from dossier.print.time_axis import TimeAxis
from tests.worlds.dossiers import PLATFORM, dossier_input
from tests.worlds.long_story import long_input

ZONE = ZoneInfo("Asia/Almaty")
NOON = datetime(2026, 11, 2, 7, tzinfo=UTC)
instants = st.lists(
    st.integers(0, 10 * 365 * 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds)), min_size=1, max_size=40
)


@given(instants)
def test_places_keep_the_order_of_time_and_stay_on_the_paper(moments):
    axis = TimeAxis(moments, ZONE)
    places = [axis.place(moment) for moment in sorted(moments)]
    assert places == sorted(places)
    assert places[0] >= 0
    assert places[-1] <= 1 + 1e-9
    assert axis.place(NOON - timedelta(days=9_999)) == 0
    assert axis.place(NOON + timedelta(days=9_999)) == pytest.approx(1)


@given(instants)
def test_ticks_are_in_order_and_leave_room_for_their_labels(moments):
    ticks = TimeAxis(moments, ZONE).ticks()
    places = [tick.place for tick in ticks]
    assert all(after - before > 0.1 for before, after in itertools.pairwise(places))
    assert 1 <= len(ticks) <= 10


def test_within_a_piece_the_axis_is_to_scale():
    axis = TimeAxis([NOON, NOON + timedelta(days=10)], ZONE)
    assert axis.place(NOON + timedelta(days=3)) == pytest.approx(0.3)


def test_a_silence_that_would_hide_all_the_rest_is_cut_out():
    busy = [NOON + timedelta(hours=hour) for hour in range(5)]
    axis = TimeAxis([*busy, NOON + timedelta(days=900)], ZONE)
    (cut,) = [span for span in axis.spans if span.is_cut]
    assert (cut.begins, cut.ends) == (busy[-1], NOON + timedelta(days=900))
    assert axis.place(busy[-1]) > 0.9


@pytest.mark.parametrize(
    ("spread", "label"),
    [(timedelta(seconds=40), "12:00:00"), (timedelta(hours=3), "12:00"), (timedelta(days=90), "02.11.26")],
)
def test_labels_are_as_fine_as_the_scale(spread, label):
    assert TimeAxis([NOON, NOON + spread], ZONE).ticks()[0].label == label


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [5, 60, 500])
def test_every_term_is_drawn_once_and_no_page_is_too_high(events):
    described = describe(long_input(events=events, documents=0))
    pages = chart_pages(described)
    drawn = [row["term"] for page in pages for lane in page["lanes"] for row in lane["rows"]]
    assert sorted(drawn) == sorted(term.term_id for term in described.terms)
    assert all(page["height"] <= PAGE_MM for page in pages)


def test_every_act_is_under_some_point_and_what_bars_show_is_not():
    described = describe(long_input(events=200, documents=0))
    points = [point for page in chart_pages(described) for lane in page["lanes"] for point in lane["points"]]
    shown = {"term_opened", "term_met", "term_breached", "default_recorded", "message_acknowledged"}
    acts = [event for event in described.timeline if event.kind not in shown]
    assert sum(point["count"] for point in points) == len(acts)


def test_a_term_of_the_applicant_lies_in_the_applicants_lane():
    described = describe(long_input(events=60, documents=0))
    (one, *_) = [term for term in described.terms if term.duty == "hearing_objection"]
    assert one.party == PLATFORM
    assert term_lane(one) == APPLICANT


def over(term: TermEntry, state: TermState, *, done_after: timedelta | None) -> dict:
    """The row of this term in a drawing of it alone."""
    done_at = None if done_after is None else term.due_at + done_after
    changed = replace(term, state=state, done_at=done_at, closed_at=term.due_at)
    described = replace(describe(dossier_input()), terms=(changed,))
    return next(row for page in chart_pages(described) for lane in page["lanes"] for row in lane["rows"])


def test_what_was_never_done_reaches_to_the_day_of_assembly_and_what_was_late_to_its_day():
    term = describe(dossier_input()).terms[0]
    never = over(term, TermState.BREACHED, done_after=None)
    late = over(term, TermState.BREACHED, done_after=timedelta(days=3))
    assert never["over"]
    assert not never["is-done"]
    assert late["over"]
    assert late["is-done"]
    assert late["due"] < late["end"] < never["end"] == pytest.approx(1)


def test_a_duty_done_after_it_was_missed_has_its_day():
    terms = {term.duty: term for term in describe(dossier_input()).terms if term.party == "akimat-almaty"}
    assert terms["consideration"].state is TermState.BREACHED
    assert terms["consideration"].done_at > terms["consideration"].due_at
    silent = next(term for term in describe(dossier_input()).terms if term.state is TermState.DEFAULT)
    assert silent.done_at is None


def test_a_right_that_the_applicant_let_pass_is_nobodys_breach():
    described = describe(long_input(events=60, documents=0))
    passed = replace(described.terms[0], bound="applicant", state=TermState.BREACHED, late=False, done_at=None)
    assert passed.is_missed
    assert not passed.is_violated
    assert replace(passed, bound="body").is_violated
    assert replace(passed, state=TermState.MET, late=True).is_violated
