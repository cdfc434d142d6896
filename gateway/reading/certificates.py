"""Certificates of all parties: how long each lasts, whether it was revoked, whether its successor is registered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from contracts.party import Party, PartyId, Registry
from gateway.domain.registry.revocation import PATHLESS, KnownRevocation
from gateway.texts.language import marked
from signing.errors import SubjectUnclear
from signing.keys.keypair import Certificate
from signing.trust.answer import RevocationStatus, WhyUnknown
from signing.trust.subject import read_subject


class RegisteredStanding(StrEnum):
    """How a certificate stands, the worst first."""

    REVOKED = "revoked"
    ENDED = "ended"
    URGENT = "urgent"  # ends within a week
    SOON = "soon"  # within thirty days: an order at the authority takes days
    NEARING = "nearing"  # within sixty
    NOT_YET = "not_yet"  # begins later: a successor that waits
    GOOD = "good"


STANDINGS: Final[Mapping[RegisteredStanding, str]] = {
    RegisteredStanding.REVOKED: marked("revoked"),
    RegisteredStanding.ENDED: marked("has ended"),
    RegisteredStanding.URGENT: marked("ends within 7 days"),
    RegisteredStanding.SOON: marked("ends within 30 days"),
    RegisteredStanding.NEARING: marked("ends within 60 days"),
    RegisteredStanding.NOT_YET: marked("not in force yet"),
    RegisteredStanding.GOOD: marked("in force"),
}

REVOCATIONS: Final[Mapping[RevocationStatus | WhyUnknown | None, str]] = {
    RevocationStatus.GOOD: marked("not revoked"),
    RevocationStatus.REVOKED: marked("revoked"),
    WhyUnknown.PATH_INVALID: marked("unknown: its certification path is not valid"),
    WhyUnknown.NO_PATH: marked("unknown: no path leads to a trust anchor"),
    WhyUnknown.NOBODY_NAMED: marked("unknown: it names nobody to ask"),
    WhyUnknown.NO_ANSWER: marked("unknown: nobody could say"),
    None: marked("not asked yet"),
}

_ENDS: Final = (
    (timedelta(0), RegisteredStanding.ENDED),
    (timedelta(days=7), RegisteredStanding.URGENT),
    (timedelta(days=30), RegisteredStanding.SOON),
    (timedelta(days=60), RegisteredStanding.NEARING),
)
USABLE: Final = frozenset(
    {RegisteredStanding.URGENT, RegisteredStanding.SOON, RegisteredStanding.NEARING, RegisteredStanding.GOOD}
)
"""Messages that it signs are believed now."""


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One registered certificate. ``holder``: as it names the organisation, else its whole subject.

    ``asked_at``: when authorities were asked last whether it was revoked. ``followed_by``: the end of the one that is
    registered beside it and lasts longer; None when nothing follows.
    """

    party: Party
    certificate: Certificate
    holder: str
    standing: RegisteredStanding
    days_left: int
    revocation: RevocationStatus | None
    checked_at: datetime | None
    followed_by: datetime | None
    why_unknown: WhyUnknown | None = None

    @property
    def known(self) -> RevocationStatus | WhyUnknown | None:
        """What is known of its revocation, else why it is not; None before the first look."""
        return self.why_unknown or self.revocation

    @property
    def serial(self) -> str:
        """Hexadecimal, as authorities print it."""
        return f"{self.certificate.serial:x}"

    @property
    def is_trouble(self) -> bool:
        """Whether somebody must do something: it is gone, goes soon and nothing follows it, or has no valid path."""
        return self.is_left_alone or self.why_unknown in PATHLESS

    @property
    def is_left_alone(self) -> bool:
        """Whether it is gone or goes soon, and nothing follows it."""
        ends = {RegisteredStanding.ENDED, RegisteredStanding.URGENT, RegisteredStanding.SOON}
        return self.standing is RegisteredStanding.REVOKED or (self.standing in ends and self.followed_by is None)


@dataclass(frozen=True, slots=True)
class PartyCertificateHeld:
    """A certificate of a party, read once for each version of the registry."""

    party: Party
    certificate: Certificate
    holder: str


def held_by_all(registry: Registry) -> tuple[PartyCertificateHeld, ...]:
    """Every certificate of the registry; some milliseconds for a hundred, so it is kept."""
    return tuple(_held(party, Certificate.from_der(der)) for party in registry.parties for der in party.certificates)


def lines_of(
    held: Iterable[PartyCertificateHeld], known: Mapping[str, KnownRevocation], *, now: datetime
) -> dict[PartyId, tuple[CertificateLine, ...]]:
    """Of each party, the one that ends first in front."""
    by_party: dict[PartyId, list[PartyCertificateHeld]] = {}
    for one in held:
        by_party.setdefault(one.party.party_id, []).append(one)
    return {party_id: tuple(_lines(ones, known, now)) for party_id, ones in by_party.items()}


def nearest(lines: Iterable[CertificateLine]) -> CertificateLine | None:
    """The one that people ask about: of those that are usable the one that ends first, else the last that was."""
    ordered = sorted(lines, key=lambda line: line.certificate.not_after)
    usable = [line for line in ordered if line.standing in USABLE]
    return usable[0] if usable else next(reversed(ordered), None)


def _held(party: Party, certificate: Certificate) -> PartyCertificateHeld:
    try:
        subject = read_subject(certificate)
    except SubjectUnclear:
        return PartyCertificateHeld(party, certificate, certificate.subject)
    return PartyCertificateHeld(party, certificate, subject.organisation or subject.common_name or certificate.subject)


def _lines(
    ones: list[PartyCertificateHeld], known: Mapping[str, KnownRevocation], now: datetime
) -> Iterable[CertificateLine]:
    status = {one.certificate.sha256: _status(known.get(one.certificate.sha256)) for one in ones}
    fit = [one.certificate for one in ones if status[one.certificate.sha256] is not RevocationStatus.REVOKED]
    for one in sorted(ones, key=lambda held: held.certificate.not_after):
        certificate = one.certificate
        later = [other.not_after for other in fit if other.not_after > certificate.not_after]
        known_revocation = known.get(certificate.sha256)
        yield CertificateLine(
            one.party,
            certificate,
            one.holder,
            _standing(certificate, status[certificate.sha256], now),
            (certificate.not_after - now).days,
            status[certificate.sha256],
            known_revocation.latest.at if known_revocation else None,
            max(later, default=None),
            known_revocation.why_unknown if known_revocation else None,
        )


def _status(known: KnownRevocation | None) -> RevocationStatus | None:
    return known.latest.judgement.status if known else None


def _standing(certificate: Certificate, status: RevocationStatus | None, now: datetime) -> RegisteredStanding:
    if status is RevocationStatus.REVOKED:
        return RegisteredStanding.REVOKED
    if certificate.not_before > now:
        return RegisteredStanding.NOT_YET
    left = certificate.not_after - now
    return next((standing for within, standing in _ENDS if left < within), RegisteredStanding.GOOD)
