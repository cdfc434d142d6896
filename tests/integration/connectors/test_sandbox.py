"""Simulated parties: what each kind does of its own accord, and that nothing of theirs is ever lost or done twice."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import aiohttp
import pytest
from pypdf import PdfReader

from connectors.ports.outcome import Acknowledged
from connectors.sandbox import Behaviour, Bend, BendKind, PartyFileInvalid, read_party
from connectors.sandbox.behaviour import Bends
from connectors.sandbox.database import SandboxDatabase
from connectors.sandbox.paper import compose
from connectors.sandbox.party import SandboxParty
from connectors.sandbox.postman import backoff
from connectors.sandbox.records import DutyKind, SandboxDuty
from connectors.sandbox.roles.clerk import a_month_after
from connectors.sandbox.roles.samples import ATTACHMENTS
from connectors.sandbox.store import PartyStore
from connectors.soap.calls import PreparedCall
from connectors.soap.push import PushConnector
from contracts.header import ConversationId
from contracts.operations import Service
from contracts.party import Agreement
from contracts.payloads import (
    ClaimKind,
    Disagree,
    DocumentKind,
    NotifyWithdrawal,
    ProvideMaterials,
    PutDocument,
    Redirected,
    RegisterAppeal,
    Registered,
    Reply,
    ReportProgress,
    SubmitMaterials,
    WithdrawAppeal,
)
from contracts.validate import check_rules
from tests.integration.connectors.conftest import Panel
from tests.worlds.parties.tiny_exchange import TinyExchange
from tests.worlds.parties.world import (
    APPEAL,
    EXCHANGE,
    KINDS,
    SignedOutgoing,
    WorldClock,
    assignment,
    deliver,
    eventually,
    make_party,
    new_id,
    notice,
    outgoing,
    pinned,
    row_of,
    term,
)

PROMPT = Behaviour(reply_after=0.0, materials_after=0.0)


# --- agency ---------------------------------------------------------------------------------------------------------


async def test_an_agency_registers_redirects_a_part_and_replies_in_this_order(tmp_path, exchange, push):
    behaviour = Behaviour(reply_after=0.0, redirect_part_to="jer-almaty")
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url, behaviour=behaviour)
    message = outgoing(file, assignment())

    async with SandboxParty(file):
        assert isinstance(await push.send(message), Acknowledged)
        await eventually(lambda: exchange.payloads(Reply))

    steps = [type(report.step) for report in exchange.payloads(ReportProgress)]
    [reply] = exchange.payloads(Reply)
    assert steps == [Registered, Redirected]
    assert exchange.documents[reply.documents[0].document_id].content.startswith(b"%PDF")
    assert reply.documents[0].kind is DocumentKind.ACT
    assert {request.header.ref_to_message_id for request in exchange.requests if request.header.conversation_id} == {
        message.message_id
    }


async def test_a_mailbox_agency_does_the_same_without_being_called(tmp_path, exchange):
    file = make_party(tmp_path, "jer-almaty", exchange_url=exchange.url, mailbox=True, behaviour=PROMPT)
    exchange.mailbox.update([deliver(assignment(), "jer-almaty")])

    async with SandboxParty(file):
        await eventually(lambda: exchange.payloads(Reply))

    assert exchange.mailbox == {}
    assert len(exchange.signals) == 1


async def test_an_agency_hands_over_its_file_when_asked(tmp_path, exchange, push):
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url, behaviour=PROMPT)

    async with SandboxParty(file):
        await push.send(outgoing(file, ProvideMaterials(APPEAL, (DocumentKind.ADMINISTRATIVE_FILE,), term())))
        await eventually(lambda: exchange.payloads(SubmitMaterials))

    [materials] = exchange.payloads(SubmitMaterials)
    assert [document.kind for document in materials.documents] == [DocumentKind.ADMINISTRATIVE_FILE]


async def test_an_agency_that_withholds_its_file_acknowledges_and_says_nothing(tmp_path, exchange, push, session):
    behaviour = Behaviour(withholds_materials=True)
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url, behaviour=behaviour)

    async with SandboxParty(file):
        outcome = await push.send(outgoing(file, ProvideMaterials(APPEAL, (), term())))
        state = await Panel(session, file).get("state")

    assert isinstance(outcome, Acknowledged)
    assert (state["open_duties"], exchange.requests) == (0, [])


async def test_a_withdrawal_takes_back_what_was_still_to_be_done(tmp_path, exchange, push, session):
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url, behaviour=Behaviour(reply_after=3600))
    conversation_id = ConversationId(new_id())

    async with SandboxParty(file):
        for payload in (assignment(), NotifyWithdrawal(APPEAL, "Шешілді")):
            message_id, operation = deliver(payload, file.party_id, conversation_id=conversation_id)
            await push.send(SignedOutgoing(row_of(file), operation, message_id, Agreement(file.party_id)))
        state = await Panel(session, file).get("state")

    assert state["open_duties"] == 0
    assert exchange.payloads(Reply) == []


def test_a_duty_that_was_taken_back_while_under_way_says_nothing_more(tmp_path):
    """The reply was being composed when the withdrawal came."""
    with closing(SandboxDatabase(tmp_path / "state.db")) as database:
        store = PartyStore(database)
        now = datetime.now(UTC)
        call = PreparedCall(Service.AGENCY, "Reply", new_id(), b"<operation/>")
        store.open_appeal("A-1", SandboxDuty(DutyKind.REPLY, now, ConversationId("c-1"), message_id=new_id()))
        [duty] = store.due_duties(now, 10)
        store.fulfil(duty, [], at=now)

        store.fulfil(duty, [call], at=now)

        assert store.due_postings(now, 10) == []


async def test_a_party_without_a_socket_cannot_be_taken_down(tmp_path, exchange, session):
    file = make_party(tmp_path, "jer-almaty", exchange_url=exchange.url, mailbox=True)
    async with SandboxParty(file):
        status, body = await Panel(session, file).post("bend", kind="down", seconds=1)

    assert (status, "mailbox" in body["error"]) == (400, True)


# --- platform -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def platform(tmp_path: Path, exchange: TinyExchange, session: aiohttp.ClientSession):
    file = make_party(tmp_path / "eotinish", "eotinish", exchange_url=exchange.url)
    async with SandboxParty(file):
        yield Panel(session, file)


async def test_the_platform_lodges_an_appeal_with_three_documents(platform, exchange):
    status, lodged = await platform.post("appeal")

    [appeal] = exchange.payloads(RegisterAppeal)
    assert status == 200
    assert lodged["appeal_number"].startswith("DL-2026-")
    assert len(appeal.documents) == len(exchange.documents) == 3
    assert check_rules(appeal) == ()


async def test_the_same_reference_is_the_same_appeal(platform, exchange):
    _, first = await platform.post("appeal", reference="A-1")
    _, again = await platform.post("appeal", reference="A-1")

    assert again == first
    assert len(exchange.payloads(RegisterAppeal)) == 1


async def test_an_appeal_survives_an_exchange_that_fails_and_forgets(platform, exchange):
    exchange.failing, exchange.forgetful = 1, 2

    status, _ = await platform.post("appeal")

    registered = [m.header.message_id for m in exchange.requests if isinstance(m.payload, RegisterAppeal)]
    assert status == 200
    assert len(set(registered)) == 1
    assert len(exchange.documents) == 3
    assert len(exchange.payloads(PutDocument)) > 3


async def test_the_applicant_disagrees_and_is_told_the_road(platform, exchange):
    _, lodged = await platform.post("appeal")

    status, accepted = await platform.post("disagree", appeal=lodged["appeal_number"])

    [disagreement] = exchange.payloads(Disagree)
    assert (status, accepted["road"]["kind"]) == (200, "court")
    assert disagreement.claim is ClaimKind.CONTEST
    assert exchange.requests[-1].header.conversation_id == lodged["conversation_id"]


async def test_the_applicant_withdraws(platform, exchange):
    _, lodged = await platform.post("appeal")

    status, _ = await platform.post("withdraw", appeal=lodged["appeal_number"], reason="Мәселе шешілді")

    assert status == 200
    assert len(exchange.payloads(WithdrawAppeal)) == 1


async def test_notices_are_kept_for_the_applicant(tmp_path, exchange, push, session):
    file = make_party(tmp_path, "eotinish", exchange_url=exchange.url)
    async with SandboxParty(file):
        await push.send(outgoing(file, notice()))
        panel = Panel(session, file)
        notices = await panel.get("notices", appeal=APPEAL)
        others = await panel.get("notices", appeal="DL-2026-0000000043")

    assert [entry["step"] for entry in notices["notices"]] == ["registered"]
    assert notices["notices"][0]["text"]["kk"] == "Өтініш тіркелді"
    assert others == {"notices": []}


@pytest.mark.parametrize(
    ("what", "entry"),
    [
        ("disagree", {"appeal": "DL-2026-9999999999"}),
        ("appeal", {"sample": "no-such"}),
        ("bend", {"kind": "sideways"}),
        ("bend", {"kind": "silent", "colour": "red"}),
    ],
)
async def test_a_wrong_button_is_answered_with_words(platform, what, entry):
    status, body = await platform.post(what, **entry)

    assert status == 400
    assert body["error"]


async def test_a_duplicating_platform_sends_everything_twice_with_the_same_bytes(platform, exchange):
    await platform.post("bend", kind="duplicate")

    await platform.post("appeal")

    sent = [
        digest
        for message, digest in zip(exchange.requests, exchange.digests, strict=True)
        if isinstance(message.payload, RegisterAppeal)
    ]
    assert len(sent) == 2
    assert len(set(sent)) == 1


# --- durability -----------------------------------------------------------------------------------------------------


async def test_a_restarted_party_knows_what_it_took_and_gives_the_same_receipt(tmp_path, exchange, push):
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url)
    message = outgoing(file, notice())

    async with SandboxParty(file):
        before = await push.send(message)
    async with SandboxParty(file), aiohttp.ClientSession() as fresh:  # old connections died with the first run
        connector = PushConnector(fresh, pinned=lambda: pinned(*KINDS), me=EXCHANGE, clock=WorldClock())
        after = await connector.send(message)

    assert isinstance(before, Acknowledged)
    assert isinstance(after, Acknowledged)
    assert after.receipt == before.receipt


async def test_a_killed_process_has_kept_what_it_acknowledged_and_goes_on_with_its_duties(tmp_path, push, session):
    """kill -9 right after the receipt; the next process answers the appeal that the first one had only promised to."""
    exchange = TinyExchange()
    file = make_party(tmp_path, "akimat-almaty", exchange_url=exchange.url, behaviour=PROMPT)
    message = outgoing(file, assignment())

    first = await _start(file, session)
    outcome = await push.send(message)
    first.kill()
    first.wait(10)
    second = await _start(file, session)
    async with exchange.running():
        await eventually(lambda: exchange.payloads(Reply), within_s=20)
        second.terminate()
        exit_code = await asyncio.to_thread(second.wait, 10)

    assert isinstance(outcome, Acknowledged)
    assert len(exchange.payloads(Reply)) == 1
    assert exit_code == 0
    with closing(sqlite3.connect(file.folder / "state.db")) as db:
        assert db.execute("SELECT message_id FROM inbox").fetchall() == [(message.message_id,)]


async def _start(file, session) -> subprocess.Popen[bytes]:
    """A real process, as ``dalel sandbox`` runs it; returns once its control port answers."""
    process = await asyncio.to_thread(
        subprocess.Popen, [sys.executable, "-m", "connectors.sandbox.run", str(file.folder)]
    )
    async with asyncio.timeout(20):
        while not await _is_up(Panel(session, file)):
            assert process.poll() is None, "the process ended at start"
            await asyncio.sleep(0.05)
    return process


async def _is_up(panel: Panel) -> bool:
    try:
        return (await panel.get("state"))["listening"]
    except aiohttp.ClientError:
        return False


# --- folder, bends, papers ------------------------------------------------------------------------------------------


def test_a_party_file_reads_as_it_was_written(tmp_path):
    bends = (Bend(BendKind.SLOW, seconds=1.5, times=2), Bend(BendKind.REFUSES, words='«Жоқ» "нет"'))
    behaviour = Behaviour(reply_after=3.0, redirect_part_to="jer-almaty")
    file = make_party(tmp_path, "akimat-almaty", behaviour=behaviour, bends=bends)

    assert read_party(tmp_path) == file
    assert (file.behaviour, file.bends) == (behaviour, bends)


@pytest.mark.parametrize(
    "line", ['colour = "red"', "control_port = true.", '[behaviour]\nmood = "bad"', '[[bend]]\nkind = "x"']
)
def test_a_party_file_with_something_unknown_is_refused_with_its_name(tmp_path, line):
    make_party(tmp_path, "akimat-almaty")
    path = tmp_path / "party.toml"
    text = path.read_text(encoding="utf-8").partition("[behaviour]")[0]
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")

    with pytest.raises(PartyFileInvalid, match=r"party\.toml"):
        read_party(tmp_path)


def test_a_bend_holds_for_as_many_occasions_as_it_says():
    bends = Bends([Bend(BendKind.SILENT, times=2), Bend(BendKind.SLOW)])

    assert [bool(bends.take(BendKind.SILENT)) for _ in range(3)] == [True, True, False]
    assert all(bends.take(BendKind.SLOW) for _ in range(5))


def test_the_wait_between_tries_grows_to_its_limit_and_stays_there():
    assert backoff(0, 0.0).total_seconds() == pytest.approx(0.1)
    assert [backoff(tries, 1.0).total_seconds() for tries in (0, 1, 2, 10, 10_000)] == pytest.approx(
        [0.2, 0.4, 0.8, 5.0, 5.0]
    )


@pytest.mark.parametrize("attachment", ATTACHMENTS, ids=lambda attachment: attachment.file_name)
def test_a_paper_holds_every_kazakh_letter_it_was_given(attachment):
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(compose(attachment.paper))).pages)
    squeezed = "".join(text.split())

    assert "".join(attachment.paper.title_kk.split()) in squeezed
    assert set("".join(attachment.paper.text_kk.split())) <= set(squeezed)


def test_a_month_ends_on_the_same_day_or_the_last_one():
    assert a_month_after(date(2026, 11, 24)) == date(2026, 12, 24)
    assert a_month_after(date(2026, 12, 31)) == date(2027, 1, 31)
    assert a_month_after(date(2027, 1, 31)) == date(2027, 2, 28)
