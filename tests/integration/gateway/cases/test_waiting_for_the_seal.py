"""Filing waits a set time for the ledger's seal, then goes without it and says so; the order stays due meanwhile."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.header import ConversationId
from contracts.operations import Service as Offered
from contracts.payloads import ClaimKind, Disagree
from dossier.case.events import DossierFiled
from dossier.check.inspection import inspect_container
from dossier.packaging.container import Container
from dossier.packaging.description import DossierDescription
from dossier.packaging.description_xml import LIMIT_BYTES, parse_description
from dossier.packaging.layout import DESCRIPTION
from gateway.ports.case import ClaimAssembly
from gateway.ports.documents import FindDocuments
from gateway.service.evidence.proofs import LOOK_AGAIN, ProofRules
from gateway.workers.collector import Collector
from gateway.workers.sealer import Sealer
from tests.worlds.exchange.world import PLATFORM, World, a_world

SEAL_WAIT = timedelta(seconds=5)


@dataclass
class Due:
    """A world in which one dossier is due and nothing is sealed yet."""

    world: World
    conversation_id: ConversationId
    collector: Collector
    sealer: Sealer

    async def filed(self) -> DossierFiled | None:
        case = await self.world.case(self.conversation_id)
        return next((event.fact for event in case.events if isinstance(event.fact, DossierFiled)), None)

    async def described(self) -> DossierDescription:
        return self.scanned_at_once(await self.path())

    async def path(self) -> Path:
        filed = await self.filed()
        assert filed is not None
        documents = self.world.exchange.documents
        found = await self.world.exchange.store.run(FindDocuments([filed.document_id]))
        path = self.world.folder / "filed.asice"
        with documents.open(found[filed.document_id]) as stream:
            path.write_bytes(stream.read())
        return path

    @staticmethod
    def scanned_at_once(path: Path) -> DossierDescription:
        with Container.open(path) as container:
            return parse_description(container.read(DESCRIPTION, limit_bytes=LIMIT_BYTES))


@pytest.fixture
async def due(tmp_path: Path) -> AsyncIterator[Due]:
    async with a_world(tmp_path) as world:
        conversation_id, _ = await world.register()
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        disagreement = Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)
        await world.call(Offered.APPEALS, PLATFORM, disagreement, conversation_id=conversation_id)
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        rules = ProofRules(seal_wait=SEAL_WAIT, anchors=lambda: (world.anchor,))
        collector = Collector(
            world.exchange, lambda: world.seal, tmp_path / "documents" / "assembly", sealing=lambda: None, rules=rules
        )
        yield Due(world, conversation_id, collector, Sealer(world.exchange, lambda: world.seal, limit=1000))


async def test_a_dossier_waits_for_the_seal_and_takes_it_along(due: Due):
    assert await due.collector.run_once() == 0
    assert await due.filed() is None

    await due.sealer.run_once()
    due.world.clock.advance(seconds=LOOK_AGAIN.total_seconds())

    assert await due.collector.run_once() == 1
    described = await due.described()
    assert len(described.seals) == 1
    assert "ledgerSeal" not in {entry.proof.value for entry in described.absent}
    report = inspect_container(await due.path(), (due.world.anchor,), now=due.world.clock.now())
    assert report.is_passed
    assert report.steps[10].verdict == "passed"


async def test_after_the_set_time_it_goes_without_and_says_so(due: Due):
    assert await due.collector.run_once() == 0
    due.world.clock.advance(seconds=SEAL_WAIT.total_seconds())

    assert await due.collector.run_once() == 1

    described = await due.described()
    assert described.seals == ()
    assert "ledgerSeal" in {entry.proof.value for entry in described.absent}


async def test_while_it_waits_the_order_is_not_held_and_nobody_asks_without_rest(due: Due):
    await due.collector.run_once()
    now = due.world.clock.now()
    store = due.world.exchange.store
    assert await store.run(ClaimAssembly(now=now, lease_until=now)) is None
    later = now + LOOK_AGAIN
    again = await store.run(ClaimAssembly(now=later, lease_until=later))
    assert again is not None
    assert again.conversation_id == due.conversation_id
