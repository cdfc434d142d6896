"""Who gets in, by what, for how long, and what each may do: asked over HTTP, without a browser's help."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from gateway.console.assets import STATIC
from gateway.console.guard import HEADERS
from gateway.console.sections import GROUPS
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import IDLE, LOCKED_FOR, LONGEST_SESSION, MOST_FAILURES, UserRole, authorise
from gateway.ports.console import LoadDelivery
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.people.users import DisableUser
from gateway.service.people.login import STRANGERS_AN_HOUR
from tests.worlds.console.client import ConsoleClient, a_client
from tests.worlds.console.seat import ConsoleNetwork, Seat, a_seat


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def a_stuck_delivery(seat: Seat) -> int:
    await seat.world.register()
    seat.world.relay._connector = ConsoleNetwork(seat.world)
    await seat.world.settle()
    (stuck,) = await seat.world.exchange.store.run(DeliveryPageQuery(state=DeliveryState.RETRY_SCHEDULED))
    return stuck.delivery_id


# --- signing in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/deliveries?group=open&recipient=x", "/deliveries/1", "/deliveries.csv"],
)
async def test_without_a_session_every_page_leads_to_the_login_and_from_there_back(client: ConsoleClient, path: str):
    status, where = await client.get(path)
    assert status == 303
    assert urlsplit(where).path == "/console/login"
    assert parse_qs(urlsplit(where).query) == {"next": [f"/console{path}"]}


async def test_streams_and_acts_without_a_session_are_simply_refused(client: ConsoleClient):
    assert (await client.get("/live"))[0] == 401
    await client.get("/login")
    assert (await client.post("/deliveries/1/resend", reason="x"))[0] == 401


async def test_the_right_password_opens_and_the_audit_log_says_who_came_from_where(client: ConsoleClient):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    assert await client.sign_in("aigerim", onward="/console/deliveries?group=open") == (
        303,
        "/console/deliveries?group=open",
    )
    assert (await client.get("/"))[0] == 200
    assert await client.seat.audit("session.opened") == [("console:aigerim", "user:1", "from 127.0.0.1", "done")]


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/console/../..", "/consolex", "", "/console\\x"]
)
async def test_after_signing_in_nobody_is_led_to_another_site(client: ConsoleClient, onward: str):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    status, where = await client.sign_in("aigerim", onward=onward)
    assert status == 303
    assert where.startswith("/console/")
    assert "evil" not in where


@pytest.mark.parametrize("name", ["aigerim", "nobody", "AIGERIM", "x" * 500, "a' OR 1=1 --", ""])
async def test_whoever_is_refused_is_told_the_same_whatever_was_wrong(client: ConsoleClient, name: str):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    status, text = await client.sign_in(name, "not the password")
    assert status == 401
    assert "Имя или пароль неверны" in text
    assert (await client.get("/"))[0] == 303


async def test_five_wrong_passwords_lock_the_name_even_for_the_right_one_and_time_opens_it(client: ConsoleClient):
    seat = client.seat
    await seat.user("aigerim", UserRole.OPERATOR)
    for _ in range(MOST_FAILURES):
        await client.sign_in("aigerim", "guess after guess")
    assert (await client.sign_in("aigerim"))[0] == 401
    results = [result for *_, result in await seat.audit("session.opened")]
    assert results[-2:] == ["refused: wrong password; locked", "refused: the user is locked"]

    seat.world.clock.advance(seconds=LOCKED_FOR.total_seconds())
    assert (await client.sign_in("aigerim"))[0] == 303


async def test_tries_with_names_that_nobody_has_cannot_fill_the_audit_log(client: ConsoleClient):
    desk_tries = STRANGERS_AN_HOUR + 5
    for n in range(desk_tries):
        await client.sign_in(f"stranger{n}", "x")
    assert len(await client.seat.audit("session.opened")) == STRANGERS_AN_HOUR


# --- sessions -------------------------------------------------------------------------------------------------------


async def test_a_session_ends_unused_and_also_when_it_is_used_all_day(client: ConsoleClient):
    seat = client.seat
    await seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    for _ in range(int(LONGEST_SESSION / IDLE * 2) - 1):
        seat.world.clock.advance(seconds=IDLE.total_seconds() / 2)
        assert (await client.get("/"))[0] == 200
    seat.world.clock.advance(seconds=IDLE.total_seconds() / 2)
    assert (await client.get("/"))[0] == 303

    assert (await client.sign_in("aigerim"))[0] == 303
    seat.world.clock.advance(seconds=IDLE.total_seconds())
    assert (await client.get("/"))[0] == 303


async def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(client: ConsoleClient):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    await client.get("/")
    (token,) = [cookie.value for cookie in client.http.cookie_jar if cookie.key == "dalel-session"]
    assert await client.post("/logout") == (303, "/console/login")

    async with (
        aiohttp.ClientSession(cookies={"dalel-session": token}) as thief,
        thief.get(f"{client.seat.url}/", allow_redirects=False) as answer,
    ):
        assert answer.status == 303
    assert [result for *_, result in await client.seat.audit("session.ended")] == ["done"]


async def test_whoever_is_disabled_is_out_at_once(client: ConsoleClient):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    at = client.seat.world.clock.now()
    await client.seat.world.exchange.store.run(DisableUser("aigerim", "left", "root", at))
    assert (await client.get("/"))[0] == 303
    assert (await client.sign_in("aigerim"))[0] == 401


async def test_a_session_that_one_brings_along_is_never_taken_over(client: ConsoleClient):
    """A token of an attacker's choice opens nothing, and signing in always makes a fresh one."""
    await client.seat.user("aigerim", UserRole.OPERATOR)
    client.http.cookie_jar.update_cookies({"dalel-session": "chosen"}, aiohttp.client.URL(client.seat.url))
    assert (await client.get("/"))[0] == 303


async def test_over_https_cookies_insist_on_it_and_on_this_host(seat: Seat):
    async with (
        a_seat(seat.world, is_secure=True) as secure,
        aiohttp.ClientSession() as http,
        http.get(f"{secure.url}/login") as answer,
    ):
        (cookie,) = answer.headers.getall("Set-Cookie")
        assert answer.headers["Strict-Transport-Security"]
    assert cookie.startswith("__Host-dalel-visit=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


# --- forms and headers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "0" * 64, "x"])
async def test_a_form_that_is_not_from_our_page_does_nothing(client: ConsoleClient, token: str):
    number = await a_stuck_delivery(client.seat)
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    status, _ = await client.post(f"/deliveries/{number}/resend", reason="x", form_token=token)
    assert status == 403
    assert await client.seat.audit("delivery.resent") == []


async def test_another_users_form_token_is_not_ours(client: ConsoleClient, seat: Seat):
    number = await a_stuck_delivery(seat)
    for name in ("aigerim", "nurlan"):
        await seat.user(name, UserRole.OPERATOR)
    await client.sign_in("aigerim")
    async with a_client(seat) as other:
        await other.sign_in("nurlan")
        await other.get(f"/deliveries/{number}")
        assert (await client.post(f"/deliveries/{number}/resend", reason="x", form_token=other.form))[0] == 403


async def test_a_post_that_a_browser_says_comes_from_another_site_is_refused_even_with_the_token(client: ConsoleClient):
    await client.get("/login")
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"form_token": client.form, "name": "x", "password": "y"}
    async with client.http.post(f"{client.seat.url}/login", data=data, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", ["/login", "/static/console.css", "/nothing", "/deliveries/1"])
async def test_every_answer_forbids_scripts_frames_and_guessing(client: ConsoleClient, path: str):
    async with client.http.get(client.seat.url + path, allow_redirects=False) as answer:
        assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nrubbish", 400),
        ("multipart/form-data", b"rubbish", 400),
        ("application/json", b"{}", 403),
        ("application/x-www-form-urlencoded", b"\xff=%zz", 400),
        ("application/x-www-form-urlencoded", b"form_token=%D1%8B", 403),
        ("application/x-www-form-urlencoded", b"a" * 2_000_000, 413),
    ],
)
async def test_a_body_that_is_no_form_is_told_so_and_is_no_fault_of_ours(client: ConsoleClient, kind, body, status):
    await client.get("/login")
    async with client.http.post(
        f"{client.seat.url}/login", data=io.BytesIO(body), headers={"Content-Type": kind}
    ) as answer:
        assert answer.status == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(client: ConsoleClient, method: str):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    async with client.http.request(method, f"{client.seat.url}/deliveries/1/resend") as answer:
        assert answer.status == 405


async def test_files_beside_the_static_ones_are_not_served(client: ConsoleClient):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert (await client.get(path))[0] in {303, 403, 404}


async def test_a_style_sheet_that_the_browser_has_is_not_sent_again(client: ConsoleClient):
    url = f"{client.seat.url}/static/console.css"
    async with client.http.get(url) as answer:
        sheet, etag = await answer.read(), answer.headers["ETag"]
        assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, "text/css", "no-cache")
    assert sheet == (STATIC / "console.css").read_bytes()
    for known, status, body in ((etag, 304, b""), ("*", 304, b""), ('"another"', 200, sheet)):
        async with client.http.get(url, headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read(), answer.headers["ETag"]) == (status, body, etag)


async def test_every_file_of_the_console_is_served_as_what_it_is(client: ConsoleClient):
    kinds = {}
    for path in STATIC.iterdir():
        async with client.http.get(f"{client.seat.url}/static/{path.name}") as answer:
            kinds[path.suffix] = answer.content_type
            assert (answer.status, await answer.read()) == (200, path.read_bytes())
    assert kinds == {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


# --- rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.SUPPORT, UserRole.SECURITY_OFFICER, UserRole.AUDITOR])
async def test_who_only_looks_cannot_act_and_that_it_was_tried_is_in_the_audit_log(client: ConsoleClient, role, act):
    seat = client.seat
    number = await a_stuck_delivery(seat)
    await seat.user("dana", role)
    await client.sign_in("dana")
    await client.get(f"/deliveries/{number}")

    status, _ = await client.post(f"/deliveries/{number}/{act}", reason="because")

    past = {"resend": "resent", "park": "parked", "release": "released", "cancel": "cancelled"}[act]
    assert status == 403
    assert await seat.audit(f"delivery.{past}") == [
        ("console:dana", str(number), "because", f"refused: the role {role} may not")
    ]
    (row,) = await seat.world.exchange.store.run(DeliveryPageQuery(state=DeliveryState.RETRY_SCHEDULED))
    assert row.delivery_id == number


async def test_an_act_that_the_state_does_not_allow_is_shown_as_refused_and_kept_as_such(client: ConsoleClient):
    seat = client.seat
    await seat.world.register()
    await seat.world.settle()
    await seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    await client.get("/deliveries/1")
    status, where = await client.post("/deliveries/1/park", reason="too late")
    assert (status, where) == (303, "/console/deliveries/1?done=park")
    assert "it is acknowledged, which is final" in (await client.get("/deliveries/1?done=park"))[1]
    assert len(await seat.audit("delivery.parked")) == 1


@pytest.mark.parametrize(("reason", "status"), [("", 400), ("   ", 400), ("why", 303)])
async def test_no_act_without_a_reason(client: ConsoleClient, reason: str, status: int):
    number = await a_stuck_delivery(client.seat)
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    await client.get(f"/deliveries/{number}")
    assert (await client.post(f"/deliveries/{number}/park", reason=reason))[0] == status


async def test_a_peers_words_are_never_markup(client: ConsoleClient):
    number = await a_stuck_delivery(client.seat)
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    await client.get(f"/deliveries/{number}")
    await client.post(f"/deliveries/{number}/park", reason="<script>alert(1)</script>")
    _, text = await client.get(f"/deliveries/{number}")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


async def test_a_list_is_taken_away_as_csv_and_not_by_a_viewer(client: ConsoleClient):
    seat = client.seat
    await a_stuck_delivery(seat)
    await seat.user("dana", UserRole.VIEWER)
    await seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("dana")
    assert (await client.get("/deliveries.csv"))[0] == 403
    await client.get("/")
    await client.post("/logout")
    await client.sign_in("aigerim")
    status, text = await client.get("/deliveries.csv?state=retry_scheduled")
    lines = text.lstrip("\ufeff").splitlines()
    assert status == 200
    assert lines[0].startswith("delivery,appeal,message,to,action,state")
    assert len(lines) == 2
    assert "akimat-almaty" in lines[1]


async def test_reading_an_envelope_whole_is_logged_as_an_access(client: ConsoleClient):
    seat = client.seat
    number = await a_stuck_delivery(seat)
    whole = await seat.world.exchange.store.run(LoadDelivery(number))
    assert whole is not None
    await seat.user("nurlan", UserRole.AUDITOR)
    await client.sign_in("nurlan")
    digest = whole.tried[0].request_sha256
    _, text = await client.get(f"/deliveries/{number}/envelopes/{digest}")
    assert "900101300017" in text

    from sqlalchemy import select

    from gateway.store.tables import accesses

    rows = await seat.world.exchange.store.read(lambda c: c.execute(select(accesses)).all())
    assert [(row.reader, row.what, row.subject) for row in rows if row.what == "envelope"] == [
        ("user:1", "envelope", f"{number} {digest}")
    ]


@pytest.mark.parametrize(
    "path", ["/deliveries/9223372036854775808", "/deliveries/0", f"/deliveries/1/envelopes/{'0' * 64}", "/x"]
)
async def test_what_is_not_there_is_told_on_a_page(client: ConsoleClient, path: str):
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    status, text = await client.get(path, headers={"Accept-Language": "kk"})
    assert status == 404
    assert "Бұл мекенжайда немесе нөмірде ештеңе жоқ." in text


async def test_a_number_that_fits_one_delivery_leads_straight_to_it(client: ConsoleClient):
    number = await a_stuck_delivery(client.seat)
    await client.seat.user("aigerim", UserRole.OPERATOR)
    await client.sign_in("aigerim")
    assert await client.get(f"/deliveries?number={number}") == (303, f"/console/deliveries/{number}")


# --- every section ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(UserRole))
async def test_each_role_is_offered_the_sections_that_it_may_see_and_served_no_other(
    client: ConsoleClient, role: UserRole
):
    await client.seat.user("dana", role)
    await client.sign_in("dana")
    _, home = await client.get("/me")
    for section in (one for group in GROUPS for one in group.sections):
        status, _ = await client.get(section.path)
        assert (status, f'href="/console{section.path}"' in home.partition("<main")[0]) == (
            (200, True) if authorise(role, section.right).is_allowed else (403, section.path == "/")
        ), section.path
