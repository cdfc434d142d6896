"""The audit log and the log of accesses as the console looks for them, on both databases: narrowed, page by page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

from contracts.party import PartyId
from gateway.ports.audit import AccessQuery, AuditQuery, RecordAccess, RecordLeaf
from gateway.ports.people.users import AuditNote
from gateway.store.database import SqlStore
from gateway.store.reads.audit import leaves_of
from tests.worlds.builders import JER, NOON
from tests.worlds.clocks import SteppedClock
from tests.worlds.sealing import seal_all

HOUR = timedelta(hours=1)
WHO = ("console:aigerim", "nurlan", "token:nagios")
ACTS = ("delivery.parked", "party.paused", "session.opened")


async def a_log(store: SqlStore, count: int = 18) -> None:
    """An act an hour, each third refused; each name, act and subject with each other one."""
    for n in range(count):
        result = "refused: may not" if n % 3 == 0 else "done"
        await store.run(AuditNote(WHO[n % 3], ACTS[n // 3 % 3], str(n % 2), "why", result, NOON + n * HOUR))


async def numbers(store: SqlStore, query: AuditQuery) -> list[int]:
    return [entry.audit_id - 1 for entry in await store.run(query)]


async def test_without_a_word_it_is_the_whole_log_newest_first(store: SqlStore):
    await a_log(store, 4)
    (newest, *_) = await store.run(AuditQuery())
    assert await numbers(store, AuditQuery()) == [3, 2, 1, 0]
    assert (newest.by, newest.act, newest.subject, newest.reason, newest.at) == (
        WHO[0], ACTS[1], "1", "why", NOON + 3 * HOUR,
    )  # fmt: skip


async def test_each_set_of_conditions_finds_what_fits_and_pages_tell_each_once(store: SqlStore):
    await a_log(store)
    for requested in product([(), WHO[:1], WHO[1:]], ["", ACTS[0]], ["", "0"], [False, True]):
        await _finds_what_fits(store, *requested)


async def _finds_what_fits(store: SqlStore, by: tuple[str, ...], act: str, subject: str, refused: bool) -> None:
    query = AuditQuery(by, act, subject, refused)
    fitting = [
        n
        for n in reversed(range(18))
        if (not by or WHO[n % 3] in by)
        and (not act or ACTS[n // 3 % 3] == act)
        and (not subject or str(n % 2) == subject)
        and (not refused or n % 3 == 0)
    ]
    assert await numbers(store, query) == fitting
    paged: list[int] = []
    while page := await numbers(store, replace(query, limit=2, after=paged[-1] + 1 if paged else None)):
        paged += page
    assert paged == fitting


async def test_a_period_holds_its_first_instant_and_not_its_last(store: SqlStore):
    await a_log(store, 9)
    assert await numbers(store, AuditQuery(since=NOON + 2 * HOUR, until=NOON + 5 * HOUR)) == [4, 3, 2]
    assert await numbers(store, AuditQuery(since=NOON + 99 * HOUR)) == []
    assert await numbers(store, AuditQuery(until=NOON)) == []
    assert await numbers(store, AuditQuery(WHO[1:2], since=NOON + 2 * HOUR, until=NOON + 8 * HOUR)) == [7, 4]


async def test_a_line_that_came_late_because_a_clock_is_behind_is_in_its_own_hour(store: SqlStore):
    for minutes in (0, 10, 8, 20):
        at = NOON + timedelta(minutes=minutes)
        await store.run(AuditNote("nurlan", ACTS[0], "1", "", "done", at))
    within = AuditQuery(since=NOON + timedelta(minutes=5), until=NOON + timedelta(minutes=9))
    assert await numbers(store, within) == [2]


async def test_each_line_says_where_it_is_in_the_ledger(store: SqlStore):
    await a_log(store, 1)
    await seal_all(store, SteppedClock(NOON))
    await a_log(store, 1)
    late, first = await store.run(AuditQuery())
    assert (first.leaf, late.leaf) == (RecordLeaf(0), RecordLeaf(None))
    assert await store.read(leaves_of, "audit_log", [77]) == {}


# --- looks ----------------------------------------------------------------------------------------------------------

AIGERIM, DANIYAR = PartyId("user:1"), PartyId("user:2")


async def looks(store: SqlStore) -> None:
    """1: envelope · 2: appeal · 3: another's · 4: a party's history · 5: its document · 6: its mailbox."""
    await store.run(RecordAccess(AIGERIM, "envelope", "7 abc", NOON, about="A-1"))
    await store.run(RecordAccess(AIGERIM, "appeal", "A-1", NOON + HOUR, about="A-1"))
    await store.run(RecordAccess(DANIYAR, "appeal", "A-2", NOON + 2 * HOUR, about="A-2"))
    await store.run(RecordAccess(JER, "history", "A-1", NOON + 3 * HOUR, about="A-1"))
    await store.run(RecordAccess(JER, "document", "d-1#1", NOON + 4 * HOUR))
    await store.run(RecordAccess(JER, "mailbox", "3 messages", NOON + 5 * HOUR))


FOUND = (
    (AccessQuery(), [3, 2, 1]),
    (AccessQuery(ours=False), [5, 4, 3, 2, 1]),
    (AccessQuery(reader=AIGERIM), [2, 1]),
    (AccessQuery(reader=AIGERIM, what="appeal"), [2]),
    (AccessQuery(reader=JER), [5, 4]),
    (AccessQuery(what="appeal"), [3, 2]),
    (AccessQuery(what="document", ours=False), [5]),
    (AccessQuery(what="document"), []),
    (AccessQuery(what="mailbox", ours=False), []),
    (AccessQuery(about=("A-1",), ours=False), [4, 2, 1]),
    (AccessQuery(about=("A-1",)), [2, 1]),
    (AccessQuery(about=("A-1", "A-2"), reader=DANIYAR), [3]),
    (AccessQuery(about=("A-1", "d-1#1"), ours=False), [5, 4, 2, 1]),
    (AccessQuery(about=("A-1",), what="envelope"), [1]),
    (AccessQuery(since=NOON + HOUR, until=NOON + 2 * HOUR), [2]),
    (AccessQuery(about=("A-9",)), []),
    (AccessQuery(ours=False, limit=2), [5, 4]),
    (AccessQuery(ours=False, limit=2, after=4), [3, 2]),
    (AccessQuery(about=("A-1",), ours=False, limit=2, after=4), [2, 1]),
)
"""What is asked, and numbers of the looks that answer it."""


async def test_looks_are_found_by_who_what_of_which_appeal_and_when(store: SqlStore):
    await looks(store)
    for query, found in FOUND:
        assert [entry.access_id for entry in await store.run(query)] == found, query


async def test_a_look_of_a_release_that_did_not_write_the_appeal_is_found_by_its_subject(store: SqlStore):
    await store.run(RecordAccess(AIGERIM, "appeal", "A-1", NOON))
    (entry,) = await store.run(AccessQuery(about=("A-1",)))
    assert (entry.reader, entry.subject, entry.about, entry.leaf) == (AIGERIM, "A-1", None, RecordLeaf(None))
