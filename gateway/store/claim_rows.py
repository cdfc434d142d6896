"""Claiming: what is due goes out by priority, shared evenly among parties, first of its pair only.

A claim looks before it writes. The look walks along ``ix_deliveries_waiting`` in leaps, one per party and priority,
so it costs the same whether one message waits for a party or a million. Then, with the lanes of the chosen parties in
hand, so that all nodes together keep to what was agreed with each, it takes a few of each from the same index.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from contracts.party import Channel, PartyId
from gateway.domain import pace
from gateway.domain.circuit import Circuit, CircuitState, probing
from gateway.domain.delivery import CLAIMABLE, DeliveryState
from gateway.domain.priority import Priority
from gateway.domain.sharing import Lane, Opening, Share, Terms, rests_until, room_of, share_out, within
from gateway.ports import ClaimedDelivery
from gateway.store.held_rows import hold
from gateway.store.lane_rows import LOCKED, circuit_from, circuit_values, make_missing, write_lanes
from gateway.store.outbox import lease
from gateway.store.statements import Among, AnyRow, AnySelect
from gateway.store.tables import deliveries, lanes
from gateway.store.tables.base import Instant
from gateway.store.tables.delivery import IS_IN_FLIGHT, is_open, is_waiting

DEEPEST: Final = 2_000
"""Of one party and priority, looked at in one claim when none was the first of its pair."""


_LEVELS: Final = union_all(*(select(literal_column(str(one.value)).label("priority")) for one in Priority)).subquery(
    "levels"
)


_TOLD: Final = tuple(
    deliveries.c[name] for name in ("delivery_id", "recipient", "priority", "state", "held_by", "next_attempt_at")
)


@dataclass(frozen=True, slots=True)
class Prospect:
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

    now: datetime
    limit: int
    lease_until: datetime
    terms: Terms
    prospect: Prospect
    deeper: int = 1


@dataclass(frozen=True, slots=True)
class Claimed:
    """``held``: how many were found to wait behind others; if nothing was claimed, the next ones may be firsts."""

    deliveries: Sequence[ClaimedDelivery]
    held: int


def look(connection: Connection, now: datetime, limit: int, terms: Terms) -> Prospect:
    """Whose turn it is, by what the database says now; the claim itself decides again with the lanes in hand."""
    rows = connection.execute(_openings(), {"now": now}).all()
    counted = _in_flight(connection) if rows else Counter()
    known = {row.recipient: _lane(row, counted) for row in rows}
    openings = [Opening(row.delivery_id, row.recipient, row.priority, row.next_attempt_at) for row in rows]
    rests = {
        party_id: until
        for party_id, lane in known.items()
        if (until := rests_until(lane, terms(party_id), now, share=_own_share(party_id)))
    }
    shares = _shared(openings, known, _rooms(known, terms, now), limit)
    met = {share.opening.recipient for share in shares} | rests.keys()
    strangers = frozenset(row.recipient for row in rows if row.party_id is None and row.recipient in met)
    return Prospect(tuple(shares), rests, strangers)


def claim(connection: Connection, jobs: Sequence[ClaimJob]) -> list[Claimed]:
    """Lease due heads of push parties. Nodes take turns at a party, and at nothing else."""
    return [_claim(connection, job) for job in jobs]


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """The first moment at which something falls due, or a party is let rest no longer; limits are not looked at."""
    moments = [connection.execute(first, {"now": now}).scalar_one() for first in (_first_due(), _first_awake())]
    return min((moment for moment in moments if moment is not None), default=None)


# --- looking --------------------------------------------------------------------------------------------------------


_NOW: Final = bindparam("now", type_=Instant())
"""Statements are built once and told the time when they are run: to build one of these costs more than to run it."""


@cache
def _first_due() -> AnySelect:
    return select(func.min(_openings(only_due=False).subquery().c.next_attempt_at))


@cache
def _first_awake() -> AnySelect:
    rests, probe = lanes.c.rests_until, lanes.c.probe_at
    rest = case((rests > probe, rests), else_=func.coalesce(probe, rests))
    return select(func.min(rest)).where(rest > _NOW)


@cache
def _openings(*, only_due: bool = True) -> AnySelect:
    """The longest due delivery of each priority, of each party that is not let rest, with the party's lane."""
    parties, one, first = _waited_for(), deliveries.alias("one"), deliveries.alias("first")
    of = [first.c.recipient == parties.c.recipient, first.c.priority == _LEVELS.c.priority]
    due = [first.c.next_attempt_at <= _NOW] if only_due else []
    joined = (
        parties.outerjoin(lanes, lanes.c.party_id == parties.c.recipient)
        .join(_LEVELS, true())
        .join(one, one.c.delivery_id == _first(first, first.c.delivery_id, *of, *due))
    )
    is_awake = (or_(moment.is_(None), moment <= _NOW) for moment in (lanes.c.rests_until, lanes.c.probe_at))
    columns = (one.c.delivery_id, one.c.recipient, one.c.priority, one.c.next_attempt_at)
    return select(*columns, lanes).select_from(joined).where(*is_awake)


def _waited_for() -> CTE:
    """The parties that anything waits for: each found by one leap along the index, however much waits."""
    first, other = deliveries.alias("first"), deliveries.alias("other")
    parties = select(_first(first, first.c.recipient).label("recipient")).cte("parties", recursive=True)
    leap = _first(other, other.c.recipient, other.c.recipient > parties.c.recipient)
    return parties.union_all(select(leap).where(parties.c.recipient.is_not(None)))


def _first(table: FromClause, column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[Any]:
    """``column`` of the first in the order of the index."""
    order = (table.c.recipient, table.c.priority, table.c.next_attempt_at, table.c.delivery_id)
    return select(column).where(*_is_pushed(table), *where).order_by(*order).limit(1).scalar_subquery()


_COUNTED: Final = (
    select(deliveries.c.recipient, func.count())
    .where(IS_IN_FLIGHT, deliveries.c.channel == Channel.PUSH)
    .group_by(deliveries.c.recipient)
)


def _in_flight(connection: Connection) -> Counter[PartyId]:
    return Counter(dict(map(tuple, connection.execute(_COUNTED))))


def _lane(row: AnyRow, counted: Mapping[PartyId, int]) -> Lane:
    if row.party_id is None:
        return Lane(Circuit(row.recipient), counted.get(row.recipient, 0))
    return Lane(circuit_from(row), counted.get(row.party_id, 0), row.paced_until)


def _rooms(known: Mapping[PartyId, Lane], terms: Terms, now: datetime) -> dict[PartyId, int]:
    return {party_id: room_of(lane, terms(party_id), now) for party_id, lane in known.items()}


def _shared(
    openings: Iterable[Opening], known: Mapping[PartyId, Lane], rooms: Mapping[PartyId, int], limit: int
) -> list[Share]:
    return share_out(list(_with_probes(openings, known)), rooms, limit)


def _with_probes(openings: Iterable[Opening], known: Mapping[PartyId, Lane]) -> Iterator[Opening]:
    """As probe, whatever waits longest: one message that the party cannot bear must not be the only one tried."""
    probes: dict[PartyId, Opening] = {}
    for opening in openings:
        if known[opening.recipient].circuit.state is CircuitState.CLOSED:
            yield opening
        elif opening.recipient not in probes or opening.due_at < probes[opening.recipient].due_at:
            probes[opening.recipient] = opening
    yield from probes.values()


def _own_share(party_id: PartyId) -> float:
    """Always the same for one party, different among parties."""
    return zlib.crc32(party_id.encode()) / 2**32


# --- claiming -------------------------------------------------------------------------------------------------------


def _claim(connection: Connection, job: ClaimJob) -> Claimed:
    make_missing(connection, job.prospect.strangers)
    parties = {share.opening.recipient for share in job.prospect.shares} | job.prospect.rests.keys()
    rows = list(LOCKED.rows(connection, parties))
    counted = _in_flight(connection)
    known = {row.party_id: _lane(row, counted) for row in rows}
    rooms = _rooms(known, job.terms, job.now)
    shares = _shared((share.opening for share in job.prospect.shares), known, rooms, job.limit)
    found = _candidates(connection, shares, job)
    heads = ((row.recipient, row.priority, row.delivery_id) for row in found if row.before is None)
    taken = within(shares, rooms, job.limit, heads)
    held = hold(connection, {row.delivery_id: row.before for row in found if row.before is not None})
    to = {"state": DeliveryState.IN_FLIGHT, "claimed_at": job.now, "lease_until": job.lease_until}
    claims = lease(connection, taken, {**to, "next_attempt_at": None})
    _move_lanes(connection, known, claims, job)
    return Claimed(claims, held)


def _candidates(connection: Connection, shares: Sequence[Share], job: ClaimJob) -> list[AnyRow]:
    """The next of each share, locked, by priority and age; ``before``: what is still open before it in its pair."""
    ids: list[int] = []
    for most, group in groupby(sorted(shares, key=lambda share: share.most), key=lambda share: share.most):
        seeds = [share.opening.delivery_id for share in group]
        depth = min(most * job.deeper, DEEPEST)
        ids += connection.scalars(_walk(), {"seeds": seeds, "depth": depth, "now": job.now})
    # by number alone, and judged here: told of the state, SQLite would go through all that waits instead
    rows = _chosen().rows(connection, ids)
    due = [row for row in rows if row.state in CLAIMABLE and row.held_by is None and row.next_attempt_at <= job.now]
    return sorted(due, key=lambda row: (row.priority, row.next_attempt_at, row.delivery_id))


@cache
def _chosen() -> Among:
    before = deliveries.alias("before")
    same_pair = (before.c.recipient == deliveries.c.recipient) & (
        before.c.conversation_id == deliveries.c.conversation_id
    )
    earlier = (
        select(before.c.delivery_id)
        .where(same_pair, before.c.delivery_id < deliveries.c.delivery_id, is_open(before))
        .order_by(before.c.recipient.desc(), before.c.conversation_id.desc(), before.c.delivery_id.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )
    statement = select(*_TOLD, earlier.label("before")).with_for_update(of=deliveries, skip_locked=True)
    return Among(statement, deliveries.c.delivery_id)


@cache
def _walk() -> AnySelect:
    """Ids of the ``depth`` longest due of each of ``seeds``' party and priority: step by step along the index."""
    seed, one = deliveries.alias("seed"), deliveries.alias("one")
    start = (cast(literal(-1, BigInteger), BigInteger), cast(literal(-1, BigInteger), BigInteger), literal(0))
    path = (
        select(
            seed.c.recipient,
            seed.c.priority,
            start[0].label("at"),
            start[1].label("delivery_id"),
            start[2].label("taken"),
        )
        .where(seed.c.delivery_id.in_(bindparam("seeds", expanding=True)))
        .cte("path", recursive=True)
    )
    equal, later = deliveries.alias("equal"), deliveries.alias("later")
    step = one.c.delivery_id == func.coalesce(
        _first(
            equal,
            equal.c.delivery_id,
            *_of(equal, path),
            equal.c.next_attempt_at == path.c.at,
            equal.c.delivery_id > path.c.delivery_id,
        ),
        _first(
            later,
            later.c.delivery_id,
            *_of(later, path),
            later.c.next_attempt_at > path.c.at,
            later.c.next_attempt_at <= _NOW,
        ),
    )
    columns = (one.c.recipient, one.c.priority, one.c.next_attempt_at, one.c.delivery_id, path.c.taken + 1)
    whole = path.union_all(
        select(*columns).select_from(path.join(one, step)).where(path.c.taken < bindparam("depth", type_=Integer()))
    )
    return select(whole.c.delivery_id).where(whole.c.taken > 0)


def _of(table: FromClause, path: CTE) -> tuple[ColumnElement[bool], ...]:
    return table.c.recipient == path.c.recipient, table.c.priority == path.c.priority


def _move_lanes(
    connection: Connection, known: Mapping[PartyId, Lane], claims: Sequence[ClaimedDelivery], job: ClaimJob
) -> None:
    """Write what the claim used up of each pace, the probe of a circuit, and how long a party is let rest."""
    begun = Counter(one.recipient for one in claims)
    first = {one.recipient: one for one in reversed(claims)}
    rows: list[dict[str, Any]] = []
    for party_id, lane in known.items():
        terms, circuit, paced_until = job.terms(party_id), lane.circuit, lane.paced_until
        if party_id in first and circuit.state is not CircuitState.CLOSED:
            circuit = probing(circuit, first[party_id].delivery_id, job.lease_until)
        if terms.most_per_minute is not None and begun[party_id]:
            paced_until = pace.after(paced_until, terms.most_per_minute, job.now, begun[party_id])
        moved = Lane(circuit, lane.in_flight, paced_until)
        rest = rests_until(moved, terms, job.now, share=_own_share(party_id))
        if moved != lane or rest is not None:
            rows.append(
                {"party_id": party_id, **circuit_values(circuit), "paced_until": paced_until, "rests_until": rest}
            )
    write_lanes(connection, rows)


def _is_pushed(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    return is_waiting(table), table.c.channel == Channel.PUSH
