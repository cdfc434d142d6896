"""What may be in hand at once: exact to the byte, and never held for ever by who only holds it."""

import asyncio
from contextlib import ExitStack
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.party import PartyId
from gateway.http.pressure import Allowance, CapacityExceeded, IntakeGate, IntakeLimits, ShedCause

A, B = PartyId("eotinish"), PartyId("akimat-almaty")


class ManualSeconds:
    """A clock that only goes forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def a_gate(seconds: ManualSeconds | None = None, **limits: object) -> IntakeGate:
    return IntakeGate(IntakeLimits(**limits), seconds=seconds or ManualSeconds())


def cause_of(act) -> ShedCause:
    with pytest.raises(CapacityExceeded) as full:
        act()
    return full.value.cause


def enter(gate: IntakeGate, announced_bytes: int = 0):
    """Enter and leave at once."""
    with gate.enter(announced_bytes):
        pass


def test_bodies_fit_in_up_to_the_last_byte_and_not_one_more():
    gate = a_gate(body_bytes=100)
    with gate.enter(60), gate.enter(40):
        assert cause_of(lambda: enter(gate, 1)) is ShedCause.MEMORY
        enter(gate, 0)
    enter(gate, 100)


def test_a_body_of_unknown_length_holds_what_has_come_of_it():
    gate = a_gate(body_bytes=100)
    with gate.enter(0) as place, gate.enter(50):
        place.hold(50)
        assert cause_of(lambda: place.hold(51)) is ShedCause.MEMORY
    enter(gate, 100)


def test_one_request_too_many_is_turned_away_and_the_next_one_is_taken_when_one_is_done():
    gate = a_gate(requests=2)
    with gate.enter(1):
        with gate.enter(1):
            assert cause_of(lambda: enter(gate)) is ShedCause.REQUESTS
        enter(gate)


def test_one_party_never_takes_what_is_left_for_the_others():
    gate = a_gate(requests=4, party_requests=2)
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(gate.enter(1)) for _ in range(3))
        first.belongs_to(A)
        second.belongs_to(A)
        assert cause_of(lambda: third.belongs_to(A)) is ShedCause.PARTY
        third.belongs_to(B)


def test_nothing_is_taken_while_the_store_is_away_and_everything_once_it_is_back():
    gate = a_gate()
    gate.close(ShedCause.STORE, "no answer for 3 s")

    assert cause_of(lambda: enter(gate)) is ShedCause.STORE
    gate.open(ShedCause.STORE)
    enter(gate)


def test_refusals_are_counted_by_their_cause():
    gate = a_gate(requests=1)
    with gate.enter(0):
        for _ in range(3):
            cause_of(lambda: enter(gate))

    assert gate.refused == {ShedCause.REQUESTS: 3}


def test_an_allowance_is_used_up_and_comes_back_evenly_never_to_more_than_it_was():
    seconds = ManualSeconds()
    allowance = Allowance(3, timedelta(seconds=2), seconds=seconds)

    at_once = [allowance.take() for _ in range(4)]
    seconds.now = 2.0
    after_one_span = [allowance.take() for _ in range(2)]
    seconds.now = 1_000.0
    long_after = [allowance.take() for _ in range(4)]

    assert (at_once, after_one_span, long_after) == ([True] * 3 + [False], [True, False], [True] * 3 + [False])


async def test_a_body_that_drips_makes_room_for_a_newcomer_but_not_before_it_had_its_time():
    seconds = ManualSeconds()
    gate = a_gate(seconds, requests=1, slow=timedelta(seconds=5))
    reads = asyncio.Event()

    async def drip() -> None:
        with gate.enter(1_000) as place:
            async with place.reading():
                reads.set()
                await asyncio.Event().wait()

    dripping = asyncio.create_task(drip())
    await reads.wait()

    assert cause_of(lambda: enter(gate)) is ShedCause.REQUESTS
    seconds.now = 5.0
    enter(gate)
    with pytest.raises(CapacityExceeded):
        await dripping


async def test_a_request_whose_body_is_in_is_never_thrown_out():
    seconds = ManualSeconds()
    gate = a_gate(seconds, requests=1)
    with gate.enter(1_000) as place:
        async with place.reading():
            pass
        seconds.now = 3_600.0

        assert cause_of(lambda: enter(gate)) is ShedCause.REQUESTS


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60), st.integers(0, 60)), max_size=40))
def test_whatever_comes_and_goes_no_bound_is_passed_and_nothing_stays_held(steps):
    gate = a_gate(body_bytes=100, requests=4)
    inside: list[tuple[ExitStack, int]] = []
    for leaves, announced, came in steps:
        if leaves and inside:
            inside.pop(0)[0].close()
            continue
        with ExitStack() as trying:
            try:
                place = trying.enter_context(gate.enter(announced))
                place.hold(came)
            except CapacityExceeded:
                continue
            inside.append((trying.pop_all(), max(announced, came)))
        assert sum(held for _, held in inside) <= 100
        assert len(inside) <= 4
    for stack, _ in inside:
        stack.close()
    enter(gate, 100)
