"""Why a delivery waits, beside its own state: its party is left alone; and which people were told of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.cli import words
from gateway.cli.frame import Language, said, when
from gateway.domain.circuit import Circuit, CircuitState
from gateway.domain.escalation import Escalation

if TYPE_CHECKING:
    from gateway.ports.deliveries import DeliveryRow
    from gateway.store.database import SqlReader


@dataclass(frozen=True, slots=True)
class Held:
    """``circuit``: of the delivery's party, None while it answers."""

    circuit: Circuit | None
    escalations: Sequence[Escalation]


async def held(store: SqlReader, row: DeliveryRow) -> Held:
    """What is known about ``row`` besides itself."""
    circuits = {one.party_id: one for one in await store.circuits()}
    return Held(circuits.get(row.recipient), await store.escalations_of(row.delivery_id))


def held_lines(told: Held, lang: Language) -> list[str]:
    """For people; nothing when nothing is the matter."""
    lines = []
    if told.circuit and told.circuit.state is CircuitState.OPEN:
        lines.append(said(words.LEFT_ALONE, lang).format(until=when(told.circuit.probe_at)))
    if told.circuit and told.circuit.state is CircuitState.HALF_OPEN:
        lines.append(said(words.PROBED, lang))
    if told.escalations:
        steps = ", ".join(f"{said(words.STEPS[one.step], lang)} {when(one.at)}" for one in told.escalations)
        lines.append(said(words.TOLD, lang).format(steps=steps))
    return lines
