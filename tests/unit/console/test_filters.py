"""What an address says of a list, and what it does not understand."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qsl

import pytest

from gateway.console.filters import Filter
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.texts.times import span, when
from tests.worlds.builders import JER, NOON


def test_a_filter_survives_its_own_address():
    query = Filter("DL-2026-0000000001", "waiting", "jer-almaty", "1h", oldest_first=True, after=12)
    assert Filter.read(dict(parse_qsl(query.address()))) == query


def test_it_says_to_the_store_what_it_means():
    page = Filter.read({"state": "waiting", "party": " jer-almaty ", "older": "1h"}).to_query(NOON, limit=9)
    assert (page.states, page.recipient, page.made_before) == (CLAIMABLE, JER, NOON - timedelta(hours=1))
    assert Filter(state="parked").to_query(NOON, limit=9).states == {DeliveryState.PARKED}


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"older": "1y"}, {"after": "-1"}, {"after": "9" * 30}, {"x": "y"}]
)
def test_what_it_does_not_know_is_as_if_it_were_not_said(query: dict[str, str]):
    assert Filter.read(query) == Filter()


def test_letters_that_no_key_makes_are_left_out():
    assert Filter.read({"number": " DL-\x002026\u2028-1\ud800 ", "party": "jer\n"}) == Filter("DL-2026-1", party="jer")


def test_times_are_told_in_almaty_and_spans_by_their_two_largest_units():
    assert when(NOON) == "2026-11-24 12:00:00"
    spans = [span(str, timedelta(seconds=seconds)) for seconds in (0, 59, 61, 3600, 11_520, 90_000, 200_000)]
    assert spans == ["0 s", "59 s", "1 min 1 s", "1 h", "3 h 12 min", "1 d 1 h", "2 d 7 h"]
