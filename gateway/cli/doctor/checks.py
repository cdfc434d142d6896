"""What ``dalel doctor`` looks at. Each check looks at one thing and says ok, warn or fail, with the cure."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Final

from contracts.party import PartyRole, Registry
from gateway.config.settings import Settings
from gateway.domain.alarms.findings import CheckFinding, Health
from gateway.keys.place import KeyPlace
from gateway.ports.parties import LoadRegistry
from gateway.ports.store import CheckStore
from signing.errors import KeyUnavailable, KeyUnusable, SigningError
from signing.keys.keypair import Certificate

DAYS_TO_WORRY: Final = 30
"""A new certificate takes some working days to get, and every party must apply it before the old one ends."""

ROOM_BYTES: Final = 1024**3
"""Below this much free space one large case file could stop us."""

CLOCK_SLACK_S: Final = 2.0


def check_machine() -> Iterator[CheckFinding]:
    """What needs no installation: interpreter, libraries, and that the two users of libxml2 agree."""
    yield _python()
    yield from _pinned_libraries()
    yield _xml_libraries()


def check_installation(settings: Settings, now: datetime) -> Iterator[CheckFinding]:
    """Everything an installation needs to serve."""
    yield _law(settings)
    yield _key(settings.message_key_place, now)
    yield _key(settings.seal_key_place, now)
    yield from _keys_waiting(settings)
    yield _anchors(settings)
    yield from _store(settings, now)
    yield from _documents(settings.documents_folder)
    yield from _bucket(settings)
    yield _port(settings)


def _python() -> CheckFinding:
    """The installer has refused what is too old; the version is for whoever reads the report."""
    return CheckFinding(Health.OK, "Python", ".".join(map(str, sys.version_info[:3])))


def _pinned_libraries() -> Iterator[CheckFinding]:
    """Those pinned exactly: other versions are not known to work together, or make other terms."""
    pins = [re.match(r"^([A-Za-z0-9_-]+)==([^;\s]+)$", need) for need in metadata.requires("dalel") or ()]
    for name, wanted in (pin.groups() for pin in pins if pin):
        found = metadata.version(name)
        if found == wanted:
            yield CheckFinding(Health.OK, name, found)
        else:
            cure = f"Install {wanted}: make demo, or pip install {name}=={wanted}"
            yield CheckFinding(Health.FAIL, name, f"{found}, this release needs {wanted}", cure)


def _xml_libraries() -> CheckFinding:
    from signing.profile.verification import self_check

    subject = "lxml and xmlsec"
    try:
        message = self_check()
    except (SigningError, ImportError, RuntimeError) as problem:
        cure = "Install both from the wheels in requirements/run.txt; they must share one libxml2."
        return CheckFinding(Health.FAIL, subject, str(problem), cure)
    return CheckFinding(Health.OK, subject, f"sign and verify a sample ({message})")


def _law(settings: Settings) -> CheckFinding:
    from dossier.procedure.law.law_file import UnusableLaw
    from dossier.procedure.law.rules import RowCertainty
    from gateway.config.law_folder import law_in_force

    try:
        law = law_in_force(settings)
    except UnusableLaw as problem:
        cure = f"Mend that file{f' in {settings.law_folder}' if settings.law_folder else ''}, or the key rules."
        return CheckFinding(Health.FAIL, "law", str(problem), cure)
    versions = f"terms {law.rules.version}; {law.calendar.version}"
    unsure = ", ".join(row.subject for row in law.rules.pretrial if row.source is RowCertainty.TO_BE_CONFIRMED)
    return CheckFinding(
        Health.OK, "law", f"{versions}; straight to court, to be confirmed: {unsure}" if unsure else versions
    )


def _key(place: KeyPlace, now: datetime) -> CheckFinding:
    """Opened for real: files with their rights, the password, a token that answers, halves that match."""
    subject = f"{place.name} key"
    try:
        held = place.load(now).certificate
    except KeyUnavailable as away:
        return CheckFinding(Health.FAIL, subject, str(away), "Plug in or start what holds the key, then look again.")
    except KeyUnusable as problem:
        cure = f"Put a matching pair at {' and '.join(map(str, place.files))}, mode 0600."
        return CheckFinding(Health.FAIL, subject, str(problem), cure)
    return _validity(subject, held, now)


def _keys_waiting(settings: Settings) -> Iterator[CheckFinding]:
    """What lies in a key's place and is not what the running exchange signs with."""
    from gateway.cli.frame import CommandFailed
    from gateway.cli.store import call_server

    try:
        states = call_server(settings, "GET", "/keys") or ()
    except CommandFailed:
        return  # the check of the port tells it
    for state in states:
        if state["trouble"]:
            cure = "Mend it; the exchange looks again by itself, or at once after: dalel keys reload"
            yield CheckFinding(
                Health.FAIL, f"{state['name']} key in force", f"still the old one: {state['trouble']}", cure
            )


def _validity(subject: str, held: Certificate, now: datetime) -> CheckFinding:
    days = (held.not_after - now).days
    if not held.is_in_force(now):
        message = f"not in force: {held.not_before:%Y-%m-%d} to {held.not_after:%Y-%m-%d}"
        return CheckFinding(
            Health.FAIL, subject, message, "Get a new certificate and apply it at every party; check the clock."
        )
    if days < DAYS_TO_WORRY:
        return CheckFinding(Health.WARN, subject, f"{days} days left", "Order its successor now.")
    return CheckFinding(Health.OK, subject, f"matches, {days} days left")


def _anchors(settings: Settings) -> CheckFinding:
    from signing.trust.path import load_anchors

    folder = settings.trust_folder
    cure = f"Put the PEM of the authority that certified the seal key into {folder}."
    try:
        found = load_anchors(folder)
    except (KeyUnusable, OSError) as problem:
        return CheckFinding(Health.FAIL, "trust anchors", str(problem), cure)
    if not found:
        return CheckFinding(Health.WARN, "trust anchors", f"none in {folder}; verify will end indeterminate", cure)
    return CheckFinding(Health.OK, "trust anchors", f"{len(found)} in {folder}")


def _store(settings: Settings, now: datetime) -> Iterator[CheckFinding]:
    from gateway.cli.frame import CommandFailed
    from gateway.cli.store import read
    from gateway.store.database import SqlReader

    async def look(store: SqlReader) -> tuple[str, Registry]:
        return await store.run(CheckStore()), await store.run(LoadRegistry())

    try:
        message, registry = read(settings, look)
    except CommandFailed as problem:
        cure = "Start the database, or mend database_url; an outdated schema is migrated by: dalel serve"
        yield CheckFinding(Health.FAIL, "database", str(problem), cure)
        return
    yield CheckFinding(Health.OK, "database", message)
    yield _ourselves(registry, settings, now)
    yield from _parties(registry, now)


def _ourselves(registry: Registry, settings: Settings, now: datetime) -> CheckFinding:
    """By this entry a dossier shows whose signature is on the messages in it; without it the court refuses."""
    subject = "the exchange as a party"
    cure = "Name it in the parties file, role exchange, with the certificate it signs by, and apply the file."
    entry = next((party for party in registry.parties if party.party_id == settings.party_id), None)
    if entry is None or entry.role is not PartyRole.EXCHANGE:
        return CheckFinding(
            Health.FAIL, subject, f"version {registry.version} has no exchange {settings.party_id}", cure
        )
    try:
        ours = settings.message_key_place.load(now).certificate
    except SigningError:
        return CheckFinding(
            Health.WARN, subject, "cannot be compared, its certificate cannot be read", "See message key."
        )
    if ours.der not in entry.certificates:
        return CheckFinding(Health.FAIL, subject, "its entry has another certificate than it signs by", cure)
    return CheckFinding(Health.OK, subject, "its entry has the certificate it signs by")


def _parties(registry: Registry, now: datetime) -> Iterator[CheckFinding]:
    others = [party for party in registry.parties if party.role is not PartyRole.EXCHANGE]
    if not others:
        yield CheckFinding(Health.WARN, "parties", "none", "Describe them and: dalel parties apply FILE.yaml")
        return
    yield CheckFinding(Health.OK, "parties", f"{len(others)} in version {registry.version}")
    yield _routes(registry)
    for party in others:
        best = max((Certificate.from_der(der) for der in party.certificates), key=lambda held: held.not_after)
        found = _validity(f"party {party.party_id}", best, now)
        if found.health is not Health.OK:
            yield found


def _routes(registry: Registry) -> CheckFinding:
    """A body may have nobody above it, so that is told; without a duty body appeals are refused, so that is a fault."""
    from gateway.domain.registry.gaps import duty_gap, ladder_gaps

    if gap := duty_gap(registry):
        return CheckFinding(Health.WARN, "routes", gap, "Name one, then: dalel parties apply parties.yaml")
    message = f"{len(registry.routes)}, duty body {registry.duty_body or 'none'}"
    return CheckFinding(Health.OK, "routes", "; ".join([message, *ladder_gaps(registry)]))


def _documents(folder: Path) -> Iterator[CheckFinding]:
    """A real write that reaches the disk, which also tells the file system's idea of the time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            before = time.time()
            file.write(b"durable?")
            file.flush()
            os.fsync(file.fileno())
            drift = os.fstat(file.fileno()).st_mtime - before
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        yield CheckFinding(Health.FAIL, "documents folder", str(problem), f"Make {folder} writable for this user.")
        return
    yield _room(folder, free)
    yield _drift(drift)


def _bucket(settings: Settings) -> Iterator[CheckFinding]:
    """A real write into the bucket, where documents are kept in one."""
    if settings.documents_url is None:
        return
    from gateway.bootstrap.exchange import blobs_of
    from gateway.store.engine.errors import DocumentsUnavailable

    try:
        blobs_of(settings).probe()
    except (DocumentsUnavailable, KeyUnusable) as problem:
        cure = "Start the service, or mend documents_url, documents_endpoint and the access key in dalel.toml."
        yield CheckFinding(Health.FAIL, "documents bucket", str(problem), cure)
        return
    yield CheckFinding(Health.OK, "documents bucket", f"{settings.documents_url} is writable")


def _room(folder: Path, free: int) -> CheckFinding:
    message = f"{folder} is writable, {free / 1024**3:.1f} GiB free"
    if free < ROOM_BYTES:
        return CheckFinding(
            Health.WARN, "documents folder", message, "Make room, or move documents_folder to a larger disk."
        )
    return CheckFinding(Health.OK, "documents folder", message)


def _drift(drift_s: float) -> CheckFinding:
    if abs(drift_s) > CLOCK_SLACK_S:
        cure = "Set both clocks by NTP: terms and signatures are counted by them."
        return CheckFinding(Health.WARN, "clock", f"the file system is {drift_s:+.1f} s off this machine's clock", cure)
    return CheckFinding(Health.OK, "clock", "agrees with the file system")


def _port(settings: Settings) -> CheckFinding:
    from gateway.cli.frame import CommandFailed
    from gateway.cli.store import call_server

    subject = f"port {settings.listen_port}"
    try:
        status = call_server(settings, "GET", "/status")
    except CommandFailed as problem:
        return CheckFinding(Health.FAIL, subject, str(problem), "Restart the exchange: dalel serve")
    if status is not None:
        return CheckFinding(Health.OK, subject, f"our own exchange {status['party_id']} is serving")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as serve binds; else TIME_WAIT looks taken
        try:
            probe.bind((settings.listen_host, settings.listen_port))
        except OSError as problem:
            cure = "Stop what listens there, or set another listen_port in dalel.toml."
            return CheckFinding(Health.FAIL, subject, f"taken by another program ({problem.strerror})", cure)
    return CheckFinding(Health.OK, subject, "free; the exchange is not running")
