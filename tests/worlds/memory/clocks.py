"""What falls due, in memory: terms, dossiers, steps of escalation, and what a wrong clock dated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.domain.delivery.escalation import STEPS, Escalated, Escalation, due_after
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.case import (
    COUNTED_TERMS,
    ClaimAssembly,
    ClaimedAssembly,
    CountOpenTerms,
    DueTerm,
    ListDueTerms,
    OpenTerms,
    PostponeAssembly,
)
from gateway.ports.deliveries import Escalate, ListEscalations, TakeBack
from gateway.store.cases.terms import terms_after
from gateway.store.tables.case import TermRowState
from tests.worlds.memory.rows import Memory, StoredAssembly, StoredDelivery, serves

SKEW = timedelta(minutes=1)
AT_ONCE = 1_000
_MISSED = {TermRowState.BREACHED, TermRowState.DEFAULTED}


def _terms(memory: Memory) -> list[dict[str, Any]]:
    return terms_after(event for case in memory.cases.values() for event in case.events)


@serves(ListDueTerms)
def due_terms(memory: Memory, wanted: ListDueTerms) -> tuple[DueTerm, ...]:
    opened = [row for row in _terms(memory) if row["state"] is TermRowState.OPEN]
    overdue = _ordered([row for row in opened if row["due_at"] <= wanted.now], "due_at")
    near = [row for row in opened if row["due_at"] > wanted.now and row["remind_at"] and row["remind_at"] <= wanted.now]
    found = [*overdue, *_ordered(near, "remind_at")][: wanted.limit]
    return tuple(DueTerm(row["conversation_id"], row["term_id"]) for row in found)


def _ordered(rows: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row[by], row["conversation_id"], row["term_id"]))


@serves(CountOpenTerms)
def open_terms(memory: Memory, wanted: CountOpenTerms) -> OpenTerms:
    rows, now = _terms(memory), wanted.now

    def count(fits: Callable[[dict[str, Any]], bool]) -> int:
        return min(COUNTED_TERMS + 1, sum(map(fits, rows)))

    return OpenTerms(
        near=count(lambda row: row["state"] is TermRowState.OPEN and now < row["due_at"] <= now + timedelta(days=1)),
        overdue=count(lambda row: row["state"] is TermRowState.OPEN and row["due_at"] <= now),
        breached=count(lambda row: row["state"] in _MISSED),
    )


# --- dossiers -------------------------------------------------------------------------------------------------------


@serves(ClaimAssembly)
def claim_assembly(memory: Memory, wanted: ClaimAssembly) -> ClaimedAssembly | None:
    free = [
        one
        for one in memory.assemblies
        if not one.is_filed and (one.lease_until is None or one.lease_until <= wanted.now)
    ]
    if not free:
        return None
    one = min(free, key=lambda each: (each.ordered_at, each.conversation_id, each.due.dossier_no))
    one.fence, one.lease_until = one.fence + 1, wanted.lease_until
    due = one.due
    return ClaimedAssembly(
        one.conversation_id, due.dossier_no, due.court, due.claim, one.fence, one.ordered_at, due.trace
    )  # fmt: skip


@serves(PostponeAssembly)
def postpone_assembly(memory: Memory, job: PostponeAssembly) -> None:
    for one in memory.assemblies:
        if not one.is_filed and _key(one) == (job.order.conversation_id, job.order.dossier_no, job.order.fence):
            one.lease_until = job.until


def _key(one: StoredAssembly) -> tuple[str, int, int]:
    return one.conversation_id, one.due.dossier_no, one.fence


# --- escalation -----------------------------------------------------------------------------------------------------


@serves(Escalate)
def escalate(memory: Memory, wanted: Escalate) -> tuple[Escalated, ...]:
    taken: list[Escalated] = []
    for one in memory.open_deliveries():
        if len(taken) == wanted.limit or one.escalated == len(STEPS):
            continue
        sent, step = one.message, STEPS[one.escalated]
        if sent.created_at + due_after(step, wanted.terms(sent.recipient)) > wanted.now:
            continue
        one.escalated += 1
        memory.escalations.setdefault(one.delivery_id, []).append(Escalation(one.delivery_id, step, wanted.now))
        taken.append(
            Escalated(
                one.delivery_id, step, sent.message_id, sent.conversation_id, sent.recipient, one.state, sent.created_at
            )
        )
    return tuple(taken)


@serves(ListEscalations)
def escalations_of(memory: Memory, wanted: ListEscalations) -> tuple[Escalation, ...]:
    return tuple(memory.escalations.get(wanted.delivery_id, ()))


# --- a clock that was set back --------------------------------------------------------------------------------------


@serves(TakeBack)
def take_back(memory: Memory, job: TakeBack) -> int:
    ahead, until = job.now + SKEW, job.now + job.lease
    found = [one for one in memory.open_deliveries() if _is_ahead(one, ahead)][:AT_ONCE]
    for one in found:
        by = one.claimed_at - job.now if one.claimed_at and one.claimed_at > job.now else None
        one.next_attempt_at = _earlier(one.next_attempt_at, by, job.now)
        one.lease_until = _earlier(one.lease_until, by, job.now)
        one.claimed_at = one.claimed_at and min(one.claimed_at, job.now)
    memory.has_work |= bool(found)
    for lane in memory.lanes.values():
        longest = job.now + max(lane.circuit.rest or job.lease, job.lease)
        if lane.circuit.probe_at is not None and lane.circuit.probe_at > longest + SKEW:
            lane.circuit = replace(lane.circuit, probe_at=longest)
        if lane.paced_until is not None and lane.paced_until > ahead + SKEW:
            lane.paced_until = None
        if lane.rests_until is not None and lane.rests_until > ahead and lane.pause is None:
            lane.rests_until = None
    for order in memory.assemblies:
        if not order.is_filed and order.lease_until is not None and order.lease_until > until + SKEW:
            order.lease_until = until
    return len(found)


def _is_ahead(one: StoredDelivery, ahead: datetime) -> bool:
    waits = one.next_attempt_at is not None and one.next_attempt_at > ahead
    if one.claimed_at is None:
        return waits and (one.message.created_at > ahead or one.state is DeliveryState.PENDING)
    return one.claimed_at > ahead or (one.state is DeliveryState.PENDING and waits)


def _earlier(at: datetime | None, by: timedelta | None, now: datetime) -> datetime | None:
    return at and (at - by if by else min(at, now))
