"""The certificates of a registry held against the parties that they are registered for.

A registered certificate is believed for what it signs, so it is looked at before it is put in force: whose it says it
is, what its key may do, how strong it is and how long it lasts. What is new must be right; about what is in force
already a person is only told, so that an old slip does not stand in the way of an urgent change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from contracts.party import Agreement, Party, PartyId, Registry
from signing.errors import KeyUnusable, SubjectUnclear
from signing.keys.keypair import Certificate, accepted_of
from signing.trust.subject import Capacity, CertificateSubject, KeyUse, read_subject

SOON: Final = timedelta(days=30)
"""How long before its end a certificate is worried about; an order at the authority takes days."""


@dataclass(frozen=True, slots=True)
class PartyCertificate:
    """One certificate of one party, and what is to be said of it. ``subject`` is None when it cannot be read.

    ``problems`` forbid to put it in force, ``warnings`` do not; English, each with what to do.
    """

    party_id: PartyId
    certificate: Certificate
    subject: CertificateSubject | None
    is_new: bool
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


def party_certificates(wanted: Registry, in_force: Registry, *, now: datetime) -> tuple[PartyCertificate, ...]:
    """Every certificate of ``wanted``, in its order. Raises ``KeyUnusable`` for one that cannot be read at all."""
    known = {(party.party_id, der) for party in in_force.parties for der in party.certificates}
    terms = {agreement.party_id: agreement for agreement in wanted.agreements}
    return tuple(
        _judged(party, der, terms.get(party.party_id) or Agreement(party.party_id), now,
                is_new=(party.party_id, der) not in known)
        for party in wanted.parties
        for der in party.certificates
    )  # fmt: skip


def problems_of(certificates: tuple[PartyCertificate, ...]) -> list[str]:
    """What forbids to put the registry in force, each with its party and certificate."""
    return [_line(one, problem) for one in certificates for problem in one.problems]


def _line(one: PartyCertificate, words: str) -> str:
    return f"party {one.party_id}, certificate {one.certificate.sha256[:16]}: {words}"


def _judged(party: Party, der: bytes, agreement: Agreement, now: datetime, *, is_new: bool) -> PartyCertificate:
    certificate = Certificate.from_der(der)
    found = list(_of_key_and_time(certificate, now))
    subject = None
    try:
        subject = read_subject(certificate)
        found += _of_subject(subject, party, agreement)
    except SubjectUnclear as unclear:
        found.append(f"{unclear}; ask its authority for a right one")
    soon = () if found else tuple(_soon(certificate, now))
    return PartyCertificate(
        party_id=party.party_id,
        certificate=certificate,
        subject=subject,
        is_new=is_new,
        problems=tuple(found) if is_new else (),
        warnings=soon if is_new else (*found, *soon),
    )


def _of_key_and_time(certificate: Certificate, now: datetime) -> Iterator[str]:
    try:
        accepted_of(certificate)
    except KeyUnusable as weak:
        yield f"{weak}; the party needs another key"
    if certificate.not_after < now:
        yield f"it ended on {certificate.not_after:%Y-%m-%d}; take it out, or register its successor"


def _of_subject(subject: CertificateSubject, party: Party, agreement: Agreement) -> Iterator[str]:
    if subject.key_use is KeyUse.NEITHER:
        yield "it is not for signatures (keyUsage without digitalSignature); the party needs another certificate"
    if subject.bin is None and not agreement.certificate_without_bin:
        yield (
            f"it names no BIN, the party's is {party.bin}; register the organisation's own certificate, or, for a"
            " party with a foreign authority, agree to certificate_without_bin"
        )
    if subject.bin is not None and subject.bin != party.bin:
        yield f"it is of BIN {subject.bin}, the party's is {party.bin}; mend the one that is wrong"
    if subject.capacities == (Capacity.INDIVIDUAL,):
        yield "it was issued to a person, not to an organisation; register the organisation's own certificate"


def _soon(certificate: Certificate, now: datetime) -> Iterator[str]:
    if certificate.not_before > now:
        yield f"it is not in force before {certificate.not_before:%Y-%m-%d %H:%M} UTC"
    elif certificate.not_after - now < SOON:
        yield f"it ends in {(certificate.not_after - now).days} days; register its successor beside it now"
