"""When the same message goes again. There is no last attempt: the wait is clamped, people are told, it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from tenacity import RetryCallState, Retrying, wait_exponential

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Outcome, Rejected, Unknown
from contracts.party import Agreement
from gateway.domain.delivery.quiet_hours import open_at
from gateway.domain.delivery.states import DeliveryState


@dataclass(frozen=True, slots=True)
class RetryVerdict:
    """Where an outcome moves the delivery, when it is looked at next, and the words for the log."""

    state: DeliveryState
    next_attempt_at: datetime | None
    code: str | None = None
    detail: str | None = None


def judge_outcome(
    outcome: Outcome, agreement: Agreement, *, attempt: int, now: datetime, jitter: float
) -> RetryVerdict:
    """Turn one attempt's outcome into the delivery's next state. ``attempt`` counts from 1, ``jitter`` is in [0, 1)."""
    match outcome:
        case Acknowledged():
            return RetryVerdict(DeliveryState.ACKNOWLEDGED, None)
        case Rejected(signal=signal):
            return RetryVerdict(DeliveryState.REJECTED, None, signal.code.value, signal.detail)
        case Delivered():
            return RetryVerdict(DeliveryState.DELIVERED, now + agreement.receipt_within)
        case Deferred(reason=reason, retry_after=retry_after):
            again = next_attempt(attempt, agreement, now=now, jitter=jitter, retry_after=retry_after)
            return RetryVerdict(DeliveryState.RETRY_SCHEDULED, again, detail=reason)
        case Unknown(reason=reason):
            again = next_attempt(attempt, agreement, now=now, jitter=jitter)
            return RetryVerdict(DeliveryState.RETRY_SCHEDULED, again, detail=reason)
        case _:
            assert_never(outcome)


def next_attempt(
    attempt: int, agreement: Agreement, *, now: datetime, jitter: float, retry_after: timedelta | None = None
) -> datetime:
    """When to try again after the failed ``attempt``; what would fall into the party's quiet hours waits for their end.

    A wait that ends there is spread anew: otherwise all that gathered in a night would start in one moment.
    """
    wait = wait_before(attempt, agreement, jitter=jitter, retry_after=retry_after)
    return open_at(agreement.quiet_hours, now + wait, share=jitter)


def wait_before(
    attempt: int, agreement: Agreement, *, jitter: float, retry_after: timedelta | None = None
) -> timedelta:
    """How long to wait after the failed ``attempt``: exponential, clamped, between half and all of it by ``jitter``.

    A peer's Retry-After lengthens the wait but never past the agreement's longest one: a peer that asks for a year
    must not silence the case.
    """
    full = _exponential(attempt, agreement)
    spread = full * (0.5 + jitter / 2)
    requested_wait = min(retry_after or timedelta(), agreement.longest_wait)
    return max(spread, requested_wait)


def _exponential(attempt: int, agreement: Agreement) -> timedelta:
    strategy = wait_exponential(
        multiplier=agreement.first_wait.total_seconds(), max=agreement.longest_wait.total_seconds()
    )
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempt
    return timedelta(seconds=strategy(state))
