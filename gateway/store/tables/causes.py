"""How often something went wrong in an hour: counted off refusals, attempts, signals and terms, and counted anew."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from gateway.domain.reports.causes import CauseKind
from gateway.store.tables.base import FreeText, Instant, OneOf, in_set, metadata

cause_counts = Table(
    "cause_counts",
    metadata,
    Column("hour", Instant, primary_key=True, autoincrement=False),
    Column("kind", OneOf(CauseKind), primary_key=True),
    Column("cause", FreeText, primary_key=True),
    Column("party", String, primary_key=True),
    Column("count", Integer, nullable=False),
    in_set("kind", CauseKind),
)
