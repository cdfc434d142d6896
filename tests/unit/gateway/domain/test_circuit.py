"""The circuit of one party: shut by silence alone, probed once a rest, closed by any answer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Reach, Transmission, Unknown, reach_of
from contracts.party import Agreement, PartyId
from contracts.receipt import Receipt
from gateway.domain.delivery.circuit import TRANSITIONS, Circuit, CircuitState, after_attempt, probing

COURT = PartyId("court")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TERMS = Agreement(COURT, breaker_after=3, breaker_rest=timedelta(seconds=30), longest_wait=timedelta(minutes=2))
C = CircuitState


def silent(circuit: Circuit, delivery_id: int = 1, now: datetime = NOW) -> Circuit:
    return after_attempt(circuit, Reach.SILENT, delivery_id, TERMS, now, now)


def opened() -> Circuit:
    circuit = Circuit(COURT)
    for _ in range(TERMS.breaker_after):
        circuit = silent(circuit)
    return circuit


def test_silence_often_enough_in_a_row_opens_it_for_the_agreed_rest():
    assert silent(silent(Circuit(COURT))).state is C.CLOSED
    assert (opened().state, opened().probe_at) == (C.OPEN, NOW + timedelta(seconds=30))
    assert not opened().lets_through(NOW + timedelta(seconds=29))
    assert opened().lets_through(NOW + timedelta(seconds=30))


def test_an_answer_in_between_begins_the_count_anew():
    answered = after_attempt(silent(silent(Circuit(COURT))), Reach.ANSWERED, 1, TERMS, NOW, NOW)
    assert answered.is_calm
    assert silent(silent(answered)).state is C.CLOSED


def test_it_says_since_when_nobody_answers_which_is_when_the_first_silent_attempt_began():
    circuit = Circuit(COURT)
    for minute in range(4):
        began = NOW + timedelta(minutes=minute)
        circuit = after_attempt(circuit, Reach.SILENT, 1, TERMS, began, began + timedelta(seconds=20))

    assert circuit.since == NOW
    assert after_attempt(circuit, Reach.ANSWERED, 1, TERMS, NOW, NOW).since is None


def test_each_probe_without_answer_doubles_the_rest_up_to_the_longest_wait():
    circuit, rests = opened(), []
    for number in range(5):
        circuit = silent(probing(circuit, number, NOW + timedelta(minutes=1)), number)
        rests.append(circuit.rest)
    assert rests == [timedelta(seconds=s) for s in (60, 120, 120, 120, 120)]


def test_what_was_begun_before_it_opened_neither_lengthens_the_rest_nor_counts_as_probe():
    assert silent(opened(), 7).probe_at == opened().probe_at
    half_open = probing(opened(), 1, NOW + timedelta(minutes=1))
    assert silent(half_open, 7).state is C.HALF_OPEN


def test_an_answer_to_whatever_attempt_closes_it():
    for circuit in (opened(), probing(opened(), 1, NOW)):
        assert after_attempt(circuit, Reach.ANSWERED, 7, TERMS, NOW, NOW) == Circuit(COURT)


def test_a_probe_that_was_not_sent_for_reasons_of_our_own_is_followed_at_once():
    half_open = probing(opened(), 1, NOW + timedelta(minutes=1))
    assert after_attempt(half_open, Reach.NOT_TRIED, 1, TERMS, NOW, NOW).lets_through(NOW)
    assert not after_attempt(half_open, Reach.NOT_TRIED, 2, TERMS, NOW, NOW).lets_through(NOW)


@settings(deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from(Reach), st.integers(1, 3), st.booleans()), max_size=40),
)
def test_it_moves_only_as_its_table_allows(steps):
    circuit, now = Circuit(COURT), NOW
    for reach, delivery_id, claims in steps:
        now += timedelta(seconds=20)
        before = circuit
        if claims and circuit.state is not C.CLOSED and circuit.lets_through(now):
            circuit = probing(circuit, delivery_id, now + timedelta(minutes=1))
        else:
            circuit = after_attempt(circuit, reach, delivery_id, TERMS, now, now)
        assert circuit.state is before.state or circuit.state in TRANSITIONS[before.state]
        assert (circuit.state is C.CLOSED) == (circuit.probe_at is None)
        assert circuit.rest is None or circuit.rest <= TERMS.longest_wait


@settings(deadline=None)
@given(answers=st.lists(st.integers(0, 1), max_size=60))
def test_a_party_that_answers_every_second_time_is_never_shut(answers):
    circuit = Circuit(COURT)
    for extra in answers:
        for _ in range(extra):
            circuit = silent(circuit)
        circuit = after_attempt(circuit, Reach.ANSWERED, 1, TERMS, NOW, NOW)
        assert circuit.state is C.CLOSED


@pytest.mark.parametrize(
    ("outcome", "reach"),
    [
        (Acknowledged(Receipt("m", "0" * 64, NOW), Transmission(b"")), Reach.ANSWERED),
        (Delivered(Transmission(b"")), Reach.ANSWERED),
        (Deferred("fault ServerBusy", Transmission(b""), timedelta(60), Reach.ANSWERED), Reach.ANSWERED),
        (Deferred("connection refused", Transmission(b"")), Reach.SILENT),
        (Deferred("our key is away", Transmission(b""), reach=Reach.NOT_TRIED), Reach.NOT_TRIED),
        (Unknown("timed out", Transmission(b"")), Reach.SILENT),
    ],
)
def test_only_silence_counts_against_a_party(outcome, reach):
    assert reach_of(outcome) is reach
