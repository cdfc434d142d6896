"""Appeals that no route fitted: newest first, a page at a time, with what a route is missing for."""

from datetime import timedelta

from contracts.header import ConversationId
from dossier.case.events import AppealUnrouted
from gateway.ports.case import ListUnrouted, UnroutedRow
from gateway.store.database import SqlStore
from tests.worlds.builders import AKIMAT, MINUTE, NOON, opening, registered


async def fell(store: SqlStore, number: int, *, after: timedelta = timedelta(0), unrouted: bool = True):
    """An appeal that fell to the duty body, or did not; returns its conversation."""
    appeal = registered(f"DL-2026-{number:010}", subject=f"S-{number}", kato="710000000")
    facts = (appeal, AppealUnrouted(AKIMAT)) if unrouted else (appeal,)
    write = opening(facts=facts, appeal_number=appeal.appeal_number, at=NOON + after)
    await store.run(write)
    return write.conversation_id


async def test_an_appeal_that_fell_to_the_duty_body_is_listed_with_what_it_was_about(store: SqlStore):
    await fell(store, 1, unrouted=False)
    await fell(store, 2)
    assert await store.run(ListUnrouted(limit=9)) == (
        UnroutedRow("DL-2026-0000000002", NOON, "S-2", "710000000", AKIMAT),
    )


async def test_they_are_listed_newest_first_and_gone_on_from_where_a_page_ended(store: SqlStore):
    conversations = [await fell(store, number, after=number // 2 * MINUTE) for number in range(7)]
    seen: list[str] = []
    before: ConversationId | None = None
    while page := await store.run(ListUnrouted(limit=2, before=before)):
        seen += [row.appeal_number for row in page]
        before = conversations[int(page[-1].appeal_number[-1])]

    assert sorted(seen) == [f"DL-2026-{number:010}" for number in range(7)]
    assert [int(number[-1]) // 2 for number in seen] == sorted((int(number[-1]) // 2 for number in seen), reverse=True)


async def test_after_an_appeal_that_is_not_listed_nothing_follows(store: SqlStore):
    await fell(store, 1)
    assert await store.run(ListUnrouted(limit=9, before=await fell(store, 2, unrouted=False))) == ()
