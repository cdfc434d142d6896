"""The story: one appeal from the citizen to the court's case number and its question, each as long as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from contracts.party import LocalText
from gateway.bootstrap.sandbox_parties import AUTHORITIES, HIGHER_BODY
from gateway.cli.demo import words
from gateway.cli.demo.processes import Processes
from gateway.cli.demo.stagehand import DemoStage, PartyControl, start_exchange, start_party
from gateway.cli.demo.watch import AppealSnapshot, AppealWatcher, StageFailed
from gateway.cli.frame import CliLanguage, localized

PLATFORM: Final = "eotinish"
BODY: Final = "akimat-almaty"
OTHER_BODY: Final = "jer-almaty"
COURT: Final = "smas-almaty"

POSITIONS: Final = 2
"""The objection, and the position of the head."""

REFUSED_ATTEMPTS: Final = 3
"""So many refused connections are shown before the court comes up again."""

STUCK: Final = 3
"""So many appeals come for a body that takes none."""


class DemoStory:
    """Plays the stages in order; whatever does not happen raises StageFailed."""

    def __init__(
        self, stage: DemoStage, processes: Processes, control: PartyControl, screen: Console, language: CliLanguage
    ) -> None:
        self._stage, self._processes, self._control = stage, processes, control
        self._screen, self._language = screen, language

    async def start(self) -> None:
        """Everybody stands ready."""
        with self.scene(words.START):
            parties = (AUTHORITIES, PLATFORM, BODY, OTHER_BODY, HIGHER_BODY, COURT)
            start_exchange(self._stage, self._processes)
            for party_id in parties:
                start_party(self._stage, self._processes, party_id)
            await self._control.ready("exchange", *parties)

    async def to_the_answer(self, watch: AppealWatcher) -> AppealSnapshot:
        """Lodged, handed over, redirected in part, the term missed, answered late."""
        with self.scene(words.LODGE):
            await self._control.post(PLATFORM, "appeal", {})
            await watch.until(lambda s: s.happened("AppealRegistered"), what="the appeal registered")
        with self.scene(words.HAND_OVER):
            await watch.until(
                lambda s: s.happened("AppealRedirected", BODY) and s.happened("BodyRegistered", OTHER_BODY),
                what=f"a part redirected, and registered by {OTHER_BODY} out of its mailbox",
            )  # fmt: skip
        with self.scene(words.BREACH):
            await watch.until(lambda s: s.happened("TermBreached"), what="a breach of the term")
        with self.scene(words.LATE_REPLY):
            return await watch.until(lambda s: s.happened("Replied", BODY), what=f"{BODY} answers late")

    async def to_the_court(self, watch: AppealWatcher, number: str) -> AppealSnapshot:
        """Disagreed, collected, one silence recorded, assembled; and the court is down."""
        with self.scene(words.DISAGREE):
            await self._control.post(PLATFORM, "disagree", {"appeal": number})
            self._processes.stop(COURT)
            await watch.until(lambda s: s.happened("RoadTaken"), what="the disagreement accepted")
        with self.scene(words.COLLECT):
            await watch.until(
                lambda s: s.happened("MaterialsReceived", BODY) and s.happened("DefaultRecorded"),
                what=f"the file of {BODY} received, and the silence of {OTHER_BODY} recorded",
            )  # fmt: skip
            await watch.until(lambda s: s.happened("DossierFiled"), what="the dossier assembled")
        with self.scene(words.RETRY):
            return await watch.until(_court_refused, what=f"{REFUSED_ATTEMPTS} refused attempts")

    async def to_the_case_number(self, watch: AppealWatcher) -> AppealSnapshot:
        """The court comes back, verifies, acknowledges, reports."""
        with self.scene(words.ACKNOWLEDGE):
            start_party(self._stage, self._processes, COURT)
            await watch.until(_court_acknowledged, what=f"the signed receipt of {COURT}")
        with self.scene(words.CASE):
            return await watch.until(lambda s: s.history.case_number is not None, what="a case number")

    async def to_the_supplement(self, watch: AppealWatcher, number: str) -> tuple[AppealSnapshot, list[dict[str, Any]]]:
        """The court asks the body, not the citizen; returns what was seen and the citizen's notices."""
        with self.scene(words.ASK):
            await self._control.post(COURT, "ask", {"appeal": number, "bodies": [BODY]})
            await watch.until(lambda s: s.count("PositionReceived") == POSITIONS, what=f"the positions of {BODY}")
        with self.scene(words.SUPPLEMENT):
            await watch.until(_supplement_acknowledged, what="the court's receipt for the supplement")
        sight = await watch.until(_all_notified, what="every delivery acknowledged")
        shown = await self._control.post(PLATFORM, f"notices?appeal={number}")
        notices: list[dict[str, Any]] = shown["notices"]
        return sight, notices

    async def to_a_bad_day(self, watch: AppealWatcher) -> None:
        """The body's system goes down for good, and more appeals for it come: what operators have to see to."""
        with self.scene(words.BAD_DAY):
            self._processes.stop(BODY)
            for _ in range(STUCK):
                await self._control.post(PLATFORM, "appeal", {})
            await watch.until(_body_refused, what=f"{STUCK} deliveries that wait for {BODY}")

    @contextmanager
    def scene(self, title: LocalText) -> Iterator[None]:
        """Announce what comes; on a terminal something turns until it has come."""
        self._screen.print(f"[bold green]▶[/] [bold]{escape(localized(title, self._language))}[/]", soft_wrap=True)
        if not self._screen.is_terminal:
            yield
            return
        with self._screen.status("…"):
            yield


def _body_refused(sight: AppealSnapshot) -> bool:
    return sum(row.recipient == BODY and row.state == "retry_scheduled" for row in sight.deliveries) >= STUCK


def _court_refused(sight: AppealSnapshot) -> bool:
    attempts = sight.attempts_at(COURT, "FileDossier")
    return sum(attempt.outcome == "Deferred" for attempt in attempts) >= REFUSED_ATTEMPTS


def _court_acknowledged(sight: AppealSnapshot) -> bool:
    refused = next((row for row in sight.deliveries if row.recipient == COURT and row.state == "rejected"), None)
    if refused is not None:
        raise StageFailed(f"{COURT} refused the dossier: {refused.detail}")
    return any(row.recipient == COURT and row.action == "FileDossier" and row.state == "acknowledged"
               for row in sight.deliveries)  # fmt: skip


def _supplement_acknowledged(sight: AppealSnapshot) -> bool:
    filed = [row.state for row in sight.deliveries if row.action == "FileDossier"]
    return _court_acknowledged(sight) and filed == ["acknowledged", "acknowledged"]


def _all_notified(sight: AppealSnapshot) -> bool:
    return all(row.state == "acknowledged" for row in sight.deliveries)
