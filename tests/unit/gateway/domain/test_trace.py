"""Trace Context: what of a stranger's headers is believed to name a trace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.trace import TraceContext, read_context, read_line

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"
CONTEXT = TraceContext(TRACE, SPAN, sampled=True)


contexts = st.builds(
    TraceContext,
    st.integers(1, 2**128 - 1).map("{:032x}".format),
    st.integers(1, 2**64 - 1).map("{:016x}".format),
    st.booleans(),
    st.sampled_from(["", "congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "t@v=a b!c"]),
)


def test_a_trace_is_read_as_it_is_named():
    assert read_context([PARENT], []) == CONTEXT
    assert read_context([f"00-{TRACE}-{SPAN}-00"], []) == TraceContext(TRACE, SPAN, sampled=False)


@given(contexts)
def test_what_goes_out_in_headers_or_a_row_comes_back_the_same(context):
    headers = context.headers
    assert read_context([headers["traceparent"]], [headers["tracestate"]] if context.state else []) == context
    assert read_line(context.line) == context


@pytest.mark.parametrize(
    "parent",
    [
        "", "00", TRACE, f"00-{TRACE}-{SPAN}", f"00-{TRACE}-{SPAN}-1", f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE.upper()}-{SPAN}-01", f"ff-{TRACE}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-zz", f"00_{TRACE}_{SPAN}_01", f"0-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-01\n{PARENT}",
        f"00-{'٣' * 32}-{SPAN}-01", f"01-{TRACE}-{SPAN}-01-{'x' * 600}", "'; DROP TABLE deliveries; --",
    ],
)  # fmt: skip
def test_what_is_not_in_the_form_names_no_trace(parent):
    assert read_context([parent], ["congo=t61rcWkgMzE"]) is None
    assert read_line(parent) is None


def test_two_names_are_none():
    assert read_context([PARENT, PARENT], []) is None
    assert read_context([], []) is None


def test_a_later_version_is_read_as_far_as_this_one_goes():
    assert read_context([f"01-{TRACE}-{SPAN}-09-what-comes-later"], []) == CONTEXT


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        (["congo=t61rcWkgMzE"], "congo=t61rcWkgMzE"),
        (["rojo=1, congo=2", "more=3"], "rojo=1,congo=2,more=3"),
        (["tenant@vendor=1", "1a=2"], "tenant@vendor=1,1a=2"),
        (["", " , "], ""),
        (["a=1,a=2"], ""),
        (["a=1,b"], ""),
        (["A=1"], ""),
        (["a=Әбілқасымова"], ""),
        (["a=1\r\nX-Evil: 1"], ""),
        ([",".join(f"k{n}=1" for n in range(33))], ""),
        ([f"a={'x' * 256},b={'x' * 256}"], ""),
    ],
)
def test_of_what_others_tell_each_other_only_what_is_whole_and_short_goes_on(states, kept):
    assert read_context([PARENT], states) == TraceContext(TRACE, SPAN, sampled=True, state=kept)


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_header_makes_it_fail(parent, states):
    context = read_context([parent], states)
    assert context is None or read_line(context.line) == context
