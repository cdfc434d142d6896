"""What the store holds, in families of Prometheus. Ids of parties are labels: the registry bounds them, to tens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from prometheus_client.core import Metric

from contracts.party import Party, PartyId, PartyRole
from gateway.domain.alarms.kinds import AlarmKind
from gateway.domain.delivery.circuit import Circuit, CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.registry.directory import Directory
from gateway.metrics.family import Sample, age_s, gauge, plain
from gateway.metrics.snapshot import HeldReading
from gateway.ports.nodes import NodeRow

_PARTY: Final = ("party", "role")
_OPEN: Final = ("waiting", "in_flight", "handed_out", "parked", "dead_lettered")
GONE: Final = "gone"
"""Role of a party that left the registry while something of it is open."""


def holdings(held: HeldReading, directory: Directory) -> Iterator[Metric]:
    """Every family that is read from the store."""
    yield from _deliveries(held, directory)
    yield from _circuits(held, directory)
    yield from _ledger(held)
    terms = held.terms
    yield plain("dalel_terms_near", "Open terms that are due within a day, counted up to 10,001.", terms.near)
    yield plain(
        "dalel_terms_overdue", "Open terms whose instant is past and not acted on, up to 10,001.", terms.overdue
    )
    yield plain("dalel_terms_breached", "Terms that were missed and are not met, up to 10,001.", terms.breached)
    yield from _nodes(held.nodes)
    yield from _alarms(held, directory)


def _deliveries(held: HeldReading, directory: Directory) -> Iterator[Metric]:
    labels = {row.recipient: (row.recipient, _role(row.recipient, directory)) for row in held.backlog}
    counts = [((*labels[row.recipient], name), float(getattr(row, name))) for row in held.backlog for name in _OPEN]
    yield gauge(
        "dalel_deliveries_open", "Deliveries that have not ended, by party and state.", (*_PARTY, "state"), counts
    )
    ages = [(labels[row.recipient], age_s(row.oldest_at, held.at)) for row in held.backlog]
    yield gauge(
        "dalel_deliveries_oldest_age_seconds", "Age of a party's oldest open delivery that nobody parked.", _PARTY, ages
    )
    receipts = [(labels[row.recipient], row.last_receipt_at.timestamp()) for row in held.backlog if row.last_receipt_at]
    yield gauge(
        "dalel_party_last_receipt_timestamp_seconds",
        "When a party for which something is open acknowledged last.",
        _PARTY,
        receipts,
    )
    yield gauge(
        "dalel_party_limit_seconds",
        "Age at which people are told of a delivery, as agreed with the party, by step.",
        (*_PARTY, "step"),
        _limits(directory),
    )


def _limits(directory: Directory) -> Iterator[Sample]:
    for party_id, party in _others(directory).items():
        terms = directory.agreement_of(party_id)
        for step, after in (
            (EscalationStep.WARN, terms.warn_after),
            (EscalationStep.ALARM, terms.alarm_after),
            (EscalationStep.PAGE, terms.page_after),
        ):
            yield (party_id, party.role.value, step.value), after.total_seconds()


def _circuits(held: HeldReading, directory: Directory) -> Iterator[Metric]:
    known = {circuit.party_id: circuit for circuit in held.circuits}
    called = [party for party in _others(directory).values() if party.is_called]
    circuits = [(party, known.get(party.party_id) or Circuit(party.party_id)) for party in called]
    states = [
        ((party.party_id, party.role.value, state.value), float(circuit.state is state))
        for party, circuit in circuits
        for state in CircuitState
    ]
    yield gauge(
        "dalel_party_circuit", "1 for the state of the breaker of a party that is called.", (*_PARTY, "state"), states
    )
    silent = [((party.party_id, party.role.value), age_s(circuit.since, held.at)) for party, circuit in circuits]
    yield gauge(
        "dalel_party_silence_seconds",
        "Since when a party that is called has not answered; 0 while it does.",
        _PARTY,
        silent,
    )


def _ledger(held: HeldReading) -> Iterator[Metric]:
    status = held.ledger
    yield plain("dalel_ledger_size_leaves", "Leaves under the newest seal.", status.tree_size)
    yield plain("dalel_ledger_unsealed_leaves", "Leaves that wait for a seal.", status.unsealed)
    yield plain(
        "dalel_ledger_unsealed_age_seconds",
        "Age of the oldest leaf without a seal; 0 when none waits.",
        age_s(status.oldest_unsealed_at, held.at),
    )
    yield plain("dalel_ledger_tokenless_seals", "Seals that wait for a time-stamp token.", status.tokenless)
    yield plain(
        "dalel_ledger_tokenless_age_seconds",
        "Age of the oldest seal without a token; 0 when none waits.",
        age_s(status.oldest_tokenless_at, held.at),
    )


def _nodes(rows: tuple[NodeRow, ...]) -> Iterator[Metric]:
    silences = [((row.node.name,), row.silent_for.total_seconds()) for row in rows]
    yield gauge("dalel_node_silence_seconds", "Since when a node has not said that it is there.", ("node",), silences)
    leads = [((row.node.name, loop), 1.0) for row in rows for loop in row.leads]
    yield gauge("dalel_node_leads", "1 for each loop that a node runs for all.", ("node", "loop"), leads)


def _alarms(held: HeldReading, directory: Directory) -> Iterator[Metric]:
    """Every kind is told, so that a rule may wait for one that never was."""
    count = Counter((one.kind, one.level, one.acknowledged is not None) for one in held.alarms)
    samples = [
        ((kind.value, step.value, str(heeded).lower()), float(count[kind, step, heeded]))
        for kind in AlarmKind
        for step in EscalationStep
        for heeded in (False, True)
    ]
    words = "Open alarms, by kind, by how loud they are, and whether somebody has acknowledged them."
    yield gauge("dalel_alarms_open", words, ("kind", "severity", "acknowledged"), samples)
    paused = {one.party_id for one in held.pauses}
    parties = [((id_, one.role.value), float(id_ in paused)) for id_, one in _others(directory).items()]
    yield gauge("dalel_party_paused", "1 while a person lets nothing new go out to a party.", _PARTY, parties)


def _others(directory: Directory) -> dict[PartyId, Party]:
    """All but the exchange itself, which nobody delivers to."""
    return {id_: party for id_, party in directory.parties.items() if party.role is not PartyRole.EXCHANGE}


def _role(party_id: PartyId, directory: Directory) -> str:
    party = directory.parties.get(party_id)
    return party.role.value if party else GONE
