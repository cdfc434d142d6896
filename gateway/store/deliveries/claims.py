"""Claiming: what is due goes out by priority, shared evenly among parties, first of its pair only.

A claim looks before it writes. The look goes along ``ix_deliveries_waiting`` in leaps (``waiting``), one per party, so
it costs the same whether one message waits for a party or a million. Then, with the lanes of the chosen parties in
hand, so that all nodes together keep to what was agreed with each, it takes a few of each from the same index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    Connection,
    func,
    select,
)

from contracts.party import PartyId
from gateway.domain.delivery import pace
from gateway.domain.delivery.circuit import Circuit, CircuitState, probing
from gateway.domain.delivery.sharing import (
    Lane,
    Opening,
    Share,
    Terms,
    own_share,
    rests_until,
    room_of,
    share_out,
    with_probes,
    within,
)
from gateway.domain.delivery.states import CLAIMABLE, DeliveryState
from gateway.ports.deliveries import ClaimDeliveries, ClaimedDelivery, FindNextDue
from gateway.store.deliveries import waiting
from gateway.store.deliveries.held import hold
from gateway.store.deliveries.lanes import LOCKED, circuit_from, circuit_values, make_missing
from gateway.store.deliveries.outbox import lease
from gateway.store.engine.operations import Transactions, each, serves, steps
from gateway.store.engine.statements import AnyRow, change
from gateway.store.tables import deliveries, lanes
from gateway.store.tables.delivery import IS_CALLED, IS_IN_FLIGHT

DEEPEST: Final = 2_000
"""Of one party and priority, looked at in one claim when none was the first of its pair."""
SCANNED_BEHIND: Final = 1_000
"""Of parties whose first messages were all found blocked, looked at in the same claim, shared among them."""


@dataclass(frozen=True, slots=True)
class ClaimCandidates:
    """What a look found worth a claim. ``rests``: parties that no claim need look at before that moment.

    ``strangers``: those that have no lane yet.
    """

    shares: tuple[Share, ...]
    rests: Mapping[PartyId, datetime]
    strangers: frozenset[PartyId]

    def __bool__(self) -> bool:
        return bool(self.shares or self.rests)


@dataclass(frozen=True, slots=True)
class ClaimJob:
    """What the relay asks for. ``deeper``: how many times more than wanted is looked at, to find firsts of pairs."""

    wanted: ClaimDeliveries
    prospect: ClaimCandidates
    deeper: int = 1


@dataclass(frozen=True, slots=True)
class ClaimBatch:
    """``held``: how many were found to wait behind others; if nothing was claimed, the next ones may be firsts."""

    deliveries: Sequence[ClaimedDelivery]
    held: int


def look(connection: Connection, wanted: ClaimDeliveries) -> ClaimCandidates:
    """Whose turn it is, by what the database says now; the claim itself decides again with the lanes in hand."""
    now, terms = wanted.now, wanted.terms
    rows = connection.execute(waiting.openings(), {"now": now}).all()
    counted = _in_flight(connection) if rows else Counter()
    known = {row.recipient: _lane(row, counted) for row in rows}
    openings = [Opening(row.delivery_id, row.recipient, row.priority, row.next_attempt_at) for row in rows]
    rests = {
        party_id: until
        for party_id, lane in known.items()
        if (until := rests_until(lane, terms(party_id), now, share=own_share(party_id)))
    }
    shares = _shared(openings, known, _rooms(known, terms, now), wanted.limit)
    met = {share.opening.recipient for share in shares} | rests.keys()
    strangers = frozenset(row.recipient for row in rows if row.party_id is None and row.recipient in met)
    return ClaimCandidates(tuple(shares), rests, strangers)


@steps(ClaimDeliveries)
async def claim(store: Transactions, wanted: ClaimDeliveries) -> Sequence[ClaimedDelivery]:
    """Look, then claim; deeper as long as everything found waits behind others."""
    deeper = 1
    while prospect := await store.read(look, wanted):
        claimed = await store.write(claim_some, ClaimJob(wanted, prospect, deeper))
        if claimed.deliveries or not claimed.held:
            return claimed.deliveries
        deeper *= 4
    return []


@each
def claim_some(connection: Connection, job: ClaimJob) -> ClaimBatch:
    """Lease due heads of parties that are called. Nodes take turns at a party, and at nothing else."""
    make_missing(connection, job.prospect.strangers)
    parties = {share.opening.recipient for share in job.prospect.shares} | job.prospect.rests.keys()
    rows = list(LOCKED.rows(connection, parties))
    counted = _in_flight(connection)
    known = {row.party_id: _lane(row, counted) for row in rows}
    rooms = _rooms(known, job.wanted.terms, job.wanted.now)
    shares = _shared((share.opening for share in job.prospect.shares), known, rooms, job.wanted.limit)
    found = _candidates(connection, shares, job)
    held = _hold(connection, found)
    if blocked := _blocked(shares, found):
        deeper = _candidates(connection, blocked, job, at_least=SCANNED_BEHIND // len(blocked))
        held += _hold(connection, deeper)
        found = sorted((*found, *deeper), key=_rank)
    heads = ((row.recipient, row.priority, row.delivery_id) for row in found if row.before is None)
    taken = within(shares, rooms, job.wanted.limit, heads)
    to = {"state": DeliveryState.IN_FLIGHT, "claimed_at": job.wanted.now, "lease_until": job.wanted.lease_until}
    claims = lease(connection, taken, {**to, "next_attempt_at": None})
    _move_lanes(connection, known, claims, job)
    return ClaimBatch(claims, held)


@serves(FindNextDue)
def next_due(connection: Connection, wanted: FindNextDue) -> datetime | None:
    """The first moment at which something falls due, or a party is let rest no longer; limits are not looked at."""
    moments = [
        connection.execute(first, {"now": wanted.now}).scalar_one()
        for first in (waiting.first_due(), waiting.first_awake())
    ]
    return min((moment for moment in moments if moment is not None), default=None)


# --- looking --------------------------------------------------------------------------------------------------------


_COUNTED: Final = (
    select(deliveries.c.recipient, func.count()).where(IS_IN_FLIGHT, IS_CALLED).group_by(deliveries.c.recipient)
)


def _in_flight(connection: Connection) -> Counter[PartyId]:
    return Counter(dict(map(tuple, connection.execute(_COUNTED))))


def _lane(row: AnyRow, counted: Mapping[PartyId, int]) -> Lane:
    if row.party_id is None:
        return Lane(Circuit(row.recipient), counted.get(row.recipient, 0))
    return Lane(circuit_from(row), counted.get(row.party_id, 0), row.paced_until, row.paused_at is not None)


def _rooms(known: Mapping[PartyId, Lane], terms: Terms, now: datetime) -> dict[PartyId, int]:
    return {party_id: room_of(lane, terms(party_id), now) for party_id, lane in known.items()}


def _shared(
    openings: Iterable[Opening], known: Mapping[PartyId, Lane], rooms: Mapping[PartyId, int], limit: int
) -> list[Share]:
    return share_out(list(with_probes(openings, known)), rooms, limit)


# --- claiming -------------------------------------------------------------------------------------------------------


def _blocked(shares: Sequence[Share], found: Sequence[AnyRow]) -> list[Share]:
    """Shares of which something was found, and nothing that is the first of its pair."""
    some = {(row.recipient, row.priority) for row in found}
    some -= {(row.recipient, row.priority) for row in found if row.before is None}
    return [share for share in shares if (share.opening.recipient, share.opening.priority) in some]


def _hold(connection: Connection, found: Sequence[AnyRow]) -> int:
    return hold(connection, {row.delivery_id: row.before for row in found if row.before is not None})


def _rank(row: AnyRow) -> tuple[int, datetime, int]:
    return row.priority, row.next_attempt_at, row.delivery_id


def _candidates(connection: Connection, shares: Sequence[Share], job: ClaimJob, *, at_least: int = 1) -> list[AnyRow]:
    """The next of each share, locked, by priority and age; ``before``: what is still open before it in its pair.

    As many as the share is for, ``deeper`` times, and ``at_least`` so many.
    """
    ids: list[int] = []
    for most, group in groupby(sorted(shares, key=lambda share: share.most), key=lambda share: share.most):
        seeds = [share.opening.delivery_id for share in group]
        depth = min(max(most * job.deeper, at_least), DEEPEST)
        ids += connection.scalars(waiting.walk(), {"seeds": seeds, "depth": depth, "now": job.wanted.now})
    rows, now = waiting.chosen().rows(connection, ids), job.wanted.now
    due = [row for row in rows if row.state in CLAIMABLE and row.held_by is None and row.next_attempt_at <= now]
    return sorted(due, key=_rank)


def _move_lanes(
    connection: Connection, known: Mapping[PartyId, Lane], claims: Sequence[ClaimedDelivery], job: ClaimJob
) -> None:
    """Write what the claim used up of each pace, the probe of a circuit, and how long a party is let rest."""
    begun = Counter(one.recipient for one in claims)
    first = {one.recipient: one for one in reversed(claims)}
    rows: list[dict[str, Any]] = []
    for party_id, lane in known.items():
        if lane.is_paused:  # since the look: its rest is the pause's
            continue
        terms, circuit, paced_until = job.wanted.terms(party_id), lane.circuit, lane.paced_until
        if party_id in first and circuit.state is not CircuitState.CLOSED:
            circuit = probing(circuit, first[party_id].delivery_id, job.wanted.lease_until)
        if terms.most_per_minute is not None and begun[party_id]:
            paced_until = pace.after(paced_until, terms.most_per_minute, job.wanted.now, begun[party_id])
        moved = replace(lane, circuit=circuit, paced_until=paced_until)
        rest = rests_until(moved, terms, job.wanted.now, share=own_share(party_id))
        if moved != lane or rest is not None:
            rows.append(
                {"party_id": party_id, **circuit_values(circuit), "paced_until": paced_until, "rests_until": rest}
            )
    change(connection, lanes, rows)
