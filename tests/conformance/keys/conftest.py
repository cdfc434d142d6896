"""The same world for each kind of service: an authority, a key of ours, and what the authority says of certificates."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from connectors.authorities.ncanode import NcaNode, NcaNodeKey
from connectors.sandbox.authorities.ca import KeyKind, RevokedEntry, SandboxAuthority, Usage
from signing.keys.keypair import Certificate, SoftwareKey
from signing.localservice import LocalSignatures
from signing.service import SignatureService
from signing.trust.revocation import NO_VALUES, RevocationValues
from tests.simulators.ncanode import NcaNodeSimulator, key_store
from tests.worlds.clocks import SteppedClock

BIN = "210640004156"
NAME = "Алматы қаласының әкімдігі"


@dataclass
class KeyServiceWorld:
    """One service under test and the facts around it."""

    clock: SteppedClock
    authority: SandboxAuthority
    key: SoftwareKey
    service: SignatureService = field(init=False)
    simulator: NcaNodeSimulator | None = None
    revoked: dict[int, datetime] = field(default_factory=dict)
    is_silent: bool = False

    def revoke(self, certificate: Certificate) -> None:
        self.revoked[certificate.serial] = self.clock.now()
        if self.simulator:
            self.simulator.revoked[certificate.serial] = self.clock.now()

    def silence_the_authority(self) -> None:
        self.is_silent = True
        if self.simulator:
            self.simulator.ocsp_answers = False

    def values(self, _: Certificate) -> RevocationValues:
        """What a local service knows: the authority's list of this moment, or nothing."""
        if self.is_silent:
            return NO_VALUES
        revoked = [RevokedEntry(serial, at) for serial, at in self.revoked.items()]
        now = self.clock.now()
        crl = self.authority.revocation_list(revoked, now=now, next_update=now + timedelta(hours=1))
        return RevocationValues(crls=(crl,))

    def local(self, key: SoftwareKey, *, authority: SandboxAuthority | None = None) -> LocalSignatures:
        """Another party's hand, or a stranger's."""
        anchor = (authority or self.authority).key.certificate
        return LocalSignatures(
            lambda: key, anchors=lambda: [anchor], now=self.clock.now, body_id=lambda: "id-1", values=self.values
        )


def a_key(authority: SandboxAuthority, clock: SteppedClock, kind: KeyKind, **changes: object) -> SoftwareKey:
    wanted = {"bin": BIN, "usage": Usage.SEAL, "now": clock.now(), "key_kind": kind} | changes
    return authority.issue(NAME, **wanted)


@pytest.fixture(params=["local RSA", "local P-256", "NCANode"])
async def world(request) -> AsyncIterator[KeyServiceWorld]:
    clock = SteppedClock()
    authority = SandboxAuthority.create("ҰЛТТЫҚ сынақ орталығы", now=clock.now(), key_kind="RSA-2048")
    made = KeyServiceWorld(
        clock, authority, a_key(authority, clock, "P-256" if "P-256" in request.param else "RSA-2048")
    )
    if request.param != "NCANode":
        made.service = made.local(made.key)
        yield made
        return
    made.simulator = NcaNodeSimulator([authority.key.certificate], clock.now)
    async with TestServer(made.simulator.app()) as server, aiohttp.ClientSession() as session:
        key = NcaNodeKey(key_store(made.key, "Qwerty12"), "Qwerty12")
        made.service = NcaNode(session, str(server.make_url("")), key=key, now=clock.now)
        yield made
