"""From what a look at store, registry and keys found to the conditions that people are alarmed about. Pure.

A paused party is silent by a person's wish: only what its terms, certificates and dead letters say counts then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from contracts.party import Agreement, Party, PartyId, PartyRole
from gateway.domain.alarms.kinds import KINDS, AlarmKind, AlarmLimits, Condition
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.escalation import STEPS, EscalationStep, due_after
from gateway.domain.registry.directory import Directory
from gateway.ports.alarms import LedgerWalk, PartyTerms, RecentRefusalCounts, UndeliveredAlarms
from gateway.ports.deliveries import Backlog
from gateway.ports.ledger import LedgerStatus
from gateway.ports.nodes import NodeRow
from signing.keys.keypair import Certificate

LEDGER, INTAKE = "ledger", "intake"


@dataclass(frozen=True, slots=True)
class View:
    """Everything that one look found, as of ``now``.

    ``fetches``: when a mailbox was asked last. ``keys``: ours, with the ends of their certificates. ``unled``: loops
    that no node runs, since when. ``has_stamps``: whether an authority is named at all.
    """

    now: datetime
    directory: Directory
    backlog: tuple[Backlog, ...]
    circuits: tuple[Circuit, ...]
    paused: frozenset[PartyId]
    fetches: Mapping[PartyId, datetime]
    terms: tuple[PartyTerms, ...]
    refusals: RecentRefusalCounts
    ledger: LedgerStatus
    walk: LedgerWalk | None
    nodes: tuple[NodeRow, ...]
    failing_channels: tuple[UndeliveredAlarms, ...]
    unled: Mapping[str, datetime]
    keys: Mapping[str, datetime]
    has_stamps: bool


def conditions(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    """All that is wrong."""
    yield from _of_calls(view, limits)
    yield from _of_backlog(view, limits)
    yield from _of_terms(view)
    yield from _of_certificates(view, limits)
    yield from _of_ledger(view, limits)
    yield from _of_nodes(view, limits)
    yield from _of_refusals(view.refusals, limits)
    for one in view.failing_channels:
        yield _condition(AlarmKind.UNHEARD, one.channel, since=one.since, count=one.count)


def disk_conditions(
    node: str, free_bytes: Mapping[Path, int], reserve_bytes: int, limits: AlarmLimits
) -> Iterator[Condition]:
    """Of one node, which alone can see its disks; in MiB."""
    for folder, free in free_bytes.items():
        if free < reserve_bytes + limits.disk_free_bytes:
            level = EscalationStep.PAGE if free < reserve_bytes else KINDS[AlarmKind.DISK_LOW].severity
            yield Condition(AlarmKind.DISK_LOW, disk_subject(node, folder), level, count=free // 1024**2)


def disk_subject(node: str, folder: Path | str) -> str:
    """Names of nodes hold no blank."""
    return f"{node} {folder}"


def node_of_disk(subject: str) -> str:
    """Whose disk an alarm is about."""
    return subject.partition(" ")[0]


def magnitude(count: int) -> int:
    """Ten times as many is worse, one more is not."""
    return len(str(count))


def _condition(kind: AlarmKind, subject: str, *, rank: int = 0, since: datetime | None = None, count: int | None = None,
               until: datetime | None = None) -> Condition:  # fmt: skip
    return Condition(kind, subject, KINDS[kind].severity, rank, since, count, until)


def _of_calls(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    """Whoever is called and does not answer, and whoever does not fetch what waits."""
    for circuit in view.circuits:
        if circuit.state is CircuitState.CLOSED or circuit.party_id in view.paused:
            continue
        yield _condition(AlarmKind.BREAKER_OPEN, circuit.party_id, since=circuit.since, count=circuit.failures)
        if circuit.since is not None and view.now - circuit.since >= limits.silent_for:
            yield _condition(AlarmKind.PARTY_SILENT, circuit.party_id, since=circuit.since, count=circuit.failures)
    for one in view.backlog:
        party = view.directory.parties.get(one.recipient)
        if party is None or party.is_called or one.recipient in view.paused or not one.oldest_at:
            continue
        heard_at = max(one.oldest_at, view.fetches.get(one.recipient, one.oldest_at))
        if view.now - heard_at >= limits.silent_for:
            yield _condition(AlarmKind.PARTY_SILENT, one.recipient, since=heard_at, count=one.waiting)


def _of_backlog(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    for one in view.backlog:
        terms = view.directory.agreement_of(one.recipient)
        if one.oldest_at is not None and one.recipient not in view.paused:
            yield from _oldest(one, one.oldest_at, terms, view.now)
        if one.dead_lettered >= limits.dead_letters:
            rank, count = magnitude(one.dead_lettered), one.dead_lettered
            yield _condition(AlarmKind.DEAD_LETTERS, one.recipient, rank=rank, count=count)


def _oldest(one: Backlog, oldest_at: datetime, terms: Agreement, now: datetime) -> Iterator[Condition]:
    """As loud as the agreement says of so old a message."""
    passed = [step for step in STEPS if now - oldest_at >= due_after(step, terms)]
    if passed:
        rank = len(passed)
        yield Condition(AlarmKind.OLDEST_OVER, one.recipient, passed[-1], rank, oldest_at, one.open - one.parked)


def _of_terms(view: View) -> Iterator[Condition]:
    for one in view.terms:
        if one.near:
            yield _condition(
                AlarmKind.TERM_NEAR, one.party_id, rank=magnitude(one.near), count=one.near, until=one.next_due_at
            )
        if one.breached:
            yield _condition(
                AlarmKind.TERM_BREACHED, one.party_id, rank=magnitude(one.breached), count=one.breached,
                since=one.last_breached_at,
            )  # fmt: skip


def _of_certificates(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    """The last of each party's and of each of our keys: one that is followed by another worries nobody."""
    ends = {one.party_id: _last_end(one, view.directory) for one in view.directory.registry.parties
            if one.role is not PartyRole.EXCHANGE}  # fmt: skip
    ours = {f"key:{name}": end for name, end in view.keys.items()}
    for subject, end in (*ends.items(), *ours.items()):
        if end is None:
            continue
        left = end - view.now
        passed = sum(left <= timedelta(days=days) for days in limits.certificate_days)
        if passed:
            yield Condition(
                AlarmKind.CERTIFICATE_ENDING, subject, _loud(left), passed, count=max(0, left.days), until=end
            )


def _loud(left: timedelta) -> EscalationStep:
    """An order at the authority takes days; on the last day it is too late for one."""
    if left <= timedelta(days=1):
        return EscalationStep.PAGE
    return EscalationStep.ALARM if left <= timedelta(days=14) else EscalationStep.WARN


def _last_end(party: Party, directory: Directory) -> datetime | None:
    ends = (_end(der) for der in party.certificates)
    return max((end for sha256, end in ends if sha256 not in directory.barred), default=None)


@lru_cache(maxsize=4096)
def _end(der: bytes) -> tuple[str, datetime]:
    """Read once, not at every look."""
    certificate = Certificate.from_der(der)
    return certificate.sha256, certificate.not_after


def _of_ledger(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    ledger, walk = view.ledger, view.walk
    unsealed, tokenless = ledger.oldest_unsealed_at, ledger.oldest_tokenless_at
    if unsealed is not None and view.now - unsealed >= limits.seal_late_for:
        yield _condition(AlarmKind.SEAL_LATE, LEDGER, since=unsealed, count=ledger.unsealed)
    if view.has_stamps and tokenless is not None and view.now - tokenless >= limits.stamp_late_for:
        yield _condition(AlarmKind.STAMP_LATE, LEDGER, since=tokenless, count=ledger.tokenless)
    if walk is not None and (faults := max(walk.faults, walk.former_faults)):
        yield _condition(AlarmKind.LEDGER_BROKEN, LEDGER, rank=magnitude(faults), since=walk.began_at, count=faults)


def _of_nodes(view: View, limits: AlarmLimits) -> Iterator[Condition]:
    for row in view.nodes:
        if row.silent_for >= limits.node_lost_for:
            yield _condition(AlarmKind.NODE_LOST, row.node.name, since=row.last_seen_at)
    for loop, since in view.unled.items():
        if view.now - since >= limits.unled_for:
            yield _condition(AlarmKind.LOOP_UNLED, loop, since=since)


def _of_refusals(refusals: RecentRefusalCounts, limits: AlarmLimits) -> Iterator[Condition]:
    """More than some, and many times more than in a quarter of an hour of the day before."""
    usual = refusals.before / 96
    if refusals.lately >= limits.refusals and refusals.lately >= limits.refusals_times * usual:
        yield _condition(AlarmKind.REFUSALS_RISING, INTAKE, rank=magnitude(refusals.lately), count=refusals.lately)


def unled_loops(expected: Iterable[str], nodes: Iterable[NodeRow], silent_after: timedelta) -> frozenset[str]:
    """Loops that none of the nodes that are there runs; none where no node says anything."""
    there = [row for row in nodes if row.silent_for <= silent_after and not row.node.draining]
    if not there:
        return frozenset()
    return frozenset(expected) - {loop for row in there for loop in row.leads}
