"""Why a delivery waits, beside its own state: its party is left alone; and which people were told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.cli import words
from gateway.cli.frame import CliLanguage, localized, when
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.escalation import Escalation
from gateway.ports.deliveries import ListCircuits, ListEscalations

if TYPE_CHECKING:
    from gateway.ports.deliveries import DeliveryRow
    from gateway.store.database import SqlReader


@dataclass(frozen=True, slots=True)
class HeldDelivery:
    """``circuit``: of the delivery's party, None while it answers."""

    circuit: Circuit | None
    escalations: Sequence[Escalation]


async def held(store: SqlReader, row: DeliveryRow) -> HeldDelivery:
    """What is known about ``row`` besides itself."""
    circuits = {one.party_id: one for one in await store.run(ListCircuits())}
    return HeldDelivery(circuits.get(row.recipient), await store.run(ListEscalations(row.delivery_id)))


def held_lines(delivery: HeldDelivery, lang: CliLanguage) -> list[str]:
    """For people; nothing when nothing is the matter."""
    lines = []
    if delivery.circuit and delivery.circuit.state is CircuitState.OPEN:
        lines.append(localized(words.LEFT_ALONE, lang).format(until=when(delivery.circuit.probe_at)))
    if delivery.circuit and delivery.circuit.state is CircuitState.HALF_OPEN:
        lines.append(localized(words.PROBED, lang))
    if delivery.escalations:
        steps = ", ".join(f"{localized(words.STEPS[one.step], lang)} {when(one.at)}" for one in delivery.escalations)
        lines.append(localized(words.PEOPLE_NOTIFIED, lang).format(steps=steps))
    return lines
