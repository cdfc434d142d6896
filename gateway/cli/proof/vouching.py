"""Who vouches for the ledger's seals and tokens here: the anchors of the installation, judged for the time of each."""

from __future__ import annotations

from datetime import datetime

from gateway.cli.frame import CommandFailed, Exit
from gateway.config.settings import Settings
from gateway.store.verify.whole import ProofVerifiers
from signing.errors import KeyUnusable
from signing.keys.keypair import Certificate
from signing.timestamps.token import TimestampToken
from signing.trust.path import CertificateStanding, Purpose, judge_path, load_anchors


def proof_verifiers(settings: Settings) -> ProofVerifiers:
    """Raises CommandFailed when an anchor cannot be read."""
    try:
        anchors = load_anchors(settings.home / "trust")
    except (KeyUnusable, OSError) as problem:
        raise CommandFailed(f"A trust anchor cannot be read: {problem}.", Exit.UNREACHABLE) from problem
    known: dict[tuple[str, datetime], str] = {}  # a seal a minute is half a million a year, by a handful of keys

    def of_seal(certificate: Certificate, at: datetime) -> str:
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if not certificate.is_in_force(at):
            return "certificate: it was not in force"
        of = (certificate.sha256, day)
        if of not in known:
            known[of] = _trouble(certificate, anchors, at, Purpose.SEALS)
        return known[of]

    def of_token(token: TimestampToken) -> str:
        return _trouble(token.authority, anchors, token.gen_time, Purpose.TIME_STAMPS, token.certificates)

    return ProofVerifiers(settings.party_id, of_seal, of_token)


def _trouble(
    certificate: Certificate,
    anchors: tuple[Certificate, ...],
    at: datetime,
    purpose: Purpose,
    intermediates: tuple[Certificate, ...] = (),
) -> str:
    judged = judge_path(certificate, anchors, at=at, purpose=purpose, intermediates=intermediates)
    return (
        ""
        if judged.standing is CertificateStanding.TRUSTED
        else f"certificate: {judged.detail or judged.standing.value}"
    )
