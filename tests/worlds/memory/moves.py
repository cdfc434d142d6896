"""What people do to deliveries and parties, in memory; each act with its line in the audit log."""

from __future__ import annotations

from dataclasses import replace

from gateway.domain.delivery.acts import PAST, RESULT, SELECTED, SOURCES, refusal
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.states import FINAL, DeliveryState
from gateway.domain.people.audit_result import refused as refused_line
from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.deliveries import CountMovable, Moved, MoveJob, RefusedMove, Selection
from gateway.ports.parties import ListPauses, Pause, Switch, SwitchJob
from gateway.ports.people.users import AuditNote
from tests.worlds.memory.rows import Memory, StoredDelivery, serves

MOST_AT_ONCE = 1_000


@serves(MoveJob)
def move(memory: Memory, job: MoveJob) -> Moved:
    limit = min(job.limit, MOST_AT_ONCE)
    if isinstance(job.of, Selection):
        found = [one for one in _selected(memory, job, job.of) if one.delivery_id > job.after][:limit]
        is_whole = len(found) < limit
    else:
        found, is_whole = [memory.deliveries[one] for one in sorted(set(job.of)) if one in memory.deliveries], True
    unknown = [] if isinstance(job.of, Selection) else sorted(set(job.of) - memory.deliveries.keys())
    refused = [RefusedMove(one, "there is no such delivery") for one in unknown]
    moved: list[int] = []
    for one in found:
        was, why = one.state, refusal(job.act, one.state)
        if why is not None:
            refused.append(RefusedMove(one.delivery_id, why))
            continue
        _move(memory, job, one)
        moved.append(one.delivery_id)
        _audit(memory, job, one.delivery_id, f"{PAST[job.act]}, was {was.value}")
    for each in refused:
        _audit(memory, job, each.delivery_id, refused_line(each.reason))
    last = None if is_whole else max(one.delivery_id for one in found)
    return Moved(tuple(moved), tuple(refused), last)


def _audit(memory: Memory, job: MoveJob, delivery_id: int, result: str) -> None:
    act = f"delivery.{PAST[job.act]}"
    memory.audit.append(AuditNote(job.by, act, str(delivery_id), job.reason, result, job.at))


def _move(memory: Memory, job: MoveJob, one: StoredDelivery) -> None:
    to = RESULT[job.act]
    one.state, one.lease_until = to, None
    one.next_attempt_at = job.at if to is DeliveryState.PENDING else None
    if to in FINAL:
        one.finished_at, one.code, one.detail, one.receipt = job.at, None, f"{job.by}: {job.reason}", None
    lane = memory.lanes.get(one.message.recipient)
    is_resting = lane is not None and lane.circuit.state is CircuitState.OPEN and not lane.circuit.lets_through(job.at)
    if to is DeliveryState.PENDING and lane and is_resting:
        lane.circuit = replace(lane.circuit, probe_at=job.at)
    memory.has_work |= to is DeliveryState.PENDING or to in FINAL


def _selected(memory: Memory, job: MoveJob | CountMovable, selection: Selection) -> list[StoredDelivery]:
    states = SELECTED[job.act] if selection.state is None else SOURCES[job.act] & {selection.state}
    states = states if selection.among is None else states & selection.among
    return [one for one in memory.deliveries.values() if one.state in states and _fits(memory, one, selection)]


def _fits(memory: Memory, one: StoredDelivery, selection: Selection) -> bool:
    sent = one.message
    return (
        selection.recipient in {None, sent.recipient}
        and selection.appeal in {None, memory.cases[sent.conversation_id].appeal_number}
        and selection.action in {None, sent.action}
        and (selection.created_before is None or sent.created_at <= selection.created_before)
        and (selection.created_from is None or sent.created_at >= selection.created_from)
        and (selection.code is None or (one.code or "") == selection.code)
    )


@serves(CountMovable)
def count_movable(memory: Memory, wanted: CountMovable) -> int:
    if isinstance(wanted.of, Selection):
        return len(_selected(memory, wanted, wanted.of)[: wanted.most])
    named = (memory.deliveries[one] for one in set(wanted.of) if one in memory.deliveries)
    return sum(one.state in SOURCES[wanted.act] for one in named)


@serves(SwitchJob)
def switch(memory: Memory, job: SwitchJob) -> ActRefusal | None:
    against = _against(memory, job)
    done = {Switch.PAUSE: "paused", Switch.RESUME: "resumed"}[job.switch]
    if against is None:
        lane = memory.lane(job.party_id)
        lane.pause = Pause(job.party_id, job.at, job.by, job.reason) if job.switch is Switch.PAUSE else None
        lane.rests_until = None
        memory.has_work |= job.switch is Switch.RESUME
    result = done if against is None else refused_line(against.line)
    memory.audit.append(AuditNote(job.by, f"party.{done}", job.party_id, job.reason, result, job.at))
    return against


def _against(memory: Memory, job: SwitchJob) -> ActRefusal | None:
    known = job.party_id in memory.lanes or any(one.party_id == job.party_id for one in memory.registry.parties)
    if not known:
        return refusal_of(RefusalReason.NO_PARTY)
    pause = memory.lane(job.party_id).pause
    if job.switch is Switch.PAUSE and pause is not None:
        return refusal_of(RefusalReason.PAUSED_ALREADY, since=f"{pause.since:%Y-%m-%d %H:%M}")
    if job.switch is Switch.RESUME and pause is None:
        return refusal_of(RefusalReason.NOT_PAUSED)
    return None


@serves(ListPauses)
def pauses(memory: Memory, _: ListPauses) -> tuple[Pause, ...]:
    found = (memory.lanes[one].pause for one in sorted(memory.lanes))
    return tuple(pause for pause in found if pause is not None)
