"""Appeals and terms over HTTP: found by any number, told to each role, proven on the spot."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from sqlalchemy import select

from dossier.case.appeal import Status
from dossier.check.verification import verify_container
from gateway.console.appeals.proving import MOST_BYTES, MOST_WAITING, NotVerified, Prover
from gateway.console.context import CONTEXT
from gateway.domain.people.access import UserRole
from gateway.domain.people.persons import PersonKey
from gateway.lists.appeals import IN_COURT
from gateway.ports.people.users import ListUsers
from gateway.service.cases.find_cases import Searcher, find_cases
from gateway.store.tables import accesses, appeal_persons
from tests.worlds.console.appeals_day import CASE_NUMBER, IIN, CourtCase, a_case_in_court, a_late_answer, list_all
from tests.worlds.console.client import ConsoleClient, a_client
from tests.worlds.console.seat import Seat
from tests.worlds.exchange.world import AKIMAT

NAME = "Әбілқасымова"
OTHER_IIN = "850505400018"


@pytest.fixture
async def case(seat: Seat) -> CourtCase:
    return await a_case_in_court(seat.world)


@pytest.fixture
async def client(seat: Seat) -> AsyncIterator[ConsoleClient]:
    async with a_client(seat) as made:
        made.http.headers["Accept-Language"] = "en"
        yield made


async def as_a(client: ConsoleClient, role: UserRole) -> None:
    """Signed in, and with a page's token for forms."""
    await client.sign_in(await client.seat.user(f"a-{role}", role))
    await client.get("/appeals")


async def looks(seat: Seat) -> list[tuple[str, str]]:
    """What was read by people, and of what."""
    statement = select(accesses.c.what, accesses.c.subject).where(accesses.c.reader.startswith("user:"))
    found = await seat.world.exchange.store.read(lambda c: c.execute(statement.order_by(accesses.c.access_id)).all())
    return [tuple(row) for row in found]


# --- finding ----------------------------------------------------------------------------------------------------------


async def test_any_number_leads_to_the_page_of_its_appeal(client: ConsoleClient, case: CourtCase):
    await as_a(client, UserRole.VIEWER)
    message = client.seat.world.connector.messages()[0].header.message_id
    for number in (case.number, case.conversation_id, CASE_NUMBER, message):
        status, where = await client.post("/appeals/find", number=f" {number} ")
        assert status == 303
        assert await client.get(where.removeprefix("/console")) == (303, f"/console/appeals/{case.number}")
    status, text = await client.get("/appeals?number=nothing")
    assert (status, "No appeal fits." in text) == (200, True)


async def test_a_person_is_found_by_a_form_alone_and_each_look_is_an_access_to_the_cases(
    client: ConsoleClient, case: CourtCase, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    await as_a(client, UserRole.SUPPORT)
    status, text = await client.post("/appeals/find", number=IIN)
    assert status == 200
    assert f"/console/appeals/{case.number}" in text
    assert IIN not in text
    assert NAME not in text
    status, text = await client.post("/appeals/find", number=OTHER_IIN)
    assert (status, "No appeal fits." in text) == (200, True)

    assert await looks(client.seat) == [
        ("search by IIN or BIN", case.number),
        ("search by IIN or BIN", "nobody"),
    ]
    assert IIN not in caplog.text
    assert await client.get("/appeals/find") == (303, "/console/appeals")
    assert await client.get(f"/appeals?number={IIN}") == (303, "/console/appeals")


@pytest.mark.parametrize("role", [UserRole.VIEWER, UserRole.OPERATOR, UserRole.ADMIN])
async def test_who_needs_no_persons_finds_none_and_that_they_tried_is_in_the_audit_log(
    client: ConsoleClient, case: CourtCase, role: UserRole
):
    await as_a(client, role)
    status, text = await client.post("/appeals/find", number=IIN)
    assert (status, case.number in text) == (403, False)
    assert await looks(client.seat) == []
    (line,) = await client.seat.audit("person.looked_for")
    assert line == (f"console:a-{role}", "IIN or BIN", "search", f"refused: the role {role} may not")


async def test_a_node_with_another_key_says_so_and_finds_nobody(client: ConsoleClient, case: CourtCase):
    await list_all(client.seat.world, PersonKey(b"the key of the node that leads..."))
    await as_a(client, UserRole.AUDITOR)
    status, text = await client.post("/appeals/find", number=IIN)
    assert (status, case.number in text) == (200, False)
    assert "another key" in text


async def test_the_database_holds_no_number_and_no_plain_digest_of_one(seat: Seat, case: CourtCase):
    world = seat.world
    kept = await world.exchange.store.read(lambda c: c.execute(select(appeal_persons)).all())
    assert [row.conversation_id for row in kept] == [case.conversation_id]
    assert kept[0].digest not in {IIN, hashlib.sha256(IIN.encode()).hexdigest()}


async def test_the_support_desk_finds_the_same_by_one_call(seat: Seat, case: CourtCase):
    await seat.user("dana", UserRole.SUPPORT)
    exchange, context = seat.world.exchange, seat.app[CONTEXT]
    (user,) = await exchange.store.run(ListUsers())
    seeker = Searcher(user, context.reads, context.persons)
    for words in (case.number, CASE_NUMBER, IIN):
        found = await find_cases(exchange, seeker, words)
        assert [row.appeal_number for row in found.cases] == [case.number]
        assert found.by_person == (words == IIN)
    assert found.cases[0].status in IN_COURT


# --- one appeal -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "stated"),
    [
        ("kk", ["Өтініш берушіге хабарлама", "БҰЗЫЛДЫ", "Келіспеушіліктің жолы"]),
        ("ru", ["НАРУШЕН", "МОЛЧАНИЕ", "Рассмотреть обращение"]),
        ("en", ["BREACHED", "SILENCE", "term missed", "Art. 76(1) APPC"]),
    ],
)
async def test_the_page_tells_the_path_in_the_readers_language_and_nothing_that_the_citizen_wrote(
    client: ConsoleClient, case: CourtCase, language: str, stated: list[str]
):
    client.http.headers["Accept-Language"] = language
    await as_a(client, UserRole.OPERATOR)
    status, text = await client.get(f"/appeals/{case.number}")
    assert status == 200
    for words in (CASE_NUMBER, "<svg", *stated[1:]):
        assert words in text
    for secret in (IIN, NAME, "келіспеймін", "құжат.pdf", "/words", "/download"):
        assert secret not in text
    assert len(re.findall(r'class="over"', text)) == 1  # the answer; a file that was not sent is silence, no breach
    assert len(re.findall(r'class="cross"', text)) == 2  # that term, and the legend


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", "кешіктіріп орындалды: 22 мин"),
        ("ru", "исполнен с опозданием на 22 мин"),
        ("en", "met late, by 22 min"),
    ],
)
async def test_a_term_that_was_answered_late_says_by_how_much_and_never_grows(
    client: ConsoleClient, language: str, words: str
):
    late = await a_late_answer(client.seat.world)
    client.http.headers["Accept-Language"] = language
    await as_a(client, UserRole.OPERATOR)
    for minutes in (0, 9):
        client.seat.world.clock.advance(minutes=minutes)
        page = (await client.get(f"/appeals/{late.number}"))[1]
        assert page.count(words) == 2, minutes  # in the drawing and in the table
        assert re.search(r"<small>№ \d+</small>", page)
        assert words in (await client.get("/terms?which=met_late"))[1]
        assert late.number not in (await client.get("/terms?which=breached"))[1]
    rows = list(csv.reader(io.StringIO((await client.get("/terms.csv?which=met_late"))[1].lstrip("\ufeff"))))
    (term,) = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert term["due_almaty"] < term["missed_almaty"] < term["met_almaty"]


async def test_an_auditor_reads_what_was_written_and_each_look_is_an_access(client: ConsoleClient, case: CourtCase):
    await as_a(client, UserRole.AUDITOR)
    assert NAME not in (await client.get(f"/appeals/{case.number}"))[1]
    assert await looks(client.seat) == []

    status, text = await client.get(f"/appeals/{case.number}/words")
    assert status == 200
    for words in (IIN, NAME, "Жауап берген жоқ, келіспеймін.", "құжат.pdf"):
        assert words in text
    path = f"{client.seat.url}/appeals/{case.number}/documents/{case.document}/download"
    async with client.http.get(path) as answer:
        assert await answer.read() == b"%PDF-1.4 a document"
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote('құжат.pdf')}"
        assert answer.headers["Content-Type"] == "application/octet-stream"
    assert await looks(client.seat) == [("appeal", case.number), ("document", f"{case.number} {case.document}")]


async def test_no_other_role_gets_words_or_documents_and_no_appeal_opens_anothers(
    client: ConsoleClient, case: CourtCase
):
    other = await client.seat.world.register()
    await as_a(client, UserRole.OPERATOR)
    for path in ("words", f"documents/{case.document}/download"):
        assert (await client.get(f"/appeals/{case.number}/{path}"))[0] == 403
    await client.post("/logout")
    await as_a(client, UserRole.AUDITOR)
    assert (await client.get(f"/appeals/{other[1]}/documents/{case.document}/download"))[0] == 404
    assert (await client.get("/appeals/DL-2026-0000000009"))[0] == 404
    assert (await client.get(f"/appeals/{case.number}/dossiers/7"))[0] == 404


async def test_a_dossier_is_verified_on_the_spot_as_the_command_does(client: ConsoleClient, case: CourtCase, tmp_path):
    await as_a(client, UserRole.AUDITOR)
    page = f"/appeals/{case.number}/dossiers/1"
    text = (await client.get(page))[1]
    (document,) = re.findall(r"/documents/([^/]+)/download", text)
    status, text = await client.post(page)
    assert status == 200
    assert "The dossier is verified: whole, and unchanged since it was signed." in text

    path = tmp_path / "dossier.asice"
    async with client.http.get(f"{client.seat.url}/appeals/{case.number}/documents/{document}/download") as answer:
        path.write_bytes(await answer.read())
    world = client.seat.world
    report = verify_container(path, [world.anchor], now=world.clock.now())
    assert [step.title.en in text for step in report.steps] == [True] * len(report.steps)
    assert text.count('<li class="passed">') == sum(step.verdict.value == "passed" for step in report.steps)


async def test_what_was_changed_on_the_disk_fails_and_names_no_file_of_a_citizen(
    client: ConsoleClient, case: CourtCase
):
    await as_a(client, UserRole.VIEWER)
    files = [path for path in (client.seat.world.folder / "documents").rglob("*") if path.is_file()]
    biggest = max(files, key=lambda path: path.stat().st_size)
    biggest.chmod(0o600)
    content = bytearray(biggest.read_bytes())
    place = content.index(b"%PDF-1.4 a document")
    content[place] ^= 1
    biggest.write_bytes(content)

    status, text = await client.post(f"/appeals/{case.number}/dossiers/1")
    assert status == 200
    assert "FAILED verification" in text
    assert "құжат" not in text


async def test_verifications_are_bounded_in_size_and_number():
    prover = Prover()
    assert await prover.prove(io.BytesIO, (), size=MOST_BYTES + 1, now=None) is NotVerified.TOO_LONG
    prover.waiting = MOST_WAITING
    assert await prover.prove(io.BytesIO, (), size=1, now=None) is NotVerified.BUSY


# --- lists ------------------------------------------------------------------------------------------------------------


async def test_lists_are_narrowed_paged_and_taken_away(client: ConsoleClient, case: CourtCase):
    world = client.seat.world
    plain = []
    for _ in range(2):
        world.clock.advance(minutes=1)
        plain.append((await world.register())[1])
    await list_all(world)
    await as_a(client, UserRole.OPERATOR)

    async def listed(query: str) -> list[str]:
        text = (await client.get(f"/appeals?{query}"))[1]
        return re.findall(r'<th scope="row" class="whole"><a href="/console/appeals/([^"]+)"', text)

    assert await listed("") == [*plain[::-1], case.number]
    for query in (
        "missed=1",
        "group=court",
        "group=disagreed",
        f"status={Status.CASE_OPEN}",
        "older=1d&order=oldest",
    ):
        expected = [case.number] if "older" not in query else []
        assert await listed(query) == expected, query
    assert await listed(f"body={AKIMAT}&order=oldest&after={case.number}") == plain
    rows = list(csv.reader(io.StringIO((await client.get("/appeals.csv?group=court"))[1].lstrip("\ufeff"))))
    assert [row[0] for row in rows] == ["appeal", case.number]


async def test_terms_lead_from_the_overview_and_from_there_to_their_appeal(client: ConsoleClient, case: CourtCase):
    number = (await client.seat.world.register())[1]
    await as_a(client, UserRole.OPERATOR)
    overview = (await client.get("/"))[1]
    links = re.findall(r'href="/console(/terms\?[^"]+)"', overview)
    assert links == ["/terms?which=today", "/terms?which=breached_day"]

    running, missed = [(await client.get(link))[1] for link in links]
    assert (number in running, case.number in running) == (True, False)
    assert (number in missed, missed.count(case.number)) == (False, 4)
    assert "No such term." in (await client.get("/terms?which=breached&body=jer-almaty"))[1]
    text = (await client.get("/terms.csv?which=breached&duty=consideration"))[1]
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row[:3] for row in rows[1:]] == [[case.number, AKIMAT, "consideration"]]


async def test_a_viewer_takes_no_list_away(client: ConsoleClient):
    await as_a(client, UserRole.VIEWER)
    for path in ("/appeals.csv", "/terms.csv"):
        assert (await client.get(path))[0] == 403
