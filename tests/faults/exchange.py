"""One run: parties that exchange messages through nodes that are killed all the while; then the judgement."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from connectors.sandbox.party import SandboxRandomIds, SandboxSystemClock
from connectors.soap.client import SoapClient
from contracts.party import PartyId
from gateway.bootstrap.sandbox_parties import CAST
from signing.keys.keypair import SoftwareKey, load_certificate
from signing.profile.verification import PinnedCertificates
from signing.trust.path import load_anchors
from tests.faults.conduct import Habits
from tests.faults.held import RunDatabase
from tests.faults.inbox import open_inbox
from tests.faults.installation import PARTIES, RunInstallation, install
from tests.faults.judge import FaultsVerdict, judge
from tests.faults.killer import Fates, Killer
from tests.faults.nodes import NodeProcess, Zygote, answers, zygote
from tests.faults.parties import FaultParties
from tests.faults.post import PartyPostOffice
from tests.faults.record import RunRecord
from tests.faults.until import until

EXCHANGE = PartyId("dalel")
CALL_WITHIN = timedelta(seconds=5)
FINISHED_WITHIN_S = 180.0
LOOK_EVERY_S = 5.0
SEED = 20261124


@dataclass(frozen=True, slots=True)
class Course:
    """What a run must reach before it may end. ``tell`` is given a line of progress now and then."""

    nodes: int
    kills: int
    messages: int
    failovers: int = 0
    seed: int = SEED
    fates: Fates = field(default_factory=Fates)
    habits: Habits = field(default_factory=Habits)
    tell: Callable[[str], None] = lambda _line: None

    @property
    def cases_at_once(self) -> int:
        """A short run must not end in a long wait for what was begun."""
        return max(8, min(96, self.messages // 20))


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How it ended. ``details``: kills by how they came about, and what else was there to fail."""

    kills: int
    verdict: FaultsVerdict
    ledger_holds: bool
    details: str

    @property
    def line(self) -> str:
        verdict, ledger = self.verdict, "ok" if self.ledger_holds else "BROKEN"
        return (
            f"kills {self.kills}, messages {verdict.messages}, lost {len(verdict.lost)}, "
            f"doubled {len(verdict.doubled)}, out of order {len(verdict.disordered)}, ledger {ledger}"
        )

    @property
    def findings(self) -> Sequence[str]:
        return (*self.verdict.lost, *self.verdict.doubled, *self.verdict.disordered)

    @property
    def holds(self) -> bool:
        return self.verdict.holds and self.ledger_holds


async def run(
    course: Course, folder: Path, *, database_url: str | None = None, trouble: Trouble | None = None
) -> RunOutcome:
    """Play the course in ``folder``, with further ``trouble`` beside the kills.

    Raises RuntimeError when a node ends by itself, or never serves.
    """
    made = await asyncio.to_thread(install, folder, nodes=course.nodes, database_url=database_url)
    url = database_url or f"sqlite:///{made.home / 'dalel.db'}"
    async with _playing(course, made, url) as play:
        await play.until_enough(trouble)
        await play.to_the_end()
        return await play.judged()


class Play:
    """A run that is under way."""

    def __init__(
        self,
        course: Course,
        made: RunInstallation,
        mother: Zygote,
        parties: FaultParties,
        killer: Killer,
        record: RunRecord,
        database: RunDatabase,
    ) -> None:
        self.course, self.killer, self.record = course, killer, record
        self._made, self._mother, self._parties, self._database = made, mother, parties, database
        self._begun = time.monotonic()
        self.failed_over = 0

    def is_enough(self) -> bool:
        return (
            self.killer.kills >= self.course.kills
            and self.record.messages >= self.course.messages
            and self.failed_over >= self.course.failovers
        )

    async def until_enough(self, trouble: Trouble | None) -> None:
        """Lodge, kill and look until there were kills and messages enough; then every node serves again."""
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(self._look_on())
            async with asyncio.TaskGroup() as acting:
                acting.create_task(self._parties.lodge_on(self.is_enough, at_once=self.course.cases_at_once))
                acting.create_task(self.killer.kill_on(self.is_enough))
                if trouble is not None:
                    acting.create_task(trouble(self))
            looking.cancel()

    async def to_the_end(self) -> None:
        """Every case that was begun, and every delivery, has its end; or it is counted as unfinished."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FINISHED_WITHIN_S):
                await until(lambda: self._parties.in_hand == 0)
                await until(self._has_nothing_open, every_s=0.3)
        self.record.unfinished = self._parties.in_hand

    async def _has_nothing_open(self) -> bool:
        return not await asyncio.to_thread(self._database.open_deliveries)

    async def judged(self) -> RunOutcome:
        if self._parties.problems:
            raise RuntimeError("the parties of this run failed") from self._parties.problems[0]
        verdict = judge(self.record, await asyncio.to_thread(self._database.held))
        ledger = json.loads(await self._mother.run("ledger", "verify", "--json", home=self._made.home, fine=(0, 1)))
        details = ", ".join(f"{how} {count}" for how, count in self.killer.deaths.most_common())
        leaves = ledger["report"]["counts"]["leaves"]
        details += f"; frozen {self.killer.frozen}; {len(self.record.heads)} heads seen on the way; leaves {leaves}"
        return RunOutcome(self.killer.kills, verdict, ledger["holds"], details)

    async def _look_on(self) -> None:
        """Keep the heads that are seen, and tell how far it is."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(SQLAlchemyError):  # the database may be away; then there is no head to be seen
                self.record.heads.update(await asyncio.to_thread(self._database.heads))
            self.course.tell(self._progress())

    def _progress(self) -> str:
        passed = time.monotonic() - self._begun
        done = min(self.killer.kills / max(self.course.kills, 1), self.record.messages / self.course.messages, 1.0)
        left = f"about {passed / done - passed:.0f} s left" if done > 0.01 else "just begun"
        return f"  {passed:.0f} s: kills {self.killer.kills}, messages {self.record.messages}, {left}"


Trouble = Callable[[Play], Coroutine[Any, Any, None]]
"""What else befalls the installation; ends by itself."""


@asynccontextmanager
async def _playing(course: Course, made: RunInstallation, url: str) -> AsyncIterator[Play]:
    chance = random.Random(course.seed)
    async with AsyncExitStack() as stack:
        record = RunRecord(stack.enter_context((made.home / "journal.jsonl").open("w")))
        database = RunDatabase(url)
        mother = await stack.enter_async_context(zygote())
        await mother.run("parties", "apply", str(made.home / "parties.yaml"), home=made.home)
        await _vouch(mother, made)
        nodes = [
            NodeProcess(
                mother, made.home, f"node-{number}", port, made.environment(number), away_is_death=not course.failovers
            )
            for number, port in enumerate(made.ports)
        ]
        posts, keys = await _posts(stack, made, record, chance)
        anchors = load_anchors(made.home / "trust")
        parties = FaultParties(posts, record, chance, made.home, anchors=anchors, habits=course.habits)
        stack.push_async_callback(parties.stop)
        for party in PARTIES:
            if port := made.inbox_port(party):
                await stack.enter_async_context(open_inbox(posts[party], keys[party], port, parties))
            else:
                parties.fetch_for(party)
        apart = course.messages / course.kills
        killer = Killer(nodes, chance, course.fates, done=lambda: record.messages, apart=apart)
        yield Play(course, made, mother, parties, killer, record, database)


async def _posts(
    stack: AsyncExitStack, made: RunInstallation, record: RunRecord, chance: random.Random
) -> tuple[dict[str, PartyPostOffice], dict[str, SoftwareKey]]:
    session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    pinned = PinnedCertificates([(EXCHANGE, load_certificate(made.home / "keys" / "exchange.pem"))])
    keys = {party: made.key_of(party) for party in PARTIES}

    def client(party: str, port: int) -> SoapClient:
        return SoapClient(
            session, me=PartyId(party), key=keys[party], peer=EXCHANGE, peer_certificates=pinned,
            base_url=f"http://127.0.0.1:{port}/soap/v1", clock=SandboxSystemClock(), ids=SandboxRandomIds(),
            within=CALL_WITHIN,
        )  # fmt: skip

    posts = {p: PartyPostOffice([client(p, port) for port in made.ports], pinned, record, chance) for p in PARTIES}
    return posts, keys


async def _vouch(mother: Zygote, made: RunInstallation) -> None:
    """Run the authorities that stamp time and answer for certificates; no fault befalls them here."""
    port = made.ports[0] + len(CAST) + 1
    vouching = NodeProcess(mother, made.home, "authorities", port, arguments=("sandbox", "authorities"))
    await vouching.start()
    await until(lambda: answers(port))
