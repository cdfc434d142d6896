"""What is drawn of an hour: bars stay on the canvas, stand on each other, and nothing is drawn of nothing."""

from __future__ import annotations

from datetime import timedelta

from gateway.console.drawing import HEIGHT, WIDTH, counts, times
from gateway.console.flow import FlowBucket
from tests.worlds.builders import NOON

S = timedelta(seconds=1)


def stretch(good: int, bad: int, half: timedelta | None = None, most: timedelta | None = None) -> FlowBucket:
    return FlowBucket(NOON, NOON + 60 * S, good, bad, half, most)


PARTS = [stretch(3, 1, S, 60 * S), stretch(0, 0), stretch(8, 0, S / 100, S / 50), stretch(0, 2, 86_400 * S, 86_400 * S)]


def test_bars_lie_on_the_canvas_side_by_side():
    for drawing in (counts(PARTS), times(PARTS)):
        assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in drawing.bars)
        assert all(bar.height > 0 and bar.y >= 0 and bar.y + bar.height <= HEIGHT + 0.02 for bar in drawing.bars)


def test_the_highest_reaches_the_top_and_refusals_stand_on_receipts():
    drawing = counts(PARTS)
    assert drawing.top == 8
    good, bad, highest, _ = drawing.bars
    assert (highest.y, highest.height) == (0, HEIGHT)
    assert (good.height, bad.height) == (22.5, 7.5)
    assert bad.y + bad.height == good.y


def test_times_go_from_half_to_most_up_to_the_slowest():
    drawing = times(PARTS)
    assert drawing.top == 86_400 * S
    assert [bar.kind for bar in drawing.bars] == ["half", "most", "half", "half"]


def test_of_nothing_nothing_is_drawn():
    nothing = [stretch(0, 0)] * 3
    assert (counts(nothing).bars, counts(nothing).top) == ((), None)
    assert (times(nothing).bars, times(nothing).top) == ((), None)
