"""The registry as the gateway asks it: parties by id, agreements, certificates, competence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from contracts.codes import Code
from contracts.party import Agreement, LocalText, Party, PartyId, Registry
from contracts.payloads import RegisterAppeal
from dossier.procedure.decision import Competence
from gateway.domain.registry.jurisdiction import Jurisdiction
from gateway.domain.registry.revocation import KnownRevocation, barred
from signing.keys.keypair import Certificate
from signing.keys.pinned import PinnedCertificates


@dataclass(frozen=True, slots=True)
class Directory:
    """One registry version, indexed. Built once per version; read without locks."""

    registry: Registry
    parties: Mapping[PartyId, Party]
    names: Mapping[PartyId, LocalText]
    agreements: Mapping[PartyId, Agreement]
    pinned: PinnedCertificates
    barred: Mapping[str, Code]
    jurisdiction: Jurisdiction

    @classmethod
    def of(cls, registry: Registry, *, barred: Mapping[str, Code] = MappingProxyType({})) -> Directory:
        """Index ``registry``, with the certificates that may not be used now. Raises KeyUnusable for a broken one."""
        pinned = PinnedCertificates(
            ((party.party_id, Certificate.from_der(der)) for party in registry.parties for der in party.certificates),
            barred=barred,
        )
        jurisdiction = Jurisdiction.of(registry)
        return cls(
            registry=registry,
            parties=jurisdiction.parties,
            names=MappingProxyType({party.party_id: party.name for party in registry.parties}),
            agreements=MappingProxyType({agreement.party_id: agreement for agreement in registry.agreements}),
            pinned=pinned,
            barred=barred,
            jurisdiction=jurisdiction,
        )

    def agreement_of(self, party_id: PartyId) -> Agreement:
        """The party's agreement, or the default terms."""
        return self.agreements.get(party_id) or Agreement(party_id)

    def competence(self, appeal: RegisterAppeal) -> Competence:
        """Who decides this appeal, who stands above each body, and which court a claim of this applicant goes to."""
        return self.jurisdiction.competence(appeal)


def bars_of(registry: Registry, known: Mapping[str, KnownRevocation], *, now: datetime) -> Mapping[str, Code]:
    """Which of the registry's certificates may not be used, by what is known of them and each party's agreement."""
    terms = {agreement.party_id: agreement for agreement in registry.agreements}
    held = (
        (hashlib.sha256(der).hexdigest(), terms.get(party.party_id) or Agreement(party.party_id))
        for party in registry.parties
        for der in party.certificates
    )
    return MappingProxyType(barred(held, known, now=now))
