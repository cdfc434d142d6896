"""Alarms of a bad day: what a watchman sees of a world, told to people who hear it, to some in vain."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.telling import Told
from gateway.domain.alarm_letter import Channel, Draft, Recipient, Telling
from gateway.domain.alarms import Limits
from gateway.domain.escalation import Step
from gateway.service.alarms import acknowledge
from gateway.workers.teller import Teller
from gateway.workers.watchman import Orders, Watchman
from tests.integration.gateway.world import World

TELLING: Final = Telling(
    "dalel",
    (
        Recipient(Channel.MAIL, "duty@example.kz", "kk", Step.WARN),
        Recipient(Channel.WEBHOOK, "pager", "en", Step.ALARM),
    ),
    "https://exchange.example/console",
)


class Post:
    """Takes e-mail; the pager's server is away until it is back."""

    def __init__(self) -> None:
        self.sent: list[Draft] = []
        self.is_away = True

    async def send(self, draft: Draft, *, letter_id: int, at: datetime) -> Told:  # noqa: ARG002 - the port's signature
        if self.is_away and draft.channel is Channel.WEBHOOK:
            return Told(is_taken=False, words="HTTP 503 the pager is down")
        self.sent.append(draft)
        return Told(is_taken=True, words="250 2.0.0 OK")


def a_watchman(world: World, telling: Telling = TELLING) -> Watchman:
    return Watchman(world.exchange, Orders(Limits(), telling=telling), None)


async def alarms_told(world: World) -> None:
    """Seen twice, the first of them acknowledged, one that was over."""
    watchman, teller = a_watchman(world), Teller(world.exchange.store, Post(), world.clock)
    await watchman.run_once()
    await teller.run_once()
    await acknowledge(world.exchange, 1, by="console:nurlan", reason="they mend their gateway until six")
    world.clock.advance(minutes=40)
    await watchman.run_once()
    while await teller.run_once():
        pass
