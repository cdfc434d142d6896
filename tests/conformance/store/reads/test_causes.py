"""Frequent causes, on both databases: counted by the hour, however often, and held against the period before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dossier.case.events import TermBreached, TermMet
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.reports.causes import HOUR, CauseKind
from gateway.ports.causes import CauseQuery, CountCauses, FindLastCounted
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from tests.conformance.store.deliveries.test_pauses import claim
from tests.worlds.builders import (
    AKIMAT,
    JER,
    MINUTE,
    NOON,
    attempt,
    conversation_id,
    opening,
    outgoing,
    party,
    refusal,
    registered,
    registry,
    term,
)

DAY = timedelta(days=1)
QUERY = CauseQuery(since=NOON, before=NOON - DAY)


async def counted(store: SqlStore, *hours: int) -> None:
    await store.run(CountCauses(tuple(NOON + hour * HOUR for hour in hours)))


async def found(store: SqlStore, query: CauseQuery = QUERY) -> list[tuple[str, str, str, int, int]]:
    return [(one.kind.value, one.cause, one.party, one.count, one.before) for one in await store.run(query)]


async def test_refusals_are_counted_by_who_proved_or_at_least_named_a_party(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="t", at=NOON))
    claimed = ({"signer": AKIMAT}, {"sender": AKIMAT}, {"sender": "an unknown"}, {"signer": JER, "code": "NotXml"})
    for changes in claimed:
        await store.run(refusal(at=NOON + MINUTE, **changes))
    await store.run(refusal(at=NOON - HOUR, signer=AKIMAT))
    await store.run(refusal(at=NOON + HOUR, signer=AKIMAT))
    await counted(store, -1, 0)

    assert await found(store) == [
        ("refusal", "SignatureInvalid", AKIMAT, 2, 1),
        ("refusal", "NotXml", JER, 1, 0),
        ("refusal", "SignatureInvalid", "", 1, 0),
    ]
    assert await found(store, replace(QUERY, party=JER)) == [("refusal", "NotXml", JER, 1, 0)]
    assert await found(store, replace(QUERY, kind=CauseKind.PEER)) == []
    assert await store.run(FindLastCounted()) == NOON


async def test_a_term_that_was_missed_counts_then_also_once_it_is_met_late(store: SqlStore):
    missed = [term(name, due_at=NOON, duty="consideration") for name in ("met", "unmet")]
    breaches = (TermBreached("met", AKIMAT), TermBreached("unmet", AKIMAT))
    case = opening(facts=(registered(), *missed, *breaches, TermMet("met", late=True)), at=NOON)
    await store.run(case)
    await counted(store, 0)
    assert await found(store) == [("breach", "consideration", AKIMAT, 2, 0)]


async def test_an_hour_that_is_counted_again_is_not_counted_twice(store: SqlStore):
    await store.run(refusal(at=NOON))
    await counted(store, 0, 0)
    await counted(store, 0)
    await store.run(refusal(at=NOON + MINUTE))
    await counted(store, 0)
    assert await found(store) == [("refusal", "SignatureInvalid", "", 2, 0)]


async def test_attempts_that_nobody_took_are_counted_by_code_or_outcome(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(AKIMAT)), by="t", at=NOON))
    await store.run(opening(outgoing(conversation_id(), AKIMAT)))
    (first,) = await claim(store)
    await store.run(attempt(first, DeliveryState.RETRY_SCHEDULED, next_attempt_at=NOON, outcome="Unknown", code=None))
    (second,) = await claim(store, now=NOON + MINUTE)
    await store.run(attempt(second, DeliveryState.REJECTED, outcome="Rejected", code="WrongState"))
    await counted(store, 0)
    assert sorted(await found(store)) == [("peer", "Unknown", AKIMAT, 1, 0), ("peer", "WrongState", AKIMAT, 1, 0)]
