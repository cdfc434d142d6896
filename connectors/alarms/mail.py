"""E-mail by SMTP: plain text to one address a message, by STARTTLS or TLS, with a name and password or none.

A title is encoded as a whole: what looks like a heading in it, or like an encoded one, stays part of the title.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.mime.text import MIMEText
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

import aiosmtplib

from connectors.ports.notification import SendResult
from signing.errors import SigningError

_FOR_GOOD = frozenset({550, 551, 553, 554, 556})
"""The server knows the address and refuses it, or will never take it from us."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """``password``: read at each message, so that a new one needs no restart. ``ca_file``: None: the system's."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    within_s: float
    user: str | None = None
    password: Callable[[], str | None] = lambda: None
    ca_file: Path | None = None


class Mail:
    """Hands messages to one server. Never raises for what the server or the network does."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, to: str, title: str, body: str, *, message_id: str, at: datetime) -> SendResult:
        """``message_id``: the same for a repetition, so that a mail server may know it."""
        server = self._server
        if any(one != one_line(one) or " " in one for one in (to, server.sender)):
            return SendResult(is_taken=False, words="what is no address gets no message", is_final=True)
        message = self._message(to, title, body, message_id, at)
        try:
            async with asyncio.timeout(server.within_s):
                refused, words = await self._hand_over(message, to)
        except aiosmtplib.SMTPRecipientsRefused as all_refused:
            return _refused(all_refused.recipients[0])
        except aiosmtplib.SMTPAuthenticationError as failed:
            return SendResult(
                is_taken=False, words=one_line(f"the server does not take our name and password: {failed}")
            )
        except (aiosmtplib.SMTPException, OSError, SigningError, ValueError) as failed:
            return SendResult(is_taken=False, words=one_line(f"{type(failed).__name__}: {failed}"))
        return SendResult(is_taken=not refused, words=one_line(words))

    async def _hand_over(self, message: MIMEText, to: str) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
        server = self._server
        password, secured = await asyncio.to_thread(self._secrets)
        return await aiosmtplib.send(
            message,
            sender=server.sender,
            recipients=[to],
            hostname=server.host,
            port=server.port,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",  # asked for, it is required
            tls_context=secured,
            username=server.user,
            password=password,
            timeout=server.within_s,
        )

    def _secrets(self) -> tuple[str | None, ssl.SSLContext | None]:
        """From files, so in a thread."""
        server = self._server
        secured = None if server.security == "none" else ssl.create_default_context(cafile=server.ca_file)
        return server.password(), secured

    def _message(self, to: str, title: str, body: str, message_id: str, at: datetime) -> MIMEText:
        message = MIMEText(body, "plain", "utf-8")
        message["From"], message["To"] = self._server.sender, to
        message["Subject"] = Header(one_line(title), "utf-8")  # type: ignore[assignment]  # typeshed knows strings only
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{message_id}@{self._server.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        return message


def one_line(words: str) -> str:
    """Of whoever was asked, for a page: no line breaks, not endless."""
    return " ".join("".join(one if one.isprintable() else " " for one in words).split())[:300]


def _refused(refusal: aiosmtplib.SMTPRecipientRefused) -> SendResult:
    return SendResult(
        is_taken=False, words=one_line(f"{refusal.code} {refusal.message}"), is_final=refusal.code in _FOR_GOOD
    )
