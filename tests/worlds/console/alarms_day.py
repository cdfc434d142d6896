"""Alarms of a bad day: what a watchman sees of a world, told to people who hear it, to some in vain."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.ports.notification import SendResult
from gateway.domain.alarms.kinds import AlarmLimits
from gateway.domain.alarms.letter import AlarmChannel, Draft, LetterContext, Recipient
from gateway.domain.delivery.escalation import EscalationStep
from gateway.service.alarms import acknowledge
from gateway.workers.alarm_evaluator import AlarmEvaluator, EvaluatorSettings
from gateway.workers.alarm_notifier import AlarmNotifier
from tests.worlds.exchange.world import World

TELLING: Final = LetterContext(
    "dalel",
    (
        Recipient(AlarmChannel.MAIL, "duty@example.kz", "kk", EscalationStep.WARN),
        Recipient(AlarmChannel.WEBHOOK, "pager", "en", EscalationStep.ALARM),
    ),
    "https://exchange.example/console",
)


class AlarmPost:
    """Takes e-mail; the pager's server is away until it is back."""

    def __init__(self) -> None:
        self.sent: list[Draft] = []
        self.is_away = True

    async def send(self, draft: Draft, *, letter_id: int, at: datetime) -> SendResult:  # noqa: ARG002 - the port's signature
        if self.is_away and draft.channel is AlarmChannel.WEBHOOK:
            return SendResult(is_taken=False, words="HTTP 503 the pager is down")
        self.sent.append(draft)
        return SendResult(is_taken=True, words="250 2.0.0 OK")


def an_evaluator(world: World, letter_context: LetterContext = TELLING) -> AlarmEvaluator:
    return AlarmEvaluator(world.exchange, EvaluatorSettings(AlarmLimits(), letter_context=letter_context), None)


async def alarms_notified(world: World) -> None:
    """Seen twice, the first of them acknowledged, one that was over."""
    alarm_evaluator, alarm_notifier = an_evaluator(world), AlarmNotifier(world.exchange.store, AlarmPost(), world.clock)
    await alarm_evaluator.run_once()
    await alarm_notifier.run_once()
    await acknowledge(world.exchange, 1, by="console:nurlan", reason="they mend their gateway until six")
    world.clock.advance(minutes=40)
    await alarm_evaluator.run_once()
    while await alarm_notifier.run_once():
        pass
