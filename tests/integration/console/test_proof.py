"""Acts and looks over HTTP: who did what, who looked at whom, what the ledger says of it, and who may read that."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest

from contracts.operations import Service
from contracts.payloads import GetHistory
from gateway.domain.delivery.acts import Act
from gateway.domain.people.access import UserRole
from gateway.ports.console import LoadDelivery
from gateway.service.operate import move
from tests.integration.console.test_access import ConsoleClient, a_client, a_stuck_delivery
from tests.worlds.console.appeals_day import IIN, a_case_in_court
from tests.worlds.console.seat import Seat
from tests.worlds.exchange.world import PLATFORM
from tests.worlds.sealing import seal_all

JUDGES = (UserRole.AUDITOR, UserRole.SECURITY_OFFICER, UserRole.ADMIN)


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


async def signed_in(client: ConsoleClient, role: UserRole) -> ConsoleClient:
    await client.sign_in(await client.seat.user(f"the-{role}", role))
    await client.get("/language?to=en&back=/console/")
    return client


def rows(text: str) -> list[str]:
    """Lines of the table, without tags."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", UserRole)
async def test_only_those_who_judge_see_what_everybody_did_and_read(client: ConsoleClient, role: UserRole):
    await signed_in(client, role)
    _, home = await client.get("/")
    for path in ("/audit", "/audit.csv", "/accesses", "/accesses.csv"):
        assert (await client.get(path))[0] == (200 if role in JUDGES else 403), path
    assert (await client.post("/accesses/find", number="x"))[0] == (200 if role in JUDGES else 403)
    assert ('href="/console/audit"' in home) == (role in JUDGES)


async def test_an_admin_who_looks_for_no_person_finds_no_looks_by_one_either(client: ConsoleClient):
    await signed_in(client, UserRole.ADMIN)
    await client.get("/accesses")
    assert (await client.post("/accesses/find", number=IIN))[0] == 403


# --- acts -----------------------------------------------------------------------------------------------------------


async def test_an_act_is_told_in_words_with_its_name_place_reason_and_what_it_was_before(client: ConsoleClient):
    stuck = await a_stuck_delivery(client.seat)
    await move(client.seat.world.exchange, Act.PARK, (stuck,), by="nurlan", reason="they move house")
    await signed_in(client, UserRole.AUDITOR)
    _, text = await client.get("/audit?act=delivery.parked")
    (row,) = rows(text)
    assert f"nurlan on the command line of a node set a delivery aside № {stuck} done before: retry scheduled" in row
    assert "they move house waits for its seal" in row
    assert f'href="/console/deliveries/{stuck}"' in text


async def test_each_line_says_whether_a_seal_is_over_it(client: ConsoleClient):
    await signed_in(client, UserRole.AUDITOR)
    await seal_all(client.seat.world.exchange.store, client.seat.world.clock)
    stuck = await a_stuck_delivery(client.seat)
    await move(client.seat.world.exchange, Act.PARK, (stuck,), by="nurlan", reason="x")
    _, text = await client.get("/audit")
    newest, *_, oldest = rows(text)
    assert newest.endswith("waits for its seal")
    assert re.search(r"sealed № \d+$", oldest)


async def test_the_list_is_narrowed_by_who_what_on_what_and_whether_it_was_refused(client: ConsoleClient):
    seat = client.seat
    stuck = await a_stuck_delivery(seat)
    await move(seat.world.exchange, Act.PARK, (stuck,), by="console:nurlan", reason="x")
    await move(seat.world.exchange, Act.PARK, (stuck,), by="nurlan", reason="again")
    await signed_in(client, UserRole.AUDITOR)

    async def count(query: str) -> int:
        return len(rows((await client.get(f"/audit?{query}"))[1]))

    assert await count("by=nurlan") == 2
    assert await count("by=console%3Anurlan") == 1
    assert await count(f"subject={stuck}&refused=1") == 1
    assert await count("by=nurlan&act=party.paused") == 0
    day = f"{seat.world.clock.now():%Y-%m-%d}"
    assert await count(f"since={day}&until={day}&act=delivery.parked") == 2
    assert await count("until=2020-01-01") == 0
    assert await count("act=") >= 3
    assert (await client.get("/audit?since=yesterday"))[0] == 400


async def test_an_act_that_this_release_does_not_know_is_shown_by_its_code(client: ConsoleClient):
    from gateway.ports.people.users import AuditNote

    note = AuditNote("other:x", "moon.mined", "1", "", "done", client.seat.world.clock.now())
    await client.seat.world.exchange.store.run(note)
    await signed_in(client, UserRole.AUDITOR)
    _, text = await client.get("/audit?act=moon.mined")
    assert "<code>moon.mined</code>" in text


async def test_more_than_a_page_goes_on_where_it_ended_and_the_file_has_it_all(client: ConsoleClient):
    stuck = await a_stuck_delivery(client.seat)
    for _ in range(60):
        await move(client.seat.world.exchange, Act.RESEND, (stuck,), by="nurlan", reason="=1+1")
    await signed_in(client, UserRole.AUDITOR)
    _, first = await client.get("/audit?by=nurlan")
    (following,) = re.findall(r'href="/console(/audit\?[^"]+)">Next page', first)
    _, second = await client.get(following.replace("&amp;", "&"))
    assert (len(rows(first)), len(rows(second))) == (50, 10)
    taken = table((await client.get("/audit.csv?by=nurlan"))[1])
    assert len(taken) == 60
    assert (taken[0]["by"], taken[0]["reason"], taken[0]["leaf"]) == ("nurlan", "'=1+1", "unsealed")


# --- looks ----------------------------------------------------------------------------------------------------------


async def test_whoever_reads_what_people_wrote_is_found_by_the_appeal(client: ConsoleClient):
    case = await a_case_in_court(client.seat.world)
    await signed_in(client, UserRole.AUDITOR)
    await client.get(f"/appeals/{case.number}/words")
    await client.get(f"/appeals/{case.number}/documents/{case.document}/download")
    _, page = await client.get(f"/appeals/{case.number}")
    (link,) = re.findall(r'href="/console(/accesses\?[^"]+)"', page)
    _, text = await client.get(link.replace("&amp;", "&"))
    read = [row for row in rows(text) if "the-auditor" in row]
    assert len(read) == 2
    assert f"a document {case.number} {case.number} {case.document}" in read[0]
    assert f"what people wrote in it and are called {case.number} waits for its seal" in read[1]


async def test_an_envelope_that_was_read_counts_for_its_appeal(client: ConsoleClient):
    stuck = await a_stuck_delivery(client.seat)
    await signed_in(client, UserRole.SECURITY_OFFICER)
    whole = await client.seat.world.exchange.store.run(LoadDelivery(stuck))
    assert whole is not None
    sha256 = whole.tried[0].request_sha256
    await client.get(f"/deliveries/{stuck}/envelopes/{sha256}")
    _, text = await client.get(f"/accesses?about={whole.row.appeal_number}")
    (row,) = rows(text)
    assert f"the-security_officer a message as it went over the wire {whole.row.appeal_number} {stuck} {sha256}" in row


async def test_looks_at_a_person_are_found_by_the_number_which_no_address_holds(client: ConsoleClient):
    case = await a_case_in_court(client.seat.world)
    await signed_in(client, UserRole.AUDITOR)
    await client.get(f"/appeals/{case.number}/words")
    await client.get("/accesses")
    status, text = await client.post("/accesses/find", number=IIN)
    assert status == 200
    assert "Looks at all cases of this person" in text
    assert IIN not in text
    assert [row for row in rows(text) if "found by IIN or BIN" in row]
    assert [row for row in rows(text) if "what people wrote in it and are called" in row]
    assert (await client.get("/accesses/find"))[0] == 303
    assert await client.get(f"/accesses?about={IIN}") == (303, "/console/accesses")
    assert await client.get(f"/audit?subject={IIN}") == (303, "/console/audit")


async def test_any_other_number_leads_to_the_looks_at_its_appeal(client: ConsoleClient):
    case = await a_case_in_court(client.seat.world)
    await signed_in(client, UserRole.AUDITOR)
    await client.get("/accesses")
    status, where = await client.post("/accesses/find", number=case.number)
    assert (status, where) == (303, f"/console/accesses?about={case.number}&everybody=true")


async def test_parties_reads_stand_there_when_asked_for_and_who_looked_can_be_named(client: ConsoleClient):
    case = await a_case_in_court(client.seat.world)
    await client.seat.world.call(Service.APPEALS, PLATFORM, GetHistory(case.number))
    await signed_in(client, UserRole.AUDITOR)
    await client.get(f"/appeals/{case.number}/words")
    assert len(rows((await client.get("/accesses"))[1])) == 1
    _, every = await client.get("/accesses?everybody=true")
    assert [row for row in rows(every) if "a party, by its signature the history of an appeal" in row]
    assert len(rows((await client.get("/accesses?reader=the-auditor"))[1])) == 1
    assert rows((await client.get("/accesses?reader=nobody"))[1]) == []
    (taken,) = table((await client.get("/accesses.csv?what=appeal"))[1])
    assert (taken["reader"], taken["name"], taken["appeal"]) == ("user:1", "the-auditor", case.number)
