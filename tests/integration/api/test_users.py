"""Users through the API: for administrators' tokens alone; a link is told once and the last administrator stays."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from gateway.domain.people.access import UserRole
from gateway.store.tables import metadata
from tests.integration.console.test_users import NEW, role_of
from tests.worlds.api_program import SOMEWHERE, ApiAnswer, Program, a_program
from tests.worlds.console.client import a_client
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import lock

REASON = {"reason": "the list of staff says so"}
DANA = REASON | {"name": "dana", "role": "operator"}
OTHERS = [role for role in UserRole if role is not UserRole.ADMIN]


async def added(program: Program, **headers: Any) -> ApiAnswer:
    answered = await program.post("/users", DANA, **headers)
    assert answered.status == 200, answered.body
    return answered


# --- links ----------------------------------------------------------------------------------------------------------


async def test_whoever_is_added_sets_a_password_by_the_link_and_signs_in_by_it(program: Program):
    await program.given(UserRole.ADMIN, "staff")
    made = (await added(program)).json
    assert (made["user"]["role"], made["user"]["has_proof"]) == ("operator", False)
    link = made["link"].removeprefix("/console")
    async with a_client(program.seat) as dana:
        assert (await dana.get(link))[0] == 200
        assert (await dana.post(link, new=NEW, again=NEW))[0] == 303
        assert (await dana.sign_in("dana", NEW))[0] == 303
    whole = (await program.get("/users/dana")).json
    assert whole["user"]["has_proof"]
    assert len(whole["sessions"]) == 1
    assert [line["act"] for line in whole["audit"]] == ["session.opened", "user.enrolled", "user.added"]
    assert await program.seat.audit("user.added") == [
        ("token:staff", "user:1", f"dana: {REASON['reason']}", "added as operator")
    ]


async def test_a_link_is_told_once_and_not_again_under_the_same_key(program: Program):
    await program.given(UserRole.ADMIN)
    first = await added(program, key="add-dana")
    again = await added(program, key="add-dana")
    assert first.json["link"].startswith("/console/enrol/")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == first.json | {"link": None}
    assert len(await program.seat.audit("user.added")) == 1


async def test_a_link_lies_nowhere_in_the_database_and_in_no_log(program: Program, capsys: pytest.CaptureFixture[str]):
    await program.given(UserRole.ADMIN)
    links = [(await added(program)).json["link"], (await program.post("/users/dana/link", REASON)).json["link"]]
    read = program.seat.world.exchange.store.read
    kept = await read(
        lambda c: repr([tuple(row) for table in metadata.tables.values() for row in c.execute(select(table))])
    )
    logged = capsys.readouterr().out
    assert "dana" in kept
    for link in links:
        secret = link.rpartition("/")[2]
        assert secret not in kept
        assert secret not in logged


async def test_another_link_takes_the_place_of_the_first(program: Program):
    await program.given(UserRole.ADMIN)
    first = (await added(program)).json["link"].removeprefix("/console")
    second = (await program.post("/users/dana/link", REASON)).json["link"].removeprefix("/console")
    async with a_client(program.seat) as dana:
        assert (await dana.get(first))[0] == 410
        assert (await dana.get(second))[0] == 200


async def test_whoever_signs_in_elsewhere_gets_no_link(seat: Seat):
    async with a_program(seat, elsewhere=SOMEWHERE, takes_passwords=False) as program:
        await program.given(UserRole.ADMIN)
        made = (await added(program)).json
        assert (made["user"]["signs_in"], made["link"]) == ("elsewhere", None)
        for path, body in (("/users", DANA | {"name": "saule", "signs_in": "here"}), ("/users/dana/link", REASON)):
            assert (await program.post(path, body)).json["reason"] == "nobody signs in by a password here"


async def test_nobody_is_sent_elsewhere_where_the_settings_name_no_provider(program: Program):
    await program.given(UserRole.ADMIN)
    await added(program)
    for path, body in (
        ("/users", DANA | {"name": "saule", "signs_in": "elsewhere"}),
        ("/users/dana/elsewhere", REASON),
    ):
        assert (await program.post(path, body)).json["reason"] == "the settings name no identity provider"


# --- what is done to them -------------------------------------------------------------------------------------------


async def test_a_name_is_given_once(program: Program):
    await program.given(UserRole.ADMIN)
    await added(program)
    assert (await program.post("/users", DANA)).json["reason"] == (
        "there is a user dana already; names are never given twice"
    )
    assert (await program.post("/users", DANA | {"name": "Dana"})).problem == "invalid-request"


async def test_a_role_a_lock_sessions_and_the_account_are_changed_each_with_its_line(program: Program):
    seat = program.seat
    await seat.user("dana", UserRole.OPERATOR)
    await program.given(UserRole.ADMIN, "staff")
    async with a_client(seat) as dana:
        await dana.sign_in("dana")
        changed = (await program.post("/users/dana/role", REASON | {"role": "viewer"})).json
        assert (changed["user"]["role"], len(changed["sessions"])) == ("viewer", 1)
        assert (await dana.get("/deliveries.csv"))[0] == 403
        assert (await program.post("/users/dana/sign-out", REASON)).json["sessions"] == []
        assert (await dana.get("/"))[0] == 303
        await lock(seat, "dana")
        assert (await program.get("/users/dana")).json["acts"] == ["role", "link", "unlock", "disable"]
        assert (await program.post("/users/dana/unlock", REASON)).json["user"]["locked_until"] is None
        assert (await program.post("/users/dana/disable", REASON)).json["acts"] == ["enable"]
        assert (await dana.sign_in("dana"))[0] == 401
        await program.post("/users/dana/enable", REASON)
        assert (await dana.sign_in("dana"))[0] == 303
    for act in ("role_changed", "signed_out", "unlocked", "disabled", "enabled"):
        ((by, subject, reason, _),) = await seat.audit(f"user.{act}")
        assert (by, subject, reason) == ("token:staff", "user:1", REASON["reason"]), act


async def test_what_the_account_does_not_allow_is_refused_and_in_the_log(program: Program):
    await program.seat.user("dana", UserRole.OPERATOR)
    await program.given(UserRole.ADMIN)
    assert (await program.post("/users/dana/unlock", REASON)).json["reason"] == "dana: not locked"
    assert (await program.post("/users/nobody/disable", REASON)).problem == "not-found"
    assert [line[3] for line in await program.seat.audit("user.unlocked")] == ["refused: not locked"]
    assert [line[1:] for line in await program.seat.audit("user.disabled")] == [
        ("user:none", "", "refused: no such user")
    ]


@pytest.mark.parametrize(("act", "more"), [("disable", {}), ("role", {"role": "viewer"})])
async def test_no_token_shuts_the_last_administrator_out(program: Program, act: str, more: dict):
    seat = program.seat
    for name in ("aigerim", "nurlan"):
        await seat.user(name, UserRole.ADMIN)
    await program.given(UserRole.ADMIN)
    assert (await program.post(f"/users/aigerim/{act}", REASON | more)).status == 200
    assert (await program.post(f"/users/nurlan/{act}", REASON | more)).json["reason"] == (
        "nurlan: the last administrator who can sign in; make another one first"
    )
    assert await role_of(seat, "nurlan") is UserRole.ADMIN


async def test_a_token_that_is_called_as_a_user_is_not_that_user(program: Program):
    for name in ("aigerim", "nurlan"):
        await program.seat.user(name, UserRole.ADMIN)
    await program.given(UserRole.ADMIN, "nurlan")
    assert (await program.post("/users/nurlan/disable", REASON)).status == 200
    assert (await program.seat.audit("user.disabled"))[0][0] == "token:nurlan"


@pytest.mark.parametrize("role", OTHERS)
async def test_no_other_role_sees_or_changes_users(program: Program, role: UserRole):
    await program.given(role)
    for answered in (await program.get("/users"), await program.post("/users", DANA | {"role": "admin"})):
        assert answered.json["right"] == "users"
    assert [line[3] for line in await program.seat.audit("user.added")] == [f"refused: the role {role} may not"]


async def test_users_are_listed_by_name_and_role_page_by_page_without_what_opens_anything(program: Program):
    for name, role in (("timur", UserRole.VIEWER), ("dana", UserRole.VIEWER), ("saule", UserRole.AUDITOR)):
        await program.seat.user(name, role)
    await program.given(UserRole.ADMIN)
    read, path = [], "/users?limit=1"
    while path:
        answered = (await program.get(path)).json
        read += answered["items"]
        path = (answered["next"] or "").removeprefix("/api/v1")
    assert [one["name"] for one in read] == ["dana", "saule", "timur"]
    assert not any("password" in name or "sha256" in name for one in read for name in one)
    assert [one["name"] for one in (await program.get("/users?role=viewer&begin_at=e")).json["items"]] == ["timur"]
