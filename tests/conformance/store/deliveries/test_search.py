"""Deliveries as the console looks for them, on both databases: by any number, by state, party and age, page by page."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.ports.outcome import Transmission
from contracts.header import Action, ConversationId
from contracts.party import PartyId
from dossier.case.appeal import Status
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.latency import class_of
from gateway.domain.delivery.states import CLAIMABLE, OPEN, DeliveryState
from gateway.domain.reports.figures import CountedAs, DutyAnswer
from gateway.ports.appeals import ListedAppeal, ListingWrite
from gateway.ports.console import (
    NO_CODE,
    CountEnded,
    CountTerms,
    DeliveryQuery,
    FindOldestOpen,
    InstantPeriod,
    ListDeadGroups,
    LoadDelivery,
    LoadDeliveryVersion,
    LoadEnvelope,
    TermCounts,
)
from gateway.ports.deliveries import ClaimDeliveries, DeliveryPageQuery, DeliveryRow, KeepAttempts, MoveJob
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import SqlStore
from gateway.store.deliveries import whole as whole_rows
from tests.worlds.builders import (
    AKIMAT,
    COURT,
    JER,
    MINUTE,
    NOON,
    acceptance,
    attempt,
    conversation_id,
    message_id,
    opening,
    outgoing,
    party,
    registered,
    registry,
    sha256,
    term,
)

S = DeliveryState
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def appeal(store: SqlStore, number: int, *to: PartyId, after: timedelta = timedelta(0)) -> ConversationId:
    """An appeal with a message to each of these parties."""
    conversation, at = conversation_id(), NOON + after
    messages = [outgoing(conversation, one, created_at=at) for one in to]
    name = f"DL-2026-{number:010}"
    write = opening(*messages, conversation_id=conversation, at=at, facts=(registered(name),), appeal_number=name)
    await store.run(write)
    return conversation


async def numbers(store: SqlStore, query: DeliveryQuery) -> list[int]:
    return [row.delivery_id for row in (await store.run(query)).rows]


async def park(store: SqlStore, *ids: int) -> None:
    await store.run(MoveJob(Act.PARK, ids, "op", "why", NOON))


async def test_without_a_word_it_is_all_of_them_newest_first_or_oldest_first(store: SqlStore):
    for number in range(3):
        await appeal(store, number, AKIMAT)
    assert await numbers(store, DeliveryQuery()) == [3, 2, 1]
    assert await numbers(store, DeliveryQuery(oldest_first=True)) == [1, 2, 3]


async def all_pages(store: SqlStore, query: DeliveryQuery) -> list[int]:
    """Whatever pages come to, short and empty ones among them."""
    found, page = [], query
    for _ in range(200):
        part = await store.run(page)
        assert len(part.rows) <= query.limit
        found += [row.delivery_id for row in part.rows]
        if part.go_on_after is None:
            return found
        assert part.go_on_after != page.after
        page = replace(page, after=part.go_on_after)
    raise AssertionError("it never ends")


async def a_mixed_day(store: SqlStore) -> list[DeliveryRow]:
    """Appeals to three parties; some were refused, some could not be sent, some are parked or cancelled."""
    for number in range(12):
        await appeal(store, number, AKIMAT, COURT, JER, after=number * MINUTE)
    claims = await store.run(ClaimDeliveries(now=NOON + 12 * MINUTE, limit=99, lease_until=NOON + 60 * MINUTE))
    ends = [
        (S.ACKNOWLEDGED, None), (S.REJECTED, "UnknownSubject"), (S.DEAD_LETTERED, "NoSuchParty"),
        (S.REJECTED, "SchemaViolation"), (S.DEAD_LETTERED, None), (S.RETRY_SCHEDULED, None), (S.ACKNOWLEDGED, None),
    ]  # fmt: skip
    for place, claim in enumerate(sorted(claims, key=lambda one: one.delivery_id)):
        state, code = ends[place % len(ends)]
        at = NOON + timedelta(minutes=20 + place * 3 % 7)
        again = at + MINUTE if state is S.RETRY_SCHEDULED else None
        await store.run(attempt(claim, state, code=code, finished_at=at, next_attempt_at=again, detail="words"))
    await park(store, 6, 33)
    rows = (await store.run(DeliveryQuery(limit=99))).rows
    assert len(rows) == 36
    return list(rows)


def fits(row: DeliveryRow, query: DeliveryQuery) -> bool:
    code = row.code or NO_CODE
    made = query.made or InstantPeriod()
    is_made = (made.start is None or row.created_at >= made.start) and (made.end is None or row.created_at < made.end)
    requested = (query.recipient, query.action, query.code)
    same = all(
        stated in {None, ""} or stated == of
        for stated, of in zip(requested, (row.recipient, row.action, code), strict=True)
    )
    return same and is_made and (not query.states or row.state in query.states)


NARROWED = [
    DeliveryQuery(action=Action.ASSIGN_APPEAL),
    DeliveryQuery(action=Action.NOTIFY_APPLICANT),
    DeliveryQuery(code="UnknownSubject"),
    DeliveryQuery(code="UnknownSubject", recipient=COURT),
    DeliveryQuery(code="NoSuchParty", recipient=JER, states=frozenset({S.DEAD_LETTERED})),
    DeliveryQuery(code=NO_CODE, states=frozenset({S.DEAD_LETTERED})),
    DeliveryQuery(code="SchemaViolation", states=frozenset({S.REJECTED, S.DEAD_LETTERED}), action=Action.ASSIGN_APPEAL),
    DeliveryQuery(recipient=JER, states=frozenset({S.ACKNOWLEDGED})),
    DeliveryQuery(recipient=AKIMAT, action=Action.ASSIGN_APPEAL, states=OPEN),
    DeliveryQuery(states=frozenset({S.PARKED}), action=Action.ASSIGN_APPEAL),
    DeliveryQuery(made=InstantPeriod(NOON + 3 * MINUTE, NOON + 8 * MINUTE)),
    DeliveryQuery(made=InstantPeriod(NOON + 8 * MINUTE), recipient=COURT, action=Action.ASSIGN_APPEAL),
]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("most_scanned", [3, 4_000])
async def test_whatever_it_is_narrowed_to_pages_tell_each_that_fits_once(store, most_scanned, oldest_first):
    rows = await a_mixed_day(store)
    for narrowed in NARROWED:
        query = replace(narrowed, limit=2, most_scanned=most_scanned, oldest_first=oldest_first)
        wanted = sorted((row.delivery_id for row in rows if fits(row, query)), reverse=not oldest_first)
        assert await all_pages(store, query) == wanted, narrowed


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("most_scanned", [3, 4_000])
async def test_those_that_ended_in_a_period_are_listed_by_their_end(store, most_scanned, oldest_first):
    rows = await a_mixed_day(store)
    period = InstantPeriod(NOON + 21 * MINUTE, NOON + 25 * MINUTE)
    for narrowed in (
        DeliveryQuery(),
        DeliveryQuery(states=frozenset({S.ACKNOWLEDGED})),
        DeliveryQuery(recipient=COURT, code="UnknownSubject"),
    ):
        query = replace(narrowed, ended=period, limit=2, most_scanned=most_scanned, oldest_first=oldest_first)
        ended = [row for row in rows if row.finished_at and period.start <= row.finished_at < period.end]
        fitting = sorted((row.finished_at, row.delivery_id) for row in ended if fits(row, query))
        wanted = [number for _, number in (fitting if oldest_first else fitting[::-1])]
        assert wanted
        assert await all_pages(store, query) == wanted, narrowed


async def test_what_ended_is_counted_by_time_state_and_how_long_it_took(store: SqlStore):
    rows = await a_mixed_day(store)
    period, width = InstantPeriod(NOON + 21 * MINUTE, NOON + 25 * MINUTE), 2 * MINUTE
    wanted: Counter[tuple[object, ...]] = Counter()
    for row in rows:
        if row.finished_at and period.start <= row.finished_at < period.end:
            at = EPOCH + (row.finished_at - EPOCH) // width * width
            wanted[at, row.state, class_of(row.finished_at - row.created_at)] += 1
    found = await store.run(CountEnded(period, width))
    assert {(one.at, one.state, one.took): one.count for one in found} == wanted
    assert wanted


async def test_dead_letters_are_told_by_party_and_cause_the_oldest_group_first(store: SqlStore):
    rows = await a_mixed_day(store)
    dead = [row for row in rows if row.state is S.DEAD_LETTERED]
    groups = await store.run(ListDeadGroups(99))
    assert {(one.recipient, one.code): one.count for one in groups} == Counter(
        (row.recipient, row.code or "") for row in dead
    )
    assert [one.oldest_at for one in groups] == sorted(one.oldest_at for one in groups)
    assert groups[0].oldest_at == min(row.created_at for row in dead)
    assert {one.words for one in groups} == {"words"}
    assert await store.run(ListDeadGroups(1)) == groups[:1]
    for one in groups:
        states = frozenset({S.DEAD_LETTERED})
        query = DeliveryQuery(recipient=one.recipient, states=states, code=one.code or NO_CODE)
        assert len((await store.run(query)).rows) == one.count


async def test_by_a_court_case_and_by_conversations_their_deliveries_are_found(store: SqlStore):
    first, second = await appeal(store, 1, AKIMAT), await appeal(store, 2, COURT)
    await appeal(store, 3, JER)
    counted = CountedAs(
        NOON.date(), AKIMAT, "75", "HOUSING", DutyAnswer.OPEN, extended=False, formal=False, road=None, court=None
    )
    listed = (
        second,
        NOON,
        1,
        Status.CASE_OPEN,
        "HOUSING",
        AKIMAT,
        "7599-26-00-4/1",
        False,
        0,
        counted,
        None,
        frozenset(),
    )
    await store.run(ListingWrite((ListedAppeal(*listed),), 0, None))
    assert await numbers(store, DeliveryQuery(number="7599-26-00-4/1")) == [2]
    assert await numbers(store, DeliveryQuery(conversations=(first, second))) == [2, 1]
    assert await numbers(store, DeliveryQuery(ids=(3, 1), oldest_first=True)) == [1, 3]


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("recipient", [None, AKIMAT])
@pytest.mark.parametrize("states", [frozenset(), CLAIMABLE, OPEN, frozenset({S.PARKED}), frozenset(S)])
async def test_pages_go_on_where_the_one_before_ended_and_tell_each_once(store, states, recipient, oldest_first):
    for number in range(9):
        await appeal(store, number, AKIMAT, COURT)
    await park(store, 1, 4, 5, 8, 13)
    await store.run(MoveJob(Act.CANCEL, (3, 6), "op", "why", NOON))

    whole = DeliveryQuery(states=states, recipient=recipient, oldest_first=oldest_first)
    paged: list[int] = []
    page = replace(whole, limit=2)
    while found := await numbers(store, page):
        assert len(found) <= 2
        paged += found
        page = replace(page, after=found[-1])

    assert paged == await numbers(store, whole)
    assert paged == sorted(paged, reverse=not oldest_first)
    rows = await store.run(DeliveryPageQuery(limit=99))
    fitting = {r.delivery_id for r in rows if (not states or r.state in states) and recipient in {None, r.recipient}}
    assert set(paged) == fitting
    assert fitting


async def test_any_number_finds_it_of_a_delivery_an_appeal_a_conversation_or_a_message(store: SqlStore):
    await store.run(ApplyRegistry(registry(party(JER), party(AKIMAT)), by="op", at=NOON))
    await appeal(store, 1, COURT)
    conversation = await appeal(store, 2, AKIMAT, JER)
    reply = message_id()
    await store.run(acceptance(message_id=reply, conversation_id=conversation))
    (of_jer,) = await store.run(DeliveryPageQuery(recipient=JER))

    assert await numbers(store, DeliveryQuery(number="2")) == [2]
    assert await numbers(store, DeliveryQuery(number="DL-2026-0000000002")) == [3, 2]
    assert await numbers(store, DeliveryQuery(number=conversation)) == [3, 2]
    assert await numbers(store, DeliveryQuery(number=of_jer.message_id)) == [of_jer.delivery_id]
    assert await numbers(store, DeliveryQuery(number=reply)) == [3, 2]
    assert await numbers(store, DeliveryQuery(number="DL-2026-0000000002", recipient=JER)) == [of_jer.delivery_id]


@pytest.mark.parametrize("number", ["99", "9" * 40, "DL-2026-9999999999", "no' such", "%", "٣"])
async def test_a_number_that_nothing_has_finds_nothing(store: SqlStore, number: str):
    await appeal(store, 1, AKIMAT)
    assert await numbers(store, DeliveryQuery(number=number)) == []


async def test_those_older_than_an_instant_are_found_exactly_whatever_order_clocks_made_them_in(store: SqlStore):
    for number, minute in enumerate((0, 2, 1, 30, 28, 31, 60)):
        await appeal(store, number, AKIMAT, after=minute * MINUTE)
    for minute, found in ((-1, []), (0, [1]), (1, [3, 1]), (29, [5, 3, 2, 1]), (60, [7, 6, 5, 4, 3, 2, 1])):
        assert await numbers(store, DeliveryQuery(made_before=NOON + minute * MINUTE)) == found


async def test_the_oldest_open_one_is_the_first_that_nobody_parked(store: SqlStore):
    assert await store.run(FindOldestOpen()) is None
    for number in range(3):
        await appeal(store, number, AKIMAT)
    await park(store, 1)
    found = await store.run(FindOldestOpen())
    assert found is not None
    assert found.delivery_id == 2


async def test_one_delivery_is_told_whole_with_its_envelopes_and_what_people_did(store: SqlStore):
    await appeal(store, 1, AKIMAT)
    (claim,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    sent = Transmission(b"<request/>", b"<busy/>", 503)
    await store.run(
        attempt(claim, S.RETRY_SCHEDULED, transmission=sent, next_attempt_at=NOON + MINUTE, detail="busy", code="Busy")
    )
    before = await store.run(LoadDeliveryVersion(1))
    await store.run(MoveJob(Act.RESEND, (1,), "console:aigerim", "they are back", NOON))

    whole = await store.run(LoadDelivery(1))
    assert whole is not None
    assert (whole.row.state, whole.channel.value, whole.left_out) == (S.PENDING, "push", 0)
    (tried,) = whole.tried
    assert (tried.http_status, tried.detail, tried.request_sha256) == (503, "busy", sha256(b"<request/>"))
    (line,) = whole.audit
    assert (line.by, line.reason, line.result) == ("console:aigerim", "they are back", "resent, was retry_scheduled")
    assert await store.run(LoadDeliveryVersion(1)) != before
    assert await store.run(LoadEnvelope(1, sha256(b"<busy/>"))) == b"<busy/>"


async def test_an_envelope_is_shown_with_its_own_delivery_only(store: SqlStore):
    await appeal(store, 1, AKIMAT, COURT)
    claims = await store.run(ClaimDeliveries(now=NOON, limit=2, lease_until=NOON + MINUTE))
    for claim in claims:
        await store.run(attempt(claim, transmission=Transmission(f"<to-{claim.recipient}/>".encode(), b"<ok/>", 200)))
    (to_court,) = await store.run(DeliveryPageQuery(recipient=COURT))
    digest = sha256(f"<to-{AKIMAT}/>".encode())
    assert await store.run(LoadEnvelope(to_court.delivery_id, digest)) is None
    assert await store.run(LoadEnvelope(3 - to_court.delivery_id, digest)) is not None


async def test_of_very_many_attempts_the_first_and_the_newest_are_told(store: SqlStore):
    await appeal(store, 1, AKIMAT)
    most = whole_rows.MOST_TRIED
    (claim,) = await store.run(ClaimDeliveries(now=NOON, limit=1, lease_until=NOON + MINUTE))
    tries = [attempt(replace(claim, attempt=n), S.RETRY_SCHEDULED, next_attempt_at=NOON) for n in range(1, most + 6)]
    await store.run(KeepAttempts(tries))
    whole = await store.run(LoadDelivery(1))
    assert whole is not None
    assert [one.number for one in whole.tried] == [1, *range(6, most + 6)]
    assert whole.left_out == 4


async def test_there_is_nothing_to_tell_of_a_delivery_that_is_not_there(store: SqlStore):
    assert await store.run(LoadDelivery(1)) is None
    assert await store.run(LoadDeliveryVersion(1)) is None
    assert await store.run(LoadEnvelope(1, "0" * 64)) is None


async def test_terms_are_counted_that_fall_due_and_that_were_breached_lately(store: SqlStore):
    await store.run(opening(facts=(registered(), term(due_at=NOON + MINUTE))))
    counts = await store.run(CountTerms(due_until=NOON + 2 * MINUTE, breached_since=NOON))
    assert counts == TermCounts(1, 0)
    assert await store.run(CountTerms(due_until=NOON, breached_since=NOON)) == TermCounts(0, 0)
