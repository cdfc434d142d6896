"""A paused party: nothing new goes out to it, nothing is lost, and everybody can see who wanted that, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contracts.party import Agreement, PartyId
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.audit import RecordAccess
from gateway.ports.deliveries import (
    ClaimDeliveries,
    ClaimedDelivery,
    DeliveryPageQuery,
    FetchMailbox,
    FindNextDue,
    ListBacklog,
)
from gateway.ports.parties import (
    ApplyRegistry,
    AttemptCounts,
    CountRecentAttempts,
    ListActsOnParty,
    ListPartyAttempts,
    ListPauses,
    LoadLastContacts,
    Pause,
    Switch,
    SwitchJob,
)
from gateway.store.database import SqlStore
from gateway.store.registry import parties as party_rows
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    JER,
    MINUTE,
    NOON,
    attempt,
    conversation_id,
    mailbox_party,
    message_id,
    opening,
    outgoing,
    party,
    registry,
)

S = DeliveryState
PAUSE = SwitchJob(Switch.PAUSE, AKIMAT, "console:aigerim", "their key was stolen", NOON)
RESUME = replace(PAUSE, switch=Switch.RESUME, by="nurlan", reason="a new key is registered", at=NOON + MINUTE)


@pytest.fixture(autouse=True)
async def _known(store: SqlStore) -> None:
    await store.run(ApplyRegistry(registry(party(AKIMAT), party(COURT), mailbox_party(JER)), by="t", at=NOON))


async def claim(store: SqlStore, *, now: datetime = NOON) -> Sequence[ClaimedDelivery]:
    return await store.run(ClaimDeliveries(now=now, limit=100, lease_until=now + MINUTE, terms=Agreement))


async def waiting(store: SqlStore, *recipients: PartyId) -> None:
    for one in recipients:
        await store.run(opening(outgoing(conversation_id(), one)))


async def test_nothing_is_claimed_for_a_paused_party_and_all_of_it_once_it_goes_on(store: SqlStore):
    await waiting(store, AKIMAT, AKIMAT, COURT)
    assert await store.run(PAUSE) is None
    assert [one.recipient for one in await claim(store)] == [COURT]
    await waiting(store, AKIMAT)
    assert await claim(store, now=NOON + timedelta(days=400)) == []
    (backlog,) = [one for one in await store.run(ListBacklog()) if one.recipient == AKIMAT]
    assert backlog.waiting == 3

    assert await store.run(RESUME) is None
    assert [one.recipient for one in await claim(store)] == [AKIMAT] * 3


async def test_who_paused_it_when_and_why_is_told_until_it_goes_on(store: SqlStore):
    await store.run(PAUSE)
    assert await store.run(ListPauses()) == (Pause(AKIMAT, NOON, "console:aigerim", "their key was stolen"),)
    await store.run(RESUME)
    assert await store.run(ListPauses()) == ()


async def test_an_attempt_in_hand_finishes_and_its_receipt_counts(store: SqlStore):
    await waiting(store, AKIMAT)
    (held,) = await claim(store)
    await store.run(PAUSE)
    await store.run(attempt(held))
    (row,) = await store.run(DeliveryPageQuery())
    assert row.state is S.ACKNOWLEDGED


async def test_what_waits_for_a_paused_party_wakes_nobody(store: SqlStore):
    await waiting(store, AKIMAT)
    await store.run(PAUSE)
    assert await store.run(FindNextDue(now=NOON)) is None
    await store.run(RESUME)
    due = await store.run(FindNextDue(now=NOON))
    assert due is not None
    assert due <= NOON


async def test_a_new_registry_ends_rests_and_no_pause(store: SqlStore):
    await waiting(store, AKIMAT)
    await store.run(PAUSE)
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="t", at=NOON))
    assert await claim(store) == []
    assert len(await store.run(ListPauses())) == 1


async def test_nodes_of_the_release_before_which_know_rests_only_keep_to_a_pause(
    store: SqlStore, look: SecondConnection
):
    await store.run(PAUSE)
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="t", at=NOON))
    (lane,) = look.rows("lanes")
    assert lane["rests_until"] > NOON + timedelta(days=36_500)
    await store.run(RESUME)
    (lane,) = look.rows("lanes")
    assert lane["rests_until"] is None


# --- a mailbox ------------------------------------------------------------------------------------------------------


async def fetch(store: SqlStore, request: str, *, now: datetime = NOON) -> tuple[int, int]:
    batch, more = await store.run(FetchMailbox(JER, request=request, now=now, limit=1, lease_until=now + MINUTE))
    return len(batch), more


async def test_out_of_a_paused_mailbox_nothing_new_is_handed_and_no_program_is_told_to_ask_at_once(store: SqlStore):
    await waiting(store, JER, JER)
    await store.run(replace(PAUSE, party_id=JER))
    assert await fetch(store, message_id()) == (0, 0)
    await store.run(replace(RESUME, party_id=JER))
    assert await fetch(store, message_id()) == (1, 1)


async def test_who_asks_again_for_a_batch_that_was_handed_out_before_the_pause_gets_it(store: SqlStore):
    await waiting(store, JER, JER)
    request = message_id()
    assert await fetch(store, request) == (1, 1)
    await store.run(replace(PAUSE, party_id=JER))
    assert await fetch(store, request) == (1, 0)
    assert await fetch(store, message_id(), now=NOON + 5 * MINUTE) == (0, 0)


# --- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("job", "why"),
    [
        (replace(PAUSE, party_id=PartyId("nobody")), "there is no such party in the registry"),
        (replace(RESUME, party_id=COURT), "it is not paused"),
        (replace(PAUSE, by="nurlan"), "it is paused already, since 2026-11-24 07:00 UTC"),
    ],
)
async def test_what_cannot_be_done_is_told_and_is_in_the_audit_log(
    store: SqlStore, look: SecondConnection, job: SwitchJob, why: str
):
    await store.run(PAUSE)
    reported = await store.run(job)
    assert reported is not None
    assert (reported.line, reported.text.en) == (why, why)
    last = look.rows("audit_log")[-1]
    assert (last["by"], last["subject"], last["result"]) == (job.by, job.party_id, f"refused: {why}")
    assert len(await store.run(ListPauses())) == 1


async def test_each_switch_has_a_line_in_the_audit_log_and_a_leaf_in_the_ledger(
    store: SqlStore, look: SecondConnection
):
    before = look.count("leaves")
    await store.run(PAUSE)
    await store.run(RESUME)
    done = await store.run(ListActsOnParty(AKIMAT))
    assert [(one.act, one.by, one.reason, one.result) for one in done] == [
        ("party.resumed", "nurlan", "a new key is registered", "resumed"),
        ("party.paused", "console:aigerim", "their key was stolen", "paused"),
    ]
    assert look.count("leaves") == before + 2


# --- figures --------------------------------------------------------------------------------------------------------


async def tried(store: SqlStore, recipient: PartyId, outcome: str, at: datetime) -> None:
    await waiting(store, recipient)
    (held,) = [one for one in await claim(store, now=at) if one.recipient == recipient]
    state = S.ACKNOWLEDGED if outcome == "Acknowledged" else S.PARKED
    state = S.DEAD_LETTERED if outcome in {"Unknown", "Poison"} else state
    await store.run(replace(attempt(held, state), started_at=at, finished_at=at, outcome=outcome))


@pytest.mark.databases
async def test_attempts_of_the_last_hour_and_day_are_counted_party_by_party(store: SqlStore, monkeypatch):
    await tried(store, AKIMAT, "Acknowledged", NOON)
    await tried(store, AKIMAT, "Unknown", NOON + timedelta(hours=24))
    await tried(store, COURT, "Poison", NOON + timedelta(hours=24))
    await tried(store, AKIMAT, "Acknowledged", NOON + timedelta(hours=30))

    def counted(now: datetime):
        return store.run(CountRecentAttempts(hour_from=now - timedelta(hours=1), day_from=now - timedelta(hours=24)))

    lately = await counted(NOON + timedelta(hours=30))
    assert lately.by_party == {AKIMAT: AttemptCounts(in_hour=1, answered_in_hour=1, in_day=2, answered_in_day=1)}
    assert (lately.counted, lately.since, lately.is_whole) == (2, NOON + timedelta(hours=24), True)
    monkeypatch.setattr(party_rows, "MOST_COUNTED", 3)
    assert not (await counted(NOON + timedelta(hours=30))).is_whole
    monkeypatch.setattr(party_rows, "MOST_COUNTED", 4)
    assert (await counted(NOON + timedelta(hours=30))).is_whole
    nothing = await counted(NOON + timedelta(days=30))
    assert (nothing.by_party, nothing.counted, nothing.since) == ({}, 0, None)


@pytest.mark.databases
async def test_when_a_party_acknowledged_and_when_it_fetched_last_is_known(store: SqlStore):
    await tried(store, AKIMAT, "Acknowledged", NOON)
    await tried(store, AKIMAT, "Acknowledged", NOON + MINUTE)
    await store.run(RecordAccess(JER, "mailbox", "0 messages", NOON + MINUTE))
    await store.run(RecordAccess(JER, "envelope", "1", NOON + 2 * MINUTE))
    heard = await store.run(LoadLastContacts())
    assert heard.receipts == {AKIMAT: NOON + MINUTE}
    assert heard.fetches == {JER: NOON + MINUTE}


@pytest.mark.databases
async def test_attempts_for_a_party_are_told_the_newest_first_with_its_words(store: SqlStore):
    await tried(store, AKIMAT, "Acknowledged", NOON)
    await tried(store, AKIMAT, "Unknown", NOON + MINUTE)
    await tried(store, COURT, "Acknowledged", NOON + MINUTE)
    reported = await store.run(ListPartyAttempts(AKIMAT))
    assert [(one.outcome, one.started_at) for one in reported] == [("Unknown", NOON + MINUTE), ("Acknowledged", NOON)]
