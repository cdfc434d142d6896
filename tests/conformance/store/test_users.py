"""Users and sessions, on both databases: each change has its line in the audit log, and the line its leaf."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.domain.access import LOCKED_FOR, LONGEST_SESSION, MOST_FAILURES, Role
from gateway.ports.users import AddUser, AuditNote, DisableUser, FailedLogin, NewSession, SetPassword
from gateway.store.database import SqlStore
from tests.builders import MINUTE, NOON
from tests.conformance.store.conftest import SecondLook


async def added(store: SqlStore, name: str = "aigerim", role: Role = Role.OPERATOR) -> int:
    assert await store.change_user(AddUser(name, role, "$hash", "root", NOON)) is None
    known = await store.credentials_of(name)
    assert known is not None
    return known.user.user_id


def audited(look: SecondLook) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in ("by", "act", "subject", "result")) for row in look.rows("audit_log")]


async def test_a_user_is_found_by_name_with_the_hash_and_listed_without(store: SqlStore):
    await added(store)
    known = await store.credentials_of("aigerim")
    assert known is not None
    assert (known.user.role, known.password_hash) == (Role.OPERATOR, "$hash")
    assert "$hash" not in repr(known)
    assert [user.name for user in await store.list_users()] == ["aigerim"]


async def test_a_name_is_given_once_and_every_change_is_in_the_audit_log(store: SqlStore, look: SecondLook):
    number = await added(store)
    assert await store.change_user(AddUser("aigerim", Role.ADMIN, "$other", "root", NOON)) is not None
    assert await store.change_user(DisableUser("nobody", "gone", "root", NOON)) is not None
    assert await store.change_user(DisableUser("aigerim", "gone", "root", NOON)) is None
    assert await store.change_user(SetPassword("aigerim", "$new", "root", NOON)) is not None

    assert audited(look) == [
        ("root", "user.added", f"user:{number}", "added as operator"),
        ("root", "user.added", f"user:{number}", "refused: taken"),
        ("root", "user.disabled", "user:none", "refused"),
        ("root", "user.disabled", f"user:{number}", "done"),
        ("root", "user.password_set", f"user:{number}", "refused"),
    ]
    assert look.count("leaves") == 5


async def test_many_wrong_passwords_lock_the_name_and_a_new_password_opens_it(store: SqlStore, look: SecondLook):
    number = await added(store)
    failed = FailedLogin(number, "wrong password", "10.0.0.9", NOON)
    await asyncio.gather(*(store.fail_login(failed) for _ in range(MOST_FAILURES)))

    (user,) = await store.list_users()
    assert user.standing.locked_until == NOON + LOCKED_FOR
    assert audited(look)[-1] == (
        "console:aigerim", "session.opened", f"user:{number}", "refused: wrong password; locked",
    )  # fmt: skip
    assert not await store.open_session(NewSession("a" * 64, number, "10.0.0.9", NOON))

    assert await store.change_user(SetPassword("aigerim", "$new", "root", NOON)) is None
    assert await store.open_session(NewSession("a" * 64, number, "10.0.0.9", NOON))


async def test_a_name_that_nobody_has_is_not_kept_since_it_is_often_a_password(store: SqlStore, look: SecondLook):
    await store.fail_login(FailedLogin(None, "no such user", "10.0.0.9", NOON))
    assert audited(look) == [("console", "session.opened", "user:none", "refused: no such user")]


async def test_a_session_is_found_by_its_digest_until_it_is_ended(store: SqlStore, look: SecondLook):
    number = await added(store)
    assert await store.open_session(NewSession("a" * 64, number, "10.0.0.9", NOON))
    await store.touch_session("a" * 64, NOON + MINUTE)
    found = await store.session_of("a" * 64)
    assert found is not None
    assert (found.user.name, found.opened_at, found.seen_at) == ("aigerim", NOON, NOON + MINUTE)

    await store.end_session("a" * 64, NOON)
    await store.end_session("a" * 64, NOON)
    assert await store.session_of("a" * 64) is None
    assert [line[1] for line in audited(look)] == ["user.added", "session.opened", "session.ended"]


@pytest.mark.parametrize(
    "change", [SetPassword("aigerim", "$new", "root", NOON), DisableUser("aigerim", "x", "r", NOON)]
)
async def test_whoever_gets_a_new_password_or_is_disabled_is_signed_out(store: SqlStore, change):
    number = await added(store)
    await store.open_session(NewSession("a" * 64, number, "10.0.0.9", NOON))
    assert await store.change_user(change) is None
    assert await store.session_of("a" * 64) is None


async def test_sessions_that_are_long_over_go_when_the_next_one_opens(store: SqlStore, look: SecondLook):
    number = await added(store)
    await store.open_session(NewSession("a" * 64, number, "10.0.0.9", NOON))
    later = NOON + LONGEST_SESSION + timedelta(seconds=1)
    await store.open_session(NewSession("b" * 64, number, "10.0.0.9", later))
    assert [row["token_sha256"] for row in look.rows("sessions")] == ["b" * 64]


async def test_an_act_that_was_not_allowed_is_noted_though_nothing_changed(store: SqlStore, look: SecondLook):
    await store.note(
        AuditNote("console:dana", "delivery.resent", "12", "why", "refused: the role viewer may not", NOON)
    )
    assert audited(look) == [("console:dana", "delivery.resent", "12", "refused: the role viewer may not")]
    assert look.count("leaves") == 1
