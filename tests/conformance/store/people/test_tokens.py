"""Tokens and requests that come twice, on both databases: each change has its line in the audit log and its leaf."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from gateway.domain.people.access import UserRole
from gateway.ports.people.tokens import (
    AddToken,
    BeginRequest,
    EndRequest,
    FindToken,
    KeyedRequest,
    ListTokens,
    RefusedToken,
    RevokeToken,
    StoredAnswer,
    TouchToken,
)
from gateway.store.database import SqlStore
from gateway.store.people.tokens import KEPT_FOR
from tests.conformance.store.conftest import SecondConnection
from tests.worlds.builders import MINUTE, NOON

DIGEST = "a" * 64
TOKEN = AddToken("night", UserRole.VIEWER, DIGEST, "dalel_abcdef", NOON + timedelta(days=90), "root", NOON)


async def added(store: SqlStore, change: AddToken = TOKEN) -> int:
    assert await store.run(change) is None
    found = await store.run(FindToken(change.token_sha256))
    assert found is not None
    return found.token_id


def audited(look: SecondConnection) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in ("by", "act", "subject", "result")) for row in look.rows("audit_log")]


async def test_a_token_is_found_by_its_digest_and_listed_by_its_name(store: SqlStore):
    await added(store)
    (found,) = await store.run(ListTokens())
    assert found == await store.run(FindToken(DIGEST))
    assert (found.name, found.role, found.hint, found.created_by) == ("night", UserRole.VIEWER, "dalel_abcdef", "root")
    assert (found.created_at, found.expires_at) == (NOON, NOON + timedelta(days=90))
    assert (found.revoked_at, found.used_at) == (None, None)
    assert await store.run(FindToken("b" * 64)) is None


async def test_one_opens_until_it_ends_or_is_revoked(store: SqlStore):
    await added(store)
    found = await store.run(FindToken(DIGEST))
    assert found is not None
    assert found.against(NOON) is None
    assert found.against(NOON + timedelta(days=90)) == "the token has expired"
    assert await store.run(RevokeToken("night", "leaked", "root", NOON)) is None
    revoked = await store.run(FindToken(DIGEST))
    assert revoked is not None
    assert revoked.against(NOON) == "the token is revoked"


async def test_a_name_is_given_once_and_every_change_is_in_the_audit_log(store: SqlStore, look: SecondConnection):
    number = await added(store)
    assert await store.run(replace(TOKEN, token_sha256="b" * 64)) is not None
    assert await store.run(RevokeToken("nobody", "gone", "root", NOON)) is not None
    assert await store.run(RevokeToken("night", "leaked", "root", NOON)) is None
    assert await store.run(RevokeToken("night", "leaked", "root", NOON)) is not None

    assert audited(look) == [
        ("root", "token.added", f"token:{number}", "added as viewer until 2027-02-22"),
        ("root", "token.added", f"token:{number}", "refused: taken"),
        ("root", "token.revoked", "token:none", "refused"),
        ("root", "token.revoked", f"token:{number}", "done"),
        ("root", "token.revoked", f"token:{number}", "refused"),
    ]
    assert look.count("leaves") == 5


async def test_when_it_was_used_last_is_known(store: SqlStore):
    number = await added(store)
    await store.run(TouchToken(number, NOON + MINUTE))
    (found,) = await store.run(ListTokens())
    assert found.used_at == NOON + MINUTE


async def test_whoever_comes_with_what_opens_nothing_has_a_line(store: SqlStore, look: SecondConnection):
    number = await added(store)
    await store.run(RefusedToken("night", number, "the token has expired", "10.0.0.9", NOON))
    await store.run(RefusedToken(None, None, "no such token", "10.0.0.9", NOON))
    assert audited(look)[1:] == [
        ("token:night", "token.shown", f"token:{number}", "refused: the token has expired"),
        ("api", "token.shown", "token:none", "refused: no such token"),
    ]


async def test_a_key_is_taken_once_however_many_come_with_it_at_once(store: SqlStore):
    request = KeyedRequest(await added(store), "k" * 64, "r" * 64, NOON)
    came = await asyncio.gather(*(store.run(BeginRequest(request)) for _ in range(8)))
    assert came.count(None) == 1
    assert {one for one in came if one is not None} == {StoredAnswer("r" * 64, NOON, None, None)}


async def test_what_came_of_it_is_told_to_whoever_comes_again_and_the_key_is_the_tokens_own(store: SqlStore):
    first, second = await added(store), await added(store, replace(TOKEN, name="day", token_sha256="b" * 64))
    request = KeyedRequest(first, "k" * 64, "r" * 64, NOON)
    assert await store.run(BeginRequest(request)) is None
    await store.run(EndRequest(request, 200, b'{"moved": [1]}'))
    other = replace(request, request_sha256="o" * 64)
    assert await store.run(BeginRequest(other)) == StoredAnswer("r" * 64, NOON, 200, b'{"moved": [1]}')
    assert await store.run(BeginRequest(replace(request, token_id=second))) is None


async def test_after_a_day_a_key_is_free_again(store: SqlStore, look: SecondConnection):
    request = KeyedRequest(await added(store), "k" * 64, "r" * 64, NOON)
    await store.run(BeginRequest(request))
    assert await store.run(BeginRequest(replace(request, at=NOON + KEPT_FOR))) is not None
    assert await store.run(BeginRequest(replace(request, at=NOON + KEPT_FOR + MINUTE))) is None
    assert look.count("requests") == 1
