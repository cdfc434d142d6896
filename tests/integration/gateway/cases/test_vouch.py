"""The citizen's own signature is judged before the dossier is put together, and the court reads what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from connectors.authorities.ncanode import NcaNode
from connectors.sandbox.authorities.ca import SandboxAuthority
from contracts.header import ConversationId
from contracts.operations import Service as Offered
from contracts.payloads import ClaimKind, Disagree, ElectronicSignature, SignatureFormat
from dossier.case.events import DossierFiled, SignatureJudged, SignatureVerdict
from dossier.check.inspection import inspect_container
from dossier.packaging.container import Container
from dossier.packaging.layout import SUMMARY
from gateway.ports.documents import FindDocuments
from gateway.service.cases.vouch import SignatureJudge
from gateway.workers.collector import Collector
from signing.timestamps.cms_signature import sign_data
from tests.integration.gateway.cases.test_eds import IIN, STRANGER, a_citizen
from tests.simulators.ncanode import NcaNodeSimulator
from tests.worlds.clocks import SteppedClock
from tests.worlds.exchange.world import PLATFORM, World, a_world
from tests.worlds.pdf_pages import pages

TEXT = "Тұрғын үй кезегіне қоюды сұраймын."
CLAIM = "Келіспеймін"


@dataclass
class Filing:
    """A case whose dossier is due, and NCANode, which may be away."""

    world: World
    conversation_id: ConversationId
    ncanode: TestServer
    url: str
    session: aiohttp.ClientSession

    async def file(self) -> None:
        now = self.world.clock.now
        judge = SignatureJudge("NCANode", NcaNode(self.session, self.url, key=None, now=now))
        folder = self.world.folder / "documents" / "assembly"
        collector = Collector(self.world.exchange, lambda: self.world.seal, folder, sealing=lambda: None, judge=judge)
        assert await collector.run_once() == 1

    async def judged(self) -> list[SignatureJudged]:
        case = await self.world.case(self.conversation_id)
        return [event.fact for event in case.events if isinstance(event.fact, SignatureJudged)]

    async def dossier(self) -> Path:
        case = await self.world.case(self.conversation_id)
        (filed,) = [event.fact for event in case.events if isinstance(event.fact, DossierFiled)]
        found = await self.world.exchange.store.run(FindDocuments([filed.document_id]))
        path = self.world.folder / "filed.asice"
        with self.world.exchange.documents.open(found[filed.document_id]) as stream:
            path.write_bytes(stream.read())
        return path

    async def first_page(self) -> str:
        with Container.open(await self.dossier()) as container:
            printed = container.read(SUMMARY, limit_bytes=10_000_000)
        return " ".join(next(iter(pages(printed))).text.split())


@pytest.fixture
def authority() -> SandboxAuthority:
    return SandboxAuthority.create("НУЦ РК", now=SteppedClock().now() - timedelta(days=30))


@pytest.fixture
async def filing(tmp_path: Path, authority: SandboxAuthority) -> AsyncIterator[Filing]:
    async with a_world(tmp_path) as world, aiohttp.ClientSession(auto_decompress=False) as session:
        citizen = a_citizen(authority, IIN, now=world.clock.now())
        signature = ElectronicSignature(SignatureFormat.CMS, sign_data(TEXT.encode(), citizen, at=world.clock.now()))
        conversation_id, _ = await world.register(text=TEXT, authentication=signature)
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        other = a_citizen(authority, STRANGER, now=world.clock.now())
        forged = ElectronicSignature(SignatureFormat.CMS, sign_data(CLAIM.encode(), other, at=world.clock.now()))
        disagreement = Disagree(ClaimKind.CONTEST, CLAIM, world.clock.now(), (), forged)
        await world.call(Offered.APPEALS, PLATFORM, disagreement, conversation_id=conversation_id)
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        async with TestServer(NcaNodeSimulator([authority.key.certificate], world.clock.now).app()) as server:
            yield Filing(world, conversation_id, server, str(server.make_url("")), session)


async def test_each_signature_of_the_citizen_is_judged_once_and_the_dossier_says_what_came_of_it(filing: Filing):
    await filing.file()

    judged = [(one.action, one.verdict, one.authority) for one in await filing.judged()]
    assert judged == [
        ("RegisterAppeal", SignatureVerdict.HOLDS, "NCANode"),
        ("Disagree", SignatureVerdict.FAILS, "NCANode"),
    ]
    report = inspect_container(await filing.dossier(), (filing.world.anchor,), now=filing.world.clock.now())
    assert report.is_passed
    assert "результат проверки в ходе дела, событие №" in await filing.first_page()


async def test_when_ncanode_is_away_the_dossier_goes_all_the_same_and_says_that_nobody_checked(filing: Filing):
    await filing.ncanode.close()

    await filing.file()

    assert await filing.judged() == []
    assert "системой не проверялась" in await filing.first_page()
