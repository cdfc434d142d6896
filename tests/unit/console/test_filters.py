"""What an address says of a list, and what it does not understand."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from gateway.console.typed import words_of
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.lists.deliveries import DELIVERIES, query_of
from gateway.lists.listing import ListRefusal, address
from gateway.ports.console import InstantPeriod
from gateway.texts.times import ALMATY, span, when
from tests.worlds.builders import JER, NOON


def test_a_filter_survives_its_own_address():
    query = {"number": "DL-2026-0000000001", "group": "waiting", "recipient": "jer-almaty", "older": "1h"}
    params = DELIVERIES.parse(query | {"order": "oldest", "after": "12", "since": "2026-11-24T08:30"})
    assert dict(parse_qsl(address(params))) == query | {"order": "oldest", "after": "12", "since": "2026-11-24T08:30"}


def test_it_says_to_the_store_what_it_means():
    page = query_of(DELIVERIES.parse({"group": "waiting", "recipient": " jer-almaty ", "older": "1h"}), NOON)
    assert (page.states, page.recipient, page.made_before) == (CLAIMABLE, JER, NOON - timedelta(hours=1))
    assert query_of(DELIVERIES.parse({"state": "parked"}), NOON).states == {DeliveryState.PARKED}


def test_a_period_is_of_minutes_or_days_in_almaty_of_what_it_names():
    params = DELIVERIES.parse({"period": "ended", "since": "2026-11-24T08:30", "until": "2026-11-25"})
    page = query_of(params, NOON)
    assert page.made is None
    assert page.ended == InstantPeriod(
        datetime(2026, 11, 24, 8, 30, tzinfo=ALMATY), datetime(2026, 11, 26, tzinfo=ALMATY)
    )


@pytest.mark.parametrize(
    "query", [{"state": "lost"}, {"older": "1y"}, {"after": "-1"}, {"after": "9" * 30}, {"x": "y"}, {"since": "noon"}]
)
def test_what_it_does_not_know_is_refused_by_name(query: dict[str, str]):
    with pytest.raises(ListRefusal) as refused:
        DELIVERIES.parse(query)
    assert refused.value.names == tuple(query)


def test_letters_that_no_key_makes_are_left_out():
    assert words_of(" DL-\x002026\u2028-1\ud800 ") == "DL-2026-1"


def test_times_are_told_in_almaty_and_spans_by_their_two_largest_units():
    assert when(NOON) == "2026-11-24 12:00:00"
    spans = [span(str, timedelta(seconds=seconds)) for seconds in (0, 59, 61, 3600, 11_520, 90_000, 200_000)]
    assert spans == ["0 s", "59 s", "1 min 1 s", "1 h", "3 h 12 min", "1 d 1 h", "2 d 7 h"]
