"""One delivery as the console shows it: what was tried, what came back, what people did, and the bytes themselves."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select

from contracts.party import PartyId
from gateway.domain.delivery.circuit import Circuit
from gateway.ports.console import (
    AttemptLine,
    AuditRow,
    CountTerms,
    DeliveryDetail,
    LoadDelivery,
    LoadDeliveryVersion,
    LoadEnvelope,
    SignalRow,
    TermCounts,
)
from gateway.ports.deliveries import DeliveryRow, ListCircuits, ListEscalations
from gateway.ports.parties import ListPauses
from gateway.store.deliveries.escalations import escalations_of
from gateway.store.deliveries.lanes import circuits
from gateway.store.deliveries.pauses import pauses
from gateway.store.deliveries.rows import rows
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect
from gateway.store.tables import attempts, audit_log, deliveries, envelopes, messages, signals, terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, TermRowState

MOST_TRIED: Final = 100
"""Newest attempts on a page, besides the first; one that is tried for months has thousands."""
MOST_AUDIT: Final = 50


@serves(LoadDelivery)
def whole_delivery(connection: Connection, wanted: LoadDelivery) -> DeliveryDetail | None:
    """All of it as of one moment."""
    found = connection.execute(rows().where(deliveries.c.delivery_id == wanted.delivery_id)).first()
    if found is None:
        return None
    columns = (deliveries.c.channel, deliveries.c.is_called, deliveries.c.lease_until, deliveries.c.held_by)
    more = connection.execute(select(*columns).where(deliveries.c.delivery_id == wanted.delivery_id)).one()
    row = DeliveryRow(*found)
    tried, left_out = _tried(connection, wanted.delivery_id)
    return DeliveryDetail(
        row,
        more.channel,
        more.is_called,
        more.lease_until,
        more.held_by,
        tried,
        left_out,
        _signals(connection, wanted.delivery_id),
        _audit(connection, wanted.delivery_id),
        escalations_of(connection, ListEscalations(wanted.delivery_id)),
        _circuit(connection, row.recipient),
        next((one for one in pauses(connection, ListPauses()) if one.party_id == row.recipient), None),
    )


@serves(LoadDeliveryVersion)
def delivery_version(connection: Connection, wanted: LoadDeliveryVersion) -> str | None:
    """Differs whenever an attempt, a person or a receipt has moved the delivery."""
    moving = ("state", "attempts", "next_attempt_at", "fence", "finished_at")
    statement = select(*(deliveries.c[name] for name in moving)).where(deliveries.c.delivery_id == wanted.delivery_id)
    row = connection.execute(statement).first()
    return None if row is None else "|".join(map(str, row))


@serves(LoadEnvelope)
def envelope_of(connection: Connection, wanted: LoadEnvelope) -> bytes | None:
    """Only what belongs to this delivery, so that its number opens nothing else."""
    if wanted.sha256 not in _digests(connection, wanted.delivery_id):
        return None
    content = connection.scalar(select(envelopes.c.content).where(envelopes.c.sha256 == wanted.sha256))
    return None if content is None else bytes(content)


@serves(CountTerms)
def count_terms(connection: Connection, wanted: CountTerms) -> TermCounts:
    """From the indexes alone."""
    is_open = is_any(terms.c.state, [TermRowState.OPEN])
    due = select(func.count()).select_from(terms).where(is_open, terms.c.due_at <= wanted.due_until)
    breached = select(func.count()).select_from(terms).where(IS_BREACHED, terms.c.breached_at >= wanted.breached_since)
    return TermCounts(connection.execute(due).scalar_one(), connection.execute(breached).scalar_one())


def _tried(connection: Connection, delivery_id: int) -> tuple[tuple[AttemptLine, ...], int]:
    """The first and the newest, in their order; how many between them are left out."""
    of = attempts.c.delivery_id == delivery_id
    count: int = connection.execute(select(func.count()).select_from(attempts).where(of)).scalar_one()
    columns: AnySelect = select(
        attempts.c.number,
        attempts.c.started_at,
        attempts.c.finished_at,
        attempts.c.outcome,
        attempts.c.code,
        attempts.c.detail,
        attempts.c.http_status,
        attempts.c.request_sha256,
        attempts.c.response_sha256,
    ).where(of)
    newest = connection.execute(columns.order_by(attempts.c.attempt_id.desc()).limit(MOST_TRIED)).all()[::-1]
    if count <= MOST_TRIED:
        return tuple(AttemptLine(*row) for row in newest), 0
    first = connection.execute(columns.order_by(attempts.c.attempt_id).limit(1)).one()
    return tuple(AttemptLine(*row) for row in (first, *newest)), count - MOST_TRIED - 1


def _signals(connection: Connection, delivery_id: int) -> tuple[SignalRow, ...]:
    brought_by = (messages.c.sender == signals.c.sender) & (messages.c.message_id == signals.c.message_id)
    named = (signals.c.message_id, signals.c.state, signals.c.code, signals.c.detail, signals.c.at)
    statement = select(*named, messages.c.envelope_sha256).select_from(signals.join(messages, brought_by))
    ordered = statement.where(signals.c.delivery_id == delivery_id).order_by(signals.c.signal_id)
    return tuple(SignalRow(*row) for row in connection.execute(ordered))


def _audit(connection: Connection, delivery_id: int) -> tuple[AuditRow, ...]:
    """Newest first."""
    columns = (audit_log.c.at, audit_log.c.by, audit_log.c.act, audit_log.c.reason, audit_log.c.result)
    of = (audit_log.c.subject == str(delivery_id), audit_log.c.act.startswith("delivery."))
    newest = select(*columns).where(*of).order_by(audit_log.c.audit_id.desc()).limit(MOST_AUDIT)
    return tuple(AuditRow(*row) for row in connection.execute(newest))


def _circuit(connection: Connection, party: PartyId) -> Circuit | None:
    return next((one for one in circuits(connection, ListCircuits()) if one.party_id == party), None)


def _digests(connection: Connection, delivery_id: int) -> set[str]:
    """What went out and came in for it, also through Acknowledge."""
    tried = select(attempts.c.request_sha256, attempts.c.response_sha256).where(attempts.c.delivery_id == delivery_id)
    found = {digest for row in connection.execute(tried) for digest in row if digest}
    return found | {row.envelope_sha256 for row in _signals(connection, delivery_id) if row.envelope_sha256}
