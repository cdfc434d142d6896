"""What a process of ours tells Prometheus, read as Prometheus reads it."""

from __future__ import annotations

import http.client
import socket
import urllib.request
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Exposition:
    """One scrape: families by their names, counters as in ``# TYPE``."""

    families: dict[str, Metric]

    @classmethod
    def of(cls, text: str) -> Exposition:
        found = text_string_to_metric_families(text)
        return cls({f"{one.name}_total" if one.type == "counter" else one.name: one for one in found})

    def values(self, name: str, **labels: str) -> list[float]:
        """Of every series of ``name`` that has these labels."""
        return [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def total(self, name: str, **labels: str) -> float:
        """Their sum; there is one at least."""
        values = self.values(name, **labels)
        assert values, f"{name} {labels} is not told"
        return sum(values)

    def labels_of(self, name: str) -> dict[str, set[str]]:
        """The labels of the series of ``name``, each with all its values; none when nothing is told of it yet."""
        found: dict[str, set[str]] = defaultdict(set)
        for family in self.families.values():
            for sample in family.samples:
                for label, value in sample.labels.items() if sample.name == name else ():
                    found[label].add(value)
        return found


def scraped(url: str) -> Exposition:
    """Over TCP."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        return Exposition.of(answer.read().decode())


def scraped_from(admin_socket: Path) -> Exposition:
    """Over the operators' socket, as ``curl --unix-socket`` does."""
    connection = http.client.HTTPConnection("exchange", timeout=20)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(admin_socket))
    try:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        assert answer.status == 200
        return Exposition.of(answer.read().decode())
    finally:
        connection.close()
