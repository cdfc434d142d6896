"""A real mail server on loopback (aiosmtpd), which can be bent; and a certificate for it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def certificate(folder: Path, name: str = "127.0.0.1") -> Path:
    """A file with a key and a certificate for ``name``, which vouches for itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    pem = serialization.Encoding.PEM
    own = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / f"{name}.pem"
    file.write_bytes(own + builder.sign(key, hashes.SHA256()).public_bytes(pem))
    return file


@dataclass
class Mailroom:
    """What came in, and what the server says instead of taking it. ``password``: of "dalel", who must say it."""

    port: int = 0
    password: str | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    says: str | None = None
    refuses: dict[str, str] = field(default_factory=dict)
    was_secure: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - so aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        if to in self.refuses:
            return self.refuses[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if self.says:
            return self.says
        self.was_secure.append(server.transport.get_extra_info("ssl_object") is not None)
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.recipients.append(envelope.rcpt_tos)
        return "250 2.0.0 taken"

    def knows(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, stated: object
    ) -> AuthResult:
        assert isinstance(stated, LoginPassword)
        is_known = (stated.login, stated.password) == (b"dalel", (self.password or "").encode())
        return AuthResult(success=is_known, handled=False)


@asynccontextmanager
async def a_mailroom(
    security: str, file: Path | None = None, *, password: str | None = None
) -> AsyncIterator[Mailroom]:
    """Listens on a port of its own."""
    room, context = Mailroom(password=password), None
    if file is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
    is_starttls, loop = security == "starttls", asyncio.get_running_loop()

    def served() -> SMTP:
        return SMTP(
            room, loop=loop, hostname="mail.example.kz", tls_context=context if is_starttls else None,
            require_starttls=is_starttls and context is not None, authenticator=room.knows,
            auth_required=password is not None, auth_require_tls=password is not None,
        )  # fmt: skip

    server = await loop.create_server(served, "127.0.0.1", 0, ssl=context if security == "tls" else None)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()
        await server.wait_closed()
