"""Parties over HTTP: who is in trouble and why, whose certificate ends, what a pause and a ping do, who may."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import Party, PartyId
from gateway.console.context import CONTEXT
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.registry.revocation import RevocationCheck
from gateway.ports.audit import RecordAccess
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.parties import ListPauses, LoadRegistry, RecordCheck, Switch
from gateway.service.parties import switch
from signing.keys.keypair import SoftwareKey
from signing.trust.answer import RevocationStatus, WhyUnknown
from signing.trust.revocation import RevocationJudgement
from tests.worlds.console.client import ConsoleClient, a_client
from tests.worlds.console.seat import ConsoleNetwork, Seat
from tests.worlds.exchange.world import AKIMAT, COURT, JER, ME


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def signed_in(client: ConsoleClient, role: UserRole) -> ConsoleClient:
    await client.sign_in(await client.seat.user(f"the-{role}", role))
    await client.get("/language?to=en&back=/console/")
    return client


async def a_silent_akimat(seat: Seat) -> ConsoleNetwork:
    """Four appeals that it did not take; its circuit is open."""
    seat.world.relay._connector = network = ConsoleNetwork(seat.world)
    for _ in range(4):
        await seat.world.register()
        await seat.world.settle()
        seat.world.clock.advance(minutes=7)
    await seat.world.settle()
    return network


def order(text: str) -> list[str]:
    """Parties in the order of the table."""
    return re.findall(r'<th scope="row" class="named"><a href="/console/parties/([\w-]+)"', text)


async def registered(seat: Seat, party_id: PartyId, **changes: object) -> Party:
    """The party with some of it changed, in a new registry version."""
    registry = await seat.world.exchange.store.run(LoadRegistry())
    changed = [replace(one, **changes) if one.party_id == party_id else one for one in registry.parties]
    await seat.world.apply(replace(registry, parties=tuple(changed)))
    return next(one for one in changed if one.party_id == party_id)


# --- the list -------------------------------------------------------------------------------------------------------


async def test_every_party_of_the_registry_is_listed_and_the_silent_one_first(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.VIEWER)
    status, text = await client.get("/parties")
    assert status == 200
    assert order(text)[0] == AKIMAT
    assert sorted(order(text)) == sorted(one.party_id for one in client.seat.world.in_force[0].registry.parties)
    assert "Nobody answers there" in text
    assert "Rates are counted over all attempts of the last 24 hours:" in text


@pytest.mark.parametrize(
    ("requested", "found"),
    [
        ("words=ALMATY", [AKIMAT, JER, COURT]),
        ("role=court", [COURT]),
        ("channel=mailbox", [ME, JER]),
        ("only=silent", [AKIMAT]),
        ("only=paused", [COURT]),
        ("words=nobody", []),
        ("role=x&only=z&start=-1", []),
    ],
)
async def test_the_list_is_narrowed_by_what_its_address_says(client: ConsoleClient, requested: str, found: list[str]):
    await a_silent_akimat(client.seat)
    await switch(client.seat.world.exchange, Switch.PAUSE, COURT, by="t", reason="moving")
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/parties?{requested}")
    assert sorted(order(text)) == sorted(found)


async def test_taken_away_the_list_says_the_same(client: ConsoleClient):
    await a_silent_akimat(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/parties.csv?only=silent")
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    assert (row["party"], row["circuit"], row["troubles"]) == (AKIMAT, "open", "silent")
    assert int(row["waiting"]) == 4


async def test_a_mailbox_that_nobody_empties_is_a_trouble_of_the_partys(client: ConsoleClient):
    seat = client.seat
    await seat.world.register(subject="LAND")
    seat.world.clock.advance(minutes=61)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/parties/{JER}")
    assert "It does not fetch what waits in its mailbox" in text
    assert "Asked for its mailbox last</dt><dd>never" in text
    await seat.world.exchange.store.run(RecordAccess(JER, "mailbox", "0 messages", seat.world.clock.now()))
    seat.world.clock.advance(minutes=1)
    seat.app[CONTEXT].figures.forget()
    _, text = await client.get(f"/parties/{JER}")
    assert "It does not fetch" not in text


# --- certificates ---------------------------------------------------------------------------------------------------


def a_key_that_lasts(left: timedelta, *, now: datetime) -> SoftwareKey:
    """Of an authority of its own, which gives all the same span."""
    authority = SandboxAuthority.create("Test CA", now=now - timedelta(days=3000))
    span = authority.issue("x", bin="050740004819", usage=Usage.MESSAGE, now=now).certificate.not_after - now
    return authority.issue("x", bin="050740004819", usage=Usage.MESSAGE, now=now + left - span)


async def test_certificates_of_all_parties_stand_in_one_list_the_ending_ones_first(client: ConsoleClient):
    seat = client.seat
    short = a_key_that_lasts(timedelta(days=5, hours=1), now=seat.world.clock.now())
    await registered(seat, JER, certificates=(short.certificate.der,))
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/parties/certificates")
    assert re.findall(r'/parties/([\w-]+)#certificates"', text)[0] == JER
    assert "ends within 7 days" in text
    assert "5 days left" in text
    _, only = await client.get("/parties/certificates?only_trouble=true")
    assert set(re.findall(r'/parties/([\w-]+)#certificates"', only)) == {JER}
    _, taken = await client.get("/parties/certificates.csv")
    rows = list(csv.DictReader(io.StringIO(taken.lstrip("\ufeff"))))
    assert len(rows) == 5
    assert rows[0]["sha256"] == short.certificate.sha256


@pytest.mark.parametrize(
    ("why", "words", "is_seen_to"),
    [
        (WhyUnknown.PATH_INVALID, "unknown: its certification path is not valid", True),
        (WhyUnknown.NO_PATH, "unknown: no path leads to a trust anchor", True),
        (WhyUnknown.NOBODY_NAMED, "unknown: it names nobody to ask", False),
        (WhyUnknown.NO_ANSWER, "unknown: nobody could say", False),
    ],
)
async def test_of_one_that_is_unknown_the_list_says_why(client: ConsoleClient, why, words, is_seen_to):
    seat = client.seat
    sha256 = seat.world.keys[AKIMAT].certificate.sha256
    judged = RevocationJudgement(RevocationStatus.UNKNOWN, reason=why, detail="no valid path")
    check = RevocationCheck(sha256, seat.world.clock.now(), judged, unanswered=0)
    await seat.world.exchange.store.run(RecordCheck(check))
    await signed_in(client, UserRole.OPERATOR)
    for page in ("/parties/certificates", f"/parties/{AKIMAT}"):
        _, text = await client.get(page)
        assert words in text
    _, only = await client.get("/parties/certificates?only_trouble=true")
    assert (f"/parties/{AKIMAT}#certificates" in only) is is_seen_to
    _, taken = await client.get("/parties/certificates.csv")
    rows = {row["sha256"]: row for row in csv.DictReader(io.StringIO(taken.lstrip("\ufeff")))}
    assert rows[sha256]["unknown_because"] == why.value


async def test_one_whose_successor_is_registered_is_no_trouble_and_its_page_says_how_to_go_on(client: ConsoleClient):
    seat = client.seat
    old = seat.world.keys[AKIMAT].certificate
    seat.world.clock.advance(days=(old.not_after - seat.world.clock.now()).days - 10)
    now = seat.world.clock.now()
    following = SandboxAuthority.create("Next CA", now=now).issue(
        "akimat", bin="050740004819", usage=Usage.MESSAGE, now=now
    )
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/parties/{AKIMAT}")
    assert "A certificate ends soon, and none follows" in text
    await registered(seat, AKIMAT, certificates=(old.der, following.certificate.der))
    _, text = await client.get(f"/parties/{AKIMAT}")
    assert "A certificate ends soon, and none follows" not in text
    assert "ends within 30 days" in text
    assert f"{following.certificate.serial:x}" in text
    assert "dalel parties apply parties.yaml --dry-run" in text


# --- pausing --------------------------------------------------------------------------------------------------------


async def test_a_paused_party_gets_nothing_new_until_it_is_resumed_and_every_page_says_so(client: ConsoleClient):
    seat, world = client.seat, client.seat.world
    await signed_in(client, UserRole.OPERATOR)
    await client.get(f"/parties/{AKIMAT}")
    status, where = await client.post(f"/parties/{AKIMAT}/pause", reason="they move to another machine")
    assert (status, where) == (303, f"/console/parties/{AKIMAT}?done=paused")
    _, text = await client.get(where.removeprefix("/console"))
    assert "they move to another machine" in text
    assert "Paused: nothing new goes out to it" in text

    await world.register()
    await world.settle()
    (waits,) = await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    assert (waits.state, waits.attempts) == (DeliveryState.PENDING, 0)
    assert "Its party is paused: a person resumes it" in (await client.get(f"/deliveries/{waits.delivery_id}"))[1]
    assert '<span class="standing paused">' in (await client.get("/"))[1]

    await client.get(f"/parties/{AKIMAT}")
    await client.post(f"/parties/{AKIMAT}/resume", reason="they have moved")
    assert seat.woken == [True, True]
    await world.settle()
    (sent,) = await world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT))
    assert sent.state is DeliveryState.ACKNOWLEDGED
    by = "console:the-operator"
    assert await seat.audit("party.paused") == [(by, AKIMAT, "they move to another machine", "paused")]
    assert await seat.audit("party.resumed") == [(by, AKIMAT, "they have moved", "resumed")]


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (f"/parties/{AKIMAT}/pause", {"reason": "  "}, 400),
        (f"/parties/{ME}/pause", {"reason": "x"}, 400),
        ("/parties/nobody/pause", {"reason": "x"}, 404),
        (f"/parties/{AKIMAT}/erase", {"reason": "x"}, 404),
        (f"/parties/{JER}/ping", {}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(client: ConsoleClient, path: str, fields: dict[str, str], status: int):
    await signed_in(client, UserRole.OPERATOR)
    await client.get(f"/parties/{AKIMAT}")
    assert (await client.post(path, **fields))[0] == status
    assert await client.seat.world.exchange.store.run(ListPauses()) == ()


async def test_to_pause_what_is_paused_is_told_by_the_audit_logs_own_words(client: ConsoleClient):
    await switch(client.seat.world.exchange, Switch.PAUSE, AKIMAT, by="t", reason="moving")
    await signed_in(client, UserRole.OPERATOR)
    await client.get(f"/parties/{AKIMAT}")
    _, where = await client.post(f"/parties/{AKIMAT}/pause", reason="me too")
    _, text = await client.get(where.removeprefix("/console"))
    assert "<b>refused</b> · it is paused already" in text


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.SUPPORT, UserRole.AUDITOR])
async def test_a_role_that_may_not_pause_is_refused_and_the_log_says_who_tried(client: ConsoleClient, role: UserRole):
    await signed_in(client, role)
    _, text = await client.get(f"/parties/{AKIMAT}")
    assert "Your role neither pauses nor resumes a party." in text
    assert (await client.post(f"/parties/{AKIMAT}/pause", reason="x"))[0] == 403
    assert await client.seat.audit("party.paused") == [
        (f"console:the-{role}", AKIMAT, "x", f"refused: the role {role} may not")
    ]


# --- pinging --------------------------------------------------------------------------------------------------------


async def test_a_ping_tells_each_step_asks_the_party_for_nothing_and_is_in_the_audit_log(client: ConsoleClient):
    seat = client.seat
    await registered(seat, AKIMAT, endpoint=f"{seat.world.url}/soap/v1/appeals")
    await signed_in(client, UserRole.SUPPORT)
    _, text = await client.get(f"/parties/{AKIMAT}/ping")
    assert "Ping now" in text
    assert await seat.audit("party.probed") == []
    status, text = await client.post(f"/parties/{AKIMAT}/ping")
    assert status == 200
    assert "Its software answers." in text
    assert "HTTP 200 OK, its description" in text
    ((by, subject, _, result),) = await seat.audit("party.probed")
    assert (by, subject) == ("console:the-support", AKIMAT)
    assert re.fullmatch(r"reached in \d+\.\d\d s", result)


async def test_a_ping_goes_where_the_registry_says_whatever_the_form_says(client: ConsoleClient):
    await signed_in(client, UserRole.OPERATOR)
    await client.get(f"/parties/{AKIMAT}/ping")
    elsewhere = f"{client.seat.world.url}/soap/v1/appeals"
    _, text = await client.post(f"/parties/{AKIMAT}/ping?endpoint={elsewhere}", endpoint=elsewhere)
    assert "It was not reached." in text
    assert "127.0.0.1, port 9" in text or "Connect call failed (&#39;127.0.0.1&#39;, 9)" in text


async def test_a_ping_that_fails_says_whom_to_call(client: ConsoleClient):
    await signed_in(client, UserRole.OPERATOR)  # nobody listens at the akimat's endpoint
    await client.get(f"/parties/{AKIMAT}/ping")
    _, text = await client.post(f"/parties/{AKIMAT}/ping")
    assert "It was not reached." in text
    assert "a firewall stands between us" in text
    ((*_, result),) = await client.seat.audit("party.probed")
    assert result.startswith("not reached: connect failed")


async def test_who_may_not_ping_is_refused(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/parties/{AKIMAT}/ping")
    assert "Your role does not ping parties." in text
    await client.get(f"/parties/{AKIMAT}")
    assert (await client.post(f"/parties/{AKIMAT}/ping"))[0] == 403


async def test_of_a_party_with_a_mailbox_is_told_when_it_fetched_last(client: ConsoleClient):
    seat = client.seat
    await seat.world.exchange.store.run(RecordAccess(JER, "mailbox", "3 messages", seat.world.clock.now()))
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get(f"/parties/{JER}/ping")
    assert "There is no door to knock at" in text
    assert "Ping now" not in text
    assert f'datetime="{seat.world.clock.now().isoformat()}"' in text


async def test_a_party_that_the_registry_does_not_have_has_no_page(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    for path in ("/parties/nobody", "/parties/nobody/ping", "/parties/nobody/live", "/parties/NOBODY"):
        assert (await client.get(path))[0] == 404
