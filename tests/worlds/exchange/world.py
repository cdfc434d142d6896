"""A whole exchange on loopback with real keys, a real store and a clock that the test steps."""

import hashlib
import io
import uuid
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from connectors.ports.outcome import Acknowledged, Outcome, Transmission
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts import codec, soap, xmlsafe
from contracts.header import Action, ConversationId, DocumentId, Header, Message, MessageId, action_of
from contracts.operations import Service
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry, Route
from contracts.payloads import (
    AppealKind,
    Applicant,
    ApplicantKind,
    DeliverAnswer,
    DocumentKind,
    DocumentRef,
    IntakeChannel,
    Language,
    PutDocument,
    RegisterAppeal,
)
from contracts.receipt import Receipt
from dossier.procedure.decide import load_law
from gateway.domain.registry.directory import Directory
from gateway.http import soap as endpoint_module
from gateway.http.pressure import IntakeGate
from gateway.pages.counter import with_page_counts
from gateway.ports.case import Case, LoadCase
from gateway.ports.meter import NO_METER, Meter
from gateway.ports.outside import OutgoingEnvelope
from gateway.ports.parties import ApplyRegistry, LoadRegistry
from gateway.ports.tracing import NO_TRACER, Tracer
from gateway.process.ambient import RandomIds
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmissionContext
from gateway.store import open_store
from gateway.store.blobs.documents import FileDocuments
from gateway.store.blobs.folder import BlobFolder
from gateway.workers.clock import TermClock
from gateway.workers.collector import Collector
from gateway.workers.relay import Relay
from gateway.workers.rescuer import Rescuer
from signing.keys.keypair import Certificate, SoftwareKey
from signing.profile.writing import sign_envelope
from tests.worlds.clocks import NoJitter, SteppedClock
from tests.worlds.memory import MemoryStore
from tests.worlds.sqlite import migrated

ME = PartyId("dalel")
PLATFORM, AKIMAT, JER, COURT = (PartyId(n) for n in ("eotinish", "akimat-almaty", "jer-almaty", "smas-almaty"))
STRANGER = PartyId("stranger")
ROLES = {
    PLATFORM: PartyRole.PLATFORM,
    AKIMAT: PartyRole.AGENCY,
    JER: PartyRole.AGENCY,
    COURT: PartyRole.COURT,
    ME: PartyRole.EXCHANGE,
}


def text(words: str) -> LocalText:
    return LocalText(words, words, words)


@dataclass
class SoapAnswer:
    """What came back: HTTP status, the envelope, and what it holds."""

    status: int
    envelope: bytes
    headers: dict[str, str]

    @property
    def fault(self) -> soap.FaultInfo:
        fault = soap.parse_fault(soap.body_of(xmlsafe.parse(self.envelope))[0])
        assert fault is not None, self.envelope.decode()
        return fault

    @property
    def message(self) -> Message:
        element = soap.operation_of(xmlsafe.parse(self.envelope))
        assert not element.tag.endswith("}Fault"), self.envelope.decode()
        return codec.parse_operation(xmlsafe.canonical(element))


class AcknowledgingConnector:
    """The network's far end for tests about the gateway itself; connectors have their own, real, suite.

    Acknowledges everything with a receipt; ``script`` overrides by action.
    """

    def __init__(self, clock: SteppedClock, keys: dict[PartyId, SoftwareKey]) -> None:
        self._keys = keys
        self.sent: list[OutgoingEnvelope] = []
        self.script: dict[Action, list[Outcome | type[Exception]]] = {}
        self._clock = clock

    def messages(self, party: PartyId | None = None) -> list[Message]:
        parsed = [
            codec.parse_operation(xmlsafe.canonical(soap.operation_of(xmlsafe.parse(out.envelope))))
            for out in self.sent
        ]
        return [message for message in parsed if party in {None, message.header.recipient}]

    async def send(self, outgoing: OutgoingEnvelope) -> Outcome:
        self.sent.append(outgoing)
        action = self.messages()[-1].header.action
        if self.script.get(action):
            return self.script[action].pop(0)
        receipt = Receipt(outgoing.message_id, outgoing.digest, self._clock.now())
        return Acknowledged(receipt, Transmission(outgoing.envelope, self._answer(outgoing, receipt), 200))

    def _answer(self, outgoing: OutgoingEnvelope, receipt: Receipt) -> bytes:
        party = outgoing.party.party_id
        header = Header(
            MessageId(str(uuid.uuid4())), None, outgoing.message_id, party, ME, Action.ANSWER, self._clock.now()
        )  # fmt: skip
        answer = codec.build_answer("Deliver", Message(header, DeliverAnswer(receipt)))
        return sign_envelope(answer, self._keys[party], now=self._clock.now())


@dataclass
class World:
    """One exchange and the means to talk to it as any party."""

    clock: SteppedClock
    keys: dict[PartyId, SoftwareKey]
    exchange: Exchange
    connector: AcknowledgingConnector
    relay: Relay
    term_clock: TermClock
    collector: Collector
    rescuer: Rescuer
    url: str
    http: aiohttp.ClientSession
    folder: Path
    database_url: str
    seal: SoftwareKey
    anchor: Certificate
    gate: IntakeGate
    in_force: list[Directory] = field(default_factory=list)

    async def apply(self, registry: Registry) -> None:
        """Put another registry version in force."""
        await self.exchange.store.run(ApplyRegistry(registry, by="test", at=self.clock.now()))
        self.in_force[0] = Directory.of(await self.exchange.store.run(LoadRegistry()))

    def header(self, sender: PartyId, payload: object, **changes: object) -> Header:
        values = {
            "message_id": MessageId(str(uuid.uuid4())),
            "conversation_id": None,
            "ref_to_message_id": None,
            "sender": sender,
            "recipient": ME,
            "action": action_of(payload),
            "created_at": self.clock.now(),
        }
        return Header(**(values | changes))

    def operation(self, sender: PartyId, payload: object, **changes: object) -> bytes:
        return codec.build_request(Message(self.header(sender, payload, **changes), payload))

    def envelope(self, sender: PartyId, payload: object, *, key: PartyId | None = None, **changes: object) -> bytes:
        return sign_envelope(self.operation(sender, payload, **changes), self.keys[key or sender], now=self.clock.now())

    async def post(
        self, service: Service | str, envelope: bytes, *, content_type: str = "text/xml", **more: str
    ) -> SoapAnswer:
        """``more``: headers."""
        headers = {"Content-Type": content_type, "SOAPAction": '""', **more}
        async with self.http.post(
            f"{self.url}/soap/v1/{service}", data=io.BytesIO(envelope), headers=headers
        ) as response:
            return SoapAnswer(response.status, await response.read(), dict(response.headers))

    async def call(self, service: Service, sender: PartyId, payload: object, **changes: object) -> SoapAnswer:
        return await self.post(service, self.envelope(sender, payload, **changes))

    async def upload(
        self, sender: PartyId, content: bytes, kind: DocumentKind = DocumentKind.ATTACHMENT
    ) -> DocumentRef:
        sha256 = hashlib.sha256(content).hexdigest()
        put = PutDocument(str(uuid.uuid4()), 1, 1, len(content), sha256, "құжат.pdf", "application/pdf", content)
        stored = (await self.call(Service.DOCUMENTS, sender, put)).message.payload
        assert stored.complete
        return DocumentRef(stored.document_id, kind, "Құжат", "құжат.pdf", "application/pdf", len(content), sha256)

    async def register(self, **changes: object) -> tuple[ConversationId, str]:
        """A registered appeal: its conversation and number."""
        answered = await self.call(Service.APPEALS, PLATFORM, an_appeal(self.clock, **changes))
        receipt = answered.message.payload.receipt
        return receipt.conversation_id, receipt.appeal_number

    async def case(self, conversation_id: ConversationId) -> Case:
        case = await self.exchange.store.run(LoadCase(conversation_id))
        assert case is not None
        return case

    async def settle(self) -> None:
        """Deliver everything that is due, and what follows from it, until nothing is."""
        while await self.relay.run_once():
            pass


def an_appeal(clock: SteppedClock, **changes: object) -> RegisterAppeal:
    """A true-to-life appeal; change one fact."""
    applicant = Applicant(
        ApplicantKind.PERSON,
        "900101300017",
        "Әбілқасымова Гүлнұр Өмірбекқызы",
        "Алматы қ., Абай даңғылы 10",
        None,
        None,
    )
    values = {
        "kind": AppealKind.APPLICATION,
        "subject": "HOUSING-QUEUE",
        "kato": "751110000",
        "language": Language.KK,
        "channel": IntakeChannel.ELECTRONIC,
        "lodged_at": clock.now(),
        "applicant": applicant,
        "representative": None,
        "addressee": None,
        "text": "Тұрғын үй кезегіне қоюды сұраймын. Прошу поставить в очередь.",
        "documents": (),
        "authentication": None,
    }
    return RegisterAppeal(**(values | changes))


def a_registry(keys: dict[PartyId, SoftwareKey]) -> Registry:
    def party(party_id: PartyId) -> Party:
        channel = Channel.MAILBOX if party_id in {JER, ME} else Channel.PUSH
        endpoint = f"http://127.0.0.1:9/{party_id}" if channel is Channel.PUSH else None
        return Party(
            party_id, ROLES[party_id], "050740004819", text(party_id), channel, endpoint,
            (keys[party_id].certificate.der,),
        )  # fmt: skip

    routes = (
        Route(PartyRole.AGENCY, "*", "75", AKIMAT),
        Route(PartyRole.AGENCY, "LAND", "75", JER),
        Route(PartyRole.COURT, "*", "75", COURT),
    )
    agreements = tuple(Agreement(party_id, mailbox_lease=timedelta(minutes=5)) for party_id in ROLES)
    return Registry(0, tuple(party(party_id) for party_id in ROLES), agreements, routes)


@cache
def _authority() -> SandboxAuthority:
    """One for all worlds of a test process, like the keys: to make them takes longer than most tests."""
    return SandboxAuthority.create("Test CA", now=SteppedClock().now())


@cache
def _key(party_id: PartyId) -> SoftwareKey:
    return _authority().issue(party_id, bin="050740004819", usage=Usage.MESSAGE, now=SteppedClock().now())


@cache
def _seal() -> SoftwareKey:
    return _authority().issue("dalel seal", bin="050740004819", usage=Usage.SEAL, now=SteppedClock().now())


@asynccontextmanager
async def a_world(
    folder: Path, *, database_url: str | None = None, rules: str = "sandbox-seconds", meter: Meter = NO_METER,
    tracer: Tracer = NO_TRACER, in_memory: bool = False,
):  # fmt: skip
    """``in_memory``: for tests that need none of SQL; documents do."""
    clock, authority, seal = SteppedClock(), _authority(), _seal()
    keys = {party_id: _key(party_id) for party_id in (*ROLES, STRANGER)}
    database_url = database_url or ("" if in_memory else migrated(folder))
    store = MemoryStore(ME) if in_memory else await open_store(database_url)
    await store.run(ApplyRegistry(a_registry(keys), by="test", at=clock.now()))
    in_force = [Directory.of(await store.run(LoadRegistry()))]
    exchange = Exchange(
        me=ME, store=store, documents=FileDocuments(store, BlobFolder(folder / "documents")),
        law=load_law(rules),
        directory=lambda: in_force[0], clock=clock, ids=RandomIds(), jitter=NoJitter(), document_limit_bytes=10_000_000,
        lease=timedelta(seconds=60), count_pages=with_page_counts, meter=meter, tracer=tracer,
    )  # fmt: skip
    port = unused_port()
    app = web.Application()
    endpoint = endpoint_module.Endpoint(
        exchange, AdmissionContext(ME, timedelta(minutes=5), 8 * 1024 * 1024), lambda: keys[ME], f"http://127.0.0.1:{port}",
        timedelta(seconds=30),
    )  # fmt: skip
    endpoint_module.add_routes(app, endpoint)
    connector = AcknowledgingConnector(clock, keys)
    server = TestServer(app, port=port)
    await server.start_server(auto_decompress=False)  # as the product listens
    try:
        async with aiohttp.ClientSession() as http:
            yield World(
                clock=clock, keys=keys, exchange=exchange, connector=connector,
                relay=Relay(exchange, connector, lambda: keys[ME], batch=50, idle=timedelta(seconds=1)),
                term_clock=TermClock(exchange),
                collector=Collector(
                    exchange, lambda: seal, folder / "documents" / "assembly", sealing=lambda: None
                ),
                seal=seal, anchor=authority.key.certificate,
                rescuer=Rescuer(exchange), url=str(server.make_url("")).rstrip("/"), http=http, folder=folder,
                database_url=database_url,
                in_force=in_force, gate=endpoint.gate,
            )  # fmt: skip
    finally:
        await server.close()
        await store.close()


__all__ = ["AKIMAT", "COURT", "JER", "ME", "PLATFORM", "STRANGER", "DocumentId", "World", "a_world", "an_appeal"]
