"""Users and sessions, on both databases: each change has its line in the audit log, and the line its leaf."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.people.access import IDLE, LOCKED_FOR, LONGEST_SESSION, MOST_FAILURES, SignInMethod, UserRole
from gateway.domain.refusal import RefusalReason, refusal_of
from gateway.ports.people.users import (
    AddUser,
    AuditNote,
    BindIdentity,
    ChangeRole,
    DisableUser,
    EnableUser,
    EndSession,
    EndSessions,
    Enrol,
    Enrolment,
    FailedLogin,
    FindCredentials,
    FindSession,
    FindUserByIdentity,
    FindUserByLink,
    FindUserNames,
    ListSessions,
    ListUsers,
    NewSession,
    SearchUsers,
    SetPassword,
    TouchSession,
    UserQuery,
)
from gateway.store.database import SqlStore
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import MINUTE, NOON


async def added(store: SqlStore, name: str = "aigerim", role: UserRole = UserRole.OPERATOR) -> int:
    assert await store.run(AddUser(name, role, "$hash", "root", NOON)) is None
    known = await store.run(FindCredentials(name))
    assert known is not None
    return known.user.user_id


def audited(look: SecondConnection) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in ("by", "act", "subject", "result")) for row in look.rows("audit_log")]


async def test_a_user_is_found_by_name_with_the_hash_and_listed_without(store: SqlStore):
    await added(store)
    known = await store.run(FindCredentials("aigerim"))
    assert known is not None
    assert (known.user.role, known.password_hash) == (UserRole.OPERATOR, "$hash")
    assert "$hash" not in repr(known)
    assert [user.name for user in await store.run(ListUsers())] == ["aigerim"]


async def test_what_the_logs_call_users_is_put_into_names_for_those_who_are_asked_for(store: SqlStore):
    aigerim, nurlan = await added(store), await added(store, "nurlan")
    codes = {f"user:{aigerim}", f"user:{nurlan}", "user:99", "token:1", "akimat-almaty", f"user:{'9' * 30}"}
    assert await store.run(FindUserNames(codes)) == {f"user:{aigerim}": "aigerim", f"user:{nurlan}": "nurlan"}
    assert await store.run(FindUserNames({f"user:{nurlan}"})) == {f"user:{nurlan}": "nurlan"}
    assert await store.run(FindUserNames(())) == {}


async def test_a_name_is_given_once_and_every_change_is_in_the_audit_log(store: SqlStore, look: SecondConnection):
    number = await added(store)
    assert await store.run(AddUser("aigerim", UserRole.ADMIN, "$other", "root", NOON)) is not None
    assert await store.run(DisableUser("nobody", "gone", "root", NOON)) is not None
    assert await store.run(DisableUser("aigerim", "gone", "root", NOON)) is None
    assert await store.run(SetPassword("aigerim", "$new", "root", NOON)) is not None

    assert audited(look) == [
        ("root", "user.added", f"user:{number}", "added as operator"),
        ("root", "user.added", f"user:{number}", "refused: taken"),
        ("root", "user.disabled", "user:none", "refused: no such user"),
        ("root", "user.disabled", f"user:{number}", "done"),
        ("root", "user.password_set", f"user:{number}", "refused: disabled"),
    ]
    assert look.count("leaves") == 5


async def test_many_wrong_passwords_lock_the_name_and_a_new_password_opens_it(store: SqlStore, look: SecondConnection):
    number = await added(store)
    failed = FailedLogin(number, "wrong password", "10.0.0.9", NOON)
    await asyncio.gather(*(store.run(failed) for _ in range(MOST_FAILURES)))

    (user,) = await store.run(ListUsers())
    assert user.standing.locked_until == NOON + LOCKED_FOR
    assert audited(look)[-1] == (
        "console:aigerim", "session.opened", f"user:{number}", "refused: wrong password; locked",
    )  # fmt: skip
    assert not await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))

    assert await store.run(SetPassword("aigerim", "$new", "root", NOON)) is None
    assert await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))


async def test_a_name_that_nobody_has_is_not_kept_since_it_is_often_a_password(store: SqlStore, look: SecondConnection):
    await store.run(FailedLogin(None, "no such user", "10.0.0.9", NOON))
    assert audited(look) == [("console", "session.opened", "user:none", "refused: no such user")]


async def test_a_session_is_found_by_its_digest_until_it_is_ended(store: SqlStore, look: SecondConnection):
    number = await added(store)
    assert await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))
    await store.run(TouchSession("a" * 64, NOON + MINUTE))
    found = await store.run(FindSession("a" * 64))
    assert found is not None
    assert (found.user.name, found.opened_at, found.seen_at) == ("aigerim", NOON, NOON + MINUTE)

    await store.run(EndSession("a" * 64, NOON))
    await store.run(EndSession("a" * 64, NOON))
    assert await store.run(FindSession("a" * 64)) is None
    assert [line[1] for line in audited(look)] == ["user.added", "session.opened", "session.ended"]


@pytest.mark.parametrize(
    "change", [SetPassword("aigerim", "$new", "root", NOON), DisableUser("aigerim", "x", "r", NOON)]
)
async def test_whoever_gets_a_new_password_or_is_disabled_is_signed_out(store: SqlStore, change):
    number = await added(store)
    await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))
    assert await store.run(change) is None
    assert await store.run(FindSession("a" * 64)) is None


async def test_sessions_that_are_long_over_go_when_the_next_one_opens(store: SqlStore, look: SecondConnection):
    number = await added(store)
    await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))
    later = NOON + LONGEST_SESSION + timedelta(seconds=1)
    await store.run(NewSession("b" * 64, number, "10.0.0.9", later))
    assert [row["token_sha256"] for row in look.rows("sessions")] == ["b" * 64]


async def test_an_act_that_was_not_allowed_is_noted_though_nothing_changed(store: SqlStore, look: SecondConnection):
    await store.run(AuditNote("console:dana", "delivery.resent", "12", "why", "refused: the role viewer may not", NOON))
    assert audited(look) == [("console:dana", "delivery.resent", "12", "refused: the role viewer may not")]
    assert look.count("leaves") == 1


async def test_users_are_listed_a_page_at_a_time_by_name_and_role_with_what_they_have_open(store: SqlStore):
    for name, role in (("dana", UserRole.VIEWER), ("aigerim", UserRole.ADMIN), ("timur", UserRole.VIEWER)):
        await added(store, name, role)
    for token, at in (("a" * 64, NOON), ("b" * 64, NOON + MINUTE)):
        await store.run(NewSession(token, 1, "10.0.0.9", at, "Firefox"))

    async def names(query: UserQuery) -> list[str]:
        return [row.user.name for row in await store.run(SearchUsers(query, NOON + MINUTE))]

    assert await names(UserQuery()) == ["aigerim", "dana", "timur"]
    assert await names(UserQuery(role=UserRole.VIEWER, limit=1)) == ["dana"]
    assert await names(UserQuery(role=UserRole.VIEWER, after="dana")) == ["timur"]
    assert await names(UserQuery(since="b")) == ["dana", "timur"]
    dana = (await store.run(SearchUsers(UserQuery(), NOON + MINUTE)))[1]
    assert (dana.sessions, dana.seen_at) == (2, NOON + MINUTE)
    late = (await store.run(SearchUsers(UserQuery(), NOON + IDLE + timedelta(seconds=30))))[1]
    assert (late.sessions, late.seen_at) == (1, NOON + MINUTE)


async def test_open_sessions_of_a_user_are_told_with_whose_they_are_and_ended_but_for_one(store: SqlStore):
    number = await added(store)
    for token, at in (("a" * 64, NOON), ("b" * 64, NOON + MINUTE)):
        await store.run(NewSession(token, number, "10.0.0.9", at, "Firefox"))
    found = await store.run(ListSessions(number, NOON + MINUTE))
    assert [(one.token_sha256[0], one.remote, one.agent) for one in found] == [
        ("b", "10.0.0.9", "Firefox"), ("a", "10.0.0.9", "Firefox"),
    ]  # fmt: skip
    assert await store.run(EndSessions("aigerim", "", "root", NOON, keep="a" * 64)) is None
    assert [one.token_sha256[0] for one in await store.run(ListSessions(number, NOON + MINUTE))] == ["a"]


async def test_a_link_is_found_by_its_digest_used_once_and_only_in_time(store: SqlStore):
    link = Enrolment("c" * 64, NOON + MINUTE)
    added_by_link = AddUser("dana", UserRole.VIEWER, "", "root", NOON, "began", enrolment=link)
    assert await store.run(added_by_link) is None
    found = await store.run(FindUserByLink("c" * 64))
    assert found is not None
    assert (found.name, found.has_proof, found.enrol_until) == ("dana", False, NOON + MINUTE)

    assert await store.run(Enrol("dana", "c" * 64, "$new", "dana", NOON + MINUTE)) is not None
    assert await store.run(Enrol("dana", "d" * 64, "$new", "dana", NOON)) is not None
    assert await store.run(Enrol("dana", "c" * 64, "$new", "dana", NOON)) is None
    assert await store.run(Enrol("dana", "c" * 64, "$other", "dana", NOON)) is not None
    assert await store.run(FindUserByLink("c" * 64)) is None
    known = await store.run(FindCredentials("dana"))
    assert known is not None
    assert (known.password_hash, known.user.has_proof) == ("$new", True)


async def test_an_account_elsewhere_is_bound_once_and_to_one_user(store: SqlStore):
    await added(store, "nurlan")
    await store.run(AddUser("dana", UserRole.VIEWER, "", "root", NOON, signs_in=SignInMethod.ELSEWHERE))
    assert await store.run(BindIdentity("nurlan", "e" * 64, "provider", NOON)) is not None
    assert await store.run(BindIdentity("dana", "e" * 64, "provider", NOON)) is None
    assert await store.run(BindIdentity("dana", "f" * 64, "provider", NOON)) is not None
    found = await store.run(FindUserByIdentity("e" * 64))
    assert found is not None
    assert found.name == "dana"
    assert await store.run(FindUserByIdentity("f" * 64)) is None


async def test_the_last_administrator_who_can_sign_in_stays_one(store: SqlStore, look: SecondConnection):
    await added(store, "aigerim", UserRole.ADMIN)
    link = Enrolment("c" * 64, NOON + MINUTE)
    await store.run(AddUser("nurlan", UserRole.ADMIN, "", "root", NOON, enrolment=link))
    for change in (DisableUser("aigerim", "x", "r", NOON), ChangeRole("aigerim", UserRole.VIEWER, "x", "r", NOON)):
        assert await store.run(change) == refusal_of(RefusalReason.LAST_ADMINISTRATOR, name="aigerim")
    await store.run(Enrol("nurlan", "c" * 64, "$new", "nurlan", NOON))
    quarrel = [ChangeRole(name, UserRole.VIEWER, "x", "r", NOON) for name in ("aigerim", "nurlan")]
    against = await asyncio.gather(*(store.run(one) for one in quarrel))
    assert sorted(one is None for one in against) == [False, True]
    assert audited(look)[-1][1] == "user.role_changed"


async def test_whoever_was_disabled_is_enabled_by_what_they_signed_in_by_before(store: SqlStore):
    number = await added(store)
    assert await store.run(EnableUser("aigerim", "x", "r", NOON)) is not None
    await store.run(DisableUser("aigerim", "on leave", "r", NOON))
    assert await store.run(EnableUser("aigerim", "is back", "r", NOON)) is None
    assert await store.run(NewSession("a" * 64, number, "10.0.0.9", NOON))
