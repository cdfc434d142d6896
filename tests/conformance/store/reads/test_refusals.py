"""Refusals as the console lists them, on both databases, and the bytes that were refused."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.ports.intake import ForgetRequests
from gateway.ports.refusals import FindRefusal, LoadRefusalAnswer, LoadRefusedRequest, RefusalQuery
from gateway.store.cases import refused_requests
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import AKIMAT, MINUTE, NOON, refusal

DAY = timedelta(days=1)


async def refused(store: SqlStore, content: bytes = b"<x/>", **changes: object) -> None:
    digest = hashlib.sha256(content).hexdigest()
    await store.run(refusal(request=content, request_sha256=digest, size=len(content), **changes))


async def numbers(store: SqlStore, query: RefusalQuery) -> list[int]:
    return [row.refusal_id for row in await store.run(query)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (RefusalQuery(), [5, 4, 3, 2, 1]),
        (RefusalQuery(sender="akimat"), [4, 3, 1]),
        (RefusalQuery(code="NotXml"), [4, 2]),
        (RefusalQuery(sender="akimat", code="NotXml"), [4]),
        (RefusalQuery(message_id="m-3"), [3]),
        (RefusalQuery(since=NOON + 2 * DAY), [5, 4, 3]),
        (RefusalQuery(sender="akimat", since=NOON + 2 * DAY), [4, 3]),
        (RefusalQuery(after=3), [2, 1]),
        (RefusalQuery(limit=2), [5, 4]),
        (RefusalQuery(sender="nobody"), []),
    ],
)
async def test_they_are_found_by_what_they_claimed_by_code_and_by_age(store: SqlStore, query, found):
    for day, (sender, code) in enumerate(
        [("akimat", "TooLarge"), (None, "NotXml"), ("akimat", "TooLarge"), ("akimat", "NotXml"), ("x", "NotSoap")]
    ):
        await refused(store, sender=sender, code=code, at=NOON + day * DAY, message_id=f"m-{day + 1}")

    assert await numbers(store, query) == found


async def test_of_a_clock_that_went_behind_nothing_in_the_period_is_missed(store: SqlStore):
    for minute in (10, 8, 12, 9):
        await refused(store, at=NOON + minute * MINUTE)

    assert await numbers(store, RefusalQuery(since=NOON + 9 * MINUTE)) == [4, 3, 1]


async def test_the_bytes_are_kept_so_many_a_day_of_each_and_of_strangers_together(store: SqlStore, monkeypatch):
    monkeypatch.setattr(refused_requests, "KEPT_A_DAY", 2)
    for number in range(4):
        await refused(store, b"stranger %d" % number)
        await refused(store, b"akimat %d" % number, signer=AKIMAT)
    await refused(store, b"stranger, next day", at=NOON + DAY)
    await refused(store, b"x" * (refused_requests.KEPT_BYTES + 1), at=NOON + DAY)

    rows = await store.run(RefusalQuery())
    kept = [await store.run(LoadRefusedRequest(row)) for row in reversed(rows)]
    first = [b"stranger 0", b"akimat 0", b"stranger 1", b"akimat 1"]
    assert kept == [*first, None, None, None, None, b"stranger, next day", None]


async def test_the_same_bytes_refused_again_are_kept_once(store: SqlStore, look: SecondConnection):
    await refused(store)
    await refused(store, at=NOON + DAY)
    assert look.count("refused_requests") == 1
    one, other = await store.run(RefusalQuery())
    assert await store.run(LoadRefusedRequest(one)) == await store.run(LoadRefusedRequest(other)) == b"<x/>"


async def test_what_is_old_is_forgotten_and_the_refusal_stays(store: SqlStore):
    await refused(store, b"old")
    await refused(store, b"new", at=NOON + 30 * DAY)

    assert await store.run(ForgetRequests(before=NOON + DAY)) == 1
    assert await store.run(ForgetRequests(before=NOON + DAY)) == 0
    rows = await store.run(RefusalQuery())
    assert [await store.run(LoadRefusedRequest(row)) for row in rows] == [b"new", None]


async def test_our_fault_is_there_for_a_sender_that_proved_who_it_is(store: SqlStore):
    await refused(store, signer=AKIMAT, answer=b"<fault/>")
    row = await store.run(FindRefusal(1))
    assert row is not None
    assert await store.run(LoadRefusalAnswer(row)) == b"<fault/>"
    assert await store.run(LoadRefusalAnswer(replace(row, answer_sha256=None))) is None
    assert await store.run(FindRefusal(2)) is None
