"""Causes by the hour: each hour is counted by four looks at indexes, and a page sums hours, never rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, case, delete, func, insert, literal, select

from gateway.domain.reports.causes import HOUR, Cause, CauseKind
from gateway.ports.causes import CauseQuery, CountCauses, FindLastCounted
from gateway.store.engine.operations import serves, writes
from gateway.store.tables import attempts, cause_counts, deliveries, parties, refusals, signals, terms
from gateway.store.tables.case import IS_BREACHED, IS_MET_LATE
from gateway.store.tables.delivery import IS_FAILED, IS_SIGNALLED

_OF: Final = cause_counts.c
Counting = Select[*tuple[Any, ...]]


@serves(CauseQuery)
def list_causes(connection: Connection, query: CauseQuery) -> tuple[Cause, ...]:
    """The most frequent first; what was more frequent before, and is over, comes last."""
    is_now = _OF.hour >= query.since
    count = func.sum(case((is_now, _OF.count), else_=0))
    before = func.sum(case((is_now, 0), else_=_OF.count))
    named = (_OF.kind, _OF.cause, _OF.party)
    statement = select(*named, count, before).where(*_narrowed(query)).group_by(*named)
    ordered = statement.order_by(count.desc(), before.desc(), *named).limit(query.limit)
    return tuple(
        Cause(kind, cause, party, int(now), int(then)) for kind, cause, party, now, then in connection.execute(ordered)
    )


@serves(FindLastCounted)
def last_counted(connection: Connection, _: FindLastCounted) -> datetime | None:
    """The newest hour with a count."""
    newest: datetime | None = connection.scalar(select(func.max(_OF.hour)))
    return newest


@writes(CountCauses)
def count_causes(connection: Connection, jobs: Sequence[CountCauses]) -> list[None]:
    """Each hour anew; one that was counted before is replaced, so that counting twice is harmless."""
    for hour in sorted({hour for job in jobs for hour in job.hours}):
        connection.execute(delete(cause_counts).where(_OF.hour == hour))
        names = ["hour", "kind", "cause", "party", "count"]
        for counted in (_refused(hour), _failed(hour), _breached(hour)):
            connection.execute(insert(cause_counts).from_select(names, counted))
    return [None] * len(jobs)


def _refused(hour: datetime) -> Counting:
    """By whoever proved to be the sender, else by whom it named, where there is such a party."""
    of = refusals.c
    known = select(parties.c.party_id).where(parties.c.party_id == of.sender).limit(1).scalar_subquery()
    party = func.coalesce(of.signer, known, "")
    return _counted(hour, CauseKind.REFUSAL, of.code, party).where(*_within(of.at, hour))


def _failed(hour: datetime) -> Counting:
    """Attempts that nobody took, and error signals that came by themselves."""
    tried = attempts.join(deliveries, attempts.c.delivery_id == deliveries.c.delivery_id)
    cause = func.coalesce(attempts.c.code, attempts.c.outcome)
    failed = select(cause.label("cause"), deliveries.c.recipient.label("party")).select_from(tried)
    failed = failed.where(IS_FAILED, *_within(attempts.c.started_at, hour))
    signalled = select(func.coalesce(signals.c.code, "Rejected"), signals.c.sender)
    both = failed.union_all(signalled.where(IS_SIGNALLED, *_within(signals.c.at, hour))).subquery()
    return _counted(hour, CauseKind.PEER, both.c.cause, both.c.party)


def _breached(hour: datetime) -> Counting:
    """Terms that were missed then, also those that were met since."""
    missed = select(terms.c.duty, terms.c.party)
    unmet = missed.where(IS_BREACHED, *_within(terms.c.breached_at, hour))
    both = unmet.union_all(missed.where(IS_MET_LATE, *_within(terms.c.breached_at, hour))).subquery()
    return _counted(hour, CauseKind.BREACH, both.c.duty, both.c.party)


def _counted(hour: datetime, kind: CauseKind, cause: ColumnElement[Any], party: ColumnElement[Any]) -> Counting:
    key_literals = (literal(hour, _OF.hour.type), literal(kind, _OF.kind.type))
    return select(*key_literals, cause, party, func.count()).group_by(cause, party)


def _within(instant: ColumnElement[datetime], hour: datetime) -> tuple[ColumnElement[bool], ...]:
    return instant >= hour, instant < hour + HOUR


def _narrowed(query: CauseQuery) -> Iterator[ColumnElement[bool]]:
    yield _OF.hour >= query.before
    if query.kind is not None:
        yield _OF.kind == query.kind
    if query.party is not None:
        yield _OF.party == query.party
