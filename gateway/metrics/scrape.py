"""One scrape: what was counted, what this process knows and what the store holds, as text for Prometheus."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder

from gateway.metrics.cached import BackgroundProbe
from gateway.metrics.family import gauge, plain
from gateway.metrics.holdings import holdings
from gateway.metrics.process import IntakeReading, ScrapeContext, scrape_context
from gateway.metrics.snapshot import HeldReading, look

WITHIN: Final = timedelta(seconds=3)
"""For the store to be read; Prometheus itself gives up after ten seconds, unless it is told otherwise."""


class Scrape:
    """What is behind ``/metrics``: ``registry`` holds the counters, and gets the rest."""

    def __init__(
        self,
        registry: CollectorRegistry,
        context: ScrapeContext,
        *,
        version: str,
        seconds: Callable[[], float] = time.monotonic,
        within: timedelta = WITHIN,
    ) -> None:
        self._registry, self._around, self._version = registry, context, version
        self._seen: tuple[Metric, ...] = ()
        self._store = BackgroundProbe(partial(look, context.exchange), within=within, seconds=seconds)
        ProcessCollector(registry=registry)
        registry.register(self)

    async def __call__(self, accept: str) -> tuple[bytes, str]:
        """Text and its media type, by what the request accepts. Never waits for the store longer than ``within``."""
        held, intake = await self._store.latest(), self._around.intake()
        return await asyncio.to_thread(self._written, held, intake, accept)

    def _written(self, held: HeldReading | None, intake: IntakeReading, accept: str) -> tuple[bytes, str]:
        """In a thread: with a thousand parties it takes longer than the event loop may be held."""
        self._seen = tuple(self._see(held, intake))
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def collect(self) -> Iterator[Metric]:
        """For the registry, while a scrape is written."""
        return iter(self._seen)

    def _see(self, held: HeldReading | None, intake: IntakeReading) -> Iterator[Metric]:
        """What is now. Without the store its families are missing, not stale."""
        yield gauge("dalel_build_info", "1 for the release that runs.", ("version",), [((self._version,), 1.0)])
        words = "1 when the store was read for this scrape, or a few seconds before."
        yield plain("dalel_store_up", words, held is not None)
        yield from scrape_context(self._around, intake)
        if held is not None:
            yield from holdings(held, self._around.exchange.directory())
