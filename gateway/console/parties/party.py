"""One party: how it stands, what was agreed, what was tried, and what people did to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.ports.probe import Probed
from contracts.party import Agreement, Party, PartyId, Route, UnknownRevocation
from gateway.domain.delivery.quiet_form import written
from gateway.domain.people.access import Right, UserRole, authorise
from gateway.ports.operations import Reads
from gateway.ports.parties import ListActsOnParty, ListPartyAttempts, PartyAttempt, Switch
from gateway.ports.people.users import AuditNote, User
from gateway.reading.counts import OverviewCounts
from gateway.reading.parties import PartyFigures, PartyLine, line_of
from gateway.service.authorise import audit_name
from gateway.texts.language import marked

MOST_ROUTES: Final = 100
"""Routes on a page; a national body may have thousands, which `dalel routes` lists."""

SWITCHES: Final[Mapping[Switch, tuple[str, str]]] = {
    Switch.PAUSE: (marked("Pause"), marked("Nothing new goes out to it. What is in hand finishes, what is due waits.")),
    Switch.RESUME: (marked("Resume"), marked("What waits for it goes out again, at the pace agreed.")),
}
"""What the button says, and what it does."""

UNKNOWNS: Final[Mapping[UnknownRevocation, str]] = {
    UnknownRevocation.ACCEPT: marked("its messages are taken"),
    UnknownRevocation.WAIT: marked("its messages are taken for a while, then refused"),
    UnknownRevocation.REFUSE: marked("its messages are refused"),
}
"""What becomes of its messages while nobody can say whether its certificate was revoked."""


@dataclass(frozen=True, slots=True)
class PartyDetailView:
    """``switch``: what the reader may do to it now; None for who may not. ``left_out``: routes that are not listed."""

    line: PartyLine
    version: str
    routes: tuple[Route, ...]
    left_out: int
    is_duty_body: bool
    attempts: tuple[PartyAttempt, ...]
    done: tuple[AuditNote, ...]
    switch: Switch | None
    may_probe: bool
    is_us: bool
    parties: PartyFigures

    @property
    def party(self) -> Party:
        return self.line.known.party

    @property
    def terms(self) -> Agreement:
        return self.line.known.terms

    @property
    def quiet_hours(self) -> str:
        """In one line; empty for none."""
        return written(self.terms.quiet_hours)


async def party_page(
    reads: Reads, parties: PartyFigures, party: Party, *, role: UserRole, us: PartyId
) -> PartyDetailView:
    """All that is known of it."""
    registry, line = parties.directory.registry, line_of(parties, party)
    routes = tuple(route for route in registry.routes if route.party_id == party.party_id)
    to = Switch.RESUME if line.known.pause else Switch.PAUSE
    return PartyDetailView(
        line,
        version_of(parties.counted, party.party_id),
        routes[:MOST_ROUTES],
        max(0, len(routes) - MOST_ROUTES),
        registry.duty_body == party.party_id,
        await reads.run(ListPartyAttempts(party.party_id)),
        await reads.run(ListActsOnParty(party.party_id)),
        to if authorise(role, Right.PAUSE).is_allowed and party.party_id != us else None,
        authorise(role, Right.PROBE).is_allowed and party.endpoint is not None,
        party.party_id == us,
        parties,
    )


def version_of(counted: OverviewCounts, party_id: PartyId) -> str:
    """Differs whenever something of the party has moved, and each minute, since ages grow."""
    minute = counted.at.replace(second=0, microsecond=0)
    circuit = [one for one in counted.circuits if one.party_id == party_id]
    pause = [one for one in counted.pauses if one.party_id == party_id]
    backlog = [one for one in counted.backlog if one.recipient == party_id]
    return hashlib.sha256(repr((minute, circuit, pause, backlog)).encode()).hexdigest()[:16]


def result_of(page: PartyDetailView, user: User, act: str) -> AuditNote | None:
    """What the audit log says came of the switch just now; None when the newest line is not this user's, of it."""
    newest = next(iter(page.done), None)
    is_theirs = newest is not None and newest.by == audit_name(user) and newest.act == f"party.{act}"
    return newest if is_theirs else None


@dataclass(frozen=True, slots=True)
class PingPage:
    """``probed``: None before anybody has knocked. ``fetched_at``: when a mailbox was asked last."""

    party: Party
    may_probe: bool
    fetched_at: datetime | None
    now: datetime
    probed: Probed | None = None
