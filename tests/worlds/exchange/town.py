"""A whole exchange with real parties around it: platform, reception centre, agencies, higher body, court, over HTTP.

The exchange's loops are run by hand and its clock is stepped; the parties run their own loops on the same clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from connectors.sandbox import Behaviour, PartyFile, write_party
from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from connectors.sandbox.party import SandboxParty
from connectors.soap.push import PushConnector
from contracts.header import ConversationId
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry, Route
from dossier.case.appeal import Appeal
from dossier.case.events import Event, Fact
from dossier.case.history import fold
from gateway.bootstrap.sandbox_parties import CAST, ROUTES, CastMember
from gateway.workers.relay import Relay
from signing.keys.files import write_certificate, write_private_key
from signing.keys.keypair import SoftwareKey
from tests.faults.installation import free_ports
from tests.integration.connectors.conftest import Panel
from tests.worlds.clocks import SteppedClock
from tests.worlds.exchange.world import ME, World, a_world

AT_ONCE = dict.fromkeys(("reply_after", "materials_after", "complaint_after", "review_after", "position_after"), 0.0)
COMPLAINT_FIRST = "COMPLAINT-FIRST"
"""The subject that the sandbox's rules send over the higher body first."""


@cache
def key_of(party_id: str) -> SoftwareKey:
    """Made once: no test here depends on whose authority a party has its certificate from."""
    clock = SteppedClock()
    authority = SandboxAuthority.create("Town CA", now=clock.now())
    return authority.issue(party_id, bin="050740004819", usage=Usage.MESSAGE, now=clock.now(), key_kind="P-256")


@dataclass
class Town:
    """``world`` is the exchange; everybody else is behind a panel."""

    world: World
    relay: Relay
    panels: dict[str, Panel]

    async def press(self, button: str, *, at: str = "eotinish", **entry: Any) -> dict[str, Any]:
        """Press a button of a party and run the exchange until the answer is there."""
        status, reported = await self._pressed(button, at, entry)
        assert status == 200, reported
        return reported

    async def refused(self, button: str, *, at: str = "eotinish", **entry: Any) -> tuple[int, dict[str, Any]]:
        """As ``press``, for what the exchange will not take."""
        return await self._pressed(button, at, entry)

    async def _pressed(self, button: str, at: str, entry: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        pressed = asyncio.create_task(self.panels[at].post(button, **entry))
        while not pressed.done():
            await self.turn()
        return await pressed

    async def lodge(self, *, at: str = "eotinish", **entry: Any) -> TownMatter:
        """A sample appeal; what came of it."""
        reported = await self.press("appeal", at=at, **entry)
        return TownMatter(self, at, reported["appeal_number"], ConversationId(reported["conversation_id"]), reported)

    async def behave(self, party_id: str, **fields: Any) -> None:
        status, reported = await self.panels[party_id].post("behave", **fields)
        assert status == 200, reported

    async def turn(self) -> None:
        """One round of every loop of the exchange, and a moment for the parties."""
        await self.world.term_clock.run_once()
        await self.world.collector.run_once()
        await self.relay.run_once()
        await asyncio.sleep(0.02)  # the parties' loops are their own


@dataclass
class TownMatter:
    """One appeal in the town, told by its events."""

    town: Town
    platform: str
    number: str
    conversation_id: ConversationId
    facts: dict[str, Any]

    async def events(self) -> tuple[Event, ...]:
        return tuple((await self.town.world.case(self.conversation_id)).events)

    async def appeal(self) -> Appeal:
        return fold(await self.events())

    async def all_of(self, kind: type[Fact]) -> list[Any]:
        return [event.fact for event in await self.events() if isinstance(event.fact, kind)]

    async def until(self, kind: type[Fact], /, *, times: int = 1, within_s: float = 20.0, **fields: Any) -> Any:
        """Run the exchange until this has happened so often; the last of them."""
        async with asyncio.timeout(within_s):
            while len(found := await self._matching(kind, fields)) < times:
                await self.town.turn()
        return found[-1]

    async def press(self, button: str, **entry: Any) -> dict[str, Any]:
        return await self.town.press(button, at=self.platform, appeal=self.number, **entry)

    async def held_by_court(self) -> list[dict[str, Any]]:
        held = (await self.town.panels["smas-almaty"].get("dossiers"))["dossiers"]
        return [each for each in held if each["appeal_number"] == self.number]

    async def notices(self, party_id: str | None = None) -> list[dict[str, Any]]:
        return (await self.town.panels[party_id or self.platform].get("notices", appeal=self.number))["notices"]

    async def facts_of(self, step: str, *, times: int = 1, within_s: float = 10.0) -> dict[str, Any]:
        """Run the exchange until the platform has so many notices of this step; the last of them."""
        async with asyncio.timeout(within_s):
            while len(found := [each for each in await self.notices() if each["step"] == step]) < times:
                await self.town.turn()
        return found[-1]

    async def _matching(self, kind: type[Fact], fields: dict[str, Any]) -> list[Any]:
        return [
            fact
            for fact in await self.all_of(kind)
            if all(getattr(fact, name) == value for name, value in fields.items())
        ]


@asynccontextmanager
async def a_town(folder: Path) -> AsyncIterator[Town]:
    """Everybody runs, and does everything at once until told to behave otherwise."""
    async with a_world(folder) as world, AsyncExitStack() as stack:
        write_certificate(folder / "ca.pem", world.anchor)
        write_certificate(folder / "exchange.pem", world.keys[ME].certificate)
        first = free_ports(2 * len(CAST))  # of inboxes, then of control ports
        files = {
            member.party_id: _party(folder, member, world, (port, port + len(CAST)))
            for port, member in enumerate(CAST, start=first)
        }
        await world.apply(_registry(world, files))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for file in files.values():
            await stack.enter_async_context(SandboxParty(file, clock=world.clock))
        connector = PushConnector(session, pinned=lambda: world.in_force[0].pinned, me=ME, clock=world.clock)
        relay = Relay(world.exchange, connector, lambda: world.keys[ME], batch=50, idle=timedelta(seconds=1))
        yield Town(world, relay, {party_id: Panel(session, file) for party_id, file in files.items()})


def _party(folder: Path, member: CastMember, world: World, ports: tuple[int, int]) -> PartyFile:
    home = folder / "sandbox" / member.party_id
    file = write_party(
        home,
        party_id=member.party_id,
        kind=member.role.value,
        listen_port=0 if member.channel is Channel.MAILBOX else ports[0],
        control_port=ports[1],
        exchange_url=f"{world.url}/soap/v1",
        exchange_certificate=folder / "exchange.pem",
        anchors=[folder / "ca.pem"],
        poll_seconds=0.05,
        behaviour=Behaviour(**AT_ONCE),
    )
    write_private_key(home / "key.pem", key_of(member.party_id))
    write_certificate(home / "cert.pem", key_of(member.party_id).certificate)
    return file


def _registry(world: World, files: dict[str, PartyFile]) -> Registry:
    """The sandbox's own cast and routes, at these ports."""
    exchange = Party(
        ME, PartyRole.EXCHANGE, "050740004819", LocalText("Dälel", "Dälel", "Dälel"), Channel.MAILBOX, None,
        (world.keys[ME].certificate.der,),
    )  # fmt: skip
    parties = tuple(
        Party(
            PartyId(member.party_id), member.role, member.bin, member.name, member.channel,
            files[member.party_id].inbox_url if member.channel is Channel.PUSH else None,
            (key_of(member.party_id).certificate.der,),
            higher=PartyId(member.higher) if member.higher else None,
        )
        for member in CAST
    )  # fmt: skip
    routes = tuple(Route(PartyRole(r["role"]), r["subject"], r["kato"], PartyId(r["party"])) for r in ROUTES)
    return Registry(0, (exchange, *parties), tuple(Agreement(party.party_id) for party in parties), routes)
