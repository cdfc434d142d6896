"""The meter behind Prometheus: counters and histograms in memory, each label one of a closed set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from contracts.codes import Code
from contracts.header import Action
from contracts.operations import Service
from contracts.party import PartyRole
from dossier.case.event_form import FACT_TYPES, fact_kind
from dossier.case.events import Fact
from gateway.domain.delivery.escalation import EscalationStep
from gateway.ports.meter import SpanOutcome

REQUEST_S: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Up to ``request_deadline_s``."""
ATTEMPT_S: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60)
"""Up to the longest ``attempt_timeout_s`` that a lease allows."""
LAG_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
UNKNOWN: Final = "unknown"


class PrometheusMeter:
    """``gateway.ports.meter.Meter``, with its counters in ``registry``."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # Of the whole process: else each series would have a second one, which nobody asks for.
        disable_created_metrics()  # type: ignore[no-untyped-call]

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(name, words, labels, registry=registry)

        def histogram(name: str, words: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, words, labels, registry=registry, buckets=buckets)

        self._requests = histogram(
            "dalel_request_duration_seconds",
            "From a request's header to its answer, by service; without those turned away unread.",
            REQUEST_S, "service",
        )  # fmt: skip
        self._messages = counter(
            "dalel_messages", "Messages answered, by operation and whether they were accepted or refused.",
            "action", "outcome",
        )  # fmt: skip
        self._refusals = counter("dalel_refusals", "Messages refused, by the code of the fault.", "code")
        self._facts = counter(
            "dalel_case_events", "Events committed to cases by this node, by kind; without imports.", "kind"
        )
        self._attempts = histogram(
            "dalel_delivery_attempt_duration_seconds",
            "Attempts to deliver by calling, from the signature to the outcome, by role of the party and outcome.",
            ATTEMPT_S, "role", "outcome",
        )  # fmt: skip
        self._rescued = counter(
            "dalel_deliveries_rescued", "Deliveries taken back when a lease or receipt was overdue."
        )
        self._escalated = counter("dalel_escalations", "Deliveries that people were told of, by step.", "step")
        self._seals = counter("dalel_ledger_seals", "Seals put over the ledger by this node.")
        self._leaves = counter("dalel_ledger_leaves_sealed", "Leaves closed by the seals of this node.")
        self._tokens = counter("dalel_ledger_tokens", "Time-stamp tokens got for seals by this node.")
        self._broken = counter("dalel_ledger_failed_checks", "Checks at which the signed root did not follow any more.")
        self._failed = counter("dalel_dossier_failures", "Assemblies of a dossier that failed; each is tried again.")
        self._loops = counter(
            "dalel_loop_failures", "Pieces of a loop's work that failed; each comes up again.", "loop"
        )
        self._lag = histogram("dalel_event_loop_lag_seconds", "How late the event loop comes to a timer.", LAG_S)

        self._spans = counter("dalel_spans", "Recorded spans, by what became of them.", "outcome")

        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """A series that begins with its first event hides that event from ``increase()``."""
        for code in Code:
            self._refusals.labels(code.value)
        for kind in FACT_TYPES:
            self._facts.labels(kind)
        for step in EscalationStep:
            self._escalated.labels(step.value)
        for outcome in SpanOutcome:
            self._spans.labels(outcome.value)

    def request_took(self, service: Service, seconds: float) -> None:
        self._requests.labels(service.value).observe(seconds)

    def accepted(self, action: Action) -> None:
        self._messages.labels(action.value, "accepted").inc()

    def refused(self, action: Action | None, code: Code) -> None:
        self._messages.labels(action.value if action else UNKNOWN, "refused").inc()
        self._refusals.labels(code.value).inc()

    def wrote(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._facts.labels(fact_kind(fact)).inc()

    def attempted(self, role: PartyRole | None, outcome: str, seconds: float) -> None:
        self._attempts.labels(role.value if role else UNKNOWN, outcome.lower()).observe(seconds)

    def rescued(self, deliveries: int) -> None:
        self._rescued.inc(deliveries)

    def escalated(self, step: EscalationStep, deliveries: int) -> None:
        self._escalated.labels(step.value).inc(deliveries)

    def sealed(self, leaves: int) -> None:
        self._seals.inc()
        self._leaves.inc(leaves)

    def stamped(self, seals: int) -> None:
        self._tokens.inc(seals)

    def ledger_broke(self) -> None:
        self._broken.inc()

    def dossier_failed(self) -> None:
        self._failed.inc()

    def loop_failed(self, loop: str) -> None:
        self._loops.labels(loop).inc()

    def loop_lagged(self, seconds: float) -> None:
        self._lag.observe(seconds)

    def spans(self, were: SpanOutcome, count: int) -> None:
        self._spans.labels(were.value).inc(count)
