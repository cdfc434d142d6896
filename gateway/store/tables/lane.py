"""The lane to each party that was ever called: its circuit, its pace, and until when it is let rest."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table

from gateway.domain.delivery.circuit import CircuitState
from gateway.store.tables.base import FreeText, Instant, OneOf, RowNumber, SpanColumn, in_set, metadata

# Whoever claims for a party holds its row meanwhile. ``rests_until``: no claim looks before, for quiet hours or pace.
# ``paused_at``, ``paused_by``, ``pause_reason``: a person wants nothing new to go out; of a party in a mailbox, too.
lanes = Table(
    "lanes",
    metadata,
    Column("party_id", String, primary_key=True),
    Column("state", OneOf(CircuitState), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("since", Instant),
    Column("rest", SpanColumn),
    Column("probe_at", Instant),
    Column("probe", RowNumber),
    Column("paced_until", Instant),
    Column("rests_until", Instant),
    Column("paused_at", Instant),
    Column("paused_by", FreeText),
    Column("pause_reason", FreeText),
    in_set("state", CircuitState),
    CheckConstraint("(state = 'closed') = (probe_at IS NULL)", name="probe"),
)
