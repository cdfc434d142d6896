"""Keys, folders and messages for the tests of connectors: a small world with one exchange and its parties."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from connectors.sandbox import Behaviour, Bend, PartyFile, write_party
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.roles import samples
from contracts.codec import build_request
from contracts.header import ConversationId, DocumentId, Header, Message, MessageId, action_of
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole
from contracts.payloads import (
    AssignAppeal,
    ClaimKind,
    Deliver,
    Deliverable,
    DocumentKind,
    DocumentRef,
    FileDossier,
    FilingPurpose,
    NotifiedStep,
    NotifyApplicant,
    TermNotice,
)
from signing.keys.files import write_certificate, write_private_key
from signing.keys.keypair import SoftwareKey
from signing.profile.verification import PinnedCertificates
from signing.profile.writing import sign_envelope

EXCHANGE = PartyId("dalel")
KINDS = {
    "eotinish": "platform",
    "natije-almaty": "platform",
    "akimat-almaty": "agency",
    "jer-almaty": "agency",
    "akim-almaty": "agency",
    "smas-almaty": "court",
}
APPEAL = "DL-2026-0000000042"
NOBODY = LocalText("–", "–", "–")


@cache
def authority() -> SandboxAuthority:
    return SandboxAuthority.create("Test authority", now=datetime.now(UTC))


@cache
def key_of(owner: str, usage: Usage = Usage.MESSAGE) -> SoftwareKey:
    return authority().issue(owner, bin="970340001029", usage=usage, now=datetime.now(UTC), key_kind="P-256")


def pinned(*owners: str) -> PinnedCertificates:
    return PinnedCertificates([(owner, key_of(owner).certificate) for owner in owners])


class WorldClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class Ids:
    def message_id(self) -> MessageId:
        return new_id()


def new_id() -> MessageId:
    return MessageId(str(uuid.uuid4()))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_party(
    folder: Path,
    party_id: str,
    *,
    exchange_url: str = "http://127.0.0.1:9/soap/v1",
    mailbox: bool = False,
    behaviour: Behaviour | None = None,
    bends: tuple[Bend, ...] = (),
) -> PartyFile:
    """The folder of a simulated party, ready to run on free ports."""
    file = write_party(
        folder,
        party_id=party_id,
        kind=KINDS[party_id],
        listen_port=0 if mailbox else free_port(),
        control_port=free_port(),
        exchange_url=exchange_url,
        exchange_certificate=Path("exchange.pem"),
        anchors=[Path("ca.pem")],
        poll_seconds=0.05,
        behaviour=behaviour,
        bends=bends,
    )
    write_private_key(folder / "key.pem", key_of(party_id))
    write_certificate(folder / "cert.pem", key_of(party_id).certificate)
    write_certificate(folder / "exchange.pem", key_of(EXCHANGE).certificate)
    write_certificate(folder / "ca.pem", authority().key.certificate)
    return file


def row_of(file: PartyFile, endpoint: str | None = None) -> Party:
    """The party as the exchange's registry has it."""
    return Party(
        file.party_id, PartyRole(file.kind), "970340001029", NOBODY, Channel.PUSH, endpoint or file.inbox_url, ()
    )


@dataclass(frozen=True)
class SignedOutgoing:
    """A message of the exchange to a party, signed now; equal in shape to what the relay sends."""

    party: Party
    operation: bytes
    message_id: MessageId
    agreement: Agreement = field(default_factory=lambda: Agreement(PartyId("any")))
    trace_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.operation).hexdigest()

    @property
    def envelope(self) -> bytes:
        return sign_envelope(self.operation, key_of(EXCHANGE), now=datetime.now(UTC))


def deliver(
    payload: Deliverable,
    recipient: str,
    *,
    message_id: MessageId | None = None,
    conversation_id: ConversationId | None = None,
    sender: str = EXCHANGE,
) -> tuple[MessageId, bytes]:
    """Id and operation bytes of one message of the exchange."""
    message_id = message_id or new_id()
    body = Deliver(payload)
    header = Header(
        message_id,
        conversation_id or ConversationId(new_id()),
        None,
        PartyId(sender),
        PartyId(recipient),
        action_of(body),
        datetime.now(UTC),
    )
    return message_id, build_request(Message(header, body))


def outgoing(file: PartyFile, payload: Deliverable, **terms: object) -> SignedOutgoing:
    message_id, operation = deliver(payload, file.party_id)
    return SignedOutgoing(row_of(file), operation, message_id, Agreement(file.party_id, **terms))  # type: ignore[arg-type]


def notice() -> NotifyApplicant:
    text = LocalText("Өтініш тіркелді", "Обращение зарегистрировано", "The appeal is registered")
    return NotifyApplicant(APPEAL, NotifiedStep.REGISTERED, datetime.now(UTC), text, None, None, ())


def assignment() -> AssignAppeal:
    now = datetime.now(UTC)
    appeal = samples.appeal((), reference="session-1", at=now)
    return AssignAppeal(APPEAL, date(2026, 11, 24), appeal, term())


def term() -> TermNotice:
    return TermNotice("АППК Art. 76(1)", date(2026, 12, 15), datetime(2026, 12, 15, 18, tzinfo=UTC), "test")


def filing(
    document_id: str,
    content: bytes,
    appeal_number: str = APPEAL,
    *,
    purpose: FilingPurpose | None = None,
    supplements: DocumentId | None = None,
) -> FileDossier:
    sha256 = hashlib.sha256(content).hexdigest()
    media_type = "application/vnd.etsi.asic-e+zip"
    ref = DocumentRef(
        DocumentId(document_id), DocumentKind.DOSSIER, "Dossier", "d.asice", media_type, len(content), sha256
    )
    return FileDossier(appeal_number, ClaimKind.CONTEST, ref, supplements, purpose)


async def eventually(condition: Callable[[], object], *, within_s: float = 10.0) -> None:
    """Until the condition holds; what other tasks and processes do cannot be awaited directly."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - the condition is anybody's, there is no event to await
            await asyncio.sleep(0.02)
