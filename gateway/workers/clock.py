"""The clock: takes the terms whose instant has passed."""

from __future__ import annotations

import structlog

from gateway.ports.case import ListDueTerms
from gateway.ports.tracing import SpanName
from gateway.service.cases.watch import watch
from gateway.service.exchange import Exchange

log = structlog.get_logger()


class TermClock:
    """Looks for due terms; each is decided by the procedure on its own."""

    def __init__(self, exchange: Exchange, *, batch: int = 100) -> None:
        self._exchange, self._batch = exchange, batch

    async def run_once(self) -> int:
        """Act on one batch of due terms; returns how many led to something."""
        due = await self._exchange.store.run(ListDueTerms(now=self._exchange.clock.now(), limit=self._batch))
        acted = 0
        for term in due:
            with self._exchange.tracer.span(SpanName.TERM, conversation_id=term.conversation_id):
                if await watch(self._exchange, term):
                    acted += 1
                    log.info("term.fell_due", conversation_id=term.conversation_id, term_id=term.term_id)
        return acted
