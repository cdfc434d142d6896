"""Deliveries over HTTP: narrowed, found by a person, saved as views, and moved many at a time."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from contracts.header import Action
from dossier.check.report import ContainerKind
from dossier.check.verification import verify_container
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.parties import LoadRegistry
from gateway.service import operate
from gateway.store.tables import accesses
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.worlds.console.appeals_day import list_all
from tests.worlds.console.seat import ConsoleNetwork, Seat
from tests.worlds.exchange.world import AKIMAT

S = DeliveryState
IIN = "900101300017"


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def signed_in(client: ConsoleClient, role: UserRole, name: str = "") -> ConsoleClient:
    await client.sign_in(await client.seat.user(name or f"the-{role}", role))
    await client.get("/language?to=en&back=/console/")
    return client


async def stuck(seat: Seat, many: int = 3) -> list[int]:
    """So many to the akimat, which does not answer."""
    seat.world.relay._connector = ConsoleNetwork(seat.world)
    for _ in range(many):
        await seat.world.register()
        await seat.world.settle()
        seat.world.clock.advance(minutes=7)
    rows = await seat.world.exchange.store.run(DeliveryPageQuery(recipient=AKIMAT, limit=99))
    return sorted(row.delivery_id for row in rows)


async def unregistered(seat: Seat) -> None:
    """The akimat is no party any more; what waits for it cannot be sent."""
    registry = await seat.world.exchange.store.run(LoadRegistry())
    left = tuple(one for one in registry.parties if one.party_id != AKIMAT)
    agreements = tuple(one for one in registry.agreements if one.party_id != AKIMAT)
    routes = tuple(one for one in registry.routes if one.party_id != AKIMAT)
    await seat.world.apply(replace(registry, parties=left, agreements=agreements, routes=routes))
    seat.world.clock.advance(minutes=60)
    await seat.world.settle()


def listed(text: str) -> list[int]:
    return [int(one) for one in re.findall(r'<th scope="row" class="n"><a href="/console/deliveries/(\d+)"', text)]


async def states(seat: Seat, ids: list[int]) -> set[S]:
    rows = await seat.world.exchange.store.run(DeliveryPageQuery(limit=99))
    return {row.state for row in rows if row.delivery_id in ids}


async def post_ids(client: ConsoleClient, ids: list[int], **fields: str) -> tuple[int, str]:
    form = [("form_token", client.form), *(("id", str(one)) for one in ids), *fields.items()]
    async with client.http.post(f"{client.seat.url}/deliveries/acts", data=form) as answer:
        return answer.status, await answer.text()


# --- the list -------------------------------------------------------------------------------------------------------


async def test_it_is_narrowed_by_operation_code_and_period_and_the_file_says_the_same(client: ConsoleClient):
    ids = await stuck(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get(f"/deliveries?action={Action.ASSIGN_APPEAL.value}&order=oldest")
    assert listed(text) == ids
    requested = "period=made&since=2000-01-01T00:00&until=2100-01-01T00:00&state=retry_scheduled"
    _, text = await client.get(f"/deliveries?{requested}")
    assert listed(text) == ids[::-1]
    _, file = await client.get(f"/deliveries.csv?{requested}")
    assert [int(row["delivery"]) for row in csv.DictReader(io.StringIO(file.lstrip("\ufeff")))] == ids[::-1]
    _, text = await client.get("/deliveries?code=NoSuchParty")
    assert "No delivery fits." in text


async def test_a_persons_number_goes_by_a_form_finds_their_deliveries_and_is_logged(client: ConsoleClient):
    ids = await stuck(client.seat, 1)
    await list_all(client.seat.world)
    await signed_in(client, UserRole.SUPPORT)
    await client.get("/deliveries")
    status, text = await client.post("/deliveries/find", number=IIN)
    assert status == 200
    assert set(ids) <= set(listed(text))
    assert f'value="{IIN}"' not in text
    assert await client.get(f"/deliveries?number={IIN}") == (303, "/console/deliveries")


async def test_who_may_not_look_for_persons_is_refused_and_any_other_number_becomes_an_address(client: ConsoleClient):
    await stuck(client.seat, 1)
    await signed_in(client, UserRole.OPERATOR)
    await client.get("/deliveries")
    assert (await client.post("/deliveries/find", number=IIN))[0] == 403
    assert await client.post("/deliveries/find", number="DL-1") == (303, "/console/deliveries?number=DL-1")


# --- saved views ----------------------------------------------------------------------------------------------------


async def test_a_view_is_saved_shared_used_and_removed(client: ConsoleClient):
    ids = await stuck(client.seat, 1)
    await signed_in(client, UserRole.OPERATOR)
    query = "group=waiting&recipient=akimat-almaty&order=oldest"
    await client.get(f"/deliveries?{query}")
    status, to = await client.post("/deliveries/_views", name="Akimat: stuck", query=query, shared="1")
    assert (status, to) == (303, f"/console/deliveries?{query}")
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/deliveries")
    assert f'<a href="/console/deliveries?{query.replace("&", "&amp;")}" >Akimat: stuck' in text
    assert "the-operator" in text
    _, text = await client.get(f"/deliveries?{query}")
    assert listed(text) == ids
    assert "<small>Akimat: stuck</small>" in text
    assert (await client.post("/deliveries/_views/1/remove"))[0] == 404
    await client.sign_in("the-operator")
    await client.get("/deliveries/_views")
    assert (await client.post("/deliveries/_views/1/remove"))[0] == 303
    assert [line[3] for line in await client.seat.audit("view.removed")] == ["removed"]


@pytest.mark.parametrize(
    ("name", "query"),
    [("", "group=open"), ("of 900101300017", "group=open"), ("x", f"number={IIN}"), ("x", "nothing=known")],
)
async def test_a_view_without_a_name_or_with_a_persons_number_is_not_saved(
    client: ConsoleClient, name: str, query: str
):
    await signed_in(client, UserRole.OPERATOR)
    await client.get("/deliveries")
    assert (await client.post("/deliveries/_views", name=name, query=query))[0] == 400


# --- acts on many ---------------------------------------------------------------------------------------------------


async def test_selected_ones_are_told_first_then_moved_each_with_its_line(client: ConsoleClient):
    ids = await stuck(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    requested = urlencode({"act": "park", "id": [*ids[:2], 999]}, doseq=True)
    status, text = await client.get(f"/deliveries/acts?{requested}")
    assert status == 200
    assert "Deliveries that this moves: 2" in text
    assert await states(client.seat, ids) == {S.RETRY_SCHEDULED}

    status, text = await post_ids(client, [*ids[:2], 999], act="park", reason="moving house")
    assert status == 200
    assert "Parked: <b>2</b>" in text
    assert "there is no such delivery" in text
    assert await states(client.seat, ids[:2]) == {S.PARKED}
    lines = await client.seat.audit("delivery.parked")
    assert ("console:the-operator", str(ids[0]), "moving house", "parked, was retry_scheduled") in lines


async def test_all_of_a_filter_are_moved_and_nothing_that_came_after_it_was_counted(client: ConsoleClient):
    ids = await stuck(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/deliveries/acts?of=all&act=cancel&recipient=akimat-almaty&group=waiting")
    assert "Deliveries that this moves: 3" in text
    as_of = re.search(r'name="as_of" value="([^"]+)"', text)[1]
    client.seat.world.clock.advance(minutes=1)
    later = set(await stuck(client.seat, 1)) - set(ids)
    requested = {"of": "all", "act": "cancel", "recipient": AKIMAT, "group": "waiting", "as_of": as_of}
    status, text = await client.post("/deliveries/acts", **requested, reason="served on paper")
    assert status == 200
    assert "Cancelled: <b>3</b>" in text
    assert await states(client.seat, ids) == {S.CANCELLED}
    assert later
    assert S.CANCELLED not in await states(client.seat, [*later])


async def test_a_large_selection_is_worked_off_in_steps_that_a_person_lets_go_on(client: ConsoleClient, monkeypatch):
    ids = await stuck(client.seat)
    monkeypatch.setattr(operate, "MOST_BATCHES", 1)
    monkeypatch.setattr("gateway.store.deliveries.moves.MOST_AT_ONCE", 2)
    await signed_in(client, UserRole.OPERATOR)
    requested = {"of": "all", "act": "park", "recipient": AKIMAT, "reason": "why"}
    await client.get("/deliveries")
    _, text = await client.post("/deliveries/acts", **requested)
    assert "Parked: <b>2</b>" in text
    after = re.search(r'name="go_on_after" value="(\d+)"', text)[1]
    _, text = await client.post("/deliveries/acts", **requested, go_on_after=after)
    assert "Parked: <b>1</b>" in text
    assert "go_on_after" not in text
    assert await states(client.seat, ids) == {S.PARKED}


async def test_a_number_of_an_appeal_stands_for_its_deliveries(client: ConsoleClient):
    ids = await stuck(client.seat)
    row = next(
        one
        for one in await client.seat.world.exchange.store.run(DeliveryPageQuery(limit=99))
        if one.delivery_id == ids[0]
    )
    await signed_in(client, UserRole.OPERATOR)
    await client.get("/deliveries")
    requested = {"of": "all", "act": "park", "number": row.appeal_number, "state": "retry_scheduled", "reason": "why"}
    _, text = await client.post("/deliveries/acts", **requested)
    assert "Parked: <b>1</b>" in text
    assert await states(client.seat, ids[:1]) == {S.PARKED}


@pytest.mark.parametrize(
    "requested",
    [
        "act=resend&of=all", "act=burn&id=1", "act=resend&of=all&order=oldest", "id=1",
        f"act=park&of=all&number={IIN}", "act=park&of=all&period=ended&since=2026-01-01T00:00",
        "act=park&of=all&group=waiting&party=akimat-almaty",
    ],
)  # fmt: skip
async def test_without_saying_which_or_what_nothing_is_offered(client: ConsoleClient, requested: str):
    await signed_in(client, UserRole.OPERATOR)
    assert (await client.get(f"/deliveries/acts?{requested}"))[0] == 400


async def test_where_nothing_is_ticked_one_is_told_so_and_nothing_is_done(client: ConsoleClient):
    ids = await stuck(client.seat, 1)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/deliveries/acts?act=park")
    assert "Nothing is selected." in text
    assert (await client.post("/deliveries/acts", act="park", reason="why"))[0] == 400
    assert await states(client.seat, ids) == {S.RETRY_SCHEDULED}


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.SUPPORT, UserRole.AUDITOR])
async def test_who_only_looks_moves_no_many_either_and_the_try_is_in_the_audit_log(
    client: ConsoleClient, role: UserRole
):
    ids = await stuck(client.seat)
    await signed_in(client, role)
    _, text = await client.get("/deliveries?recipient=akimat-almaty")
    assert 'type="checkbox" name="id"' not in text
    assert (await client.get(f"/deliveries/acts?act=park&id={ids[0]}"))[0] == 403
    assert (await client.post("/deliveries/acts", act="park", id=str(ids[0]), reason="why"))[0] == 403
    assert await states(client.seat, ids) == {S.RETRY_SCHEDULED}
    (line,) = await client.seat.audit("delivery.parked")
    assert line[3] == f"refused: the role {role} may not"


# --- dead letters ---------------------------------------------------------------------------------------------------


async def test_dead_letters_are_told_by_cause_with_what_helps_and_a_group_is_sent_again(client: ConsoleClient):
    ids = await stuck(client.seat)
    await unregistered(client.seat)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/dead-letters")
    assert "The registry does not have this party" in text
    assert "Register the party again" in text
    _, file = await client.get("/dead-letters.csv")
    (line,) = csv.DictReader(io.StringIO(file.lstrip("\ufeff")))
    assert (line["party"], line["code"], line["count"]) == (AKIMAT, "NoSuchParty", "3")
    group = re.search(r'href="/console/deliveries\?([^"]+)">3</a>', text)[1].replace("&amp;", "&")
    _, text = await client.get(f"/deliveries?{group}&order=oldest")
    assert listed(text) == ids
    _, text = await client.get(f"/deliveries/acts?of=all&act=resend&{group}")
    assert "Deliveries that this moves: 3" in text
    fields = dict(pair.split("=") for pair in group.split("&"))
    _, text = await client.post("/deliveries/acts", of="all", act="resend", reason="they are back", **fields)
    assert "Resent: <b>3</b>" in text
    assert await states(client.seat, ids) == {S.PENDING}


async def test_without_dead_letters_the_page_says_so(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get("/dead-letters")
    assert "There are none: everything can be sent." in text


def test_every_cause_is_told_with_what_helps():
    from gateway.domain.delivery.poison import PoisonCause
    from gateway.reading.deliveries import cause_of

    assert cause_of("unheard of") not in {cause_of(cause) for cause in PoisonCause}


# --- evidence -------------------------------------------------------------------------------------------------------


async def test_evidence_that_is_taken_away_proves_itself_and_is_logged(client: ConsoleClient, tmp_path: Path):
    (number,) = await stuck(client.seat, 1)
    await signed_in(client, UserRole.AUDITOR)
    _, text = await client.get(f"/deliveries/{number}")
    assert f'href="/console/deliveries/{number}/evidence/download"' in text
    async with client.http.get(f"{client.seat.url}/deliveries/{number}/evidence/download") as answer:
        assert answer.content_type == "application/vnd.etsi.asic-e+zip"
        path = tmp_path / "taken.asice"
        path.write_bytes(await answer.read())
    report = verify_container(path, [client.seat.world.anchor], now=client.seat.world.clock.now())
    assert (report.kind, report.is_passed) == (ContainerKind.EVIDENCE, True), list(report.findings())
    read = select(accesses.c.reader, accesses.c.subject, accesses.c.about).where(accesses.c.what == "evidence")
    ((reader, subject, about),) = await client.seat.world.exchange.store.read(lambda c: c.execute(read).all())
    assert reader == "user:1"
    assert subject.startswith(f"{number} ")
    assert f">{about}</a>" in text, "who looked at the appeal does not know that its evidence was taken away"


async def test_who_may_not_read_personal_data_is_offered_no_evidence_and_gets_none(client: ConsoleClient):
    (number,) = await stuck(client.seat, 1)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get(f"/deliveries/{number}")
    assert "evidence/download" not in text
    assert (await client.get(f"/deliveries/{number}/evidence/download"))[0] == 403


async def test_of_a_delivery_that_is_not_there_there_is_no_evidence(client: ConsoleClient):
    await signed_in(client, UserRole.AUDITOR)
    assert (await client.get("/deliveries/99/evidence/download"))[0] == 404
    assert (await client.get(f"/deliveries/{'9' * 19}/evidence/download"))[0] == 404
