"""The home of a measured exchange: keys of RSA-2048, parties that are called or fetch, terms that do not fall due."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from contracts.party import Agreement, Channel, LocalText, Party, PartyId, PartyRole, Registry, Route, UnknownRevocation
from gateway.config.settings import SETTINGS_FILE
from gateway.ports.parties import ApplyRegistry
from gateway.store.database import open_store
from signing.keys.files import write_certificate, write_pair
from signing.keys.keypair import SoftwareKey
from tests.bench.cast import AGENCY, ME, ROLES

IN_FLIGHT: Final = 64
"""Attempts at a time towards one party: there are two parties here, where an exchange has hundreds."""

_SETTINGS: Final = """\
database_url = "{database_url}"
rules = "appk-2026"
lease_s = 1200
"""


def install(home: Path, keys: Mapping[PartyId, SoftwareKey], database_url: str, pushed: Mapping[PartyId, str]) -> None:
    """Make it. ``pushed``: who is called, and where; the others have mailboxes. Nobody is asked for time stamps."""
    now = datetime.now(UTC)
    home.mkdir()
    authority = SandboxAuthority.create("bench", now=now)
    (home / "trust").mkdir()
    write_certificate(home / "trust" / "bench.pem", authority.key.certificate)
    write_pair(home / "keys", "exchange", keys[ME])
    seal = authority.issue("bench", bin="000000000000", usage=Usage.SEAL, now=now)
    write_pair(home / "keys", "seal", seal)
    (home / "documents").mkdir()
    (home / SETTINGS_FILE).write_text(_SETTINGS.format(database_url=database_url), encoding="utf-8")
    asyncio.run(_apply(database_url, _registry(keys, pushed), now))


async def _apply(database_url: str, registry: Registry, now: datetime) -> None:
    store = await open_store(database_url, exchange=ME)
    try:
        await store.run(ApplyRegistry(registry, by="bench", at=now))
    finally:
        await store.close()


def _registry(keys: Mapping[PartyId, SoftwareKey], pushed: Mapping[PartyId, str]) -> Registry:
    parties = tuple(_party(party_id, keys[party_id], pushed.get(party_id)) for party_id in ROLES)
    return Registry(0, parties, tuple(map(_agreement, ROLES)), (Route(PartyRole.AGENCY, "*", "75", AGENCY),))


def _party(party_id: PartyId, key: SoftwareKey, endpoint: str | None) -> Party:
    return Party(
        party_id=party_id,
        role=ROLES[party_id],
        bin="000000000000",
        name=LocalText(party_id, party_id, party_id),
        channel=Channel.PUSH if endpoint else Channel.MAILBOX,
        endpoint=endpoint,
        certificates=(key.certificate.der,),
    )


def _agreement(party_id: PartyId) -> Agreement:
    """An attempt may wait for as long as the party is held back while the backlog is built."""
    terms: dict[str, Any] = {"attempt_timeout": timedelta(minutes=10)}
    if "most_at_once" in {field.name for field in fields(Agreement)}:
        terms["most_at_once"] = IN_FLIGHT
    return Agreement(party_id, on_unknown_revocation=UnknownRevocation.ACCEPT, **terms)
