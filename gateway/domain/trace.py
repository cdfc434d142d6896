"""Trace Context (W3C): how a trace is named in headers and in rows. Pure.

What a caller says of its trace stands outside of its signature. It is held to the form, and nothing rests on it but
where a span is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PARENT: Final = "traceparent"
STATE: Final = "tracestate"

MOST_STATE: Final = 512
"""Characters of a tracestate that go on; the recommendation (§3.3.1.5) asks for as many."""
MOST_MEMBERS: Final = 32

_PARENT: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_MEMBER: Final = re.compile(
    r"(?P<key>[a-z0-9][a-z0-9_\-*/]{0,240}(?:@[a-z][a-z0-9_\-*/]{0,13})?|[a-z][a-z0-9_\-*/]{0,255})"
    r"=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A span by its name. ``trace_id``: 32 hex digits, ``span_id``: 16; ``sampled``: whether it is recorded.

    ``state``: what others in the trace say to each other, unread.
    """

    trace_id: str
    span_id: str
    sampled: bool
    state: str = ""

    @property
    def parent(self) -> str:
        """As ``traceparent`` says it."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"

    @property
    def headers(self) -> dict[str, str]:
        """What whoever goes on with the trace is sent."""
        return {PARENT: self.parent} | ({STATE: self.state} if self.state else {})

    @property
    def line(self) -> str:
        """As a row keeps it."""
        return f"{self.parent} {self.state}".rstrip()


def read_line(line: str) -> TraceContext | None:
    """What ``TraceContext.line`` wrote; None for anything else."""
    parent, _, state = line.partition(" ")
    return read_context([parent], [state] if state else [])


def read_context(parents: Sequence[str], states: Sequence[str]) -> TraceContext | None:
    """From the values of both headers, each as often as it came; None where no trace is named.

    A broken tracestate is dropped, and the trace goes on without it (§3.3.1.1).
    """
    if len(parents) != 1 or len(parents[0]) > MOST_STATE:
        return None
    found = _PARENT.fullmatch(parents[0].strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not (int(trace_id, 16) and int(span_id, 16)):
        return None
    return TraceContext(trace_id, span_id, bool(int(flags, 16) & 1), _state(states))


def _state(values: Sequence[str]) -> str:
    """The members in their order, when they are whole, few and short; else nothing."""
    if sum(map(len, values)) > MOST_STATE:
        return ""
    members = [member.strip(" \t") for value in values for member in value.split(",")]
    members = [member for member in members if member]
    matches = [_MEMBER.fullmatch(member) for member in members]
    keys = {match["key"] for match in matches if match}
    whole = len(keys) == len(members) <= MOST_MEMBERS
    state = ",".join(members)
    return state if whole and len(state) <= MOST_STATE else ""
