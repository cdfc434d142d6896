"""What the demo sees: the exchange's store, read beside the running exchange, and told as it grows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from rich.console import Console
from rich.markup import escape

from contracts.payloads import History, HistoryEvent
from dossier.case.narration import action_text
from gateway.cli.demo import words
from gateway.cli.demo.processes import Processes
from gateway.cli.frame import CliLanguage, localized, when
from gateway.cli.proof.history import names_in
from gateway.cli.words import OUTCOMES
from gateway.ports.case import Case, LoadCase
from gateway.ports.deliveries import AttemptRow, DeliveryPageQuery, DeliveryRow, ListAttempts
from gateway.service.intake.history import history_of
from gateway.store.database import SqlReader

GLANCE_S: Final = 0.2
HANGS_AFTER_S: Final = 600.0
"""What has not come by then hangs: each step takes seconds, and on the busiest of machines a minute or two."""
MANY: Final = 500
"""More deliveries than one appeal makes."""

DONE: Final = frozenset({"Acknowledged"})
"""Outcomes that are told by their event; the others are told as attempts."""


class StageFailed(Exception):
    """Something of the story did not happen in time; the text says what."""


@dataclass(frozen=True, slots=True)
class AppealSnapshot:
    """The one appeal of the demo at a glance; ``attempts`` by delivery_id."""

    case: Case
    history: History
    deliveries: tuple[DeliveryRow, ...]
    attempts: dict[int, tuple[AttemptRow, ...]]

    def happened(self, kind: str, actor: str | None = None) -> bool:
        """Whether an event of this kind (caused by this party) is in the history."""
        return any(e.kind == kind and actor in (None, e.actor) for e in self.history.events)

    def count(self, kind: str) -> int:
        """How many events of this kind are in the history."""
        return sum(event.kind == kind for event in self.history.events)

    def attempts_at(self, recipient: str, action: str) -> tuple[AttemptRow, ...]:
        """Every attempt to bring ``recipient`` messages of this action."""
        wanted = (row for row in self.deliveries if row.recipient == recipient and row.action == action)
        return tuple(attempt for row in wanted for attempt in self.attempts[row.delivery_id])


class AppealWatcher:
    """Looks again and again until something is seen, and tells every event and failed attempt once."""

    def __init__(self, store: SqlReader, processes: Processes, screen: Console, language: CliLanguage) -> None:
        self._store, self._processes = store, processes
        self._screen, self._language = screen, language
        self._events_shown = 0
        self._attempts_shown: set[tuple[int, int]] = set()

    async def until(self, seen: Callable[[AppealSnapshot], bool], *, what: str) -> AppealSnapshot:
        """Look until ``seen``. Raises StageFailed when it does not come, or a process ends."""
        deadline = time.monotonic() + HANGS_AFTER_S
        while time.monotonic() < deadline:
            if ended := self._processes.ended():
                raise StageFailed(f"{ended[0].name} ended with code {ended[0].child.returncode}")
            sight = await self.look()
            if sight and seen(sight):
                return sight
            await asyncio.sleep(GLANCE_S)
        raise StageFailed(f"not seen within {HANGS_AFTER_S:g} s: {what}")

    async def look(self) -> AppealSnapshot | None:
        """One glance; None before the appeal is registered."""
        deliveries = await self._store.run(DeliveryPageQuery(limit=MANY))
        case = await self._store.run(LoadCase(deliveries[-1].conversation_id)) if deliveries else None
        if case is None:
            return None
        attempts = {row.delivery_id: await self._store.run(ListAttempts(row.delivery_id)) for row in deliveries}
        sight = AppealSnapshot(case, history_of(case, await names_in(self._store)), deliveries, attempts)
        self._tell(sight)
        return sight

    def _tell(self, sight: AppealSnapshot) -> None:
        lines = [*self._new_events(sight), *self._new_attempts(sight)]
        for _, line in sorted(lines, key=itemgetter(0)):
            self._screen.print(line, soft_wrap=True)

    def _new_events(self, sight: AppealSnapshot) -> list[tuple[datetime, str]]:
        fresh = sight.history.events[self._events_shown :]
        self._events_shown = len(sight.history.events)
        return [(event.at, self._event(event)) for event in fresh]

    def _new_attempts(self, sight: AppealSnapshot) -> list[tuple[datetime, str]]:
        found = []
        for row in sight.deliveries:
            for attempt in sight.attempts[row.delivery_id]:
                key = (row.delivery_id, attempt.number)
                if key in self._attempts_shown or attempt.finished_at is None:
                    continue
                self._attempts_shown.add(key)
                if attempt.outcome not in DONE:
                    found.append((attempt.started_at, self._attempt(row, attempt)))
        return found

    def _event(self, event: HistoryEvent) -> str:
        text = escape(localized(event.note, self._language))
        return f"  [dim]{when(event.at)[11:]}[/] [cyan]{event.actor:<14}[/]{text}"

    def _attempt(self, row: DeliveryRow, attempt: AttemptRow) -> str:
        text = localized(words.ATTEMPT, self._language).format(
            n=attempt.number, to=row.recipient, what=localized(action_text(row.action), self._language),
            outcome=localized(OUTCOMES[attempt.outcome], self._language), words=attempt.detail or "",
        )  # fmt: skip
        return f"  [dim]{when(attempt.started_at)[11:]}[/] [yellow]{'dalel':<14}{escape(text.rstrip())}[/]"
