"""What ``dalel init`` makes: a home folder with keys, settings, parties and database, whole or not at all.

Everything is built in a folder beside the wished one and renamed at the end, so a failure half-way leaves nothing
and a running installation is never touched. Paths inside the home are relative, which is why the rename is harmless.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from connectors.sandbox.authorities.ca import AuthorityServices, SandboxAuthority, Usage
from connectors.sandbox.authorities.folder import base_url, services_at
from connectors.sandbox.behaviour import Behaviour
from contracts.party import Channel, PartyId, PartyRole, Registry
from gateway.bootstrap.sandbox_parties import (
    AUTHORITIES,
    CAST,
    DUTY_BODY,
    NAMES,
    ROUTES,
    Ports,
    agreement_entries,
    party_entries,
    write_sandbox,
)
from gateway.config.settings import SETTINGS_FILE, load_settings
from gateway.config.yaml_form import write_form
from gateway.ports.parties import ApplyRegistry
from gateway.registry.parties_file import FORM_VERSION, read_parties
from gateway.store.database import open_store
from signing.keys.files import write_certificate, write_pair

EXCHANGE_BIN: Final = "210640004156"  # fictional, with a valid check digit
EXCHANGE_NAME: Final = "Dälel sandbox exchange"
PARTIES_FILE: Final = "parties.yaml"

_HEADING: Final = """\
# Who takes part, on what terms, and who is competent for what. Change it, then: dalel parties apply parties.yaml
# Certificates: a path relative to this file, or PEM inline. Spans are seconds. The deeper subject wins, then the longer
# KATO prefix, then the lower level; duty_body gets what no route fits. Without routes here those in force stay.
# The exchange itself stands here too: by this entry a dossier shows whose signature is on its messages.
"""

_SETTINGS: Final = """\
# Settings of this installation; what is not here has its default. Every key, its unit and its reason:
# gateway/config/settings.py. A variable DALEL_<KEY> overrules a line here. Relative paths start in this folder.
rules = "{rules}"
listen_port = {port}
# listen_host = "127.0.0.1"
# public_url = "https://dalel.example.kz"
# database_url = "postgresql://dalel@db/dalel"
{timestamps}
{revocation}
"""

_REVOCATION: Final = "revocation_every_s = 30  # the sandbox shows a revocation soon; authorities are asked by the hour"
_NO_REVOCATION: Final = '# ocsp_urls = ["http://ocsp.example.kz"]  # whom certificates name, unless it is said here'
_NO_STAMPS: Final = '# timestamp_urls = ["http://tsp.example.kz"]'


class InstallationExists(Exception):
    """There is something at the wished place already; nothing was touched."""


class InstallationFailed(Exception):
    """It could not be made; nothing is left of the attempt."""


@dataclass(frozen=True, slots=True)
class InstallationPlan:
    """What to make. ``ports`` and ``behaviours`` are for sandbox parties; without ``ports`` they follow ``port``."""

    home: Path
    port: int = 8460
    rules: str = "appk-2026"
    sandbox: bool = True
    ports: Mapping[str, Ports] | None = None
    behaviours: Mapping[str, Behaviour] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Installation:
    """What was made."""

    home: Path
    parties: tuple[str, ...]


def make_installation(plan: InstallationPlan, *, now: datetime) -> Installation:
    """Make the installation ``plan`` asks for. Raises InstallationExists, InstallationFailed."""
    if plan.home.exists():
        raise InstallationExists(f"{plan.home} exists already; name another folder with --home, or remove this one.")
    try:
        plan.home.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{plan.home.name}-", dir=plan.home.parent))
    except OSError as problem:
        raise InstallationFailed(f"{plan.home.parent} cannot be written ({problem}); name another --home.") from problem
    try:
        registry = _fill(draft, plan, now)
        draft.rename(plan.home)
    except OSError as problem:
        raise InstallationFailed(f"{plan.home} could not be made ({problem}); nothing is left of it.") from problem
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Installation(plan.home, tuple(party.party_id for party in registry.parties))


def _fill(home: Path, plan: InstallationPlan, now: datetime) -> Registry:
    ports = plan.ports or _ports_after(plan.port)
    authority = _make_keys(home, now, services_at(ports[AUTHORITIES].inbox) if plan.sandbox else None)
    (home / "documents").mkdir()
    stamps = f'timestamp_urls = ["{base_url(ports[AUTHORITIES].inbox)}/tsa"]' if plan.sandbox else _NO_STAMPS
    revocation = _REVOCATION if plan.sandbox else _NO_REVOCATION
    settings = _SETTINGS.format(rules=plan.rules, port=plan.port, timestamps=stamps, revocation=revocation)
    (home / SETTINGS_FILE).write_text(settings, encoding="utf-8")
    if plan.sandbox:
        write_sandbox(home, authority, exchange_port=plan.port, ports=ports, behaviours=plan.behaviours, now=now)
    (home / PARTIES_FILE).write_text(_HEADING + write_form(_parties(plan, ports)), encoding="utf-8")
    registry = read_parties(home / PARTIES_FILE)
    asyncio.run(_make_database(home, registry, now))
    return registry


def _parties(plan: InstallationPlan, ports: Mapping[str, Ports]) -> dict[str, Any]:
    return {
        "version": FORM_VERSION,
        "parties": [_ourselves(plan.port), *(party_entries(ports) if plan.sandbox else ())],
        "agreements": agreement_entries() if plan.sandbox else [],
        **({"duty_body": DUTY_BODY} if plan.sandbox else {}),
        "routes": list(ROUTES) if plan.sandbox else [],
    }


def _ourselves(port: int) -> dict[str, Any]:
    return {
        "party_id": "dalel",
        "role": PartyRole.EXCHANGE.value,
        "bin": EXCHANGE_BIN,
        "name": asdict(NAMES["dalel"]),
        "channel": Channel.PUSH.value,
        "endpoint": f"http://127.0.0.1:{port}/soap/v1",
        "certificates": ["keys/exchange.pem"],
    }


def _make_keys(home: Path, now: datetime, services: AuthorityServices | None) -> SandboxAuthority:
    """Two keys for the exchange: what it says in passing, and what must stand for years, are signed apart."""
    authority = SandboxAuthority.create("Dälel sandbox authority", now=now)
    authority.save(home / "ca")
    (home / "trust").mkdir()
    write_certificate(home / "trust" / "sandbox-authority.pem", authority.key.certificate)
    for name, usage in (("exchange", Usage.MESSAGE), ("seal", Usage.SEAL)):
        key = authority.issue(EXCHANGE_NAME, bin=EXCHANGE_BIN, usage=usage, now=now, services=services)
        write_pair(home / "keys", name, key)
    return authority


async def _make_database(home: Path, registry: Registry, now: datetime) -> None:
    settings = load_settings(home)
    store = await open_store(settings.database_url, exchange=PartyId(settings.party_id))
    try:
        await store.run(ApplyRegistry(registry, by="dalel init", at=now))
    finally:
        await store.close()


def _ports_after(port: int) -> Mapping[str, Ports]:
    """The exchange at ``port``; inboxes behind it, then the authorities, control ports ten further on."""
    names = [*(party.party_id for party in CAST), AUTHORITIES]
    return {name: Ports(port + n, port + 10 + n) for n, name in enumerate(names, start=1)}
