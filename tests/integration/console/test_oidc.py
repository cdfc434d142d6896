"""Signing in at an identity provider, which may lie, be away or be imitated: over HTTP, against one that bends."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from connectors.openid.provider import KEYS_EVERY, KNOWN_FOR, OidcClient, OpenIdProvider
from gateway.bootstrap.exchange import oidc_accounts
from gateway.config.settings import load_settings
from gateway.console.oidc_login import CALLBACK
from gateway.console.sign_out import SIGNED_OUT
from gateway.domain.people.access import SignInMethod, UserRole
from gateway.domain.people.oidc_account import OidcAdmission, OidcTerms
from gateway.ports.people.users import AddUser, DisableUser, ListUsers, RequireOidc, SetPassword
from gateway.service.people.oidc import OidcLogin, question_of
from tests.simulators.openid import (
    CLIENT_ID,
    NEXT_KEY,
    SECRET,
    Provider,
    a_provider,
    signed_by_another,
    signed_by_the_public_key,
    unsigned,
)
from tests.worlds.console.client import ConsoleClient, a_client
from tests.worlds.console.seat import HASH, PASSWORD, Seat, a_seat
from tests.worlds.exchange.world import World, a_world

KNOWN = OidcTerms()
BY_CLAIM = OidcTerms(
    OidcAdmission.BY_CLAIM, role_claim="realm.roles", roles={"ops": UserRole.OPERATOR, "boss": UserRole.ADMIN}
)


@pytest.fixture
async def world(tmp_path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def provider(world: World) -> AsyncIterator[Provider]:
    async with a_provider(world.clock.now) as made:
        yield made


@contextlib.asynccontextmanager
async def someone(
    world: World, provider: Provider, terms: OidcTerms = KNOWN, *, takes_passwords: bool = True
) -> AsyncIterator[ConsoleClient]:
    """At a browser, before a console that has this provider."""
    secret = SECRET if provider.has_secret else None

    def elsewhere(address: str) -> OidcLogin:
        client = OidcClient(provider.issuer, CLIENT_ID, address + CALLBACK, address + SIGNED_OUT, secret)
        provider.signed_out_uris = {client.signed_out_uri}
        return OidcLogin(OpenIdProvider(world.http, client, now=world.clock.now), terms)

    async with a_seat(world, elsewhere=elsewhere, takes_passwords=takes_passwords) as seat, a_client(seat) as client:
        yield client


@pytest.fixture
async def client(world: World, provider: Provider) -> AsyncIterator[ConsoleClient]:
    """Dana is known here, as one who signs in there."""
    async with someone(world, provider) as made:
        await expected(made.seat, "dana")
        yield made


async def expected(seat: Seat, name: str, role: UserRole = UserRole.VIEWER) -> None:
    added = AddUser(name, role, "", "test", seat.world.clock.now(), signs_in=SignInMethod.ELSEWHERE)
    assert await seat.world.exchange.store.run(added) is None


async def requested_by(client: ConsoleClient, onward: str = "") -> str:
    """The address at the provider that the console sends the browser to."""
    status, address = await client.get(f"/openid/start?next={onward}")
    assert status == 303
    return address


async def answered(client: ConsoleClient, address: str) -> str:
    """The address that the provider sends the browser back to, as a path below the console."""
    async with client.http.get(address, allow_redirects=False) as there:
        assert there.status == 302
        back = there.headers["Location"]
    assert back.startswith(client.seat.url)
    return back.removeprefix(client.seat.url)


async def come_back(client: ConsoleClient, onward: str = "") -> tuple[int, str]:
    """There and back."""
    return await client.get(await answered(client, await requested_by(client, onward)))


async def tried(client: ConsoleClient) -> list[str]:
    return [result for *_, result in await client.seat.audit("session.opened")]


# --- as it should be ------------------------------------------------------------------------------------------------


async def test_whoever_is_known_signs_in_elsewhere_and_goes_where_they_were_going(client: ConsoleClient):
    assert await come_back(client, "/console/deliveries") == (303, "/console/deliveries")
    assert (await client.get("/deliveries"))[0] == 200
    assert await client.seat.audit("session.opened") == [
        ("console:dana", "user:1", "from 127.0.0.1, by the identity provider", "done")
    ]


async def test_the_browser_is_sent_with_a_state_a_nonce_and_a_challenge_and_keeps_the_rest_to_itself(
    client: ConsoleClient,
):
    first, second = [parse_qs(urlsplit(await requested_by(client)).query) for _ in range(2)]
    assert first["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) == 43
        assert first[name] != second[name]
    assert "code_verifier" not in first
    assert SECRET not in str(first)


async def test_the_login_page_offers_both_ways_and_passwords_still_open(client: ConsoleClient):
    await client.seat.user("nurlan", UserRole.ADMIN)
    _, text = await client.get("/login?next=/console/appeals")
    assert "/console/openid/start?next=/console/appeals" in text
    assert 'name="password"' in text
    assert (await client.sign_in("nurlan"))[0] == 303


async def test_a_client_without_a_secret_has_pkce_alone(world: World, provider: Provider):
    provider.has_secret = False
    async with someone(world, provider) as client:
        await expected(client.seat, "dana")
        assert (await come_back(client))[0] == 303


async def test_a_new_key_of_the_provider_is_fetched_when_a_token_names_it(client: ConsoleClient, provider: Provider):
    await come_back(client)
    provider.key = NEXT_KEY
    client.seat.world.clock.advance(seconds=KEYS_EVERY.total_seconds())
    assert (await come_back(client))[0] == 303
    assert provider.requests["/keys"] == 2


async def test_tokens_that_name_unknown_keys_do_not_make_us_ask_for_ever(client: ConsoleClient, provider: Provider):
    await come_back(client)
    provider.sign = lambda claims: provider.signed(claims).replace(".", "", 0)
    provider.key = NEXT_KEY
    for _ in range(5):
        assert (await come_back(client))[0] == 401
    assert provider.requests["/keys"] == 1


# --- bent -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bend", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another-client"}, "aud"),
        ({"aud": [CLIENT_ID, "another-client"]}, "azp"),
        ({"aud": [CLIENT_ID, "another-client"], "azp": "another-client"}, "azp"),
        ({"azp": "another-client"}, "azp"),
        ({"aud": None}, "aud"),
        ({"iss": "https://id.example.kz"}, "iss"),
        ({"iss": None}, "iss"),
        ({"exp": 1}, "Expired"),
        ({"exp": None}, "exp"),
        ({"exp": "tomorrow"}, "claim"),
        ({"iat": 4_000_000_000}, "issued in the future"),
        ({"iat": 1_000_000_000}, "old"),
        ({"iat": None}, "iat"),
        ({"nbf": 4_000_000_000}, "not yet valid"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "claim"),
        ({"sub": 7}, "nobody"),
        ({"at_hash": "AAAA"}, "at_hash"),
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_opens_nothing(
    client: ConsoleClient, provider: Provider, bend, why: str
):
    def bent(claims: dict[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in (claims | bend).items() if one is not None}

    provider.bend = bent
    status, text = await come_back(client)
    assert status == 401
    assert "Провайдер удостоверений" in text
    assert (await client.get("/"))[0] == 303
    (refused,) = await tried(client)
    assert refused.startswith("refused: identity provider: ")
    if why not in {"claim", "nobody", "old"}:
        assert why in refused


@pytest.mark.parametrize("sign", [unsigned, signed_by_the_public_key, signed_by_another, lambda _: "no.token.atall"])
async def test_a_token_that_the_provider_did_not_sign_opens_nothing(client: ConsoleClient, provider: Provider, sign):
    provider.sign = sign
    assert (await come_back(client))[0] == 401
    (refused,) = await tried(client)
    assert "the signature of the token does not hold" in refused


async def test_a_token_for_two_that_names_us_as_its_party_is_ours(client: ConsoleClient, provider: Provider):
    provider.bend = lambda claims: claims | {"aud": [CLIENT_ID, "another"], "azp": CLIENT_ID}
    assert (await come_back(client))[0] == 303


async def test_a_provider_that_describes_itself_as_another_is_not_believed(client: ConsoleClient, provider: Provider):
    provider.describes = {"issuer": "https://id.example.kz"}
    status, text = await client.get("/openid/start")
    assert status == 503
    assert "не отвечает" in text


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_a_provider_sends_nobody_off_to_another_kind_of_address(
    client: ConsoleClient, provider: Provider, name: str
):
    provider.describes = {name: "file:///etc/passwd"}
    assert (await client.get("/openid/start"))[0] == 503


async def test_while_the_provider_is_away_the_page_says_so_and_passwords_open(
    client: ConsoleClient, provider: Provider
):
    await client.seat.user("nurlan", UserRole.ADMIN)
    provider.is_away = True
    assert (await client.get("/openid/start"))[0] == 503
    assert (await client.sign_in("nurlan"))[0] == 303


async def test_one_that_goes_away_in_between_opens_nothing(client: ConsoleClient, provider: Provider):
    back = await answered(client, await requested_by(client))
    provider.is_away = True
    assert (await client.get(back))[0] == 503
    assert (await client.get("/"))[0] == 303


# --- the way back ---------------------------------------------------------------------------------------------------


async def test_an_answer_works_once_even_with_the_cookie_put_back(client: ConsoleClient):
    address = await requested_by(client)
    kept = {cookie.key: cookie.value for cookie in client.http.cookie_jar}
    back = await answered(client, address)
    assert (await client.get(back))[0] == 303
    client.http.cookie_jar.clear()
    assert (await client.get(back))[0] == 401
    client.http.cookie_jar.update_cookies(kept, client.http._build_url(client.seat.url))
    assert (await client.get(back))[0] == 401
    assert (await client.get("/"))[0] == 303


async def test_nobody_is_led_into_the_session_of_whoever_began_elsewhere(client: ConsoleClient):
    """An attacker's own answer, sent to somebody else as a link."""
    back = await answered(client, await requested_by(client))
    async with a_client(client.seat) as victim:
        await requested_by(victim)
        assert (await victim.get(back))[0] == 401
        assert (await victim.get("/"))[0] == 303


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied&state=x"])
async def test_whoever_comes_back_without_having_been_sent_is_refused(client: ConsoleClient, query: str):
    assert (await client.get(CALLBACK + query))[0] == 401


async def test_a_code_of_another_sign_in_does_not_fit_the_proof(client: ConsoleClient):
    """PKCE: a code that was caught on its way is worth nothing without the verifier."""
    caught = await answered(client, await requested_by(client))
    async with a_client(client.seat) as thief:
        state = parse_qs(urlsplit(await requested_by(thief)).query)["state"][0]
        code = parse_qs(urlsplit(caught).query)["code"][0]
        assert (await thief.get(f"{CALLBACK}?code={code}&state={state}"))[0] == 401
    assert "the provider refuses the code" in (await tried(client))[0]


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/console\\x"])
async def test_after_signing_in_elsewhere_nobody_is_led_to_another_site(client: ConsoleClient, onward: str):
    assert await come_back(client, onward) == (303, "/console/")


# --- signing out there, too -----------------------------------------------------------------------------------------

IN_RUSSIAN = {"Accept-Language": "ru"}
HERE_ONLY, THERE_TOO = "возможно, ещё не вышли", "и у провайдера удостоверений"


async def left(client: ConsoleClient) -> tuple[int, str]:
    """The answer to pressing "Sign out" on a page, and where that leads."""
    await client.get("/appeals")
    status, where = await client.post("/logout")
    assert status == 303
    return await client.get(where.removeprefix("/console"), headers=IN_RUSSIAN)


async def the_description_grows_old(client: ConsoleClient) -> None:
    """While the session is in use."""
    for _ in range(6):
        client.seat.world.clock.advance(seconds=KNOWN_FOR.total_seconds() / 6)
        assert (await client.get("/appeals"))[0] == 200


def led_on(text: str) -> str:
    """Where the page goes on to by itself."""
    (address,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', text)
    assert f'href="{address}"' in text
    return unescape(address)


async def has_agreed(client: ConsoleClient, address: str) -> str:
    """What the provider's page answers to its button, as a path below the console."""
    form = dict(parse_qsl(urlsplit(address).query))
    async with client.http.get(address) as requested_by:
        assert requested_by.status == 200
    async with client.http.post(address, data=form, allow_redirects=False) as there:
        assert there.status == 302
        return there.headers["Location"].removeprefix(client.seat.url)


async def test_whoever_signs_out_is_led_to_the_provider_and_comes_back_signed_out_of_both(
    client: ConsoleClient, provider: Provider
):
    await come_back(client)
    status, text = await left(client)
    assert status == 200
    address = led_on(text)
    assert address.startswith(f"{provider.issuer}/end?realm=staff&")
    back = await has_agreed(client, address)
    status, text = await client.get(back, headers=IN_RUSSIAN)
    assert status == 200
    assert THERE_TOO in text
    assert HERE_ONLY not in text
    async with client.http.get(await requested_by(client), allow_redirects=False) as there:
        assert "Password, please" in await there.text()


async def test_what_goes_along_to_the_provider_names_nobody(client: ConsoleClient, provider: Provider):
    await come_back(client)
    await has_agreed(client, led_on((await left(client))[1]))
    (stated,) = provider.end_session_requests
    assert stated == {
        "realm": "staff",
        "client_id": CLIENT_ID,
        "post_logout_redirect_uri": client.seat.url + SIGNED_OUT,
        "state": stated["state"],
        "ui_locales": "ru",
    }
    assert len(stated["state"]) == 43


async def test_our_session_is_over_before_the_provider_is_asked(client: ConsoleClient, provider: Provider):
    await come_back(client)
    kept = {cookie.key: cookie.value for cookie in client.http.cookie_jar}
    await client.get("/appeals")
    before = dict(provider.requests)
    assert await client.post("/logout") == (303, "/console/openid/leave")
    assert provider.requests == before
    client.http.cookie_jar.update_cookies(kept, client.http._build_url(client.seat.url))
    assert (await client.get("/"))[0] == 303
    assert [act for *_, act in await client.seat.audit("session.ended")] == ["done"]


@pytest.mark.parametrize(
    "describes",
    [
        {"end_session_endpoint": None},
        {"end_session_endpoint": "javascript:alert(1)"},
        {"end_session_endpoint": "file:///etc/passwd"},
        {"end_session_endpoint": "/end"},
        {"end_session_endpoint": ["http://127.0.0.1/end"]},
        {"issuer": "https://id.example.kz"},
    ],
)
async def test_without_an_address_there_one_is_signed_out_here_and_told_so(
    client: ConsoleClient, provider: Provider, describes: dict[str, Any]
):
    await come_back(client)
    provider.describes = describes
    await the_description_grows_old(client)
    status, text = await left(client)
    assert status == 200
    assert HERE_ONLY in text
    assert "http-equiv" not in text
    assert (await client.get("/"))[0] == 303


async def test_a_bent_address_to_sign_out_at_keeps_nobody_from_signing_in(client: ConsoleClient, provider: Provider):
    provider.describes = {"end_session_endpoint": "javascript:alert(1)"}
    assert (await come_back(client))[0] == 303


async def test_while_the_provider_is_away_one_signs_out_here_all_the_same(client: ConsoleClient, provider: Provider):
    await come_back(client)
    provider.is_away = True
    await the_description_grows_old(client)
    status, text = await left(client)
    assert (status, HERE_ONLY in text) == (200, True)
    assert (await client.get("/"))[0] == 303


async def test_a_provider_that_does_not_know_our_address_sends_nobody_to_it(client: ConsoleClient, provider: Provider):
    await come_back(client)
    provider.signed_out_uris = {"https://console.example.kz/console/openid/signed-out"}
    async with client.http.get(led_on((await left(client))[1]), allow_redirects=False) as there:
        assert there.status == 400
    assert (await client.get("/"))[0] == 303


@pytest.mark.parametrize("query", ["", "?state=", "?state=x", "?state=%D1%8F"])
async def test_whoever_comes_back_with_another_state_is_told_nothing_of_the_provider(client: ConsoleClient, query: str):
    await come_back(client)
    await left(client)
    status, text = await client.get(SIGNED_OUT + query, headers=IN_RUSSIAN)
    assert (status, HERE_ONLY in text, THERE_TOO in text) == (200, True, False)


async def test_a_link_signs_nobody_out_nor_leads_them_to_the_provider(client: ConsoleClient, provider: Provider):
    async with a_client(client.seat) as stranger:
        assert await stranger.get("/openid/leave") == (303, "/console/login")
    await come_back(client)
    assert await client.get("/openid/leave") == (303, "/console/login")
    assert await client.get(SIGNED_OUT + "?state=x") == (303, "/console/")
    assert (await client.get("/appeals"))[0] == 200
    assert "/end" not in provider.requests


async def test_whoever_came_by_a_password_signs_out_here_alone(client: ConsoleClient, provider: Provider):
    await client.seat.user("nurlan", UserRole.ADMIN)
    await client.sign_in("nurlan")
    await client.get("/appeals")
    assert await client.post("/logout") == (303, "/console/login")
    assert provider.requests == {}


async def test_forms_go_to_the_console_alone_even_when_signing_out(client: ConsoleClient):
    await come_back(client)
    for path in ("/appeals", "/openid/leave"):
        async with client.http.get(client.seat.url + path) as answer:
            assert "form-action 'self';" in answer.headers["Content-Security-Policy"]


# --- who it is ------------------------------------------------------------------------------------------------------


async def test_a_stranger_is_refused_where_users_must_be_known(client: ConsoleClient, provider: Provider):
    provider.person = {"sub": "s-9", "preferred_username": "stranger"}
    assert (await come_back(client))[0] == 401
    assert await tried(client) == ["refused: identity provider: no such user"]


async def test_an_account_stays_its_users_whatever_name_it_claims_later(client: ConsoleClient, provider: Provider):
    await come_back(client)
    provider.person = {"sub": "s-1", "preferred_username": "dana.married"}
    async with a_client(client.seat) as again:
        assert (await come_back(again))[0] == 303
    provider.person = {"sub": "s-2", "preferred_username": "dana"}
    async with a_client(client.seat) as other:
        assert (await come_back(other))[0] == 401
    assert (await tried(client))[-1] == "refused: identity provider: the name is another user's"


async def test_nobody_takes_over_a_user_who_signs_in_by_a_password(client: ConsoleClient, provider: Provider):
    await client.seat.user("nurlan", UserRole.ADMIN)
    provider.person = {"sub": "s-3", "preferred_username": "nurlan"}
    assert (await come_back(client))[0] == 401
    assert (await client.sign_in("nurlan"))[0] == 303


async def test_a_user_is_sent_elsewhere_and_called_back(client: ConsoleClient, provider: Provider):
    seat, store = client.seat, client.seat.world.exchange.store
    await seat.user("nurlan", UserRole.ADMIN)
    provider.person = {"sub": "s-3", "preferred_username": "nurlan"}
    await store.run(RequireOidc("nurlan", "has an account now", "root", seat.world.clock.now()))
    assert (await client.sign_in("nurlan"))[0] == 401
    assert (await come_back(client))[0] == 303
    await store.run(SetPassword("nurlan", HASH, "root", seat.world.clock.now()))
    assert (await client.get("/"))[0] == 303
    assert (await come_back(client))[0] == 401
    assert (await client.sign_in("nurlan"))[0] == 303


async def test_whoever_is_disabled_here_stays_out_whatever_the_provider_says(client: ConsoleClient):
    await come_back(client)
    store = client.seat.world.exchange.store
    await store.run(DisableUser("dana", "left", "root", client.seat.world.clock.now()))
    assert (await client.get("/"))[0] == 303
    assert (await come_back(client))[0] == 401
    assert (await tried(client))[-1] == "refused: the user is disabled"


async def test_guesses_here_do_not_lock_whoever_signs_in_elsewhere(client: ConsoleClient):
    for _ in range(7):
        assert (await client.sign_in("dana", "guess after guess"))[0] == 401
    assert (await come_back(client))[0] == 303


async def test_whoever_a_claim_gives_a_role_is_added_with_it_and_it_follows_the_claim(world: World, provider: Provider):
    provider.person |= {"realm": {"roles": ["ops", "cooks"]}}
    async with someone(world, provider, BY_CLAIM) as client:
        await client.seat.user("nurlan", UserRole.ADMIN)
        assert (await come_back(client))[0] == 303
        assert (await client.get("/users"))[0] == 403
        provider.person |= {"realm": {"roles": ["boss"]}}
        assert (await come_back(client))[0] == 303
        assert (await client.get("/users"))[0] == 200
        assert (await client.seat.audit("user.added"))[-1] == (
            "identity provider", "user:2", "dana", "added as operator, signs in elsewhere",
        )  # fmt: skip
        assert [line[3] for line in await client.seat.audit("user.role_changed")] == ["admin from now on"]


@pytest.mark.parametrize("roles", [[], ["cooks"], "cooks", None, 7, ["ops", "boss"], {"ops": True}])
async def test_without_one_role_by_the_claim_nobody_comes_in(world: World, provider: Provider, roles: object):
    async with someone(world, provider, BY_CLAIM) as client:
        provider.person |= {"realm": {"roles": ["ops"]}}
        assert (await come_back(client))[0] == 303
        provider.person |= {"realm": {"roles": roles}}
        async with a_client(client.seat) as again:
            assert (await come_back(again))[0] == 401


@pytest.mark.parametrize("name", ["Дана", "dana@akimat.kz", "", None, 7, "x" * 41])
async def test_a_claim_that_is_no_name_adds_nobody(world: World, provider: Provider, name: object):
    provider.person = {"sub": "s-5", "preferred_username": name, "realm": {"roles": ["ops"]}}
    async with someone(world, provider, BY_CLAIM) as client:
        assert (await come_back(client))[0] == 401
        assert await client.seat.world.exchange.store.run(ListUsers()) == ()


async def test_where_passwords_are_off_neither_login_nor_links_take_one(world: World, provider: Provider):
    async with someone(world, provider, takes_passwords=False) as client:
        await client.seat.user("nurlan", UserRole.ADMIN)
        await expected(client.seat, "dana", UserRole.ADMIN)
        _, text = await client.get("/login")
        assert 'name="password"' not in text
        async with a_client(client.seat) as other:
            await other.get("/enrol/" + "x" * 43)
            assert (await other.sign_in("nurlan", PASSWORD))[0] == 403
        assert (await come_back(client))[0] == 303
        await client.get("/users/_add")
        status, where = await client.post("/users/_add", name="saule", role="viewer", reason="began")
        assert (status, where) == (303, "/console/users/saule?done=user.added")
        assert (await client.post("/users/saule/link", reason="x"))[0] == 400


async def test_without_a_provider_there_is_no_such_way(seat: Seat):
    async with a_client(seat) as client:
        assert (await client.get("/openid/start"))[0] == 404
        assert (await client.get(CALLBACK + "?code=x&state=y"))[0] == 404
        assert (await client.get(SIGNED_OUT))[0] == 404
        assert (await client.get("/openid/leave"))[0] == 404
        assert "openid" not in (await client.get("/login"))[1]


async def test_the_settings_name_the_provider_and_who_it_lets_in(world: World, provider: Provider, tmp_path):
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True)
    secret = home / "keys" / "oidc.secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    (home / "dalel.toml").write_text(
        f'console_url = "https://console.kz/"\noidc_issuer = "{provider.issuer}"\noidc_client_id = "{CLIENT_ID}"\n'
        'oidc_client_secret_file = "keys/oidc.secret"\noidc_admission = "by_claim"\noidc_roles = {ops = "operator"}\n'
    )
    found = oidc_accounts(load_settings(home), world.http, world.clock)
    assert found is not None
    assert found.terms == OidcTerms(OidcAdmission.BY_CLAIM, roles={"ops": UserRole.OPERATOR})
    address = await found.provider.address(question_of("seed"))
    assert address.startswith(f"{provider.issuer}/authorize?")
    assert parse_qs(urlsplit(address).query)["redirect_uri"] == ["https://console.kz/console/openid/callback"]
    end_session = await found.provider.end_session("state", "kk")
    assert end_session is not None
    assert parse_qs(urlsplit(end_session).query)["post_logout_redirect_uri"] == [
        "https://console.kz/console/openid/signed-out"
    ]
    (home / "dalel.toml").write_text("")
    assert oidc_accounts(load_settings(home), world.http, world.clock) is None
