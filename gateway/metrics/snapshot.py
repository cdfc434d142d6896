"""What the store holds, as it is read for one scrape: counts from indexes, the same that the commands show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.domain.alarms.kinds import Alarm
from gateway.domain.delivery.circuit import Circuit
from gateway.ports.alarms import AlarmQuery
from gateway.ports.case import CountOpenTerms, OpenTerms
from gateway.ports.deliveries import Backlog, ListBacklog, ListCircuits
from gateway.ports.ledger import LedgerStatus, LoadLedgerStatus
from gateway.ports.nodes import ListNodes, NodeRow
from gateway.ports.parties import ListPauses, Pause
from gateway.service.exchange import Exchange

MOST_ALARMS: Final = 5_000


@dataclass(frozen=True, slots=True)
class HeldReading:
    """What was seen ``at`` that time."""

    at: datetime
    backlog: tuple[Backlog, ...]
    circuits: tuple[Circuit, ...]
    ledger: LedgerStatus
    terms: OpenTerms
    nodes: tuple[NodeRow, ...]
    pauses: tuple[Pause, ...]
    alarms: tuple[Alarm, ...]


async def look(exchange: Exchange) -> HeldReading:
    """One read after the other, so that a scrape never holds more than one of the store's readers."""
    store, now = exchange.store, exchange.clock.now()
    return HeldReading(
        at=now,
        backlog=await store.run(ListBacklog()),
        circuits=await store.run(ListCircuits()),
        ledger=await store.run(LoadLedgerStatus()),
        terms=await store.run(CountOpenTerms(now=now)),
        nodes=await store.run(ListNodes()),
        pauses=await store.run(ListPauses()),
        alarms=await store.run(AlarmQuery(is_open=True, limit=MOST_ALARMS)),
    )
