"""A caller may ask to be recorded, and gets it so often and no more."""

from __future__ import annotations

from gateway.tracing.requested import SamplingRequests
from tests.worlds.clocks import SteppedClock


def sampling_requests(
    clock: SteppedClock, *, ratio: float = 0.0, most: int = 6, chance: float = 0.5
) -> SamplingRequests:
    return SamplingRequests(ratio=ratio, most_per_minute=most, now=clock.now, chance=lambda: chance)


def test_so_many_wishes_a_minute_are_granted_and_a_flood_gets_no_more():
    clock = SteppedClock()
    requested = sampling_requests(clock)

    granted = 0
    for _ in range(60):
        granted += sum(requested.grant(requested=True) for _ in range(50))
        clock.advance(seconds=1)

    assert 0 < granted <= 6


def test_who_does_not_ask_is_drawn_like_everybody():
    assert not sampling_requests(SteppedClock()).grant(requested=False)
    assert sampling_requests(SteppedClock(), ratio=0.6).grant(requested=False)


def test_none_is_granted_where_none_shall_be():
    assert not sampling_requests(SteppedClock(), most=0).grant(requested=True)


def test_the_draw_does_not_look_at_what_the_caller_has_chosen():
    clock = SteppedClock()
    drawn = iter([0.05, 0.95, 0.05])
    requested = SamplingRequests(ratio=0.1, most_per_minute=0, now=clock.now, chance=lambda: next(drawn))

    assert [requested.grant(requested=True) for _ in range(3)] == [True, False, True]
