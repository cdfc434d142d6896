"""E-mail by a real server: encrypted, as somebody, in letters of three languages, and never in a stranger's words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from connectors.alarms.mail import Mail, MailServer
from connectors.ports.notification import SendResult
from tests.integration.alarms.mailroom import Mailroom, a_mailroom, certificate

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
TITLE, BODY = (
    "[dalel] Дабыл, шұғыл шақыру: Тарап үнсіз: akimat-almaty",
    "Тарап үнсіз: akimat-almaty\nНе көмектеседі: …\n",
)


async def send(mail: Mail, *, to: str = "duty@example.kz", title: str = TITLE, body: str = BODY) -> SendResult:
    return await mail.send(to, title, body, message_id="dalel-alarm-7", at=NOW)


def a_mail(room: Mailroom, security: str = "none", **changes: object) -> Mail:
    values = {"sender": "dalel@example.kz", "within_s": 20.0} | changes
    return Mail(MailServer("127.0.0.1", room.port, security, **values))  # type: ignore[arg-type]


async def test_a_message_comes_as_it_was_written_from_us_to_one_address():
    async with a_mailroom("none") as room:
        reported = await send(a_mail(room))
    assert reported == SendResult(is_taken=True, words="2.0.0 taken")
    (message,) = room.taken
    assert room.recipients == [["duty@example.kz"]]
    assert (message["From"], message["To"], message["Subject"]) == ("dalel@example.kz", "duty@example.kz", TITLE)
    assert message["Message-ID"] == "<dalel-alarm-7@example.kz>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == BODY


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_goes_encrypted_to_a_server_that_somebody_vouches_for(tmp_path: Path, security: str):
    file = certificate(tmp_path)
    async with a_mailroom(security, file) as room:
        assert (await send(a_mail(room, security, ca_file=file))).is_taken
        assert room.was_secure == [True]
        stranger = await send(a_mail(room, security))
    assert not stranger.is_taken
    assert "certificate verify failed" in stranger.words
    assert len(room.taken) == 1


async def test_a_server_that_offers_no_encryption_gets_nothing():
    async with a_mailroom("none") as room:
        reported = await send(a_mail(room, "starttls"))
    assert not reported.is_taken
    assert "STARTTLS" in reported.words
    assert room.taken == []


async def test_we_say_who_we_are_and_a_wrong_password_is_told_and_shown_nowhere(tmp_path: Path):
    file = certificate(tmp_path)
    async with a_mailroom("starttls", file, password="right-of-ours") as room:
        output = {"user": "dalel", "ca_file": file}
        assert (await send(a_mail(room, "starttls", password=lambda: "right-of-ours", **output))).is_taken
        wrong = await send(a_mail(room, "starttls", password=lambda: "wrong-of-ours", **output))
    assert not wrong.is_taken
    assert "does not take our name and password" in wrong.words
    assert "of-ours" not in wrong.words
    assert len(room.taken) == 1


@pytest.mark.parametrize(
    "evil",
    [
        "x\r\nBcc: all@example.kz",
        "x\nTo: a@b.kz\n\nbody",
        "x\x00\x0by",
        "x\u2028Bcc: all@example.kz",
        "=?utf-8?q?x=0D=0ABcc:_a?=",
    ],
)
async def test_no_title_begins_another_heading(evil: str):
    async with a_mailroom("none") as room:
        reported = await send(a_mail(room), title=evil, body=f".\r\n{evil}\r\n.\r\n")
    assert reported.is_taken
    assert room.recipients == [["duty@example.kz"]]
    (message,) = room.taken
    assert "Bcc" not in message
    assert message.get_all("To") == ["duty@example.kz"]


async def test_what_cannot_be_an_address_goes_nowhere():
    async with a_mailroom("none") as room:
        reported = await send(a_mail(room), to="duty@example.kz\r\nRCPT TO:<all@example.kz>")
    assert not reported.is_taken
    assert room.taken == []


@pytest.mark.parametrize(
    ("says", "is_final"), [("450 4.2.1 try later", False), ("550 5.1.1 no such user", True), ("421 closing", False)]
)
async def test_who_refuses_an_address_for_good_and_who_for_a_while(says: str, is_final: bool):
    async with a_mailroom("none") as room:
        room.refuses["duty@example.kz"] = says
        reported = await send(a_mail(room))
    assert (reported.is_taken, reported.is_final) == (False, is_final)
    assert says.partition(" ")[2] in reported.words


async def test_a_server_that_is_full_is_asked_again():
    async with a_mailroom("none") as room:
        room.says = "452 4.3.1 out of room"
        reported = await send(a_mail(room))
    assert (reported.is_taken, reported.is_final) == (False, False)
    assert "out of room" in reported.words


async def test_a_server_that_is_away_is_told_and_nothing_is_raised():
    reported = await send(Mail(MailServer("127.0.0.1", unused_port(), "none", "d@example.kz", 5)))
    assert (reported.is_taken, reported.is_final) == (False, False)
    assert reported.words
