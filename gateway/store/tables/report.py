"""What appeals count as in reports, and the sums by day: read off histories by the loop that lists them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, literal_column

from gateway.domain.reports.causes import CauseKind
from gateway.domain.reports.figures import CourtEnd, DisagreementRoad, DutyAnswer, Figure, GroupBy
from gateway.store.tables.base import FreeText, InstantColumn, OneOf, in_set, metadata
from gateway.store.tables.case import conversations

# ``seq``, ``form``: of the history and of the rules as they were when it was counted. ``day``: of registration, local.
reported_appeals = Table(
    "reported_appeals",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("form", Integer, nullable=False),
    Column("day", String(10), nullable=False),
    Column("body", String, nullable=False),
    Column("region", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("answer", OneOf(DutyAnswer), nullable=False),
    Column("extended", Boolean, nullable=False),
    Column("formal", Boolean, nullable=False),
    Column("road", OneOf(DisagreementRoad)),
    Column("court", OneOf(CourtEnd)),
)
_ALL = reported_appeals.c
ORDER: Final = (_ALL.day, _ALL.conversation_id)
IS_EXTENDED: Final = _ALL.extended == literal_column("true")  # spelled out, as the index has it
IS_FORMAL: Final = _ALL.formal == literal_column("true")

for _name, _columns in {"all": (), "body": (_ALL.body,), "region": (_ALL.region,), "subject": (_ALL.subject,)}.items():
    Index(f"ix_reported_appeals_{_name}_answer", *_columns, _ALL.answer, *ORDER)
    for _figure, _column, _where in (
        ("extended", _ALL.extended, IS_EXTENDED),
        ("formal", _ALL.formal, IS_FORMAL),
        ("road", _ALL.road, _ALL.road.is_not(None)),
        ("court", _ALL.court, _ALL.court.is_not(None)),
    ):
        _index = f"ix_reported_appeals_{_name}_{_figure}"
        Index(_index, *_columns, _column, *ORDER, sqlite_where=_where, postgresql_where=_where)

# What an appeal counts as with each body that had the duty to decide; the whole of it stands in ``reported_appeals``,
# whose indexes by body are only the former release's.
reported_bodies = Table(
    "reported_bodies",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.conversation_id), primary_key=True),
    Column("body", String, primary_key=True),
    Column("day", String(10), nullable=False),
    Column("region", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("answer", OneOf(DutyAnswer), nullable=False),
    Column("extended", Boolean, nullable=False),
    Column("formal", Boolean, nullable=False),
    Column("road", OneOf(DisagreementRoad)),
    Column("court", OneOf(CourtEnd)),
)
_PART = reported_bodies.c
_PART_ORDER: Final = (_PART.day, _PART.conversation_id)
Index("ix_reported_bodies_answer", _PART.body, _PART.answer, *_PART_ORDER)
for _figure, _column, _where in (
    ("extended", _PART.extended, _PART.extended == literal_column("true")),
    ("formal", _PART.formal, _PART.formal == literal_column("true")),
    ("road", _PART.road, _PART.road.is_not(None)),
    ("court", _PART.court, _PART.court.is_not(None)),
):
    _index = f"ix_reported_bodies_{_figure}"
    Index(_index, _PART.body, _column, *_PART_ORDER, sqlite_where=_where, postgresql_where=_where)

# Sums of both by day and by one thing at a time, changed in the commit that changes an appeal there.
report_days = Table(
    "report_days",
    metadata,
    Column("kind", OneOf(GroupBy), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("name", String, primary_key=True),
    *(Column(figure.value, Integer, nullable=False) for figure in Figure),
)
Index("ix_report_days_name", report_days.c.kind, report_days.c.name, report_days.c.day)


# How often something went wrong in an hour: counted off refusals, attempts, signals and terms, and counted anew.
cause_counts = Table(
    "cause_counts",
    metadata,
    Column("hour", InstantColumn, primary_key=True, autoincrement=False),
    Column("kind", OneOf(CauseKind), primary_key=True),
    Column("cause", FreeText, primary_key=True),
    Column("party", String, primary_key=True),
    Column("count", Integer, nullable=False),
    in_set("kind", CauseKind),
)
