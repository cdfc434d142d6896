"""Alarms in rows: told once by whichever node, acknowledged once, kept with their messages until these are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, update

from gateway.domain.alarms.kinds import AlarmKind, Condition, band_of
from gateway.domain.alarms.letter import AlarmChannel, LetterContext, Recipient
from gateway.domain.alarms.rule import AlarmEvent, AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.refusal import RefusalReason, refusal_of
from gateway.ports.alarms import (
    AckJob,
    AlarmQuery,
    ClaimLetters,
    CountRecentRefusals,
    CountTermsByParty,
    CountUnacknowledged,
    LetterResult,
    ListFailingChannels,
    LoadAlarm,
    LoadLedgerWalk,
    OpenAlarmQuery,
    OpenPlace,
    PartyTerms,
    RecentRefusalCounts,
    WalkStep,
    WatchJob,
)
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore, open_store
from gateway.store.tables import audit_log
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, COURT, MINUTE, NOON, opening, party, refusal, registry, term

SILENT = Condition(AlarmKind.PARTY_SILENT, AKIMAT, EscalationStep.ALARM, since=NOON, count=3)
TELLING = LetterContext(
    "dalel",
    (
        Recipient(AlarmChannel.MAIL, "duty@example.kz", "kk", EscalationStep.WARN),
        Recipient(AlarmChannel.WEBHOOK, "pager", "en", EscalationStep.ALARM),
        Recipient(AlarmChannel.MAIL, "head@example.kz", "ru", EscalationStep.PAGE),
    ),
)


def a_look(*seen: Condition, now: datetime = NOON) -> WatchJob:
    def drafts(alarm, happening):
        return TELLING.drafts(alarm, happening, now=now)

    return WatchJob(seen, lambda _: True, AlarmRhythm(), drafts, now)


async def letters(store: SqlStore, *, now: datetime = NOON, limit: int = 10):
    return await store.run(ClaimLetters(now=now, limit=limit, lease_until=now + MINUTE))


async def test_what_is_wrong_is_raised_once_with_a_message_to_each_who_hears_so_loud(store: SqlStore):
    (change,) = await store.run(a_look(SILENT))
    assert await store.run(a_look(SILENT, now=NOON + MINUTE)) == ()
    assert change.happening is AlarmEvent.RAISED
    assert change.alarm.alarm_id > 0
    assert await store.run(AlarmQuery(is_open=True)) == (change.alarm,)
    assert sorted(one.draft.to for one in await letters(store)) == ["duty@example.kz", "pager"]


async def test_two_nodes_that_look_at_once_tell_of_it_once(store: SqlStore, look: SecondConnection, url: str):
    other = store if url.startswith("sqlite") else await open_store(url)
    await asyncio.gather(*(node.run(a_look(SILENT)) for node in (store, other) * 5))
    if other is not store:
        await other.close()
    assert (look.count("alarms"), look.count("alarm_steps"), look.count("alarm_messages")) == (1, 1, 2)


async def test_of_two_nodes_that_take_messages_at_once_each_message_goes_to_one(store: SqlStore, url: str):
    await store.run(a_look(*(replace(SILENT, subject=f"party-{n}") for n in range(10))))
    other = store if url.startswith("sqlite") else await open_store(url)
    taken = await asyncio.gather(*(letters(node, limit=5) for node in (store, other) * 3))
    if other is not store:
        await other.close()
    ids = [one.letter_id for some in taken for one in some]
    assert len(ids) == len(set(ids)) == 20


async def test_a_message_comes_up_again_until_it_is_taken_and_then_never(store: SqlStore, look: SecondConnection):
    await store.run(a_look(replace(SILENT, level=EscalationStep.WARN)))
    (first,) = await letters(store)
    assert await letters(store) == ()  # under its lease
    (again,) = await letters(store, now=NOON + MINUTE)  # whoever had it is gone
    assert (again.letter_id, again.tries) == (first.letter_id, 2)
    late = LetterResult(first.letter_id, 1, False, "too late to count", None, NOON)
    await store.run(late)
    await store.run(replace(late, tries=2, result="busy", next_try_at=NOON + 5 * MINUTE))
    assert await letters(store, now=NOON + 4 * MINUTE) == ()
    (third,) = await letters(store, now=NOON + 5 * MINUTE)
    await store.run(replace(late, tries=third.tries, is_taken=True, result="250 ok"))
    assert await letters(store, now=NOON + timedelta(days=9)) == ()
    (row,) = look.rows("alarm_messages")
    assert (row["state"], row["tries"], row["result"]) == ("taken", 3, "250 ok")


async def test_messages_that_nobody_takes_are_told_by_channel(store: SqlStore):
    await store.run(a_look(SILENT))
    for letter in await letters(store):
        again = None if letter.draft.channel is AlarmChannel.WEBHOOK else NOON
        await store.run(LetterResult(letter.letter_id, 1, False, "no", again, NOON))
    found = await store.run(ListFailingChannels(tries=1, since=NOON))
    assert [(one.channel, one.count, one.words) for one in found] == [("mail", 1, "no"), ("webhook", 1, "no")]
    assert [one.channel for one in await store.run(ListFailingChannels(tries=2, since=NOON + MINUTE))] == []


async def test_who_acknowledges_is_kept_with_the_reason_and_is_in_the_audit_log(
    store: SqlStore, look: SecondConnection
):
    (change,) = await store.run(a_look(SILENT))
    ack = AckJob(change.alarm.alarm_id, "console:aigerim", "they mend their gateway", NOON + MINUTE)
    assert await store.run(CountUnacknowledged()) == 1
    assert await store.run(ack) is None
    assert await store.run(CountUnacknowledged()) == 0
    whole = await store.run(LoadAlarm(ack.alarm_id))
    assert whole is not None
    assert whole.alarm.acknowledged is not None
    assert [(one.happening, one.by, one.why) for one in whole.steps] == [
        (AlarmEvent.ACKNOWLEDGED, "console:aigerim", "they mend their gateway"),
        (AlarmEvent.RAISED, None, None),
    ]
    assert await store.run(ack) == refusal_of(RefusalReason.ALARM_ACKNOWLEDGED, by="console:aigerim")
    lines = [(row["act"], row["subject"], row["result"]) for row in look.rows("audit_log")]
    assert [one[2] for one in lines] == ["acknowledged", "refused: console:aigerim has acknowledged it already"]
    assert look.count("leaves") == len(lines)


async def test_nobody_acknowledges_what_is_over_or_never_was(store: SqlStore):
    (change,) = await store.run(a_look(SILENT))
    await store.run(a_look(now=NOON + MINUTE))
    (over,) = await store.run(a_look(now=NOON + 7 * MINUTE))
    assert over.happening is AlarmEvent.CLEARED
    ack = AckJob(change.alarm.alarm_id, "t", "x", NOON)
    assert await store.run(ack) == refusal_of(RefusalReason.ALARM_OVER, since="2026-11-24 07:07")
    assert await store.run(replace(ack, alarm_id=99)) == refusal_of(RefusalReason.NO_ALARM, alarm=99)


async def test_a_look_ends_only_what_it_would_have_seen(store: SqlStore):
    disk = Condition(AlarmKind.DISK_LOW, "b /var/lib/dalel", EscalationStep.ALARM)
    await store.run(a_look(SILENT, disk))
    mine = replace(a_look(now=NOON + MINUTE), is_mine=lambda alarm: alarm.kind is not AlarmKind.DISK_LOW)
    await store.run(mine)
    await store.run(replace(mine, now=NOON + 10 * MINUTE))
    assert [one.kind for one in await store.run(AlarmQuery(is_open=True))] == [AlarmKind.DISK_LOW]
    assert [one.kind for one in await store.run(AlarmQuery(is_open=False))] == [AlarmKind.PARTY_SILENT]


async def test_a_list_goes_on_where_the_page_before_ended_and_is_narrowed_by_kind(store: SqlStore):
    near = [Condition(AlarmKind.TERM_NEAR, f"party-{n}", EscalationStep.WARN) for n in range(5)]
    await store.run(a_look(SILENT, *near))
    query = AlarmQuery(is_open=True, kind=AlarmKind.TERM_NEAR, limit=2)
    found, after = [], None
    while some := await store.run(replace(query, after=after)):
        found += [one.subject for one in some]
        after = some[-1].alarm_id
    assert sorted(found) == [one.subject for one in near]


async def test_open_ones_are_listed_page_by_page_unheeded_and_loudest_first_whatever_their_number(store: SqlStore):
    levels = [
        EscalationStep.WARN,
        EscalationStep.PAGE,
        EscalationStep.ALARM,
        EscalationStep.PAGE,
        EscalationStep.WARN,
        EscalationStep.ALARM,
    ]
    seen = [replace(SILENT, subject=f"party-{n}", level=level) for n, level in enumerate(levels)]
    seen.append(Condition(AlarmKind.DISK_LOW, "b /srv", EscalationStep.PAGE))
    await store.run(a_look(*seen))
    loud = {one.subject: one for one in await store.run(AlarmQuery(is_open=True))}
    assert await store.run(AckJob(loud["party-3"].alarm_id, "t", "x", NOON)) is None
    assert await store.run(AckJob(loud["party-0"].alarm_id, "t", "x", NOON)) is None

    async def paged(query: OpenAlarmQuery) -> list[str]:
        found = []
        while some := await store.run(query):
            assert len(some) <= query.limit
            found += [one.subject for one in some]
            query = replace(query, after=OpenPlace(band_of(some[-1]), some[-1].alarm_id))
        return found

    silent = ["party-1", "party-5", "party-2", "party-4", "party-3", "party-0"]
    ids = {one.subject: one.alarm_id for one in loud.values()}
    pages = sorted(("b /srv", "party-1"), key=ids.__getitem__, reverse=True)
    newest = sorted(("party-5", "party-2"), key=ids.__getitem__, reverse=True)
    assert [await paged(OpenAlarmQuery(limit=n)) for n in (1, 2, 3, 9)] == [[*pages, *newest, *silent[3:]]] * 4
    assert await paged(OpenAlarmQuery(AlarmKind.PARTY_SILENT, limit=2)) == ["party-1", *newest, *silent[3:]]


async def test_terms_are_counted_by_party(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(AKIMAT), party(COURT)), by="t", at=NOON))
    await store.run(opening(facts=(term("a", due_at=NOON + MINUTE), term("b", due_at=NOON + 9 * MINUTE))))
    requested = {"near_until": NOON + 5 * MINUTE, "breached_since": NOON}
    assert await store.run(CountTermsByParty(now=NOON, **requested)) == (PartyTerms(AKIMAT, 1, NOON + MINUTE, 0, None),)
    assert await store.run(CountTermsByParty(now=NOON + 2 * MINUTE, **requested)) == ()


async def test_refusals_of_the_last_quarter_of_an_hour_are_set_against_the_day_before(store: SqlStore):
    for ago in (1, 14, 16, 200, 2_000):
        await store.run(refusal(at=NOON - ago * MINUTE))
    assert await store.run(CountRecentRefusals(now=NOON)) == RecentRefusalCounts(2, 2)


async def test_the_ledger_is_walked_bit_by_bit_and_a_fault_stands_until_a_whole_pass_found_none(store: SqlStore):
    (change,) = await store.run(a_look(SILENT))
    for n in range(3):
        await store.run(AckJob(change.alarm.alarm_id, "t", f"reason {n}", NOON))
    assert await store.run(LoadLedgerWalk()) is None

    async def a_pass() -> Iterator[int]:
        faults = []
        for _ in range(3):
            walked = await store.run(WalkStep(NOON, 2))
            faults.append(walked.faults + walked.former_faults)
        assert (walked.leaf_id, walked.ended_at) == (0, NOON)
        return faults

    assert await a_pass() == [0, 0, 0]
    await store.write(spoil, "somebody else")
    assert await a_pass() == [1, 1, 1]
    walk = await store.run(LoadLedgerWalk())
    assert walk is not None
    assert walk.first is not None
    assert walk.first.startswith("changed: audit_log")
    await store.write(spoil, "t")
    assert await a_pass() == [1, 1, 0]


def spoil(connection: Connection, jobs: list[str]) -> list[None]:
    for by in jobs:
        connection.execute(update(audit_log).where(audit_log.c.reason == "reason 0").values(by=by))
    return [None] * len(jobs)


@pytest.mark.parametrize("words", ["a\r\nBcc: all@example.kz", "nul \0"])
async def test_whatever_a_subject_holds_can_be_kept(store: SqlStore, words: str):
    (change,) = await store.run(a_look(replace(SILENT, subject=words)))
    assert change.alarm.alarm_id
