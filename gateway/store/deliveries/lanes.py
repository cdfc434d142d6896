"""The lanes in rows: what attempts tell of a party's health, for all nodes. Who changes a lane holds its row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, or_, select, update

from connectors.ports.outcome import Reach
from contracts.party import PartyId
from gateway.domain.delivery.circuit import Circuit, CircuitState, after_attempt
from gateway.ports.deliveries import AttemptRecord, ListCircuits
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnyRow, RowsSelect, add_missing, change
from gateway.store.engine.wake import note_work
from gateway.store.registry.versions import agreements_of
from gateway.store.tables import deliveries, lanes
from gateway.store.tables.delivery import IS_CALLED, IS_WAITING

CIRCUIT: Final = ("state", "failures", "since", "rest", "probe_at", "probe")
"""Columns that make a Circuit, besides the party's id."""

LOCKED: Final = RowsSelect(select(lanes).with_for_update(), lanes.c.party_id)
"""Lanes by their parties, held until the commit."""
_KNOWN: Final = RowsSelect(select(lanes), lanes.c.party_id)

_BROUGHT_FORWARD: Final = 1_000


def note(connection: Connection, attempts: Sequence[AttemptRecord]) -> None:
    """Move the circuits of the parties that ``attempts`` were for. A party that answers costs one look, no write."""
    telling: dict[PartyId, list[AttemptRecord]] = {}
    for attempt in attempts:
        telling.setdefault(attempt.claim.recipient, []).append(attempt)
    known = circuits_of(connection, telling)
    changing = {
        party_id: learnt
        for party_id, learnt in telling.items()
        if any(one.reach is Reach.SILENT for one in learnt) or not known.get(party_id, Circuit(party_id)).is_calm
    }
    if changing:
        make_missing(connection, changing.keys() - known.keys())
        _move(connection, changing)


def take_back_probes(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """These were claimed and never tried: if one was a probe, another may follow at once."""
    again = {"state": CircuitState.OPEN, "probe": None, "probe_at": lanes.c.since}
    connection.execute(update(lanes).where(lanes.c.probe.in_(delivery_ids)).values(again))


def probe_now(connection: Connection, delivery_ids: Sequence[int], now: datetime) -> None:
    """A person wants these tried now, and may know that their parties are back: their rests end here."""
    of = select(deliveries.c.recipient).where(deliveries.c.delivery_id.in_(delivery_ids))
    resting = (lanes.c.party_id.in_(of), lanes.c.state == CircuitState.OPEN, lanes.c.probe_at > now)
    connection.execute(update(lanes).where(*resting).values(probe_at=now))


@serves(ListCircuits)
def circuits(connection: Connection, _: ListCircuits) -> tuple[Circuit, ...]:
    """Those that remember silence."""
    remembering = or_(lanes.c.state != CircuitState.CLOSED, lanes.c.failures > 0)
    rows = connection.execute(select(lanes).where(remembering).order_by(lanes.c.party_id))
    return tuple(circuit_from(row) for row in rows)


def circuits_of(connection: Connection, party_ids: Iterable[PartyId], *, lock: bool = False) -> dict[PartyId, Circuit]:
    """Of parties that have a lane. ``lock``: until the commit, in order of their ids."""
    rows = (LOCKED if lock else _KNOWN).rows(connection, party_ids)
    return {row.party_id: circuit_from(row) for row in rows}


def circuit_from(row: AnyRow) -> Circuit:
    """A row of lanes, or one that has its columns."""
    return Circuit(row.party_id, *(getattr(row, name) for name in CIRCUIT))


def circuit_values(circuit: Circuit) -> dict[str, Any]:
    """The columns of a circuit, besides the party's id."""
    return {name: getattr(circuit, name) for name in CIRCUIT}


def make_missing(connection: Connection, party_ids: Iterable[PartyId]) -> None:
    """A closed lane for each party that has none."""
    add_missing(connection, lanes, [{"party_id": one, **circuit_values(Circuit(one))} for one in party_ids])


def _move(connection: Connection, telling: dict[PartyId, list[AttemptRecord]]) -> None:
    before = circuits_of(connection, telling, lock=True)
    terms = agreements_of(connection, telling)
    after: list[Circuit] = []
    for party_id, learnt in telling.items():
        circuit = before[party_id]
        for one in learnt:
            circuit = after_attempt(
                circuit, one.reach, one.claim.delivery_id, terms[party_id], one.started_at, one.finished_at
            )
        after.append(circuit)
    change(connection, lanes, [{"party_id": one.party_id, **circuit_values(one)} for one in after])
    for circuit in after:
        if circuit.is_calm and (since := before[circuit.party_id].since):
            now = max(one.finished_at for one in telling[circuit.party_id])
            _bring_forward(connection, circuit.party_id, since, now)


def _bring_forward(connection: Connection, party_id: PartyId, since: datetime, now: datetime) -> None:
    """What was tried in vain is due now: it need not wait longer than what was not tried."""
    tried = (
        select(deliveries.c.delivery_id)
        .where(
            IS_WAITING,
            IS_CALLED,
            deliveries.c.recipient == party_id,
            deliveries.c.next_attempt_at > now,
            deliveries.c.claimed_at >= since,
        )
        .limit(_BROUGHT_FORWARD)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.scalars(tried))
    if ids:
        connection.execute(update(deliveries).where(deliveries.c.delivery_id.in_(ids)).values(next_attempt_at=now))
    note_work(connection)
