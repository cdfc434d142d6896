"""What the loop that lists appeals reads and writes: which histories moved, their bytes, and the lines they come to.

Histories are followed by their leaves, in the order of ``leaf_id``. On PostgreSQL a commit may bring a smaller number
than one that is already seen, so the last stretch is looked at again until it is old; what is later still, and what was
there before there were lists, is found by a slow walk through all cases.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, select

from contracts.header import Action, ConversationId
from contracts.payloads import RegisterAppeal
from gateway.domain.reports.figures import FORM
from gateway.ports.appeals import (
    ListedAppeal,
    ListingProgress,
    ListingWrite,
    ListMovedHistories,
    ListUnlisted,
    ListUnread,
    LoadListing,
    MovedHistories,
    Unread,
)
from gateway.store.cases.reports import write_reported
from gateway.store.engine.operations import serves, writes
from gateway.store.engine.statements import AnyRow, Values, add_missing, change, select_among
from gateway.store.ledger.records import EVENTS
from gateway.store.tables import (
    appeal_persons,
    conversations,
    events,
    leaves,
    listed_appeals,
    listings,
    messages,
    reported_appeals,
)

NAME: Final = "appeals"


@serves(LoadListing)
def listing(connection: Connection, _: LoadListing) -> ListingProgress:
    """Where the loop stands; at the beginning, where it never was."""
    of = select(listings.c.leaf_id, listings.c.persons_key).where(listings.c.name == NAME)
    found = connection.execute(of).first()
    return ListingProgress(*found) if found else ListingProgress()


@serves(ListMovedHistories)
def moved_since(connection: Connection, wanted: ListMovedHistories) -> MovedHistories:
    """Cases with events behind ``leaf_id`` that are not listed as they are now."""
    columns = select(leaves.c.leaf_id, leaves.c.record, leaves.c.key, leaves.c.at)
    rows = connection.execute(
        columns.where(leaves.c.leaf_id > wanted.leaf_id).order_by(leaves.c.leaf_id).limit(wanted.limit)
    ).all()
    is_ordered = connection.dialect.name == "sqlite"  # which has one writer
    settled = max((row.leaf_id for row in rows if is_ordered or row.at < wanted.settled_before), default=wanted.leaf_id)
    named = {ConversationId(json.loads(row.key)[0]) for row in rows if row.record == EVENTS}
    listed = {row.conversation_id: row.seq for row in select_among(connection, _LISTED, [_OF_LISTED], named)}
    now = select_among(connection, _SEQS, [conversations.c.conversation_id], named)
    return MovedHistories(
        tuple(row.conversation_id for row in now if listed.get(row.conversation_id) != row.seq), settled
    )


@serves(ListUnlisted)
def unlisted(connection: Connection, wanted: ListUnlisted) -> tuple[tuple[ConversationId, ...], str]:
    """Those that have no line, an old one, digests by another key, or a count by other rules; and where to go on.

    "" at the end of all.
    """
    joined = conversations.outerjoin(listed_appeals, _OF_ALL == _OF_LISTED).outerjoin(
        reported_appeals, reported_appeals.c.conversation_id == _OF_ALL
    )
    columns = (
        conversations.c.conversation_id,
        conversations.c.seq,
        listed_appeals.c.seq.label("listed"),
        listed_appeals.c.persons_key,
        reported_appeals.c.seq.label("reported"),
        reported_appeals.c.form,
    )
    statement = select(*columns).select_from(joined).where(conversations.c.conversation_id > wanted.after)
    rows = connection.execute(statement.order_by(conversations.c.conversation_id).limit(wanted.look_at)).all()
    differ = [row.conversation_id for row in rows if _is_other(row, wanted.persons_key)]
    if len(differ) > wanted.limit:
        return tuple(differ[: wanted.limit]), differ[wanted.limit - 1]
    return tuple(differ), rows[-1].conversation_id if len(rows) == wanted.look_at else ""


def _is_other(row: AnyRow, persons_key: str | None) -> bool:
    """Also where a release that knows no reports has listed it."""
    return (row.listed, row.persons_key, row.reported, row.form) != (row.seq, persons_key, row.seq, FORM)


@serves(ListUnread)
def unread(connection: Connection, wanted: ListUnread) -> tuple[Unread, ...]:
    """The bytes of these cases."""
    events_of: dict[str, list[bytes]] = {one: [] for one in wanted.ids}
    order = [events.c.conversation_id, events.c.seq]
    contents = select(*order, events.c.content).where(events.c.conversation_id.in_(wanted.ids)).order_by(*order)
    for row in connection.execute(contents):
        events_of[row.conversation_id].append(bytes(row.content))
    operations = {
        row.conversation_id: row.operation
        for row in connection.execute(_REGISTRATIONS.where(_STATED_IN.in_(wanted.ids)))
    }
    opened = select(conversations.c.conversation_id, conversations.c.opened_at).where(_OF_ALL.in_(wanted.ids))
    return tuple(
        Unread(one, at, tuple(events_of[one]), operations.get(one))
        for one, at in connection.execute(opened)
        if events_of[one]
    )


@writes(ListingWrite)
def write_listings(connection: Connection, jobs: Sequence[ListingWrite]) -> list[None]:
    """Lines as they are now, digests of persons of cases that were not erased, and how far the loop has come."""
    for job in jobs:
        rows = [_row(one) for one in job.appeals]
        add_missing(connection, listed_appeals, rows)
        change(connection, listed_appeals, rows)
        _keep_persons(connection, job.appeals)
        write_reported(connection, job.appeals)
        state = {"name": NAME, "leaf_id": job.leaf_id, "persons_key": job.persons_key}
        add_missing(connection, listings, [state])
        change(connection, listings, [state])
    return [None] * len(jobs)


def forget(connection: Connection, ids: Sequence[ConversationId]) -> None:
    """Who a case was about goes with it; where it stood stays."""
    connection.execute(delete(appeal_persons).where(appeal_persons.c.conversation_id.in_(ids)))


_OF_ALL: Final = conversations.c.conversation_id
_OF_LISTED: Final = listed_appeals.c.conversation_id
_LISTED: Final = select(_OF_LISTED, listed_appeals.c.seq)
_SEQS: Final = select(conversations.c.conversation_id, conversations.c.seq)
_STATED_IN: Final = messages.c.conversation_id
_REGISTRATIONS: Final = select(_STATED_IN, messages.c.operation).where(
    messages.c.action == Action.of(RegisterAppeal), messages.c.operation.is_not(None)
)


def _keep_persons(connection: Connection, appeals: Sequence[ListedAppeal]) -> None:
    """Locked, so that retention which erases a case at this moment is not undone."""
    digests = {one.conversation_id: one.persons for one in appeals}
    known = select(appeal_persons.c.conversation_id, appeal_persons.c.digest)
    kept: dict[str, set[str]] = {one: set() for one in digests}
    for row in select_among(connection, known, [appeal_persons.c.conversation_id], digests):
        kept[row.conversation_id].add(row.digest)
    changed = sorted(one for one, persons in digests.items() if persons != kept[one])
    living = select(_OF_ALL).where(_OF_ALL.in_(changed), conversations.c.erased_at.is_(None)).order_by(_OF_ALL)
    ids = list(connection.scalars(living.with_for_update())) if changed else []
    forget(connection, ids)
    rows = [{"digest": digest, "conversation_id": one} for one in ids for digest in digests[one]]
    add_missing(connection, appeal_persons, rows)


def _row(one: ListedAppeal) -> Values:
    return {
        "conversation_id": one.conversation_id,
        "opened_at": one.opened_at,
        "seq": one.seq,
        "status": one.status,
        "subject": one.subject,
        "body": one.body,
        "case_number": one.case_number,
        "disagreed": one.disagreed,
        "missed": one.missed,
        "has_missed": one.missed > 0,
        "persons_key": one.persons_key,
    }
