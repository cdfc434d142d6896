"""What authorities said of certificates, in rows that are only ever added."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Subquery, case, func, select

from gateway.domain.registry.revocation import KnownRevocation, RevocationCheck
from gateway.ports.parties import ListRevocations, LoadRevocationValues, RecordCheck
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import Values, select_among
from gateway.store.ledger.leaves import add_missing_proven, add_proven
from gateway.store.tables import revocation_checks, revocation_values
from signing.trust.answer import AnswerSource, RevocationAnswer, RevocationStatus
from signing.trust.revocation import RevocationJudgement, RevocationValues

_checks = revocation_checks.c
_TELLING = (RevocationStatus.GOOD, RevocationStatus.REVOKED)


@writes(RecordCheck)
def record_checks(connection: Connection, jobs: Sequence[RecordCheck]) -> list[None]:
    """Keep each with its ground; an answer that is kept already is not kept twice."""
    checks = [job.check for job in jobs]
    values = [_value_row(check.ground, check.at) for check in checks if check.ground]
    add_missing_proven(connection, revocation_values, values)
    add_proven(connection, revocation_checks, [_check_row(check) for check in checks])
    return [None] * len(checks)


@serves(ListRevocations)
def known_revocations(connection: Connection, _: ListRevocations) -> tuple[KnownRevocation, ...]:
    """One for each certificate that was ever looked at."""
    summary = _summary()
    joined = select(revocation_checks, summary).join(summary, summary.c.newest == _checks.check_id)
    return tuple(
        KnownRevocation(
            latest=RevocationCheck(
                certificate_sha256=row.certificate_sha256,
                at=row.at,
                judgement=RevocationJudgement(
                    status=row.status,
                    source=row.source.value if row.source else None,
                    this_update=row.this_update,
                    next_update=row.next_update,
                    revoked_at=row.revoked_at,
                    reason=row.reason,
                    detail=row.detail,
                ),
                unanswered=row.unanswered,
            ),
            first_at=row.first_at,
            last_good_at=row.last_good_at,
        )
        for row in connection.execute(joined.order_by(_checks.certificate_sha256))
    )


@serves(LoadRevocationValues)
def revocation_values_of(connection: Connection, wanted: LoadRevocationValues) -> RevocationValues:
    """The newest answers of each kind (good, revoked) about each certificate (SHA-256, hex)."""
    newest = (
        select(_checks.certificate_sha256, func.max(_checks.check_id).label("check_id"))
        .where(_checks.status.in_(_TELLING), _checks.value_sha256.is_not(None))
        .group_by(_checks.certificate_sha256, _checks.status)
        .subquery()
    )
    statement = (
        select(revocation_values.c.sha256, revocation_values.c.source, revocation_values.c.der)
        .join(revocation_checks, _checks.value_sha256 == revocation_values.c.sha256)
        .join(newest, newest.c.check_id == _checks.check_id)
    )
    rows = {
        row.sha256: row
        for row in select_among(connection, statement, [newest.c.certificate_sha256], wanted.certificates)
    }
    found = [rows[sha256] for sha256 in sorted(rows)]
    return RevocationValues(
        ocsp=tuple(row.der for row in found if row.source is AnswerSource.OCSP),
        crls=tuple(row.der for row in found if row.source is AnswerSource.CRL),
    )


def _summary() -> Subquery:
    good_at = case((_checks.status == RevocationStatus.GOOD, _checks.at))
    return (
        select(
            func.max(_checks.check_id).label("newest"),
            func.min(_checks.at).label("first_at"),
            func.max(good_at).label("last_good_at"),
        )
        .group_by(_checks.certificate_sha256)
        .subquery()
    )


def _value_row(value: RevocationAnswer, at: datetime) -> Values:
    return {"sha256": _sha256(value), "source": value.source, "url": value.url, "der": value.der, "fetched_at": at}


def _check_row(check: RevocationCheck) -> Values:
    judged = check.judgement
    return {
        "certificate_sha256": check.certificate_sha256,
        "at": check.at,
        "status": judged.status,
        "source": AnswerSource(judged.source) if judged.source else None,
        "value_sha256": _sha256(check.ground) if check.ground else None,
        "this_update": judged.this_update,
        "next_update": judged.next_update,
        "revoked_at": judged.revoked_at,
        "reason": judged.reason,
        "detail": judged.detail,
        "unanswered": check.unanswered,
    }


def _sha256(value: RevocationAnswer) -> str:
    return hashlib.sha256(value.der).hexdigest()
