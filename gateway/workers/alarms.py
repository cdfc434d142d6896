"""The loops about alarms of one process, as ``Loops`` runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.config.alarm_settings import AlarmSettings
from gateway.workers.alarm_evaluator import AlarmEvaluator, DiskMonitor
from gateway.workers.alarm_notifier import AlarmNotifier
from gateway.workers.inspector import Inspector

TELLING_LOOK: Final = timedelta(seconds=2)
"""How soon people are told; a look without anything to tell is one look into a small index."""

Work = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class AlarmLoops:
    """``disks``: of this node; the others one node runs for all."""

    alarm_evaluator: AlarmEvaluator
    alarm_notifier: AlarmNotifier
    inspector: Inspector
    disks: DiskMonitor
    settings: AlarmSettings

    def every(self) -> dict[str, tuple[Work, timedelta]]:
        """What each does, and how often."""
        look, check = (timedelta(seconds=s) for s in (self.settings.look_every_s, self.settings.check_every_s))
        return {
            "alarm_evaluator": (self.alarm_evaluator.run_once, look),
            "alarm_notifier": (self.alarm_notifier.run_once, TELLING_LOOK),
            "inspector": (self.inspector.run_once, check),
            "disks": (self.disks.run_once, look),
        }
