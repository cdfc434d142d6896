"""What every service is handed: the store, the law, the directory now in force, and time, ids and chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.ports.clock import Clock
from contracts.party import PartyId
from contracts.payloads import RegisterAppeal
from dossier.procedure.decide import Law
from dossier.procedure.decision import Moment
from gateway.domain.alarms.kinds import AlarmLimits
from gateway.domain.registry.directory import Directory
from gateway.ports.documents import Documents
from gateway.ports.meter import NO_METER, Meter
from gateway.ports.outside import TimestampAuthority
from gateway.ports.pages import CountPages
from gateway.ports.store import Store
from gateway.ports.tracing import NO_TRACER, Tracer
from gateway.process.ambient import IdSource, Jitter


@dataclass(frozen=True, slots=True)
class Exchange:
    """The services' surroundings; made once by ``bootstrap``. ``directory()`` is the version now in force.

    ``time_stamps``: None where no authority is configured; then what would carry a stamp says that it has none.
    ``alarm_limits``: by which whoever is asked about alarms answers as the alarms themselves do.
    ``count_pages``: left out, no document says how many it has.
    """

    me: PartyId
    store: Store
    documents: Documents
    law: Law
    directory: Callable[[], Directory]
    clock: Clock
    ids: IdSource
    jitter: Jitter
    document_limit_bytes: int
    lease: timedelta
    time_stamps: TimestampAuthority | None = None
    alarm_limits: AlarmLimits = field(default_factory=AlarmLimits)
    count_pages: CountPages = tuple
    meter: Meter = NO_METER
    tracer: Tracer = NO_TRACER

    def moment(self, appeal: RegisterAppeal, now: datetime) -> Moment:
        """When, by whom and by which routes a decision on ``appeal`` is made."""
        directory = self.directory()
        return Moment(now, self.me, directory.competence(appeal), directory.names)


CONFLICT_TRIES = 20
"""How often a decision is made again when its conversation moved on meanwhile. Each loser lost to a winner who
wrote, so this is bounded by the writers at work on one appeal, not by chance."""
