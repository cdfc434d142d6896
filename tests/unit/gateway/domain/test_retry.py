"""The retry policy: clamped, jittered, without a last attempt."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Rejected, Transmission, Unknown
from contracts.codes import Code
from contracts.header import MessageId
from contracts.party import Agreement, LocalText, PartyId, QuietHours
from contracts.receipt import ErrorSignal, Receipt
from gateway.domain.delivery.quiet_hours import SPREAD
from gateway.domain.delivery.retry import judge_outcome, next_attempt, wait_before
from gateway.domain.delivery.states import DeliveryState

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TERMS = Agreement(PartyId("court"), first_wait=timedelta(seconds=2), longest_wait=timedelta(minutes=15))
SENT = Transmission(b"<sent/>")
M1 = MessageId("00000000-0000-4000-8000-000000000001")


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 2), (2, 4), (3, 8), (8, 256), (9, 512), (10, 900), (10_000, 900)])
def test_the_wait_doubles_and_is_clamped_even_at_attempt_ten_thousand(attempt, seconds):
    assert wait_before(attempt, TERMS, jitter=0.9999999999) == pytest.approx(
        timedelta(seconds=seconds), abs=timedelta(seconds=1e-3)
    )


@given(attempt=st.integers(1, 100_000), jitter=st.floats(0, 1, exclude_max=True))
def test_jitter_stays_between_half_the_wait_and_all_of_it(attempt, jitter):
    full = wait_before(attempt, TERMS, jitter=1.0)
    assert full / 2 <= wait_before(attempt, TERMS, jitter=jitter) <= full <= TERMS.longest_wait


def test_retry_after_lengthens_the_wait_but_never_past_the_longest():
    assert wait_before(1, TERMS, jitter=0, retry_after=timedelta(minutes=5)) == timedelta(minutes=5)
    assert wait_before(1, TERMS, jitter=0, retry_after=timedelta(days=365)) == timedelta(minutes=15)


@given(jitter=st.floats(0, 1, exclude_max=True))
def test_what_would_fall_into_quiet_hours_is_spread_over_the_minutes_after_them(jitter):
    night = QuietHours(frozenset(range(1, 8)), time(13, 0), time(15, 0))  # in Almaty; NOW is 14:00 there
    terms = replace(TERMS, quiet_hours=(night,))
    ends = NOW + timedelta(hours=1)

    again = next_attempt(1, terms, now=NOW, jitter=jitter)

    assert again == ends + SPREAD * jitter


def test_only_a_signed_receipt_acknowledges():
    outcome = Acknowledged(Receipt(M1, "0" * 64, NOW), SENT)
    assert judge_outcome(outcome, TERMS, attempt=1, now=NOW, jitter=0).state is DeliveryState.ACKNOWLEDGED


def test_a_signed_error_signal_rejects_with_the_partys_words():
    signal = ErrorSignal(M1, "0" * 64, NOW, Code.DOSSIER_REFUSED, LocalText("қ", "р", "e"), "the seal does not verify")
    verdict = judge_outcome(Rejected(signal, SENT), TERMS, attempt=1, now=NOW, jitter=0)
    assert (verdict.state, verdict.code, verdict.detail) == (
        DeliveryState.REJECTED,
        "DossierRefused",
        "the seal does not verify",
    )


@pytest.mark.parametrize("outcome", [Unknown("timed out", SENT), Deferred("connection refused", SENT)])
def test_whatever_is_not_signed_only_ever_leads_to_another_attempt(outcome):
    verdict = judge_outcome(outcome, TERMS, attempt=3, now=NOW, jitter=0)
    assert verdict.state is DeliveryState.RETRY_SCHEDULED
    assert verdict.next_attempt_at == NOW + timedelta(seconds=4)


def test_a_taken_message_waits_for_its_receipt_and_is_overdue_after_the_agreed_time():
    verdict = judge_outcome(Delivered(SENT), TERMS, attempt=1, now=NOW, jitter=0)
    assert (verdict.state, verdict.next_attempt_at) == (DeliveryState.DELIVERED, NOW + TERMS.receipt_within)
