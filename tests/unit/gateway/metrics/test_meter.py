"""What is told to the meter, as Prometheus reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from contracts.codes import Code
from contracts.header import Action
from contracts.operations import Service
from contracts.party import PartyRole
from dossier.case.event_form import FACT_TYPES
from dossier.case.events import TermBreached, TermReminded
from gateway.domain.delivery.escalation import EscalationStep
from gateway.metrics.counts import PrometheusMeter
from gateway.metrics.family import age_s
from gateway.ports.meter import NO_METER, Meter

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def tell_everything(meter: Meter) -> None:
    meter.request_took(Service.APPEALS, 0.03)
    meter.accepted(Action.REGISTER_APPEAL)
    meter.refused(Action.REPLY, Code.WRONG_STATE)
    meter.refused(None, Code.UNKNOWN_SIGNER)
    meter.wrote((TermReminded("reply-1"), TermBreached("reply-1", "akimat-almaty")))
    meter.attempted(PartyRole.COURT, "Acknowledged", 0.2)
    meter.attempted(None, "Deferred", 60)
    meter.rescued(3)
    meter.escalated(EscalationStep.PAGE, 2)
    meter.sealed(40)
    meter.stamped(1)
    meter.ledger_broke()
    meter.dossier_failed()
    meter.loop_failed("sealer")
    meter.loop_lagged(0.004)


def reported_by() -> CollectorRegistry:
    registry = CollectorRegistry()
    tell_everything(PrometheusMeter(registry))
    return registry


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("dalel_request_duration_seconds_count", {"service": "appeals"}, 1),
        ("dalel_request_duration_seconds_bucket", {"service": "appeals", "le": "0.025"}, 0),
        ("dalel_request_duration_seconds_bucket", {"service": "appeals", "le": "0.05"}, 1),
        ("dalel_messages_total", {"action": "RegisterAppeal", "outcome": "accepted"}, 1),
        ("dalel_messages_total", {"action": "Reply", "outcome": "refused"}, 1),
        ("dalel_messages_total", {"action": "unknown", "outcome": "refused"}, 1),
        ("dalel_refusals_total", {"code": "WrongState"}, 1),
        ("dalel_refusals_total", {"code": "UnknownSigner"}, 1),
        ("dalel_refusals_total", {"code": "TooLarge"}, 0),
        ("dalel_case_events_total", {"kind": "term_reminded"}, 1),
        ("dalel_case_events_total", {"kind": "term_breached"}, 1),
        ("dalel_case_events_total", {"kind": "term_met"}, 0),
        ("dalel_delivery_attempt_duration_seconds_sum", {"role": "court", "outcome": "acknowledged"}, 0.2),
        ("dalel_delivery_attempt_duration_seconds_count", {"role": "unknown", "outcome": "deferred"}, 1),
        ("dalel_deliveries_rescued_total", {}, 3),
        ("dalel_escalations_total", {"step": "page"}, 2),
        ("dalel_escalations_total", {"step": "warn"}, 0),
        ("dalel_ledger_seals_total", {}, 1),
        ("dalel_ledger_leaves_sealed_total", {}, 40),
        ("dalel_ledger_tokens_total", {}, 1),
        ("dalel_ledger_failed_checks_total", {}, 1),
        ("dalel_dossier_failures_total", {}, 1),
        ("dalel_loop_failures_total", {"loop": "sealer"}, 1),
        ("dalel_event_loop_lag_seconds_count", {}, 1),
    ],
)
def test_what_is_told_is_counted(name: str, labels: dict[str, str], value: float):
    assert reported_by().get_sample_value(name, labels) == value


def test_each_series_has_no_second_one_that_says_since_when_it_is_there():
    assert b"_created" not in generate_latest(reported_by())


def test_the_series_of_one_process_are_bounded_whatever_comes():
    registry = CollectorRegistry()
    meter = PrometheusMeter(registry)
    for service in Service:
        meter.request_took(service, 1)
    for action in Action:
        meter.accepted(action)
        for code in Code:
            meter.refused(action, code)
    for role in (*PartyRole, None):
        for outcome in ("Acknowledged", "Rejected", "Delivered", "Deferred", "Unknown"):
            meter.attempted(role, outcome, 1)
    families = text_string_to_metric_families(generate_latest(registry).decode())
    series = sum(len(family.samples) for family in families)
    assert series < 900 + len(Code) + len(FACT_TYPES) + 2 * len(Action)


def test_two_processes_in_one_interpreter_count_apart():
    assert reported_by().get_sample_value("dalel_ledger_seals_total") == reported_by().get_sample_value(
        "dalel_ledger_seals_total"
    )


def test_a_meter_that_counts_nothing_takes_everything():
    assert tell_everything(NO_METER) is None


@pytest.mark.parametrize(
    ("since", "seconds"),
    [(NOON - timedelta(minutes=1), 60), (None, 0), (NOON + timedelta(minutes=1), 0)],
    ids=["waits", "nothing waits", "dated ahead"],
)
def test_an_age_is_never_negative(since: datetime | None, seconds: float):
    assert age_s(since, NOON) == seconds
