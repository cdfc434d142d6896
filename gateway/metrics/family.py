"""One gauge with all its samples, as it stands at a scrape."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

Sample = tuple[tuple[str, ...], float]
"""Values of the labels, and the value."""


def gauge(name: str, words: str, labels: tuple[str, ...], samples: Iterable[Sample]) -> GaugeMetricFamily:
    """A gauge with labels."""
    family = GaugeMetricFamily(name, words, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def plain(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    """A gauge without; None: there is nothing to tell."""
    return gauge(name, words, (), [] if value is None else [((), value)])


def counter(name: str, words: str, labels: tuple[str, ...], samples: Iterable[Sample]) -> CounterMetricFamily:
    """A counter that somebody else counts; ``name`` without ``_total``."""
    family = CounterMetricFamily(name, words, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def age_s(since: datetime | None, now: datetime) -> float:
    """0 where nothing waits."""
    return max(timedelta(0), now - since).total_seconds() if since else 0.0
