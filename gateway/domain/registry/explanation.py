"""Why a body and a court are competent: every route that fits, ranked, and by what the first of them won."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from contracts.party import BodyLevel, PartyId, PartyRole, Route
from dossier.procedure.law.case_number import number_start_at
from gateway.domain.registry.jurisdiction import Jurisdiction


class RouteTiebreak(StrEnum):
    """By what the first of the fitting routes beat the second."""

    ALONE = "alone"  # there is no second
    SUBJECT = "subject"  # it lies deeper in the tree
    PLACE = "place"  # its KATO prefix is longer
    LEVEL = "level"  # its level is lower
    ID = "id"  # nothing but its party's id: a tie, which no file that was checked has


@dataclass(frozen=True, slots=True)
class Ranked:
    """A route that fits; ``level`` is where it stands, said or not."""

    subject: str
    kato: str
    level: BodyLevel
    party_id: PartyId


@dataclass(frozen=True, slots=True)
class Ranking:
    """The routes of one role that fit, the winner first; ``won_by`` is None where none fits."""

    routes: tuple[Ranked, ...]
    won_by: RouteTiebreak | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Who would get an appeal now. ``on_duty``: no route fits, so that ``body`` is the duty body, or nobody.

    ``higher``: above ``at_body``, one after the other. ``court``: for the plaintiff's place; ``court_at_body``: for the
    place of ``at_body``. ``case_numbers``: how those of the plaintiff's court begin.
    """

    subject: str
    kato: str
    bodies: Ranking
    body: PartyId | None
    on_duty: bool
    at_body: PartyId | None
    higher: tuple[PartyId, ...]
    courts: Ranking
    court: PartyId | None
    court_at_body: PartyId | None
    case_numbers: str | None


def explain(
    jurisdiction: Jurisdiction,
    *,
    subject: str,
    kato: str,
    plaintiff_kato: str | None = None,
    at_body: str | None = None,
) -> Explanation:
    """Tell why, for an appeal of ``subject`` in ``kato``; ``at_body``: whose higher body is asked, else who decides."""
    bodies = _ranking(jurisdiction, PartyRole.AGENCY, subject, kato)
    courts = _ranking(jurisdiction, PartyRole.COURT, subject, plaintiff_kato or kato)
    body = bodies.routes[0].party_id if bodies.routes else jurisdiction.duty_body
    contested = PartyId(at_body) if at_body else body
    return Explanation(
        subject=subject,
        kato=kato,
        bodies=bodies,
        body=body,
        on_duty=not bodies.routes,
        at_body=contested,
        higher=jurisdiction.ladder(contested, subject=subject, kato=kato) if contested else (),
        courts=courts,
        court=courts.routes[0].party_id if courts.routes else None,
        court_at_body=jurisdiction.court_at(contested, subject=subject) if contested else None,
        case_numbers=number_start_at(plaintiff_kato or kato),
    )


def _ranking(jurisdiction: Jurisdiction, role: PartyRole, subject: str, kato: str) -> Ranking:
    fitting = tuple(jurisdiction.routing.fitting(role, subject=subject, kato=kato))
    ranked = tuple(Ranked(route.subject, route.kato, route.stands_at, route.party_id) for route in fitting)
    return Ranking(ranked, _won_by(fitting))


def _won_by(fitting: Sequence[Route]) -> RouteTiebreak | None:
    match fitting:
        case []:
            return None
        case [_]:
            return RouteTiebreak.ALONE
        case [first, second, *_] if first.subject != second.subject:
            return RouteTiebreak.SUBJECT
        case [first, second, *_] if first.area != second.area:
            return RouteTiebreak.PLACE
        case [first, second, *_] if first.stands_at is not second.stands_at:
            return RouteTiebreak.LEVEL
        case _:
            return RouteTiebreak.ID
