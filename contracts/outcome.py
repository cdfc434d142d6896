"""What came of one delivery attempt. Only a verified signed answer ends a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from contracts.receipt import ErrorSignal, Receipt


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
    """Nothing was taken: refused connection, unsigned fault, busy. ``retry_after`` is the peer's wish, unclamped."""

    reason: str
    transmission: Transmission
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Sent, and nothing trustworthy heard: the party may or may not have it. The same message goes again."""

    reason: str
    transmission: Transmission


Outcome = Acknowledged | Rejected | Delivered | Deferred | Unknown
