"""What authorities said of certificates: every answer byte for byte, and every judgement. Rows are only ever added."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from gateway.store.tables.base import FreeText, Instant, OneOf, RowNumber, in_set, metadata
from signing.trust.answer import AnswerSource, RevocationStatus

# By digest: one list answers for many certificates, and a repeated answer is the same answer.
revocation_values = Table(
    "revocation_values",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("source", OneOf(AnswerSource), nullable=False),
    Column("url", String, nullable=False),
    Column("der", LargeBinary, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    in_set("source", AnswerSource),
)

# ``value_sha256``: the answer that was had at this look and decided; NULL when kept ones decided, or none.
# ``unanswered``: how many questions in a row brought no answer; a kept answer may still be fresh meanwhile.
revocation_checks = Table(
    "revocation_checks",
    metadata,
    Column("check_id", RowNumber, primary_key=True),
    Column("certificate_sha256", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", OneOf(RevocationStatus), nullable=False),
    Column("source", OneOf(AnswerSource)),
    Column("value_sha256", ForeignKey(revocation_values.c.sha256)),
    Column("this_update", Instant),
    Column("next_update", Instant),
    Column("revoked_at", Instant),
    Column("reason", String),
    Column("detail", FreeText, nullable=False),
    Column("unanswered", Integer, nullable=False),
    in_set("status", RevocationStatus),
    in_set("source", AnswerSource),
    CheckConstraint("unanswered >= 0", name="unanswered"),
)
Index("ix_revocation_checks_certificate", revocation_checks.c.certificate_sha256, revocation_checks.c.check_id)
