"""Reads for pages: rows of the store become view models, which hold everything a template needs and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.domain.delivery.acts import PAST, SOURCES, Act
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.people.access import UserRole, authorise
from gateway.ports.console import AuditRow, DeliveryDetail, LoadDelivery, LoadDeliveryVersion
from gateway.ports.deliveries import DeliveryRow
from gateway.ports.operations import Reads
from gateway.ports.people.users import User
from gateway.reading.deliveries import turn_of
from gateway.service.authorise import audit_name

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One delivery. ``turn``: who moves it on, in English words of the catalogue. ``acts``: what the reader may do."""

    whole: DeliveryDetail
    version: str
    turn: str
    acts: tuple[Act, ...]
    now: datetime

    @property
    def row(self) -> DeliveryRow:
        return self.whole.row

    @property
    def is_final(self) -> bool:
        """Whether nothing moves it any more."""
        return self.row.finished_at is not None

    @property
    def rests_until(self) -> datetime | None:
        """Until when its party is left alone, which did not answer."""
        circuit = self.whole.circuit
        return circuit.probe_at if circuit and circuit.state is CircuitState.OPEN and not self.is_final else None

    @property
    def latency(self) -> timedelta | None:
        """From its making to its end."""
        return self.row.finished_at - self.row.created_at if self.row.finished_at else None


async def delivery_page(reads: Reads, delivery_id: int, *, role: UserRole, now: datetime) -> DeliveryView | None:
    """None when there is none. The version is read first: what moves meanwhile is shown once more, not missed."""
    version = await reads.run(LoadDeliveryVersion(delivery_id))
    whole = await reads.run(LoadDelivery(delivery_id))
    if version is None or whole is None:
        return None
    acts = tuple(act for act in Act if whole.row.state in SOURCES[act] and authorise(role, act).is_allowed)
    return DeliveryView(whole, version, turn_of(whole), acts, now)


def result_of(whole: DeliveryDetail, act: Act, user: User) -> AuditRow | None:
    """What the audit log says came of the act just now; None when the newest line is not this user's, of this act."""
    newest = whole.audit[0] if whole.audit else None
    wanted = (f"delivery.{PAST[act]}", audit_name(user))
    return newest if newest is not None and (newest.act, newest.by) == wanted else None
