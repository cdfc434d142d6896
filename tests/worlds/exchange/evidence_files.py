"""What the tests of evidence need beside the world: a far end that can be bent, and the file of a message."""

import inspect
import subprocess
import uuid
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from connectors.ports.outcome import Deferred, Delivered, Outcome, Rejected, Transmission, Unknown
from contracts import codec
from contracts.codes import Code
from contracts.header import Action, Header, Message, MessageId
from contracts.party import LocalText, PartyId
from contracts.payloads import DeliverAnswer
from contracts.receipt import ErrorSignal
from dossier.erds.derive import ErdsEvent, evidence_of
from dossier.erds.pack import Traced, pack
from gateway.ports.case import TraceQuery
from gateway.ports.outside import OutgoingEnvelope
from gateway.workers.relay import Relay
from signing.profile.writing import sign_envelope
from tests.worlds.exchange.world import ME, World
from tests.worlds.xmlsec1 import require_xmlsec1

Turn = Callable[[OutgoingEnvelope], Outcome | Awaitable[Outcome]]


class BentConnector:
    """Takes its turns for the messages of one action, then behaves as the world's."""

    def __init__(self, world: World, action: Action, *turns: Turn) -> None:
        self._world, self._action, self._turns = world, action, list(turns)

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        if self._turns and f"<d:action>{self._action.value}</d:action>".encode() in outgoing.envelope:
            outcome = self._turns.pop(0)(outgoing)
            return await outcome if inspect.isawaitable(outcome) else outcome
        return await self._world.connector.send(outgoing)


def bent_relay(world: World, action: Action, *turns: Turn) -> Relay:
    connector = BentConnector(world, action, *turns)
    return Relay(world.exchange, connector, lambda: world.keys[ME], batch=50, idle=timedelta(seconds=1))


def no_connection(outgoing: OutgoingEnvelope) -> Outcome:
    return Deferred("ConnectionRefusedError", Transmission(outgoing.envelope))


def an_unsigned_fault(outgoing: OutgoingEnvelope) -> Outcome:
    return Deferred("fault Client: no", Transmission(outgoing.envelope, b"<html>no</html>", 500))


def silence(outgoing: OutgoingEnvelope) -> Outcome:
    return Unknown("TimeoutError", Transmission(outgoing.envelope))


def taken_without_receipt(outgoing: OutgoingEnvelope) -> Outcome:
    return Delivered(Transmission(outgoing.envelope, b"", 202))


def refusal(world: World, *, code: Code = Code.WRONG_STATE) -> Turn:
    """A signed error signal by the recipient."""

    def turn(outgoing: OutgoingEnvelope) -> Outcome:
        signal = an_error(world, outgoing.message_id, outgoing.digest, code)
        party = outgoing.party.party_id
        header = Header(
            MessageId(str(uuid.uuid4())), None, outgoing.message_id, party, ME, Action.ANSWER, world.clock.now()
        )
        answer = codec.build_answer("Deliver", Message(header, DeliverAnswer(signal)))
        envelope = sign_envelope(answer, world.keys[party], now=world.clock.now())
        return Rejected(signal, Transmission(outgoing.envelope, envelope, 200))

    return turn


def an_error(world: World, message_id: MessageId, digest: str, code: Code = Code.WRONG_STATE) -> ErrorSignal:
    words = LocalText("жоқ", "нет", "no")
    return ErrorSignal(message_id, digest, world.clock.now(), code, words, "не в нашей компетенции")


async def traced(world: World, sender: PartyId, message_id: MessageId) -> Traced:
    found = await world.exchange.store.run(TraceQuery(sender, message_id, ME, world.clock.now()))
    assert found is not None
    return found


async def kinds(world: World, sender: PartyId, message_id: MessageId) -> list[str]:
    return [one.kind.value for one in await evidence(world, sender, message_id)]


async def evidence(world: World, sender: PartyId, message_id: MessageId) -> tuple[ErdsEvent, ...]:
    return evidence_of((await traced(world, sender, message_id)).record)


async def file_of(world: World, sender: PartyId, message_id: MessageId) -> Path:
    path = world.folder / f"{message_id}-evidence.asice"
    with path.open("w+b") as stream:
        pack(stream, await traced(world, sender, message_id), world.seal)
    return path


def unpacked(path: Path) -> Path:
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as container:
        container.extractall(folder)
    return folder


def judged_by_xmlsec1(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [require_xmlsec1(), "--verify", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
