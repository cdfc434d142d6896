"""What came of one delivery attempt. Only a verified signed answer ends a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from contracts.receipt import ErrorSignal, Receipt


class Reach(StrEnum):
    """What an attempt tells about the party's health, whatever it tells about the message."""

    ANSWERED = "answered"  # the party's software spoke: a signal, a 202, a SOAP fault
    SILENT = "silent"  # nobody did, or not the party: no connection, no answer, a proxy's page, rubbish
    NOT_TRIED = "not_tried"  # nothing was sent, for reasons of our own


@dataclass(frozen=True, slots=True)
class Transmission:
    """What went over the wire in one attempt: envelopes byte for byte; ``response`` is as received, unverified."""

    request: bytes
    response: bytes | None = None
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The party's signed receipt names our message and digest."""

    receipt: Receipt
    transmission: Transmission


@dataclass(frozen=True, slots=True)
class Rejected:
    """The party's signed error signal refuses our message for good."""

    signal: ErrorSignal
    transmission: Transmission


@dataclass(frozen=True, slots=True)
class Delivered:
    """The party has taken the message; its receipt is to follow."""

    transmission: Transmission


@dataclass(frozen=True, slots=True)
class Deferred:
    """Nothing was taken: refused connection, unsigned fault, busy. ``retry_after`` is the peer's wish, unclamped.

    ``reach``: silent, unless the party's own software answered, or we did not even try.
    """

    reason: str
    transmission: Transmission
    retry_after: timedelta | None = None
    reach: Reach = Reach.SILENT


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, and nothing trustworthy heard: the party may or may not have it. The same message goes again."""

    reason: str
    transmission: Transmission


Outcome = Acknowledged | Rejected | Delivered | Deferred | Unknown


def reach_of(outcome: Outcome) -> Reach:
    """What ``outcome`` tells about the party's health."""
    match outcome:
        case Acknowledged() | Rejected() | Delivered():
            return Reach.ANSWERED
        case Deferred(reach=reach):
            return reach
        case Unknown():
            return Reach.SILENT
        case _:
            assert_never(outcome)
