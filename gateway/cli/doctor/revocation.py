"""What ``dalel doctor`` finds out about revocation: what the running exchange has learnt of each certificate in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from contracts.party import Registry
from gateway.bootstrap.authorities import places_of
from gateway.config.settings import Settings
from gateway.domain.alarms.findings import CheckFinding, Health
from gateway.domain.registry.revocation import KnownRevocation
from gateway.ports.parties import ListRevocations, LoadRegistry
from gateway.store.database import SqlReader
from signing.errors import SigningError
from signing.keys.keypair import Certificate
from signing.trust.answer import RevocationStatus, WhyUnknown

SUBJECT = "revocation"


def check_revocation(settings: Settings, now: datetime) -> Iterator[CheckFinding]:
    """One line for all that is well, one for each certificate that is not. Nothing when the store cannot be read."""
    from gateway.cli.frame import CommandFailed
    from gateway.cli.store import read

    async def look(store: SqlReader) -> tuple[Registry, Mapping[str, KnownRevocation]]:
        known = {one.latest.certificate_sha256: one for one in await store.run(ListRevocations())}
        return await store.run(LoadRegistry()), known

    try:
        registry, known = read(settings, look)
    except CommandFailed:
        return  # told under «database»
    found = [_finding(*one, known, settings) for one in _in_use(registry, settings, now)]
    good = sum(one.health is Health.OK for one in found)
    yield CheckFinding(
        Health.OK, SUBJECT, f"{good} of {len(found)} certificates in use are good or not asked about yet"
    )
    yield from (one for one in found if one.health is not Health.OK)


def _in_use(registry: Registry, settings: Settings, now: datetime) -> Iterator[tuple[str, Certificate]]:
    seen = set()
    for party in registry.parties:
        for der in party.certificates:
            seen.add(der)
            yield f"party {party.party_id}", Certificate.from_der(der)
    for name, place in (("message key", settings.message_key_place), ("seal key", settings.seal_key_place)):
        try:
            held = place.load(now).certificate
        except SigningError:
            continue  # told under that key's own name
        if held.der not in seen:
            yield name, held


def _finding(
    owner: str, certificate: Certificate, known: Mapping[str, KnownRevocation], settings: Settings
) -> CheckFinding:
    subject = f"{SUBJECT}, {owner}, {certificate.sha256[:16]}"
    latest = known.get(certificate.sha256)
    status = latest.latest.judgement.status if latest else None
    detail = latest.latest.judgement.detail if latest else "nobody was asked yet"
    if status is RevocationStatus.REVOKED:
        return CheckFinding(Health.FAIL, subject, detail, "Its messages are refused. Register another certificate.")
    if latest is not None and latest.is_pathless:
        return _pathless(subject, latest, settings)
    places = places_of(settings).of(certificate)
    if not (places.ocsp or places.crl):
        cure = "Name its authority's services in dalel.toml: ocsp_urls, crl_urls; or decide by on_unknown_revocation."
        return CheckFinding(
            Health.WARN, subject, "unknown: neither the certificate nor the settings name anybody", cure
        )
    if status is RevocationStatus.UNKNOWN:
        cure = f"Call the authority, or mend the way to it; its anchor belongs into {settings.trust_folder}."
        return CheckFinding(Health.WARN, subject, f"unknown: {detail}", cure)
    return CheckFinding(Health.OK, subject, detail)


def _pathless(subject: str, known: KnownRevocation, settings: Settings) -> CheckFinding:
    """Good is said of none without a valid path, however long one waits."""
    detail = f"unknown: {known.latest.judgement.detail}"
    if known.why_unknown is WhyUnknown.PATH_INVALID:
        cure = (
            "What it signs is refused. Register another certificate; or believe the authority that issued it as an"
            f" anchor of its own, in {settings.trust_folder}."
        )
        return CheckFinding(Health.FAIL, subject, detail, cure)
    cure = (
        f"Put its anchor into {settings.trust_folder}, what stands between into intermediates/ there. Without it what"
        " the certificate signs is taken for revocation_patience_s at most, or by on_unknown_revocation: accept."
    )
    return CheckFinding(Health.WARN, subject, detail, cure)
