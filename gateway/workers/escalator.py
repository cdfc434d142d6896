"""The escalator: tells people of what does not end, three times for each delivery, louder each time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

import structlog

from gateway.domain.delivery.escalation import STEPS, Escalated, EscalationStep
from gateway.ports.deliveries import Escalate
from gateway.service.exchange import Exchange

log = structlog.get_logger()

AT_ONCE: Final = 500
"""Deliveries told of in one commit; after an outage there may be a million, and messages go on meanwhile."""


class Escalator:
    """Takes the steps that are due. One loop for all nodes."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def run_once(self) -> int:
        """Take a batch of steps and log them; returns how many."""
        now, terms = self._exchange.clock.now(), self._exchange.directory().agreement_of
        escalated = await self._exchange.store.run(Escalate(now=now, limit=AT_ONCE, terms=terms))
        for group in _grouped(escalated):
            self._exchange.meter.escalated(group[0].step, len(group))
            _log(group)
        return len(escalated)


def _grouped(escalated: Iterable[Escalated]) -> list[list[Escalated]]:
    """Of one party, step and state: a party that is away makes one line a batch, and no flood."""

    def key(one: Escalated) -> tuple[int, str, str]:
        return STEPS.index(one.step), one.recipient, one.state

    return [list(group) for _, group in groupby(sorted(escalated, key=key), key=key)]


def _log(group: list[Escalated]) -> None:
    first = group[0]
    escalated: dict[str, Any] = {
        "step": first.step.value,
        "recipient": first.recipient,
        "state": first.state,
        "deliveries": [one.delivery_id for one in group],
        "messages": [one.message_id for one in group],
        "conversations": sorted({one.conversation_id for one in group}),
        "since": min(one.created_at for one in group).isoformat(),
    }
    match first.step:
        case EscalationStep.WARN:
            log.warning("delivery.escalated", **escalated)
        case EscalationStep.ALARM:
            log.error("delivery.escalated", **escalated)
        case EscalationStep.PAGE:
            log.critical("delivery.escalated", **escalated)
