"""One route as people write it, and what is wrong among many of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from contracts.party import BodyLevel, PartyId, PartyRole, Route
from gateway.config.yaml_form import Form
from gateway.registry.terms_form import PARTY_ID


class RouteForm(Form):
    """``level`` may be left out: then it follows from the KATO prefix."""

    role: Literal["agency", "court"]
    subject: str = Field(pattern=r"^(\*|[A-Za-z0-9._-]+)$")
    kato: str = Field(pattern=r"^(\*|[0-9]{1,9})$")
    party: str = Field(pattern=PARTY_ID)
    level: BodyLevel | None = None


@dataclass(frozen=True, slots=True)
class RoutePlace:
    """Where a route stands in its file: ``routes[3]`` and ``routes[3].kato``, or ``line 5`` and ``line 5, kato``."""

    whole: str
    mark: str = "."

    def of(self, name: str) -> str:
        """The place of one of its values."""
        return f"{self.whole}{self.mark}{name}"


def route_from(entry: RouteForm) -> Route:
    """The route that an entry says."""
    return Route(PartyRole(entry.role), entry.subject, entry.kato, PartyId(entry.party), entry.level)


def form_of_route(route: Route) -> dict[str, Any]:
    """The entry that says this route."""
    level = {"level": route.level.value} if route.level else {}
    form = {"role": route.role.value, "subject": route.subject, "kato": route.kato}
    return {**form, **level, "party": str(route.party_id)}


def problems_among(routes: Iterable[tuple[RoutePlace, Route]], roles: Mapping[PartyId, PartyRole]) -> Iterator[str]:
    """Routes to nobody, to a party of another role, and such as fit alike, so that only an id would decide."""
    first: dict[tuple[object, ...], tuple[RoutePlace, Route]] = {}
    for place, route in routes:
        role = roles.get(route.party_id)
        if role is None:
            yield f"{place.of('party')}: no party {route.party_id} is described"
        elif role is not route.role:
            yield f"{place.of('party')}: {route.party_id} has the role {role}, this route needs {route.role}"
        key = (route.role, route.subject, route.area, route.stands_at)
        before, other = first.setdefault(key, (place, route))
        if before is not place:
            yield f"{place.whole}: {_tie(route, other, before)}"


def _tie(route: Route, other: Route, place: RoutePlace) -> str:
    if route.party_id == other.party_id:
        return f"says again what {place.whole} says"
    alike = f"fits exactly as {place.whole} does, which names {other.party_id}"
    return f"{alike}; say which is meant, or give one another level, subject or place"
