"""Sharing a batch: by priority, evenly among parties, within the pace and the room of each."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.party import Agreement, PartyId
from gateway.domain.delivery import pace
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.sharing import Lane, Opening, room_of, share_out, within

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
A, B, D = PartyId("a"), PartyId("b"), PartyId("d")


def opening(party_id: PartyId, priority: int = 1, waited_s: int = 0) -> Opening:
    return Opening(ord(party_id) * 10 + priority, party_id, priority, NOW - timedelta(seconds=waited_s))


def shares(openings, rooms, limit):
    return {(one.opening.recipient, one.opening.priority): one.most for one in share_out(openings, rooms, limit)}


def test_parties_of_one_priority_get_the_same_however_much_waits_for_them():
    assert shares([opening(A), opening(B)], {A: 100, B: 100}, 50) == {(A, 1): 25, (B, 1): 25}


def test_what_one_party_has_no_room_for_goes_to_the_others():
    assert shares([opening(A), opening(B), opening(D)], {A: 2, B: 100, D: 0}, 50) == {(A, 1): 2, (B, 1): 48}


def test_of_more_parties_than_places_those_go_first_that_wait_longest():
    given_to = shares([opening(A, waited_s=1), opening(B, waited_s=3), opening(D, waited_s=2)], {A: 1, B: 1, D: 1}, 2)
    assert set(given_to) == {(B, 1), (D, 1)}


def test_the_court_goes_before_terms_and_they_before_notices():
    some = share_out([opening(A, 2), opening(B, 0), opening(D, 1)], {A: 9, B: 9, D: 9}, 2)
    found = [(one.opening.recipient, one.opening.priority, one.opening.recipient) for one in some for _ in range(9)]
    assert within(some, {A: 9, B: 9, D: 9}, 2, found) == [B, B]
    assert within(some, {A: 9, B: 1, D: 1}, 3, found) == [B, D, A]


@settings(deadline=None)
@given(
    rooms=st.dictionaries(st.sampled_from([A, B, D]), st.integers(0, 20), min_size=1),
    priorities=st.lists(st.tuples(st.sampled_from([A, B, D]), st.integers(0, 2)), unique=True),
    limit=st.integers(1, 60),
)
def test_no_share_goes_beyond_room_or_limit_and_none_is_left_while_there_is_room(rooms, priorities, limit):
    some = share_out([opening(*one) for one in priorities], rooms, limit)
    for priority in range(3):
        level = [one for one in some if one.opening.priority == priority]
        roomy = {party_id for party_id, p in priorities if p == priority and rooms.get(party_id, 0)}
        assert all(0 <= one.most <= rooms[one.opening.recipient] for one in level)
        assert sum(one.most for one in level) == min(limit, sum(rooms[one] for one in roomy))


def test_a_party_is_given_what_it_may_have_less_what_is_under_way_on_any_node():
    assert room_of(Lane(Circuit(A), in_flight=6), Agreement(A, most_at_once=8), NOW) == 2
    assert room_of(Lane(Circuit(A), in_flight=60), Agreement(A, most_at_once=8), NOW) == 0


def test_a_party_that_is_left_alone_gets_one_probe_once_its_rest_is_over():
    lane = Lane(Circuit(A, CircuitState.OPEN, 5, NOW, timedelta(seconds=30), NOW + timedelta(seconds=30)))
    assert room_of(lane, Agreement(A), NOW) == 0
    assert room_of(lane, Agreement(A), NOW + timedelta(seconds=30)) == 1


@settings(deadline=None)
@given(
    most=st.integers(1, 600),
    requested=st.lists(st.tuples(st.integers(0, 30_000_000), st.integers(1, 50)), min_size=1, max_size=60),
)
def test_no_minute_ever_sees_more_attempts_than_agreed(most, requested):
    now, paced_until, begun = NOW, None, []
    for microseconds, wanted in requested:
        now += timedelta(microseconds=microseconds)
        taken = min(wanted, pace.room(paced_until, most, now))
        paced_until = pace.after(paced_until, most, now, taken)
        begun += [now] * taken
        if not taken:
            again = pace.next_room_at(paced_until, most, now)
            assert again > now
            assert pace.room(paced_until, most, again) >= 1
    for place, first in enumerate(begun):
        assert bisect_left(begun, first + timedelta(minutes=1)) - place <= most


def test_after_a_rest_a_sixth_may_begin_at_once():
    assert pace.room(None, 60, NOW) == 10
    assert pace.room(None, 1, NOW) == 1
