"""Users: added by a link, changed with a reason by administrators alone, and nobody shuts the last one out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from gateway.domain.people.access import ENROL_WITHIN, MOST_FAILURES, Right, UserRole, authorise
from gateway.domain.refusal import RefusalReason, refusal_of
from gateway.ports.people.users import ChangeRole, DisableUser, FindUser, ListUsers
from tests.worlds.console.client import ConsoleClient, a_client
from tests.worlds.console.seat import PASSWORD, Seat

NEW = "көп сөз күміс аз сөз алтын"
LINK = re.compile(r"/console(/enrol/[A-Za-z0-9_-]+)")
OTHERS = [role for role in UserRole if role is not UserRole.ADMIN]


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


@pytest.fixture
async def admin(client: ConsoleClient) -> ConsoleClient:
    """Signed in, with the form of a page in hand."""
    await client.seat.user("aigerim", UserRole.ADMIN)
    await client.sign_in("aigerim")
    await client.get("/me")
    return client


async def link_for(admin: ConsoleClient, name: str, role: UserRole = UserRole.OPERATOR) -> str:
    """Add a user; the path that the administrator hands over."""
    status, text = await admin.post("/users/_add", name=name, role=role.value, reason="began on Monday")
    assert status == 200
    found = LINK.search(text)
    assert found
    return found[1]


async def role_of(seat: Seat, name: str) -> UserRole:
    known = await seat.world.exchange.store.run(FindUser(name))
    assert known is not None
    return known.role


# --- links ----------------------------------------------------------------------------------------------------------


async def test_whoever_is_added_sets_a_password_by_the_link_and_signs_in_by_it(admin: ConsoleClient):
    link = await link_for(admin, "dana")
    async with a_client(admin.seat) as dana:
        status, text = await dana.get(link)
        assert status == 200
        assert "dana" in text
        assert await dana.post(link, new=NEW, again=NEW) == (303, "/console/login?enrolled=1")
        assert (await dana.sign_in("dana", NEW))[0] == 303
    assert await admin.seat.audit("user.added") == [
        ("test", "user:1", "aigerim", "added as admin"),
        ("console:aigerim", "user:2", "dana: began on Monday", "added as operator"),
    ]
    assert await admin.seat.audit("user.enrolled") == [("console:dana", "user:2", "", "done")]


async def test_a_link_works_once_and_looking_at_it_uses_nothing_up(admin: ConsoleClient):
    link = await link_for(admin, "dana")
    async with a_client(admin.seat) as dana, a_client(admin.seat) as finder:
        await dana.get(link)
        await finder.get(link)
        assert (await dana.post(link, new=NEW, again=NEW))[0] == 303
        assert (await finder.post(link, new=NEW + "!", again=NEW + "!"))[0] == 410
        assert (await finder.get(link))[0] == 410
        assert (await dana.sign_in("dana", NEW))[0] == 303


async def test_a_link_ends_and_a_newer_one_takes_its_place(admin: ConsoleClient):
    seat = admin.seat
    first = await link_for(admin, "dana")
    _, text = await admin.post("/users/dana/link", reason="lost the first")
    second = LINK.search(text)
    assert second
    assert (await admin.get(first))[0] == 410
    assert (await admin.get(second[1]))[0] == 200
    seat.world.clock.advance(seconds=ENROL_WITHIN.total_seconds())
    assert (await admin.get(second[1]))[0] == 410


async def test_only_the_digest_of_a_link_is_kept_and_no_log_has_it(admin: ConsoleClient):
    from sqlalchemy import select

    from gateway.store.tables import audit_log, users

    link = (await link_for(admin, "dana")).removeprefix("/enrol/")
    read = admin.seat.world.exchange.store.read
    kept = await read(lambda c: repr([tuple(row) for table in (users, audit_log) for row in c.execute(select(table))]))
    assert link not in kept


async def test_nobody_signs_in_before_the_password_is_set(admin: ConsoleClient):
    await link_for(admin, "dana")
    async with a_client(admin.seat) as dana:
        for password in ("", PASSWORD, "x"):
            assert (await dana.sign_in("dana", password))[0] == 401


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short", "short", "двенадцать знаков"),
        ("dana and some more", "dana and some more", "не должно быть имени"),
        (NEW, NEW + "x", "не совпадают"),
        ("x" * 201, "x" * 201, "двухсот"),
    ],
)
async def test_a_weak_or_mistyped_password_uses_no_link_up(admin: ConsoleClient, new: str, again: str, words: str):
    link = await link_for(admin, "dana")
    async with a_client(admin.seat) as dana:
        await dana.get(link)
        status, text = await dana.post(link, new=new, again=again)
        assert status == 422
        assert words in text
        assert (await dana.post(link, new=NEW, again=NEW))[0] == 303


async def test_a_disabled_users_link_is_over(admin: ConsoleClient):
    link = await link_for(admin, "dana")
    await admin.post("/users/dana/disable", reason="never came")
    await admin.post("/users/dana/enable", reason="came after all")
    assert (await admin.get(link))[0] == 410


@pytest.mark.parametrize("name", ["Dana", "д", "a b", "../x", ""])
async def test_a_name_that_could_be_mistaken_is_told_with_what_was_typed(admin: ConsoleClient, name: str):
    status, text = await admin.post("/users/_add", name=name, role="viewer", reason="because")
    assert status == 422
    assert "because" in text


async def test_a_name_is_given_once_also_when_its_user_is_disabled(admin: ConsoleClient):
    await link_for(admin, "dana")
    await admin.post("/users/dana/disable", reason="left")
    status, _ = await admin.post("/users/_add", name="dana", role="viewer", reason="another Dana")
    assert status == 409
    assert (await admin.seat.audit("user.added"))[-1][3] == "refused: taken"


# --- what is done to others -----------------------------------------------------------------------------------------


async def test_another_role_holds_at_once_in_a_session_that_is_open(admin: ConsoleClient):
    seat = admin.seat
    await seat.user("dana", UserRole.OPERATOR)
    async with a_client(seat) as dana:
        await dana.sign_in("dana")
        assert (await dana.get("/deliveries.csv"))[0] == 200
        await admin.post("/users/dana/role", role="viewer", reason="only looks on now")
        assert (await dana.get("/deliveries.csv"))[0] == 403
    assert await seat.audit("user.role_changed") == [
        ("console:aigerim", "user:2", "only looks on now", "viewer from now on")
    ]


async def test_whoever_is_disabled_is_out_and_whoever_is_enabled_comes_in_by_the_same_password(admin: ConsoleClient):
    seat = admin.seat
    await seat.user("dana", UserRole.OPERATOR)
    async with a_client(seat) as dana:
        await dana.sign_in("dana")
        await admin.post("/users/dana/disable", reason="on leave")
        assert (await dana.get("/"))[0] == 303
        assert (await dana.sign_in("dana"))[0] == 401
        await admin.post("/users/dana/enable", reason="is back")
        assert (await dana.sign_in("dana"))[0] == 303


async def test_a_locked_name_is_opened_by_an_administrator(admin: ConsoleClient):
    seat = admin.seat
    await seat.user("dana", UserRole.OPERATOR)
    async with a_client(seat) as dana:
        for _ in range(MOST_FAILURES):
            await dana.sign_in("dana", "guess after guess")
        assert (await dana.sign_in("dana"))[0] == 401
        await admin.post("/users/dana/unlock", reason="typed it wrong, I saw it")
        assert (await dana.sign_in("dana"))[0] == 303


async def test_sessions_are_ended_and_the_user_may_sign_in_again(admin: ConsoleClient):
    seat = admin.seat
    await seat.user("dana", UserRole.OPERATOR)
    async with a_client(seat) as dana:
        await dana.sign_in("dana")
        assert await admin.post("/users/dana/sign-out", reason="left it open") == (
            303,
            "/console/users/dana?done=user.signed_out",
        )
        assert (await dana.get("/"))[0] == 303
        assert (await dana.sign_in("dana"))[0] == 303


@pytest.mark.parametrize("act", ["role", "disable", "link", "sign-out", "unlock"])
async def test_nobody_does_it_to_oneself_and_that_it_was_tried_is_in_the_audit_log(admin: ConsoleClient, act: str):
    seat = admin.seat
    await seat.user("nurlan", UserRole.ADMIN)
    await admin.post(f"/users/aigerim/{act}", role="viewer", reason="why not")
    assert await role_of(seat, "aigerim") is UserRole.ADMIN
    assert (await admin.get("/users"))[0] == 200
    _, text = await admin.get("/users/aigerim")
    assert "another administrator" in text
    assert 'name="reason"' not in text


@pytest.mark.parametrize("kind", [ChangeRole, DisableUser])
async def test_of_two_administrators_who_take_it_from_each_other_one_stays(seat: Seat, kind: type):
    store, now = seat.world.exchange.store, seat.world.clock.now()
    for name in ("aigerim", "nurlan"):
        await seat.user(name, UserRole.ADMIN)
    extra = (UserRole.VIEWER,) if kind is ChangeRole else ()
    tries = [
        kind(name, *extra, "a quarrel", f"console:{by}", now)
        for name, by in (("aigerim", "nurlan"), ("nurlan", "aigerim"))
    ]
    against = await asyncio.gather(*(store.run(one) for one in tries))
    assert sorted(one is None for one in against) == [False, True]
    users = await store.run(ListUsers())
    assert len([one for one in users if one.role is UserRole.ADMIN and one.disabled_at is None]) == 1


async def test_an_administrator_who_has_not_enrolled_yet_is_no_reason_to_let_the_last_one_go(admin: ConsoleClient):
    seat = admin.seat
    await link_for(admin, "nurlan", UserRole.ADMIN)
    change = ChangeRole("aigerim", UserRole.VIEWER, "x", "root", seat.world.clock.now())
    last = refusal_of(RefusalReason.LAST_ADMINISTRATOR, name="aigerim")
    assert await seat.world.exchange.store.run(change) == last


@pytest.mark.parametrize("act", ["role", "disable", "enable", "unlock", "sign-out", "link"])
@pytest.mark.parametrize("reason", ["", "   "])
async def test_nothing_without_a_reason(admin: ConsoleClient, act: str, reason: str):
    await admin.seat.user("dana", UserRole.OPERATOR)
    assert (await admin.post(f"/users/dana/{act}", role="viewer", reason=reason))[0] == 400


@pytest.mark.parametrize("path", ["/users/nobody", "/users/nobody/dance", "/users/Aigerim"])
async def test_what_is_not_there_is_told(admin: ConsoleClient, path: str):
    status = (await admin.post(path, reason="x"))[0] if path.endswith("dance") else (await admin.get(path))[0]
    assert status == 404


# --- rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
async def test_who_is_no_administrator_sees_no_users_and_changes_none(client: ConsoleClient, role: UserRole):
    seat = client.seat
    await seat.user("dana", role)
    await seat.user("nurlan", UserRole.ADMIN)
    await client.sign_in("dana")
    _, home = await client.get("/me")
    assert not authorise(role, Right.USERS).is_allowed
    assert 'href="/console/users"' not in home
    for path in ("/users", "/users/_add", "/users/nurlan"):
        assert (await client.get(path))[0] == 403
    await client.get("/me")
    for act in ("role", "disable", "link"):
        assert (await client.post(f"/users/nurlan/{act}", role="viewer", reason="mischief"))[0] == 403
    assert (await client.post("/users/_add", name="ally", role="admin", reason="mischief"))[0] == 403
    assert await seat.audit("user.disabled") == [
        ("console:dana", "user:2", "mischief", f"refused: the role {role} may not")
    ]
    assert [line[3] for line in await seat.audit("user.link_made")] == [f"refused: the role {role} may not"]
    assert (await seat.audit("user.added"))[-1][3] == f"refused: the role {role} may not"
    assert await role_of(seat, "nurlan") is UserRole.ADMIN


@pytest.mark.parametrize("path", ["/users", "/users/_add", "/users/aigerim", "/me"])
async def test_without_a_session_there_is_nothing(client: ConsoleClient, path: str):
    assert (await client.get(path))[0] == 303


async def test_a_form_that_is_not_ours_changes_nobody(admin: ConsoleClient):
    await admin.seat.user("dana", UserRole.OPERATOR)
    assert (await admin.post("/users/dana/disable", reason="x", form_token="0" * 64))[0] == 403
    assert await admin.seat.audit("user.disabled") == []


async def test_a_list_of_many_is_read_a_page_at_a_time(admin: ConsoleClient):
    for n in range(60):
        await admin.seat.user(f"clerk{n:02d}", UserRole.VIEWER)
    _, first = await admin.get("/users?role=viewer")
    assert first.count("<tr>") == 51
    assert "/console/users?role=viewer&amp;after=clerk49" in first
    _, second = await admin.get("/users?role=viewer&after=clerk49")
    assert second.count("<tr>") == 11
    _, since = await admin.get("/users?begin_at=clerk58")
    assert re.findall(r">(clerk\d\d)</a>", since) == ["clerk58", "clerk59"]


# --- one's own account ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(UserRole))
async def test_everybody_reads_their_rights_in_plain_words(client: ConsoleClient, role: UserRole):
    await client.seat.user("dana", role)
    await client.sign_in("dana")
    status, text = await client.get("/me", headers={"Accept-Language": "en"})
    may_not = text[text.index("You may not") :]
    assert status == 200
    assert ("resend, park and release deliveries" not in may_not) is authorise(role, Right.MOVE).is_allowed


async def test_a_new_password_wants_the_old_one_and_ends_all_other_sessions(client: ConsoleClient):
    seat = client.seat
    await seat.user("dana", UserRole.VIEWER)
    await client.sign_in("dana")
    async with a_client(seat) as elsewhere:
        await elsewhere.sign_in("dana")
        await client.get("/me")
        assert (await client.post("/me/password", old="wrong old one", new=NEW, again=NEW))[0] == 422
        assert (await client.post("/me/password", old=PASSWORD, new="short", again="short"))[0] == 422
        assert (await client.post("/me/password", old=PASSWORD, new=NEW, again=PASSWORD))[0] == 422
        assert (await elsewhere.get("/"))[0] == 200
        assert await client.post("/me/password", old=PASSWORD, new=NEW, again=NEW) == (
            303,
            "/console/me?done=password",
        )
        assert (await elsewhere.get("/"))[0] == 303
        assert (await client.get("/me"))[0] == 200
        assert (await elsewhere.sign_in("dana", PASSWORD))[0] == 401
        assert (await elsewhere.sign_in("dana", NEW))[0] == 303
    assert await seat.audit("user.password_set") == [("console:dana", "user:1", "", "done")]


async def test_a_session_left_open_guesses_the_password_no_better_than_the_login_page(client: ConsoleClient):
    await client.seat.user("dana", UserRole.VIEWER)
    await client.sign_in("dana")
    await client.get("/me")
    for _ in range(MOST_FAILURES):
        await client.post("/me/password", old="guess after guess", new=NEW, again=NEW)
    assert (await client.post("/me/password", old=PASSWORD, new=NEW, again=NEW))[0] == 422
    assert await client.seat.audit("user.password_set") == []


async def test_the_other_sessions_are_ended_and_this_one_stays(client: ConsoleClient):
    seat = client.seat
    await seat.user("dana", UserRole.VIEWER)
    await client.sign_in("dana")
    async with a_client(seat) as elsewhere:
        await elsewhere.sign_in("dana")
        _, text = await client.get("/me")
        assert text.count("<tr>") == 3
        assert await client.post("/me/sessions") == (303, "/console/me?done=sessions")
        assert (await elsewhere.get("/"))[0] == 303
        assert (await client.get("/me"))[0] == 200
    assert await seat.audit("user.signed_out") == [("console:dana", "user:1", "", "done")]


async def test_whatever_a_browser_says_it_is_is_never_markup(client: ConsoleClient):
    client.http.headers["User-Agent"] = "<script>alert(1)</script>"
    await client.seat.user("dana", UserRole.VIEWER)
    await client.sign_in("dana")
    _, text = await client.get("/me")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
