"""What a registry leaves open: appeals that would find no body, complaints and claims that would find no way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.party import ANYWHERE, BodyLevel, PartyRole, Registry, Route
from gateway.domain.registry.jurisdiction import Jurisdiction

_NAMED = 5  # the rest is counted


def gaps(registry: Registry) -> list[str]:
    """Each in one sentence, with what to do; empty where nothing is open, or where there are no agencies yet."""
    duty = duty_gap(registry)
    return [*([duty] if duty else ()), *ladder_gaps(registry)]


def duty_gap(registry: Registry) -> str | None:
    """What becomes of an appeal that no route fits, where no duty body gets it."""
    if registry.duty_body or all(party.role is not PartyRole.AGENCY for party in registry.parties):
        return None
    return "no duty body: an appeal that no route fits is REFUSED; name an agency as duty_body in the parties file"


def ladder_gaps(registry: Registry) -> Iterator[str]:
    """Bodies that a complaint, and places that a claim, would end at."""
    known = Jurisdiction.of(registry)
    bodies = [route for route in registry.routes if route.role is PartyRole.AGENCY]
    courts = [route.area for route in registry.routes if route.role is PartyRole.COURT]
    if alone := _listed(route.party_id for route in bodies if _stands_alone(known, route)):
        cure = "name it by `higher` in the parties file, or give a route of a higher level"
        yield f"no higher body for complaints (АППК 91(3)) above {alone}; {cure}"
    if failing_channels := _listed(
        f"{one.subject} in {one.kato}" for one in bodies if not _has_court(known, one, courts)
    ):
        yield f"no court for claims over {failing_channels}; give a court's route there"


def _stands_alone(known: Jurisdiction, route: Route) -> bool:
    if route.stands_at is BodyLevel.NATIONAL:
        return False
    return known.higher_body(route.party_id, subject=route.subject, kato=_place(route)) is None


def _has_court(known: Jurisdiction, route: Route, courts: Iterable[str]) -> bool:
    """For all of the place, or for parts of it: a body of all the country has one court for each region."""
    place = _place(route)
    whole = known.routing.competent(PartyRole.COURT, subject=route.subject, kato=place)
    return whole is not None or any(area.startswith(place) for area in courts)


def _place(route: Route) -> str:
    return "" if route.kato == ANYWHERE else route.area


def _listed(names: Iterable[str]) -> str:
    ordered = list(dict.fromkeys(names))
    more = f" and {len(ordered) - _NAMED} more" if len(ordered) > _NAMED else ""
    return ", ".join(ordered[:_NAMED]) + more
