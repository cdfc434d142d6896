"""Parties in figures and lists: bounded looks at the newest, or one look into an index for each party."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Integer, case, cast, func, select

from contracts.party import PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.parties import (
    AttemptCounts,
    CountRecentAttempts,
    LastContacts,
    ListActsOnParty,
    ListPartyAttempts,
    LoadLastContacts,
    PartyAttempt,
    RecentAttemptCounts,
)
from gateway.ports.people.users import AuditNote
from gateway.store.engine.operations import serves
from gateway.store.engine.statements import AnySelect
from gateway.store.registry.versions import NEWEST_VERSION
from gateway.store.tables import accesses, attempts, audit_log, deliveries, parties
from gateway.store.tables.base import is_any
from gateway.store.tables.delivery import IS_ACKNOWLEDGED, IS_OPEN
from gateway.store.tables.log import IS_FETCH

MOST_COUNTED: Final = 20_000
"""Newest attempts that rates are counted over: some 30 ms, whatever was tried before."""
MOST_LISTED: Final = 20
AMONG: Final = 30
"""Of a party's deliveries, the newest, and as many of those that wait longest, whose attempts are listed."""
MOST_AUDIT: Final = 50

ANSWERED: Final = ("Acknowledged", "Rejected", "Delivered")
NOT_TRIED: Final = "Poison"
"""Nothing was sent: it says nothing of the party."""


_RECIPIENT: Final = (
    select(deliveries.c.recipient)
    .where(deliveries.c.delivery_id == attempts.c.delivery_id)
    .scalar_subquery()
    .label("recipient")
)
"""One look at the primary key for each attempt: joined, PostgreSQL would go through all deliveries."""


@serves(CountRecentAttempts)
def tried_lately(connection: Connection, wanted: CountRecentAttempts) -> RecentAttemptCounts:
    """Attempts by party, of the newest ``MOST_COUNTED`` those that began within the day."""
    newest = (
        select(_RECIPIENT, attempts.c.started_at, attempts.c.outcome)
        .order_by(attempts.c.attempt_id.desc())
        .limit(MOST_COUNTED)
        .subquery()
    )
    began, answered = newest.c.started_at, newest.c.outcome.in_(ANSWERED)
    in_day = (began >= wanted.day_from) & (newest.c.outcome != NOT_TRIED)
    in_hour = in_day & (began >= wanted.hour_from)
    sums = (_sum(in_hour), _sum(in_hour & answered), _sum(in_day), _sum(in_day & answered))
    of_day = func.min(case((in_day, began)))
    counted = select(newest.c.recipient, *sums, of_day, func.count(), func.min(began)).group_by(newest.c.recipient)
    rows = connection.execute(counted).all()
    by_party = {row.recipient: AttemptCounts(*row[1:5]) for row in rows if row[3]}
    since = min((row[5] for row in rows if row[5]), default=None)
    is_whole = sum(row[6] for row in rows) < MOST_COUNTED or min(row[7] for row in rows) < wanted.day_from
    return RecentAttemptCounts(by_party, sum(one.in_day for one in by_party.values()), since, is_whole)


@serves(LoadLastContacts)
def last_contacts(connection: Connection, _: LoadLastContacts) -> LastContacts:
    """Two statements, each with one look into its index for each party of the registry."""
    receipt = select(func.max(deliveries.c.finished_at)).where(deliveries.c.recipient == parties.c.party_id)
    fetch = select(func.max(accesses.c.at)).where(accesses.c.reader == parties.c.party_id, IS_FETCH)
    return LastContacts(
        _moments(connection, receipt.where(IS_ACKNOWLEDGED)),
        _moments(connection, fetch, parties.c.endpoint.is_(None)),
    )


@serves(ListPartyAttempts)
def attempts_for(connection: Connection, wanted: ListPartyAttempts) -> tuple[PartyAttempt, ...]:
    """The newest first; the deliveries looked into are bounded, so that a quiet party costs no more."""
    of = deliveries.c.recipient == wanted.party_id
    newest = select(deliveries.c.delivery_id).where(of).order_by(deliveries.c.delivery_id.desc()).limit(AMONG)
    waits = (of, IS_OPEN, is_any(deliveries.c.state, [DeliveryState.RETRY_SCHEDULED]))
    longest = select(deliveries.c.delivery_id).where(*waits).order_by(deliveries.c.created_at).limit(AMONG)
    ids = {*connection.scalars(newest), *connection.scalars(longest)}
    columns: AnySelect = select(
        attempts.c.delivery_id,
        attempts.c.number,
        attempts.c.started_at,
        attempts.c.finished_at,
        attempts.c.outcome,
        attempts.c.code,
        attempts.c.detail,
        attempts.c.http_status,
    )
    among = columns.where(attempts.c.delivery_id.in_(ids)).order_by(attempts.c.attempt_id.desc()).limit(MOST_LISTED)
    return tuple(PartyAttempt(*row) for row in connection.execute(among))


@serves(ListActsOnParty)
def done_to(connection: Connection, wanted: ListActsOnParty) -> tuple[AuditNote, ...]:
    """Newest first."""
    columns = [audit_log.c[name] for name in ("by", "act", "subject", "reason", "result", "at")]
    of = (audit_log.c.subject == wanted.party_id, audit_log.c.act.startswith("party."))
    newest = select(*columns).where(*of).order_by(audit_log.c.audit_id.desc()).limit(MOST_AUDIT)
    return tuple(AuditNote(*row) for row in connection.execute(newest))


def _moments(connection: Connection, newest: AnySelect, *conditions: ColumnElement[bool]) -> dict[PartyId, datetime]:
    """``newest``: a moment of the party of ``parties``; those that have none are left out."""
    moment = newest.correlate(parties).scalar_subquery()
    in_force = (parties.c.version == NEWEST_VERSION, *conditions)
    rows = connection.execute(select(parties.c.party_id, moment).where(*in_force))
    return {party_id: at for party_id, at in rows if at is not None}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(cast(condition, Integer)), 0)
