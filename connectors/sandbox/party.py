"""One simulated party, put together from its folder, started and stopped. The composition root of the sandbox."""

from __future__ import annotations

import asyncio
import random
import signal
import uuid
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Final, Self

import aiohttp
import structlog

from connectors.mailbox.agent import MailboxAgent
from connectors.ports.clock import Clock
from connectors.sandbox.behaviour import BendKind, Bends, LiveBehaviour
from connectors.sandbox.chores import DutyRunner
from connectors.sandbox.control import Control, apply_bend
from connectors.sandbox.database import SandboxDatabase
from connectors.sandbox.desk import ButtonContext
from connectors.sandbox.folder import PartyFile
from connectors.sandbox.inbox import Inbox
from connectors.sandbox.intake import SandboxIntake
from connectors.sandbox.listening import ListeningSocket
from connectors.sandbox.postman import OutboxSender
from connectors.sandbox.pump import Pump
from connectors.sandbox.roles.agency import AgencyConduct
from connectors.sandbox.roles.conduct import Conduct
from connectors.sandbox.roles.platform import PlatformConduct
from connectors.sandbox.store import PartyStore
from connectors.sandbox.view import PartyView
from connectors.soap.client import SoapClient
from connectors.soap.errors import CallFailed
from contracts.header import MessageId
from contracts.operations import Service
from contracts.party import PartyRole
from signing.keys.keypair import Certificate, SoftwareKey, load_certificate
from signing.profile.verification import PinnedCertificates


class SandboxSystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SandboxRandomIds:
    """Ids from the operating system's entropy."""

    def message_id(self) -> MessageId:
        return MessageId(str(uuid.uuid4()))


def system_chance() -> float:
    """Uniform in [0, 1)."""
    return random.random()  # noqa: S311 - spreads retries, protects nothing


ACKNOWLEDGE_BY: Final = {PartyRole.AGENCY: Service.AGENCY, PartyRole.COURT: Service.COURT}

_log = structlog.get_logger(__name__)


class SandboxParty:
    """Use as ``async with SandboxParty(file):``; inside, the party runs. What it knows is in ``state.db``."""

    def __init__(self, file: PartyFile, *, clock: Clock | None = None) -> None:
        self.file = file
        self._clock = clock or SandboxSystemClock()
        self._ids = SandboxRandomIds()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await self._start(stack)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, stack: AsyncExitStack) -> None:
        file, clock = self.file, self._clock
        key = SoftwareKey.load(file.folder / "key.pem", file.folder / "cert.pem")
        pinned = PinnedCertificates([(file.exchange_id, load_certificate(file.exchange_certificate))])
        bends = Bends(bend for bend in file.bends if bend.kind is not BendKind.DOWN)
        database = SandboxDatabase(file.folder / "state.db")
        stack.callback(database.close)
        store, view = PartyStore(database), PartyView(database)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        client = self._client(session, key, pinned)
        manner = LiveBehaviour(file.behaviour)
        conduct = _conduct(file, client, manner, view)
        acknowledge_by = ACKNOWLEDGE_BY.get(file.kind)
        intake = SandboxIntake(store, conduct, client, bends, acknowledge_by=acknowledge_by, clock=clock, ids=self._ids)
        wake = self._start_pumps(stack, store, conduct, intake, client, bends)
        door: ListeningSocket | None = None
        if file.listen_port:
            door = await self._open_inbox(stack, self._inbox(intake, bends, pinned, key, wake))
        elif file.kind is PartyRole.AGENCY:
            agent = MailboxAgent(client, pinned=pinned, clock=clock, handle=intake.signal)
            _run(stack, _empty_mailbox(agent, file.poll_seconds, wake))
        buttons = ButtonContext(store, view, client, clock, self._ids, wake)
        panel = ListeningSocket(Control(file, buttons, bends, manner, door).application(), file.control_port)
        stack.push_async_callback(panel.close)
        await panel.open()

    def _inbox(
        self,
        intake: SandboxIntake,
        bends: Bends,
        pinned: PinnedCertificates,
        key: SoftwareKey,
        wake: Callable[[], None],
    ) -> Inbox:
        return Inbox(
            intake,
            bends,
            me=self.file.party_id,
            exchange=self.file.exchange_id,
            pinned=pinned,
            key=key,
            clock=self._clock,
            taken=wake,
        )

    def _client(self, session: aiohttp.ClientSession, key: SoftwareKey, pinned: PinnedCertificates) -> SoapClient:
        return SoapClient(
            session,
            me=self.file.party_id,
            key=key,
            peer=self.file.exchange_id,
            peer_certificates=pinned,
            base_url=self.file.exchange_url,
            clock=self._clock,
            ids=self._ids,
        )

    def _start_pumps(
        self,
        stack: AsyncExitStack,
        store: PartyStore,
        conduct: Conduct,
        intake: SandboxIntake,
        client: SoapClient,
        bends: Bends,
    ) -> Callable[[], None]:
        """Start both loops; what is returned wakes them."""
        clock = self._clock
        postman = OutboxSender(store, client, bends, clock=clock, chance=system_chance)
        mail = Pump(
            lambda limit: store.due_postings(clock.now(), limit), postman.send, key=lambda posting: posting.outbox_id
        )
        chores = DutyRunner(store, conduct, intake, clock=clock, chance=system_chance, posted=mail.wake)
        work = Pump(lambda limit: store.due_duties(clock.now(), limit), chores.do, key=lambda duty: duty.duty_id)
        _run(stack, mail.run())
        _run(stack, work.run())

        def wake() -> None:
            work.wake()
            mail.wake()

        return wake

    async def _open_inbox(self, stack: AsyncExitStack, inbox: Inbox) -> ListeningSocket:
        door = ListeningSocket(inbox.application(), self.file.listen_port)
        stack.push_async_callback(door.close)
        stack.callback(inbox.close)
        await door.open()
        for bend in self.file.bends:
            if bend.kind is BendKind.DOWN:
                await apply_bend(bend, Bends(), door)
        return door


def _conduct(file: PartyFile, client: SoapClient, manner: LiveBehaviour, view: PartyView) -> Conduct:
    match file.kind:
        case PartyRole.PLATFORM:
            return PlatformConduct(client)
        case PartyRole.AGENCY:
            return AgencyConduct(client, manner)
        case PartyRole.COURT:
            from connectors.sandbox.roles.court import CourtConduct  # only a court needs the dossier's machinery

            anchors: list[Certificate] = [load_certificate(path) for path in file.anchors]
            return CourtConduct(client, manner, view, folder=file.folder / "dossiers", anchors=anchors)
        case PartyRole.EXCHANGE:
            raise ValueError("the exchange is not a simulated party")


async def _empty_mailbox(agent: MailboxAgent, poll_s: float, wake: Callable[[], None]) -> None:
    while True:
        try:
            round_ = await agent.run_once()
        except CallFailed as failure:
            _log.info("sandbox.mailbox_unreachable", reason=failure.reason)
            await asyncio.sleep(poll_s)
            continue
        wake()
        if not round_.waiting:
            await asyncio.sleep(poll_s)


def _run(stack: AsyncExitStack, loop: Coroutine[None, None, None]) -> None:
    """Run ``loop`` until the party stops. One that breaks ends the process: a party half alive would mislead."""
    task = asyncio.create_task(loop)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    task.add_done_callback(_end_process_if_broken)
    stack.push_async_callback(end)


def _end_process_if_broken(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("sandbox.loop_broke", exc_info=error)
        signal.raise_signal(signal.SIGTERM)
