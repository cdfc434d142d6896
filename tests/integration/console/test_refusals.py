"""Refusals and fault codes over HTTP: what was refused, why, what helps, and what who may see of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from contracts.codes import Code
from contracts.operations import Service
from contracts.texts import text_of
from gateway.console.desk.codes import ADVICE, BLAME
from gateway.domain.people.access import UserRole
from gateway.ports.refusals import RefusalQuery
from gateway.store.tables import accesses
from signing.profile.writing import sign_envelope
from tests.integration.console.test_access import ConsoleClient, a_client
from tests.integration.console.test_parties import signed_in
from tests.worlds.console.seat import Seat
from tests.worlds.console.tour import a_bad_day, a_refused_request
from tests.worlds.exchange.world import AKIMAT, PLATFORM, an_appeal


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        yield made


def listed(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<a href="/console/refusals/(\d+)"', text)]


async def refused_for_a_number(seat: Seat) -> None:
    """An appeal whose applicant's IIN has a wrong check digit; the answer quotes it."""
    whole = seat.world.operation(PLATFORM, an_appeal(seat.world.clock))
    broken = whole.replace(b"900101300017", b"900101300018")
    signed = sign_envelope(broken, seat.world.keys[PLATFORM], now=seat.world.clock.now())
    answered = await seat.world.post(Service.APPEALS, signed)
    assert answered.fault.code == Code.IDENTIFIER_INVALID.value


async def test_a_refusal_tells_why_whose_fault_and_what_helps_with_its_bytes_masked(client: ConsoleClient):
    await a_refused_request(client.seat.world)
    await signed_in(client, UserRole.SUPPORT)
    _, text = await client.get("/refusals")
    assert listed(text) == [1]
    assert "akimat-almaty" in text
    assert 'href="/console/codes/SchemaViolation"' in text

    _, text = await client.get("/refusals/1")
    assert text_of(Code.SCHEMA_VIOLATION).cure.en in text
    assert "The sender&#39;s" in text
    assert "Mend the cause and send a new message" in text
    assert "ReportProgress" in text
    assert "What we answered" in text
    assert "A-1" not in text  # the body's own number is masked


async def test_who_may_read_personal_data_sees_the_bytes_and_is_logged(client: ConsoleClient):
    await a_refused_request(client.seat.world)
    await signed_in(client, UserRole.AUDITOR)
    _, text = await client.get("/refusals/1")
    assert "A-1" in text
    assert "That you looked is in the log of accesses." in text
    logged = select(accesses.c.what, accesses.c.subject).where(accesses.c.what == "refused request")
    rows = await client.seat.world.exchange.store.read(lambda c: [tuple(row) for row in c.execute(logged)])
    assert rows == [("refused request", "1")]


async def test_a_persons_number_in_the_words_is_blotted_out(client: ConsoleClient):
    await refused_for_a_number(client.seat)
    (row,) = await client.seat.world.exchange.store.run(RefusalQuery())
    await signed_in(client, UserRole.OPERATOR)
    for path in ("/refusals", f"/refusals/{row.refusal_id}", "/refusals.csv"):
        _, text = await client.get(path)
        assert "900101300018" not in text, path


@pytest.mark.parametrize(
    ("requested", "count"),
    [
        (f"sender={AKIMAT}", 1),
        ("sender=nobody", 0),
        ("code=SchemaViolation", 1),
        ("code=NotXml", 1),
        (f"sender={AKIMAT}&code=NotXml", 0),
        ("within=1h", 1),
        ("within=1d", 2),
        ("after=2", 1),
    ],
)
async def test_the_list_is_narrowed_by_what_its_address_says(client: ConsoleClient, requested: str, count: int):
    await client.seat.world.post(Service.AGENCY, b"no xml")
    client.seat.world.clock.advance(minutes=90)
    await a_refused_request(client.seat.world)
    await signed_in(client, UserRole.VIEWER)
    _, text = await client.get(f"/refusals?{requested}")
    assert len(listed(text)) == count


@pytest.mark.parametrize(("requested", "name"), [("code=Nonsense", "Code"), ("after=x", "after"), ("x=y", "x")])
async def test_what_the_list_does_not_know_is_refused_by_name_and_nothing_is_listed(
    client: ConsoleClient, requested: str, name: str
):
    await a_refused_request(client.seat.world)
    await signed_in(client, UserRole.OPERATOR)
    status, text = await client.get(f"/refusals?{requested}")
    assert (status, listed(text)) == (400, [])
    assert f"the list does not know what the address says of: <b>{name}</b>" in text
    assert (await client.get(f"/refusals.csv?{requested}"))[0] == 400


async def test_taken_away_the_list_says_the_same_and_a_viewer_takes_nothing(client: ConsoleClient):
    await a_refused_request(client.seat.world)
    await signed_in(client, UserRole.OPERATOR)
    _, text = await client.get("/refusals.csv?code=SchemaViolation")
    (row,) = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    assert (row["sender_claimed"], row["signer_proved"], row["code"]) == (AKIMAT, AKIMAT, "SchemaViolation")
    client.http.cookie_jar.clear()
    await signed_in(client, UserRole.VIEWER)
    assert (await client.get("/refusals.csv"))[0] == 403


async def test_no_refusal_has_that_number(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    for number in ("7", "9999999999999999999"):
        assert (await client.get(f"/refusals/{number}"))[0] == 404


# --- codes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_every_code_has_a_page_with_cause_blame_and_cure(client: ConsoleClient, language: str):
    await signed_in(client, UserRole.VIEWER)
    await client.get(f"/language?to={language}&back=/console/")
    _, index = await client.get("/codes")
    for code in Code:
        assert f'href="/console/codes/{code}"' in index
        status, text = await client.get(f"/codes/{code}")
        reported = text_of(code)
        assert status == 200
        for words in (reported.text, reported.cure):
            assert getattr(words, language).replace("'", "&#39;").replace("<", "&lt;") in text, code


async def test_there_is_no_page_for_what_is_no_code(client: ConsoleClient):
    await signed_in(client, UserRole.VIEWER)
    assert (await client.get("/codes/Nonsense"))[0] == 404


def test_every_fault_and_disposition_has_words():
    assert set(BLAME) == {text_of(code).fault for code in Code}
    assert set(ADVICE) == {text_of(code).disposition for code in Code}


async def test_a_fault_that_is_shown_anywhere_leads_to_its_page(client: ConsoleClient):
    day = await a_bad_day(client.seat)
    await signed_in(client, UserRole.VIEWER)
    for path in (f"/deliveries/{day.delivery}", "/refusals"):
        _, text = await client.get(path)
        bare = re.findall(r"(?<!\">)<code>(\w+)</code>", text)
        assert not set(bare) & set(Code), path
