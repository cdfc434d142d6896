"""Parties' certificates as people look at them: whose, of which authority, how long, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.markup import escape
from rich.table import Table

from gateway.bootstrap.authorities import Places, places_of
from gateway.config.settings import Settings
from gateway.domain.registry.revocation import KnownRevocation
from gateway.registry.certificates import PartyCertificate
from signing.keys.keypair import Certificate
from signing.trust.path import Purpose, judge_path, load_anchors, load_intermediates
from signing.trust.subject import CertificateSubject


@dataclass(frozen=True, slots=True)
class CertificateView:
    """One line of the table; all texts, ready to be read."""

    party_id: str
    sha256: str
    holder: str
    bin: str
    capacities: tuple[str, ...]
    key_use: str
    days_left: int
    issuer: str
    standing: str  # by the trust folder, without revocation
    revocation: str  # as last learnt
    responders: tuple[str, ...]  # whom we ask
    warnings: tuple[str, ...]


def views(
    certificates: Iterable[PartyCertificate],
    known: Mapping[str, KnownRevocation],
    settings: Settings,
    *,
    now: datetime,
) -> list[CertificateView]:
    """Raises ``KeyUnusable`` or OSError when the trust folder cannot be read."""
    anchors, between = load_anchors(settings.trust_folder), load_intermediates(settings.trust_folder)
    places = places_of(settings)
    return [_view(one, known.get(one.certificate.sha256), anchors, between, places, now) for one in certificates]


def table_of(rows: Iterable[CertificateView], title: str) -> Table:
    """The same for a terminal."""
    table = Table(title=title)
    for heading in ("party", "certificate", "holder", "BIN", "as", "key", "days", "issuer", "standing", "revocation"):
        table.add_column(heading)
    for row in rows:
        signs_as = ", ".join(row.capacities) or "none stated"
        cells = (row.party_id, row.sha256[:16], row.holder, row.bin, signs_as, row.key_use, str(row.days_left))
        table.add_row(*map(escape, (*cells, row.issuer, row.standing, row.revocation)))
    return table


def _view(
    one: PartyCertificate,
    known: KnownRevocation | None,
    anchors: Sequence[Certificate],
    between: Sequence[Certificate],
    places: Places,
    now: datetime,
) -> CertificateView:
    certificate, responders = one.certificate, places.of(one.certificate)
    judged = judge_path(certificate, anchors, at=now, purpose=Purpose.MESSAGES, intermediates=between)
    return CertificateView(
        party_id=one.party_id,
        sha256=certificate.sha256,
        holder=_holder(one.subject, certificate),
        bin=(one.subject.bin if one.subject else None) or "none",
        capacities=tuple(capacity.name.lower() for capacity in one.subject.capacities) if one.subject else (),
        key_use=one.subject.key_use.value if one.subject else "unclear",
        days_left=(certificate.not_after - now).days,
        issuer=certificate.issuer,
        standing=judged.standing.value,
        revocation=_revocation(known, responders),
        responders=(*responders.ocsp, *responders.crl),
        warnings=one.warnings,
    )


def _holder(subject: CertificateSubject | None, certificate: Certificate) -> str:
    return (subject.organisation or subject.common_name if subject else None) or certificate.subject


def _revocation(known: KnownRevocation | None, responders: Places) -> str:
    if known is None:
        return "not asked yet" if responders.ocsp or responders.crl else "unknown: there is nobody to ask"
    judged = known.latest.judgement
    detail = f" ({judged.detail})" if judged.detail else ""
    return f"{judged.status.value}, {known.latest.at:%Y-%m-%d %H:%M} UTC{detail}"
