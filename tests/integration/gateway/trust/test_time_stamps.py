"""Trouble at the time-stamp authority stops nothing: messages, deliveries and filing go on; the stamps come later."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.authorities.timestamps import LONGEST_REST, TimestampAuthorities
from connectors.sandbox.authorities.behaviour import AuthorityBend, AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import write_authorities
from connectors.sandbox.authorities.service import SandboxAuthorities
from contracts.header import Action
from contracts.operations import Service as Offered
from contracts.payloads import ClaimKind, Disagree
from dossier.case.events import DossierFiled
from gateway.cli.demo.processes import free_ports
from gateway.domain.delivery.states import DeliveryState
from gateway.ports.deliveries import DeliveryPageQuery
from gateway.ports.ledger import FindLedgerEvidence, ListTokenlessSeals
from gateway.service.evidence.proofs import ProofRules
from gateway.workers.collector import Collector
from gateway.workers.sealer import Sealer
from signing.keys.files import write_pair
from signing.timestamps.token import read_token
from tests.worlds.exchange.world import COURT, PLATFORM, World, a_world

STAMP_WAIT = timedelta(seconds=0.5)
SEAL_WAIT = timedelta(seconds=5)
MANY = 1000


@dataclass
class StampedWorld:
    """A world whose exchange has a time-stamp authority, the authority, and the loops that ask it."""

    world: World
    authority: SandboxAuthorities
    sealer: Sealer
    collector: Collector

    def bend(self, kind: Misconduct) -> None:
        self.authority.bends.put(AuthorityBend(AuthorityService.TSA, kind, times=MANY))

    @property
    def requests_while_bent(self) -> int:
        """How often it was asked since it is bent."""
        (bend,) = self.authority.bends
        assert bend.times is not None
        return MANY - bend.times

    async def filed(self) -> DossierFiled:
        """One more appeal, from registration to the court; the body stays silent."""
        world = self.world
        conversation_id, _ = await world.register()
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        disagreement = Disagree(ClaimKind.CONTEST, "Келіспеймін", world.clock.now(), (), None)
        await world.call(Offered.APPEALS, PLATFORM, disagreement, conversation_id=conversation_id)
        await world.settle()
        world.clock.advance(days=1)
        await world.term_clock.run_once()
        for _ in range(10):
            await self.sealer.run_once()
            if await self.collector.run_once():
                break
            world.clock.advance(seconds=1)
        await world.settle()
        return next(e.fact for e in (await world.case(conversation_id)).events if isinstance(e.fact, DossierFiled))


@pytest.fixture
async def stamped(tmp_path: Path) -> AsyncIterator[StampedWorld]:
    async with a_world(tmp_path) as world:
        ca = SandboxAuthority.create("Time", now=world.clock.now())
        ca.save(tmp_path / "ca")
        for name, usage in (("tsa", Usage.TIME_STAMPS), ("ocsp", Usage.OCSP)):
            key = ca.issue(name, bin="050740004819", usage=usage, now=world.clock.now(), key_kind="P-256")
            write_pair(tmp_path / "authorities", name, key)
        listen, control = free_ports(2)
        file = write_authorities(
            tmp_path / "authorities", listen_port=listen, control_port=control, ca_folder=Path("..") / "ca"
        )
        client = TimestampAuthorities(
            world.http,
            (file.tsa_url,),
            anchors=lambda: (ca.key.certificate,),
            within=STAMP_WAIT,
            clock=world.clock,
            nonce=lambda: secrets.randbits(64),
        )
        object.__setattr__(world.exchange, "time_stamps", client)  # the world was made before its authority
        async with SandboxAuthorities(file, now=world.clock.now) as authority:
            yield StampedWorld(
                world,
                authority,
                Sealer(world.exchange, lambda: world.seal, limit=1000),
                Collector(
                    world.exchange,
                    lambda: world.seal,
                    tmp_path / "documents" / "assembly",
                    sealing=lambda: None,
                    rules=ProofRules(seal_wait=SEAL_WAIT, stamp_wait=STAMP_WAIT),
                ),
            )


async def court_has(world: World) -> list[DeliveryState]:
    rows = await world.exchange.store.run(DeliveryPageQuery(recipient=COURT))
    return [row.state for row in rows if row.action is Action.FILE_DOSSIER]


async def test_while_it_is_well_a_dossier_is_filed_with_a_time_stamp(stamped):
    assert (await stamped.filed()).level == "B-T"


@pytest.mark.parametrize("kind", [Misconduct.SILENT, Misconduct.REFUSES, Misconduct.STRANGER])
async def test_while_it_gives_no_proof_everything_else_goes_on(kind, stamped):
    stamped.bend(kind)

    filed = await stamped.filed()

    assert filed.level == "B-B"
    assert await court_has(stamped.world) == [DeliveryState.ACKNOWLEDGED]
    assert (
        stamped.requests_while_bent == 2
    )  # once for the seal and, after its rest, once for the dossier: not at every step


async def test_when_it_is_back_the_seals_that_waited_get_their_tokens_and_dossiers_their_stamps(stamped):
    store = stamped.world.exchange.store
    stamped.bend(Misconduct.SILENT)
    await stamped.filed()
    waiting = await store.run(ListTokenlessSeals(limit=100))
    assert waiting

    stamped.authority.bends.straighten()
    stamped.world.clock.advance(seconds=LONGEST_REST.total_seconds() + 1)
    while await stamped.sealer.run_once():
        pass

    assert await store.run(ListTokenlessSeals(limit=100)) == ()
    assert (await stamped.filed()).level == "B-T"


async def test_a_token_that_came_late_says_when_it_came(stamped):
    """It proves no more than it can: the seal existed then, whatever the seal says of itself."""
    world = stamped.world
    stamped.bend(Misconduct.SILENT)
    conversation_id, _ = await world.register()
    await stamped.sealer.run_once()
    stamped.authority.bends.straighten()
    world.clock.advance(hours=3)
    await stamped.sealer.run_once()

    case = await world.case(conversation_id)
    evidence = await world.exchange.store.run(FindLedgerEvidence(conversation_id, case.seq))
    [seal] = evidence.seals
    assert read_token(seal.token).gen_time - seal.head.at >= timedelta(hours=2, minutes=59)
