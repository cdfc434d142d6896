"""Statements for whole batches: what is changed by key reads back as it was given, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from gateway.domain.delivery.states import DeliveryState
from gateway.store.database import SqlStore
from gateway.store.engine.statements import RowsSelect, Values, add, change
from gateway.store.tables import deliveries, envelopes
from tests.conformance.store.conftest import SecondConnection
from tests.conformance.store.deliveries.test_outbox import case_with
from tests.worlds.builders import AKIMAT, COURT, MINUTE, NOON

BY_DIGEST = RowsSelect(select(envelopes), envelopes.c.sha256)
WORDS = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def digest(number: int) -> str:
    return f"{number:064x}"


def kept(number: int, content: bytes) -> Values:
    return {"sha256": digest(number), "content": content, "kept_at": NOON}


async def test_bytes_and_instants_are_changed_by_key_and_the_others_stay(store: SqlStore, look: SecondConnection):
    odd = bytes(range(256))

    def work(connection: Connection, jobs: Sequence[None]) -> Sequence[None]:
        add(connection, envelopes, [kept(number, b"before") for number in range(3)])
        later = [{"sha256": digest(number), "kept_at": NOON + MINUTE, "content": odd} for number in (2, 0)]
        change(connection, envelopes, later)
        change(connection, envelopes, [])
        return jobs

    await store.write(work, None)
    found = [(row["content"], row["kept_at"]) for row in look.rows("envelopes")]
    assert found == [(odd, NOON + MINUTE), (b"before", NOON), (odd, NOON + MINUTE)]


@given(st.lists(st.tuples(WORDS, WORDS, st.none() | st.datetimes(min_value=NOON.replace(tzinfo=None))), max_size=3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whatever_words_a_delivery_gets_are_its_own(store: SqlStore, look: SecondConnection, reported):
    await case_with(store, *([AKIMAT] * len(reported)), COURT)
    newest = look.rows("deliveries")[-len(reported) - 1 :]

    def work(connection: Connection, jobs: Sequence[None]) -> Sequence[None]:
        rows = [
            {
                "delivery_id": row["delivery_id"],
                "code": code,
                "detail": detail,
                "state": DeliveryState.PARKED,
                "claimed_at": at and at.replace(tzinfo=NOON.tzinfo),
            }
            for row, (code, detail, at) in zip(newest, reported, strict=False)
        ]
        change(connection, deliveries, rows)
        return jobs

    await store.write(work, None)
    found = {row["delivery_id"]: row for row in look.rows("deliveries")}
    for before, (code, detail, at) in zip(newest, reported, strict=False):
        row = found[before["delivery_id"]]
        assert (row["code"], row["detail"], row["state"]) == (code, detail, DeliveryState.PARKED)
        assert row["claimed_at"] == (at and at.replace(tzinfo=NOON.tzinfo))
    assert found[newest[-1]["delivery_id"]] == newest[-1]


async def test_rows_come_in_the_order_of_their_keys_however_many_are_asked_for(store: SqlStore):
    def work(connection: Connection, jobs: Sequence[None]) -> Sequence[list[str]]:
        add(connection, envelopes, [kept(number, b"x") for number in range(4_100)])
        requested = [digest(number) for number in reversed(range(5_000))]
        return [[row.sha256 for row in BY_DIGEST.rows(connection, requested)]] * len(jobs)

    assert await store.write(work, None) == [digest(number) for number in range(4_100)]
