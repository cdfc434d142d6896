"""Views that people save, on both databases: each has its owner, and every act its line in the audit log."""

from __future__ import annotations

from dataclasses import replace

from gateway.domain.people.access import UserRole
from gateway.domain.refusal import RefusalReason, refusal_of
from gateway.ports.people.users import AddUser, DisableUser
from gateway.ports.people.views import MOST_VIEWS, ForgetView, ListViews, SaveView
from gateway.store.database import SqlStore
from tests.worlds.builders import NOON

AIGERIM, NURLAN = 1, 2
STUCK = SaveView(AIGERIM, "deliveries", "stuck", "state=waiting&order=oldest", False, "console:aigerim", NOON)


async def two_users(store: SqlStore) -> None:
    for name in ("aigerim", "nurlan"):
        assert await store.run(AddUser(name, UserRole.OPERATOR, "hash", "root", NOON)) is None


async def names(store: SqlStore, user_id: int) -> list[str]:
    return [view.name for view in await store.run(ListViews(user_id, "deliveries"))]


async def test_a_view_is_its_owners_until_it_is_shared(store: SqlStore):
    await two_users(store)
    assert await store.run(STUCK) is None
    assert await names(store, NURLAN) == []
    assert await store.run(replace(STUCK, is_shared=True, query="state=parked")) is None
    (own,), (others,) = (
        await store.run(ListViews(AIGERIM, "deliveries")),
        await store.run(ListViews(NURLAN, "deliveries")),
    )
    assert (own.query, own.is_own, own.owner) == ("state=parked", True, "aigerim")
    assert (others.is_own, others.is_shared, others.owner) == (False, True, "aigerim")


async def test_ones_own_come_first_and_those_of_whoever_left_are_not_offered(store: SqlStore):
    await two_users(store)
    await store.run(replace(STUCK, user_id=NURLAN, name="all that wait", is_shared=True))
    await store.run(STUCK)
    assert await names(store, AIGERIM) == ["stuck", "all that wait"]
    await store.run(DisableUser("nurlan", "left", "root", NOON))
    assert await names(store, AIGERIM) == ["stuck"]


async def test_a_view_is_of_one_list_and_two_lists_may_have_one_of_the_same_name(store: SqlStore):
    await two_users(store)
    await store.run(STUCK)
    await store.run(replace(STUCK, list_key="appeals", query="missed=true"))
    found = [await store.run(ListViews(AIGERIM, key)) for key in ("deliveries", "appeals")]
    assert [[view.query for view in views] for views in found] == [[STUCK.query], ["missed=true"]]


async def test_only_the_owner_removes_it(store: SqlStore):
    await two_users(store)
    await store.run(replace(STUCK, is_shared=True))
    (view,) = await store.run(ListViews(AIGERIM, "deliveries"))
    assert not await store.run(ForgetView(NURLAN, view.view_id, "console:nurlan", NOON))
    assert await store.run(ForgetView(AIGERIM, view.view_id, "console:aigerim", NOON))
    assert await names(store, AIGERIM) == []


async def test_a_user_keeps_so_many_and_no_more(store: SqlStore):
    await two_users(store)
    for number in range(MOST_VIEWS):
        assert await store.run(replace(STUCK, name=f"view {number}")) is None
    assert await store.run(STUCK) == refusal_of(RefusalReason.TOO_MANY_VIEWS, most=MOST_VIEWS)
    assert await store.run(replace(STUCK, name="view 0", query="state=parked")) is None


async def test_each_act_has_its_line_in_the_audit_log(store: SqlStore, look):
    await two_users(store)
    await store.run(STUCK)
    (view,) = await store.run(ListViews(AIGERIM, "deliveries"))
    await store.run(ForgetView(AIGERIM, view.view_id, "console:aigerim", NOON))
    lines = [(row["by"], row["act"], row["subject"], row["result"]) for row in look.rows("audit_log")]
    assert lines[-2:] == [
        ("console:aigerim", "view.saved", "stuck", "saved"),
        ("console:aigerim", "view.removed", "stuck", "removed"),
    ]
