"""What a look takes for wrong: by limits, by agreements, and not what a person wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry
from gateway.domain.alarms.kinds import AlarmKind, AlarmLimits, Condition
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.registry.directory import Directory
from gateway.ports.alarms import LedgerWalk, PartyTerms, RecentRefusalCounts, UndeliveredAlarms
from gateway.ports.deliveries import Backlog
from gateway.ports.ledger import LedgerStatus
from gateway.ports.nodes import Node, NodeRow
from gateway.service.sightings import View, conditions, disk_conditions, node_of_disk, unled_loops

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AKIMAT = PartyId("akimat-almaty")
LEDGER = LedgerStatus(9, NOW, 9, 0, None, 0, None)
QUIET = View(
    now=NOW, directory=Directory.of(Registry(1, (), (), ())), backlog=(), circuits=(), paused=frozenset(), fetches={},
    terms=(), refusals=RecentRefusalCounts(0, 0), ledger=LEDGER, walk=None, nodes=(), failing_channels=(), unled={},
    keys={},
    has_stamps=True,
)  # fmt: skip
OPEN = Circuit(AKIMAT, CircuitState.OPEN, failures=4, since=NOW - 10 * MINUTE)
WAITING = Backlog(AKIMAT, 3, 1, 0, 2, 0, NOW - 10 * MINUTE, None)


def found(limits: AlarmLimits | None = None, **changes: object) -> list[Condition]:
    return list(conditions(replace(QUIET, **changes), limits or AlarmLimits()))


def kinds(**changes: object) -> list[AlarmKind]:
    return [one.kind for one in found(**changes)]


def test_where_all_is_well_nothing_is_found():
    assert found() == []


def test_a_circuit_that_is_open_is_told_at_once_and_a_silent_party_after_its_limit():
    assert kinds(circuits=(OPEN,)) == [AlarmKind.BREAKER_OPEN]
    long = replace(OPEN, since=NOW - 30 * MINUTE)
    assert kinds(circuits=(long,)) == [AlarmKind.BREAKER_OPEN, AlarmKind.PARTY_SILENT]
    assert kinds(circuits=(replace(long, state=CircuitState.CLOSED),)) == []
    assert kinds(circuits=(long,), paused=frozenset({AKIMAT})) == []


@pytest.mark.parametrize(
    ("age", "level", "rank"),
    [
        (0.9, None, 0),
        (1, EscalationStep.WARN, 1),
        (2, EscalationStep.ALARM, 2),
        (3, EscalationStep.PAGE, 3),
        (9, EscalationStep.PAGE, 3),
    ],
)
def test_the_oldest_message_is_as_loud_as_the_agreement_says(age: float, level: EscalationStep | None, rank: int):
    hour = timedelta(hours=1)
    agreed = Agreement(AKIMAT, warn_after=hour, alarm_after=2 * hour, page_after=3 * hour)
    directory = Directory.of(Registry(1, (), (agreed,), ()))
    reported = found(backlog=(replace(WAITING, oldest_at=NOW - age * hour),), directory=directory)
    assert [(one.level, one.rank, one.count) for one in reported] == ([(level, rank, 4)] if level else [])


def test_dead_letters_are_worse_ten_times_as_many_not_one_more():
    ranks = [found(backlog=(replace(WAITING, dead_lettered=count),))[-1].rank for count in (1, 9, 10, 99, 100)]
    assert ranks == [1, 1, 2, 2, 3]
    assert kinds(backlog=(replace(WAITING, dead_lettered=0),)) == []


def test_terms_that_are_near_and_missed_are_told_of_each_party():
    reported = found(terms=(PartyTerms(AKIMAT, 2, NOW + MINUTE, 12, NOW - MINUTE),))
    assert [(one.kind, one.subject, one.count, one.rank) for one in reported] == [
        (AlarmKind.TERM_NEAR, AKIMAT, 2, 1),
        (AlarmKind.TERM_BREACHED, AKIMAT, 12, 2),
    ]


@pytest.fixture(scope="module")
def key():
    authority = SandboxAuthority.create("Test CA", now=NOW)
    return authority.issue(AKIMAT, bin="050740004819", usage=Usage.MESSAGE, now=NOW).certificate


@pytest.mark.parametrize(
    ("left", "rank", "level"),
    [
        (61, 0, None), (60, 1, EscalationStep.WARN), (29, 2, EscalationStep.WARN), (14, 3, EscalationStep.ALARM), (7,
        4, EscalationStep.ALARM),
        (1, 5, EscalationStep.PAGE), (-3, 5, EscalationStep.PAGE),
    ],
)  # fmt: skip
def test_a_certificate_is_told_at_each_of_its_days_louder_towards_the_end(
    key, left: int, rank: int, level: EscalationStep | None
):
    party = Party(AKIMAT, PartyRole.AGENCY, "050740004819", LocalText("x", "x", "x"), Channel.MAILBOX, None, (key.der,))
    directory, now = Directory.of(Registry(1, (party,), (), ())), key.not_after - left * DAY
    reported = [
        one for one in found(now=now, directory=directory, ledger=LEDGER) if one.kind is AlarmKind.CERTIFICATE_ENDING
    ]
    assert [(one.rank, one.level, one.count, one.until) for one in reported] == (
        [(rank, level, max(0, left), key.not_after)] if level else []
    )


def test_our_own_keys_end_as_well_and_one_that_is_barred_does_not_count(key):
    (reported,) = found(keys={"message": NOW + 6 * DAY, "seal": NOW + 90 * DAY})
    assert (reported.subject, reported.rank) == ("key:message", 4)
    party = Party(AKIMAT, PartyRole.AGENCY, "050740004819", LocalText("x", "x", "x"), Channel.MAILBOX, None, (key.der,))
    barred = replace(Directory.of(Registry(1, (party,), (), ())), barred={key.sha256: "x"})
    assert found(now=key.not_after, directory=barred) == []


def test_seals_and_stamps_that_are_late():
    late = replace(LEDGER, unsealed=5, oldest_unsealed_at=NOW - 10 * MINUTE, tokenless=1, oldest_tokenless_at=NOW - DAY)
    assert kinds(ledger=late) == [AlarmKind.SEAL_LATE, AlarmKind.STAMP_LATE]
    assert kinds(ledger=late, has_stamps=False) == [AlarmKind.SEAL_LATE]
    assert kinds(ledger=replace(late, oldest_unsealed_at=NOW - MINUTE), has_stamps=False) == []


@pytest.mark.parametrize(
    ("lately", "before", "rises"),
    [(49, 0, False), (50, 0, True), (50, 1_600, True), (50, 1_601, False), (5_000, 50_000, True)],
)  # fmt: skip
def test_refusals_rise_when_they_are_many_and_many_times_more_than_before(lately: int, before: int, rises: bool):
    assert (kinds(refusals=RecentRefusalCounts(lately, before)) == [AlarmKind.REFUSALS_RISING]) is rises


def a_node(name: str, *leads: str, silent_s: float = 0, draining: bool = False) -> NodeRow:
    return NodeRow(Node(name, "h", 1, "1", "0017", NOW, draining), leads, NOW, timedelta(seconds=silent_s))


def test_a_node_that_fell_silent_and_a_loop_that_nobody_runs():
    assert kinds(nodes=(a_node("a"), a_node("b", silent_s=61))) == [AlarmKind.NODE_LOST]
    assert kinds(unled={"sealer": NOW - 2 * MINUTE, "clock": NOW}) == [AlarmKind.LOOP_UNLED]


def test_a_loop_is_led_by_a_node_that_is_there():
    silent_after, expected = timedelta(seconds=10), {"sealer", "clock"}
    assert unled_loops(expected, [a_node("a", "sealer", "clock")], silent_after) == frozenset()
    gone = [a_node("a", "sealer"), a_node("b", "clock", silent_s=11)]
    assert unled_loops(expected, gone, silent_after) == {"clock"}
    assert unled_loops(expected, [a_node("b", silent_s=11)], silent_after) == frozenset()


def test_a_fault_of_the_ledger_stands_while_this_pass_or_the_one_before_found_one():
    walk = LedgerWalk(5, NOW, NOW, 0, 0, None)
    assert kinds(walk=walk) == []
    assert kinds(walk=replace(walk, faults=1)) == [AlarmKind.LEDGER_BROKEN]
    assert kinds(walk=replace(walk, former_faults=2)) == [AlarmKind.LEDGER_BROKEN]


def test_messages_that_nobody_takes():
    (reported,) = found(failing_channels=(UndeliveredAlarms("mail", 3, NOW - MINUTE, "no"),))
    assert (reported.kind, reported.subject, reported.count) == (AlarmKind.UNHEARD, "mail", 3)


def test_a_disk_is_told_above_the_reserve_and_louder_below_it():
    limits, free = AlarmLimits(disk_free_bytes=100), {Path("/a b"): 150, Path("/c"): 300, Path("/d"): 40}
    reported = list(disk_conditions("host:1", free, 50 + 1, limits))
    assert [(one.subject, one.level) for one in reported] == [
        ("host:1 /a b", EscalationStep.ALARM),
        ("host:1 /d", EscalationStep.PAGE),
    ]
    assert node_of_disk(reported[0].subject) == "host:1"
