"""How a claim shares its batch: by priority, then evenly among parties, within what each may have at once. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, TypeVar

from contracts.party import Agreement, PartyId
from gateway.domain.delivery import pace
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.quiet_hours import open_at

T = TypeVar("T")
Terms = Callable[[PartyId], Agreement]
"""The agreement in force with a party, or the default one."""

HEADWAY: Final = timedelta(seconds=5)
"""Quiet hours that begin within this time count as begun: what is claimed now is sent a moment later."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The longest due delivery of one party and priority."""

    delivery_id: int
    recipient: PartyId
    priority: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Lane:
    """What is known of a party besides its agreement. ``in_flight``: attempts under way, on all nodes.

    ``is_paused``: a person wants nothing new to go out to it.
    """

    circuit: Circuit
    in_flight: int = 0
    paced_until: datetime | None = None
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """Up to ``most`` deliveries of an opening's party and priority, from that opening on."""

    opening: Opening
    most: int


def room_of(lane: Lane, terms: Agreement, now: datetime) -> int:
    """How many attempts the party may be given now: one if it would be the probe, none while it is left alone."""
    if lane.is_paused or not lane.circuit.lets_through(now) or opens_at(terms, now) > now:
        return 0
    room = terms.most_at_once - lane.in_flight
    if terms.most_per_minute is not None:
        room = min(room, pace.room(lane.paced_until, terms.most_per_minute, now))
    return max(0, room if lane.circuit.state is CircuitState.CLOSED else min(room, 1))


def opens_at(terms: Agreement, now: datetime, *, share: float = 0.0) -> datetime:
    """``now``, or when the party's quiet hours, present or about to begin, are over."""
    if not terms.quiet_hours:
        return now
    soon = now + HEADWAY
    opens_then = open_at(terms.quiet_hours, soon, share=share)
    return opens_then if opens_then > soon else open_at(terms.quiet_hours, now, share=share)


def rests_until(lane: Lane, terms: Agreement, now: datetime, *, share: float = 0.0) -> datetime | None:
    """Until when no claim needs to look at this party, by quiet hours and pace; None: it may be looked at any time.

    ``share`` in [0, 1) is the party's own, so that not all parties are called in the first second of a morning.
    """
    opens = opens_at(terms, now, share=share)
    if terms.most_per_minute is not None:
        opens = max(opens, pace.next_room_at(lane.paced_until, terms.most_per_minute, now))
    return opens if opens > now else None


def own_share(party_id: PartyId) -> float:
    """Always the same for one party, different among parties."""
    return zlib.crc32(party_id.encode()) / 2**32


def with_probes(openings: Iterable[Opening], lanes: Mapping[PartyId, Lane]) -> Iterator[Opening]:
    """As probe, whatever waits longest: one message that the party cannot bear must not be the only one tried."""
    probes: dict[PartyId, Opening] = {}
    for opening in openings:
        if lanes[opening.recipient].circuit.state is CircuitState.CLOSED:
            yield opening
        elif opening.recipient not in probes or opening.due_at < probes[opening.recipient].due_at:
            probes[opening.recipient] = opening
    yield from probes.values()


def share_out(openings: Sequence[Opening], rooms: Mapping[PartyId, int], limit: int) -> list[Share]:
    """Of each priority at most ``limit``, the same for each party; what one has no room for goes to the others.

    Court before terms before notices, and within that who waits longest. How many wait behind an opening is not
    known, so each priority gets shares as if no other did; ``within`` keeps to the limit when that is known.
    """
    shares: list[Share] = []
    for _, group in groupby(sorted(openings, key=_rank), key=lambda one: one.priority):
        with_room = [opening for opening in group if rooms.get(opening.recipient, 0) > 0]
        shares += [Share(opening, most) for opening, most in _evenly(with_room, rooms, limit)]
    return shares


def within(
    shares: Iterable[Share], rooms: Mapping[PartyId, int], limit: int, found: Iterable[tuple[PartyId, int, T]]
) -> list[T]:
    """The first of ``found`` (party, priority, what) that fit into shares, rooms and limit, in their order."""
    room, share = dict(rooms), {(one.opening.recipient, one.opening.priority): one.most for one in shares}
    taken: list[T] = []
    for party_id, priority, one in found:
        if len(taken) < limit and room[party_id] > 0 and share[party_id, priority] > 0:
            room[party_id] -= 1
            share[party_id, priority] -= 1
            taken.append(one)
    return taken


def _evenly(group: Sequence[Opening], room: Mapping[PartyId, int], left: int) -> Iterator[tuple[Opening, int]]:
    """The smallest rooms are served first, so that what they leave is shared by the rest; then back in order."""
    given: dict[Opening, int] = {}
    chosen = group[:left]
    for waiting, opening in enumerate(sorted(chosen, key=lambda one: room[one.recipient])):
        given[opening] = min(room[opening.recipient], left // (len(chosen) - waiting))
        left -= given[opening]
    yield from ((opening, given[opening]) for opening in chosen)


def _rank(opening: Opening) -> tuple[int, datetime, int]:
    return opening.priority, opening.due_at, opening.delivery_id
