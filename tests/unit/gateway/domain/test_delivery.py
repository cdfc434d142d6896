"""The table of allowed moves."""

import pytest

from gateway.domain.delivery.states import FINAL, TRANSITIONS, DeliveryState, may_move

S = DeliveryState


def test_every_state_has_its_row():
    assert set(TRANSITIONS) == set(DeliveryState)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_nothing_leaves_a_final_state(state):
    assert TRANSITIONS[state] == frozenset()


@pytest.mark.parametrize("state", sorted(set(DeliveryState) - FINAL))
def test_a_late_signal_counts_in_every_state_that_is_not_final(state):
    assert may_move(state, S.ACKNOWLEDGED)
    assert may_move(state, S.REJECTED)


def test_no_event_cancels_a_delivery_that_is_dead_lettered_but_a_person_may():
    assert may_move(S.DEAD_LETTERED, S.CANCELLED)
    assert not may_move(S.DEAD_LETTERED, S.IN_FLIGHT)


def test_every_state_but_the_first_can_be_reached():
    reached = {new for moves in TRANSITIONS.values() for new in moves}
    assert reached >= set(DeliveryState)
