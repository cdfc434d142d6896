"""The circuit of a party: shut out while nobody answers there, so that an outage costs one attempt per rest. Pure.

What counts is whether the party's own software spoke (``Reach``), not what it said. A SOAP fault, also one that says
"busy, come back in a minute", is an answer about one message: that message waits as its own Retry-After asks, and the
others go. Only silence, for whatever message, says that the next one would be lost, too. All nodes share a circuit
through the store, which lets one of them at a time read and move it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from connectors.ports.outcome import Reach
from contracts.party import Agreement, PartyId


class CircuitState(StrEnum):
    """Whether a party is called."""

    CLOSED = "closed"  # called; silence, often enough in a row, opens it
    OPEN = "open"  # left alone until probe_at; then a claim takes one delivery as probe. An answer closes it
    HALF_OPEN = "half_open"  # the probe is under way: its answer closes, its silence opens; a lost one is followed


C = CircuitState
TRANSITIONS: Final[Mapping[CircuitState, frozenset[CircuitState]]] = {
    C.CLOSED: frozenset({C.OPEN}),  # an attempt is recorded: silence, for the n-th time in a row
    C.OPEN: frozenset({C.HALF_OPEN, C.CLOSED}),  # a claim · an attempt from before is answered after all
    C.HALF_OPEN: frozenset({C.CLOSED, C.OPEN, C.HALF_OPEN}),  # answered · silence · the probe's lease ended, a claim
}


@dataclass(frozen=True, slots=True)
class Circuit:
    """One party's circuit. ``failures``: attempts in a row that nobody answered. ``since``: when the first one began.

    OPEN: ``rest`` is how long it lasts this time, ``probe_at`` when it ends. HALF_OPEN: ``probe`` is the delivery that
    was claimed, ``probe_at`` when its lease ends and another may follow it.
    """

    party_id: PartyId
    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    since: datetime | None = None
    rest: timedelta | None = None
    probe_at: datetime | None = None
    probe: int | None = None

    @property
    def is_calm(self) -> bool:
        """Nothing to forget: an answer changes nothing."""
        return self.state is CircuitState.CLOSED and self.failures == 0

    def lets_through(self, now: datetime) -> bool:
        """Whether anything may be claimed: all while closed, one probe once the rest is over."""
        return self.probe_at is None or self.probe_at <= now


def after_attempt(
    circuit: Circuit, reach: Reach, delivery_id: int, terms: Agreement, began: datetime, now: datetime
) -> Circuit:
    """The circuit once an attempt of ``delivery_id``, begun at ``began``, has ended."""
    match reach:
        case Reach.ANSWERED:
            return Circuit(circuit.party_id)
        case Reach.SILENT:
            counted = replace(circuit, failures=circuit.failures + 1, since=circuit.since or began)
            return _after_silence(counted, delivery_id, terms, now)
        case Reach.NOT_TRIED:
            return replace(circuit, probe_at=now) if _is_probe(circuit, delivery_id) else circuit


def probing(circuit: Circuit, delivery_id: int, lease_until: datetime) -> Circuit:
    """``delivery_id`` was claimed as probe; if it is not heard of, another may follow when its lease has ended."""
    return replace(circuit, state=CircuitState.HALF_OPEN, probe=delivery_id, probe_at=lease_until)


def _after_silence(circuit: Circuit, delivery_id: int, terms: Agreement, now: datetime) -> Circuit:
    if circuit.state is CircuitState.CLOSED:
        return _opened(circuit, terms.breaker_rest, terms, now) if circuit.failures >= terms.breaker_after else circuit
    if _is_probe(circuit, delivery_id):
        return _opened(circuit, (circuit.rest or terms.breaker_rest) * 2, terms, now)
    return circuit  # begun before it opened: says nothing new


def _opened(circuit: Circuit, rest: timedelta, terms: Agreement, now: datetime) -> Circuit:
    clamped = min(rest, terms.longest_wait)
    return replace(circuit, state=CircuitState.OPEN, rest=clamped, probe_at=now + clamped, probe=None)


def _is_probe(circuit: Circuit, delivery_id: int) -> bool:
    return circuit.state is CircuitState.HALF_OPEN and circuit.probe == delivery_id
