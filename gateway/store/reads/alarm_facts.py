"""What the alarm evaluator looks at besides what others do: terms by party, refusals of late, the ledger bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, delete, func, insert, literal, select

from gateway.domain.ledger import LedgerTally
from gateway.ports.alarms import (
    CountRecentRefusals,
    CountTermsByParty,
    LedgerWalk,
    LoadLedgerWalk,
    PartyTerms,
    RecentRefusalCounts,
    WalkStep,
)
from gateway.store.engine.operations import Transactions, serves, steps
from gateway.store.registry.versions import NEWEST_VERSION
from gateway.store.tables import ledger_walks, parties, refusals, terms
from gateway.store.tables.base import is_any
from gateway.store.tables.case import IS_BREACHED, TermRowState
from gateway.store.verify.records import verify_some

COUNTED: Final = 1_000
"""Terms of a party counted for an alarm; one more stands for more."""
MOST_REFUSALS: Final = 50_000
LATELY: Final = timedelta(minutes=15)
BEFORE: Final = timedelta(days=1)
WALK: Final = "records"


@serves(CountTermsByParty)
def terms_by_party(connection: Connection, wanted: CountTermsByParty) -> tuple[PartyTerms, ...]:
    """Parties that have any of either."""
    of = terms.c.party == parties.c.party_id
    near = (
        of,
        is_any(terms.c.state, [TermRowState.OPEN]),
        terms.c.due_at > wanted.now,
        terms.c.due_at <= wanted.near_until,
    )
    missed = (of, IS_BREACHED, terms.c.breached_at >= wanted.breached_since)
    next_due = select(func.min(terms.c.due_at)).where(*near).correlate(parties).scalar_subquery()
    newest = select(func.max(terms.c.breached_at)).where(*missed).correlate(parties).scalar_subquery()
    columns = (
        _count(*near).label("near"),
        next_due.label("due"),
        _count(*missed).label("missed"),
        newest.label("last"),
    )
    rows = connection.execute(select(parties.c.party_id, *columns).where(parties.c.version == NEWEST_VERSION))
    return tuple(PartyTerms(*row) for row in rows if row.near or row.missed)


@serves(CountRecentRefusals)
def refusals_lately(connection: Connection, wanted: CountRecentRefusals) -> RecentRefusalCounts:
    """From the index of times alone."""
    begins = wanted.now - LATELY
    lately = _bounded(connection, refusals.c.at > begins)
    return RecentRefusalCounts(lately, _bounded(connection, refusals.c.at > begins - BEFORE, refusals.c.at <= begins))


@serves(LoadLedgerWalk)
def ledger_walk(connection: Connection, _: LoadLedgerWalk) -> LedgerWalk | None:
    """None before the first step."""
    row = connection.execute(select(ledger_walks).where(ledger_walks.c.name == WALK)).first()
    return None if row is None else LedgerWalk(*row[1:])


@steps(WalkStep)
async def walk(store: Transactions, step: WalkStep) -> LedgerWalk:
    """Look, then keep how far it came."""
    walked = await store.read(look_at_leaves, step)
    await store.write(keep_walks, walked)
    return walked


def look_at_leaves(connection: Connection, step: WalkStep) -> LedgerWalk:
    """Where the walk stands after its next step; nothing is kept yet."""
    at = ledger_walk(connection, LoadLedgerWalk()) or LedgerWalk(0, step.now, None, 0, 0, None)
    tally = LedgerTally(lambda _: None)
    last = verify_some(connection, tally, after=at.leaf_id, limit=step.limit)
    found = [f"{one.problem.value}: {one.table} {one.key} {one.detail}".strip() for one in tally.findings]
    faults, first = at.faults + len(found), at.first or next(iter(found), None)
    if last is None:  # the end of a pass: what it found stands until the next has found nothing
        return LedgerWalk(0, step.now, step.now, 0, faults, first if faults else None)
    return LedgerWalk(last, at.began_at, at.ended_at, faults, at.former_faults, first)


def keep_walks(connection: Connection, jobs: Sequence[LedgerWalk]) -> list[None]:
    """The newest counts."""
    connection.execute(delete(ledger_walks).where(ledger_walks.c.name == WALK))
    connection.execute(insert(ledger_walks).values(name=WALK, **asdict(jobs[-1])))
    return [None] * len(jobs)


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(literal(1)).select_from(terms).where(*where).correlate(parties).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _bounded(connection: Connection, *where: ColumnElement[bool]) -> int:
    some = select(literal(1)).select_from(refusals).where(*where).limit(MOST_REFUSALS).subquery()
    counted: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return counted
