"""Who decides, who stands above, which court: what a registry's routes and places say of one subject and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contracts.party import Party, PartyId, PartyRole, Registry
from contracts.payloads import RegisterAppeal
from dossier.procedure.decision import Competence
from gateway.domain.lookup import Lookup
from gateway.domain.registry.routing import Routing


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One registry version, indexed. ``duty_body``: the agency that gets what no route fits."""

    parties: Mapping[PartyId, Party]
    routing: Routing
    duty_body: PartyId | None

    @classmethod
    def of(cls, registry: Registry) -> Jurisdiction:
        """Index ``registry``; done once per version."""
        parties = MappingProxyType({party.party_id: party for party in registry.parties})
        return cls(parties, Routing.of(registry.routes), registry.duty_body)

    def competence(self, appeal: RegisterAppeal) -> Competence:
        """Who decides this appeal, who stands above each body, and which court a claim of this applicant goes to.

        The court is that of the plaintiff's place (АППК Art. 106, for acts that are electronic documents): the
        applicant's where that was said, else the place of the appeal.
        """
        subject, kato = appeal.subject, appeal.kato
        return Competence(
            body=self.routing.competent(PartyRole.AGENCY, subject=subject, kato=kato),
            court=self.routing.competent(PartyRole.COURT, subject=subject, kato=appeal.applicant.kato or kato),
            duty=self.duty_body,
            higher=Lookup(self.parties, lambda body: self.higher_body(body, subject=subject, kato=kato)),
            court_at=Lookup(self.parties, lambda body: self.court_at(body, subject=subject)),
        )

    def higher_body(self, body: PartyId, *, subject: str, kato: str) -> PartyId | None:
        """Whom a complaint against ``body`` goes to: its own higher body, else the next level that the routes give."""
        known = self.parties.get(body)
        named = known.higher if known else None
        return named or self.routing.body_above(body, subject=subject, kato=kato)

    def ladder(self, body: PartyId, *, subject: str, kato: str) -> tuple[PartyId, ...]:
        """The bodies above ``body``, one after the other, to the highest that is known."""
        passed = [body]
        while (above := self.higher_body(passed[-1], subject=subject, kato=kato)) and above not in passed:
            passed.append(above)
        return tuple(passed[1:])

    def court_at(self, body: PartyId, *, subject: str) -> PartyId | None:
        """The court for the place of ``body``; None where its place is not known, or no court's."""
        known = self.parties.get(body)
        if known is None or known.kato is None:
            return None
        return self.routing.competent(PartyRole.COURT, subject=subject, kato=known.kato)
