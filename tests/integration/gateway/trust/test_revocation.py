"""A party's certificate is revoked: within a look its messages are refused; silence is answered by the agreement."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from cryptography import x509

from connectors.authorities.revocation import HttpRevocationAuthorities, Places
from connectors.sandbox.authorities.behaviour import AuthorityService, Misconduct
from connectors.sandbox.authorities.ca import AuthorityServices, SandboxAuthority, Usage
from contracts.codes import Code, Disposition
from contracts.operations import Service as WireService
from contracts.party import UnknownRevocation
from contracts.texts import text_of
from gateway.domain.registry.revocation import PollingRhythm
from gateway.http.admin import Acts, admin_app
from gateway.keys.keyring import Keyring
from gateway.ports.parties import ListRevocations, LoadRegistryVersion, LoadRevocationValues
from gateway.registry.parties_file import form_of
from gateway.store.database import SqlStore
from gateway.workers.directory import LiveDirectory
from gateway.workers.revocation_poller import RevocationPoller, TrustFolder
from signing.keys.keypair import SoftwareKey
from signing.trust.answer import RevocationStatus
from tests.worlds.anchors import ABROAD, OF_ITS_OWN, anchor_with
from tests.worlds.exchange.world import PLATFORM, World, a_world, an_appeal
from tests.worlds.parties.authority_services import Services, running_services

HOUR = timedelta(hours=1)
HOLD = x509.ReasonFlags.certificate_hold


@dataclass
class RevocationWorld:
    """A world whose platform has a certificate of an authority that can be asked."""

    world: World
    services: Services
    revocation_poller: RevocationPoller
    directory: LiveDirectory
    key: SoftwareKey

    async def look(self, **later: float) -> None:
        self.world.clock.advance(**later)
        await self.revocation_poller.run_once()
        self.world.in_force[0] = self.directory()

    async def refusal(self) -> Code | None:
        """Register an appeal: the code it is refused with, or None."""
        answered = await self.world.call(WireService.APPEALS, PLATFORM, an_appeal(self.world.clock))
        return None if answered.status == 200 else answered.fault.code

    async def status(self) -> RevocationStatus:
        known = {one.latest.certificate_sha256: one for one in await self.world.exchange.store.run(ListRevocations())}
        return known[self.key.certificate.sha256].latest.judgement.status

    async def agree(self, policy: UnknownRevocation, patience: timedelta = 24 * HOUR) -> None:
        registry = self.world.exchange.directory().registry
        agreements = tuple(
            replace(one, on_unknown_revocation=policy, revocation_patience=patience) for one in registry.agreements
        )
        await self.world.apply(replace(registry, agreements=agreements))
        await self.directory.reload()


@asynccontextmanager
async def watched_world(folder, at: AuthorityServices | None = None, *more: x509.ExtensionType):
    """``more``: extensions of the anchor's certificate."""
    async with (
        a_world(folder) as world,
        aiohttp.ClientSession() as session,
        running_services(folder / "authorities", world.clock.now) as services,
    ):
        key = services.issue("platform", services=at)
        world.keys[PLATFORM] = key
        registry = world.exchange.directory().registry
        parties = tuple(
            replace(party, certificates=(key.certificate.der,)) if party.party_id == PLATFORM else party
            for party in registry.parties
        )
        await world.apply(replace(registry, parties=parties))
        authorities = HttpRevocationAuthorities(
            session, Places(), within=timedelta(seconds=1), clock=world.clock, nonce=lambda: b"n" * 16
        )
        directory = await LiveDirectory.open(world.exchange.store, world.clock)
        revocation_poller = RevocationPoller(
            world.exchange,
            authorities,
            own=lambda: (services.issue("seal", usage=Usage.SEAL).certificate,),
            trust_folder=lambda: TrustFolder(
                (anchor_with(services.anchor, services.ca.key.private_key, *more), world.anchor), ()
            ),
            rhythm=PollingRhythm(every=timedelta(minutes=5), first_rest=timedelta(minutes=1)),
            learn=directory.learn,
        )
        yield RevocationWorld(world, services, revocation_poller, directory, key)


async def test_a_revoked_certificate_under_an_anchor_with_other_policies_is_refused(tmp_path):
    async with watched_world(tmp_path, None, OF_ITS_OWN) as watched:
        await watched.look()
        assert await watched.status() is RevocationStatus.GOOD
        assert await watched.refusal() is None

        watched.services.revoke(watched.key)
        await watched.look(minutes=5)

        assert await watched.refusal() is Code.CERTIFICATE_REVOKED


async def test_a_certificate_that_its_anchor_may_not_vouch_for_is_refused_at_once_whatever_was_agreed(tmp_path):
    async with watched_world(tmp_path, None, ABROAD) as watched:
        for policy in UnknownRevocation:
            await watched.agree(policy)
            await watched.look(minutes=5)
            assert await watched.status() is RevocationStatus.UNKNOWN
            assert await watched.refusal() is Code.CERTIFICATE_UNCHECKED

        watched.services.revoke(watched.key)
        await watched.look(minutes=5)
        assert await watched.refusal() is Code.CERTIFICATE_REVOKED


@pytest.fixture
async def watched(tmp_path):
    async with watched_world(tmp_path) as made:
        yield made


async def test_within_a_look_a_revoked_partys_messages_are_refused(watched: RevocationWorld):
    await watched.look()
    assert await watched.refusal() is None

    watched.services.revoke(watched.key)
    await watched.look(minutes=5)

    assert await watched.refusal() is Code.CERTIFICATE_REVOKED
    assert text_of(Code.CERTIFICATE_REVOKED).disposition is Disposition.REJECT


async def test_the_path_of_messages_never_waits_for_an_authority(watched: RevocationWorld):
    watched.services.revoke(watched.key)
    assert await watched.refusal() is None, "nobody has asked yet"


async def test_a_revocation_is_not_forgotten_by_a_restart_nor_by_silence(watched: RevocationWorld):
    watched.services.revoke(watched.key)
    await watched.look()
    watched.services.bend(Misconduct.SILENT)
    await watched.look(minutes=6)
    assert await watched.refusal() is Code.CERTIFICATE_REVOKED

    again = await LiveDirectory.open(watched.world.exchange.store, watched.world.clock)

    assert again().barred == {watched.key.certificate.sha256: Code.CERTIFICATE_REVOKED}


async def test_a_hold_that_is_lifted_lets_messages_in_again(watched: RevocationWorld):
    watched.services.revoke(watched.key, HOLD)
    await watched.look()
    assert await watched.refusal() is Code.CERTIFICATE_REVOKED
    watched.services.restore(watched.key)
    await watched.look(minutes=5)
    assert await watched.refusal() is None


async def test_an_agreement_that_refuses_silence_refuses_until_an_answer_comes(watched: RevocationWorld):
    watched.services.bend(Misconduct.SILENT)
    await watched.agree(UnknownRevocation.REFUSE)
    await watched.look()
    assert await watched.refusal() is Code.CERTIFICATE_UNCHECKED
    assert text_of(Code.CERTIFICATE_UNCHECKED).disposition is Disposition.RETRY

    watched.services.straighten()
    await watched.look(minutes=1)

    assert await watched.refusal() is None


async def test_an_agreement_that_waits_counts_from_the_last_good_answer(watched: RevocationWorld):
    await watched.agree(UnknownRevocation.WAIT, patience=2 * HOUR)
    await watched.look()
    watched.services.bend(Misconduct.BROKEN)
    await watched.look(minutes=100)
    assert await watched.status() is RevocationStatus.UNKNOWN
    assert await watched.refusal() is None

    await watched.look(minutes=21)
    assert await watched.refusal() is Code.CERTIFICATE_UNCHECKED

    watched.services.straighten()
    await watched.look(minutes=5)
    assert await watched.refusal() is None


async def test_an_agreement_that_accepts_silence_accepts_it_for_ever(watched: RevocationWorld):
    await watched.agree(UnknownRevocation.ACCEPT)
    watched.services.bend(Misconduct.BROKEN)
    await watched.look()
    await watched.look(days=3)
    assert await watched.status() is RevocationStatus.UNKNOWN
    assert await watched.refusal() is None


@pytest.mark.parametrize("kind", [Misconduct.STRANGER, Misconduct.STALE, Misconduct.WRONG_CERTIFICATE])
async def test_an_authority_that_lies_is_silent(watched: RevocationWorld, kind):
    watched.services.bend(kind, AuthorityService.OCSP)
    watched.services.bend(Misconduct.STALE, AuthorityService.CRL)
    await watched.look()
    assert await watched.status() is RevocationStatus.UNKNOWN


async def test_a_fresh_kept_answer_bridges_silence(watched: RevocationWorld):
    await watched.look()
    watched.services.bend(Misconduct.SILENT)
    await watched.look(minutes=5)
    assert await watched.status() is RevocationStatus.GOOD


async def test_a_silent_authority_is_asked_more_rarely(watched: RevocationWorld):
    watched.services.bend(Misconduct.BROKEN)
    store = watched.world.exchange.store
    looks = []
    for _ in range(12):
        await watched.look(minutes=1)
        known = {one.latest.certificate_sha256: one for one in await store.run(ListRevocations())}
        looks.append(known[watched.key.certificate.sha256].latest.unanswered)
    assert looks == [1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4]


async def test_what_was_learnt_goes_into_evidence_byte_for_byte(watched: RevocationWorld):
    await watched.look()
    values = await watched.world.exchange.store.run(LoadRevocationValues([watched.key.certificate.sha256]))
    assert len(values.ocsp) == 1


async def test_another_process_learns_from_the_store(watched: RevocationWorld):
    store = watched.world.exchange.store
    assert isinstance(store, SqlStore)
    watched.services.revoke(watched.key)
    await watched.look()
    (known,) = [one for one in await store.run(ListRevocations()) if one.latest.judgement.revoked_at]
    assert known.latest.judgement.reason == "keyCompromise"


async def test_a_certificate_that_names_nobody_to_ask_is_unknown_and_bears_the_agreement(tmp_path):
    async with watched_world(tmp_path, AuthorityServices(issuer="http://ca.kz/ca.cer")) as watched:
        await watched.look()
        await watched.look(days=3)
        assert await watched.status() is RevocationStatus.UNKNOWN
        assert await watched.refusal() is None
        await watched.agree(UnknownRevocation.REFUSE)
        await watched.look()
        assert await watched.refusal() is Code.CERTIFICATE_UNCHECKED


async def test_the_serving_exchange_refuses_another_organisations_certificate_too(world: World):
    """Whoever reaches the socket without the command line meets the same rule."""
    registry = world.exchange.directory().registry
    stranger = SandboxAuthority.create("CA", now=world.clock.now()).issue(
        "other", bin="150540002093", usage=Usage.MESSAGE, now=world.clock.now(), key_kind="P-256"
    )
    parties = tuple(
        replace(party, certificates=(stranger.certificate.der,)) if party.party_id == PLATFORM else party
        for party in registry.parties
    )
    keyring = Keyring(message=lambda: world.keys[PLATFORM], seal=lambda: world.seal)  # type: ignore[arg-type]
    store = world.exchange.store
    app = admin_app(Acts(world.exchange, keyring, reload=lambda: store.run(LoadRegistryVersion()), wake=lambda: None))
    async with TestClient(TestServer(app)) as client:
        form = form_of(replace(registry, parties=parties))
        answer = await client.post("/registry", json={"parties": form, "by": "test"})
        body = await answer.json()

    assert answer.status == 422
    assert "it is of BIN 150540002093" in body["error"]
    assert await world.exchange.store.run(LoadRegistryVersion()) == registry.version
