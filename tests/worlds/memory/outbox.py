"""The outbox in memory: claimed, recorded, given back, rescued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.ports.outcome import Reach
from contracts.party import Agreement, PartyId
from gateway.domain.delivery import pace
from gateway.domain.delivery.circuit import Circuit, CircuitState, after_attempt, probing
from gateway.domain.delivery.sharing import (
    Lane,
    Opening,
    own_share,
    rests_until,
    room_of,
    share_out,
    with_probes,
    within,
)
from gateway.domain.delivery.states import CLAIMABLE, FINAL, SIGNALLED, DeliveryState, may_move
from gateway.ports.case import CaseFact, CaseWrite
from gateway.ports.deliveries import (
    AttemptRecord,
    AttemptRow,
    ClaimDeliveries,
    ClaimedDelivery,
    FindNextDue,
    FreeOrphans,
    GiveBack,
    KeepAttempts,
    ListCircuits,
    Rescue,
)
from gateway.ports.results import Conflict, FenceLost, Recorded
from gateway.store.engine.errors import WriteFailed
from tests.worlds.memory.cases import admits, refuse_unknown_documents, write_cases
from tests.worlds.memory.rows import Memory, StoredAttempt, StoredDelivery, serves

S = DeliveryState
MOST_LETTERS = 2_000
RESCUED_AT_ONCE = 1_000


@serves(ClaimDeliveries)
def claim(memory: Memory, wanted: ClaimDeliveries) -> Sequence[ClaimedDelivery]:
    """Heads of pairs that are due, within what their parties have room for."""
    now = wanted.now
    due = [one for one in _callable(memory) if _due_at(one) <= now and _is_awake(memory, one.message.recipient, now)]
    in_flight = _in_flight(memory)
    lanes = {one.message.recipient: _lane(memory, one.message.recipient, in_flight) for one in due}
    rooms = {party_id: room_of(lane, wanted.terms(party_id), now) for party_id, lane in lanes.items()}
    heads = sorted((one for one in due if memory.is_head(one)), key=_rank)
    openings: dict[tuple[PartyId, int], Opening] = {}
    for one in heads:
        of = (one.message.recipient, one.message.priority)
        openings.setdefault(of, Opening(one.delivery_id, *of, _due_at(one)))
    shares = share_out(list(with_probes(openings.values(), lanes)), rooms, wanted.limit)
    taken = within(shares, rooms, wanted.limit, _within_shares(heads, {share.opening for share in shares}))
    for one in taken:
        lease(one, S.IN_FLIGHT, now, wanted.lease_until)
        one.next_attempt_at = None
    _move_lanes(memory, lanes, taken, wanted)
    return [one.claimed() for one in taken]


def _within_shares(
    heads: Iterable[StoredDelivery], openings: set[Opening]
) -> Iterable[tuple[PartyId, int, StoredDelivery]]:
    """Those of parties and priorities that have a share."""
    shared = {(one.recipient, one.priority) for one in openings}
    for one in heads:
        if (one.message.recipient, one.message.priority) in shared:
            yield one.message.recipient, one.message.priority, one


def lease(one: StoredDelivery, state: DeliveryState, now: datetime, until: datetime) -> None:
    one.state, one.claimed_at, one.lease_until = state, now, until
    one.attempts, one.fence = one.attempts + 1, one.fence + 1


def _move_lanes(
    memory: Memory, lanes: dict[PartyId, Lane], taken: Sequence[StoredDelivery], wanted: ClaimDeliveries
) -> None:
    begun = Counter(one.message.recipient for one in taken)
    first = {one.message.recipient: one for one in reversed(taken)}
    for party_id, lane in lanes.items():
        terms, circuit, paced_until = wanted.terms(party_id), lane.circuit, lane.paced_until
        if party_id in first and circuit.state is not CircuitState.CLOSED:
            circuit = probing(circuit, first[party_id].delivery_id, wanted.lease_until)
        if terms.most_per_minute is not None and begun[party_id]:
            paced_until = pace.after(paced_until, terms.most_per_minute, wanted.now, begun[party_id])
        moved = replace(lane, circuit=circuit, paced_until=paced_until)
        rest = rests_until(moved, terms, wanted.now, share=own_share(party_id))
        if moved != lane or rest is not None:
            kept = memory.lane(party_id)
            kept.circuit, kept.paced_until, kept.rests_until = circuit, paced_until, rest


def _callable(memory: Memory) -> list[StoredDelivery]:
    return [one for one in memory.deliveries.values() if one.state in CLAIMABLE and one.channel.is_called]


def _due_at(one: StoredDelivery) -> datetime:
    assert one.next_attempt_at is not None
    return one.next_attempt_at


def _rank(one: StoredDelivery) -> tuple[int, datetime, int]:
    return one.message.priority, _due_at(one), one.delivery_id


def _in_flight(memory: Memory) -> Counter[PartyId]:
    called = (one for one in memory.deliveries.values() if one.channel.is_called)
    return Counter(one.message.recipient for one in called if one.state is S.IN_FLIGHT)


def _lane(memory: Memory, party_id: PartyId, in_flight: Counter[PartyId]) -> Lane:
    kept = memory.lanes.get(party_id)
    return kept.seen(in_flight[party_id]) if kept else Lane(Circuit(party_id), in_flight[party_id])


def _is_awake(memory: Memory, party_id: PartyId, now: datetime) -> bool:
    kept = memory.lanes.get(party_id)
    if kept is None:
        return True
    return kept.pause is None and all(at is None or at <= now for at in (kept.rests_until, kept.circuit.probe_at))


@serves(FindNextDue)
def next_due(memory: Memory, wanted: FindNextDue) -> datetime | None:
    """When something falls due of a party that is awake, or one awakes; of pairs the first alone."""
    waiting = [one for one in _callable(memory) if _is_awake(memory, one.message.recipient, wanted.now)]
    moments = [_due_at(one) for one in waiting if memory.is_head(one)]
    for lane in memory.lanes.values():
        rests = [at for at in (lane.rests_until, lane.circuit.probe_at) if at is not None and at > wanted.now]
        moments += [max(rests)] if rests and lane.pause is None else []
    return min(moments, default=None)


@serves(ListCircuits)
def circuits(memory: Memory, _: ListCircuits) -> tuple[Circuit, ...]:
    return tuple(memory.lanes[one].circuit for one in sorted(memory.lanes) if not memory.lanes[one].circuit.is_calm)


# --- recording ------------------------------------------------------------------------------------------------------


@serves(AttemptRecord)
def record(memory: Memory, job: AttemptRecord) -> Recorded | Conflict | FenceLost:
    """Fence first, then the case; what went over the wire is kept whatever came of it, but for a conflict."""
    one = memory.deliveries.get(job.claim.delivery_id)
    if one is None or not _may_be_recorded(job, one):
        _keep(memory, job)
        return FenceLost()
    case = _case_of(memory, job)
    if case and not admits(memory, (case,)):
        return Conflict()
    refuse_unknown_documents(memory, (case,) if case else ())
    if job.state in {*CLAIMABLE, S.DELIVERED} and job.next_attempt_at is None:
        raise WriteFailed("what is to be tried again, or awaits its receipt, says when")
    _keep(memory, job)
    is_final = job.state in FINAL
    one.state, one.code, one.detail = job.state, job.code, job.detail and job.detail[:MOST_LETTERS]
    one.next_attempt_at, one.lease_until = None if is_final else job.next_attempt_at, None
    one.receipt, one.finished_at = (job.transmission.response, job.finished_at) if is_final else (None, None)
    memory.has_work |= is_final
    _learn(memory, job)
    write_cases(memory, (case,) if case else ())
    return Recorded()


def _may_be_recorded(job: AttemptRecord, one: StoredDelivery) -> bool:
    if job.state in SIGNALLED:
        return may_move(one.state, job.state)
    return one.state is S.IN_FLIGHT and one.fence == job.claim.fence


def _case_of(memory: Memory, job: AttemptRecord) -> CaseWrite | None:
    if not isinstance(job.case, CaseFact):
        return job.case
    fact = job.case
    seq = memory.cases[fact.conversation_id].seq
    return CaseWrite(fact.conversation_id, seq, fact.at, fact.actor, None, (fact.fact,), (), ())


def _keep(memory: Memory, job: AttemptRecord) -> None:
    sent, detail = job.transmission, job.detail and job.detail[:MOST_LETTERS]
    row = AttemptRow(
        job.claim.attempt, job.started_at, job.finished_at, job.outcome, job.code, detail, sent.http_status
    )  # fmt: skip
    memory.attempts.append(StoredAttempt(job.claim.delivery_id, row, sent.request, sent.response))


def _learn(memory: Memory, job: AttemptRecord) -> None:
    """What the attempt tells of the party's health; after an answer, what was tried in vain is due again."""
    party_id = job.claim.recipient
    before = memory.lanes[party_id].circuit if party_id in memory.lanes else Circuit(party_id)
    if job.reach is not Reach.SILENT and before.is_calm:
        return
    agreed = {one.party_id: one for one in memory.registry.agreements}
    terms = agreed.get(party_id, Agreement(party_id))
    after = after_attempt(before, job.reach, job.claim.delivery_id, terms, job.started_at, job.finished_at)
    memory.lane(party_id).circuit = after
    if after.is_calm and before.since:
        for one in _callable(memory):
            tried = one.claimed_at is not None and one.claimed_at >= before.since
            if one.message.recipient == party_id and tried and _due_at(one) > job.finished_at:
                one.next_attempt_at = job.finished_at
        memory.has_work = True


@serves(KeepAttempts)
def keep_attempts(memory: Memory, job: KeepAttempts) -> None:
    for attempt in job.attempts:
        _keep(memory, attempt)


# --- taking back ----------------------------------------------------------------------------------------------------


@serves(GiveBack)
def give_back(memory: Memory, job: GiveBack) -> int:
    held = [memory.deliveries[claim.delivery_id] for claim in job.claims if _is_held(memory, claim)]
    for one in held:
        one.state, one.next_attempt_at, one.lease_until = S.RETRY_SCHEDULED, one.claimed_at, None
        one.attempts -= 1
        for lane in memory.lanes.values():
            if lane.circuit.probe == one.delivery_id:
                since = lane.circuit.since
                lane.circuit = replace(lane.circuit, state=CircuitState.OPEN, probe=None, probe_at=since)
    memory.has_work |= bool(held)
    return len(held)


def _is_held(memory: Memory, claim: ClaimedDelivery) -> bool:
    one = memory.deliveries.get(claim.delivery_id)
    return one is not None and one.state is S.IN_FLIGHT and one.fence == claim.fence


@serves(Rescue)
def rescue(memory: Memory, wanted: Rescue) -> int:
    now = wanted.now
    lapsed = [one for one in memory.deliveries.values() if one.state is S.IN_FLIGHT and _ended(one.lease_until, now)]
    unreceipted = [
        one for one in memory.deliveries.values() if one.state is S.DELIVERED and _ended(one.next_attempt_at, now)
    ]
    lapsed.sort(key=lambda one: (one.lease_until, one.delivery_id))
    unreceipted.sort(key=lambda one: (one.next_attempt_at, one.delivery_id))
    found = [*lapsed[:RESCUED_AT_ONCE], *unreceipted[:RESCUED_AT_ONCE]]
    for one in found:
        if one.state is S.IN_FLIGHT:
            lost = "the lease ended and no outcome was recorded"
            row = AttemptRow(one.attempts, one.claimed_at, now, "Unknown", None, lost, None)
            memory.attempts.append(StoredAttempt(one.delivery_id, row, None, None))
        one.state, one.next_attempt_at, one.lease_until = S.RETRY_SCHEDULED, now, None
    memory.has_work |= bool(found)
    return len(found)


def _ended(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


@serves(FreeOrphans)
def free_orphans(_memory: Memory, _: FreeOrphans) -> int:
    """Nothing is marked as held here: each claim looks at the pairs."""
    return 0
