"""Who is competent: of the routes that fit a subject and a place, the one that says it most exactly wins.

In this order: the deeper subject, the longer KATO prefix, the lower level, the id. All routes that fit one appeal lie
on one line of the subject tree and one line of places, so the index is asked for a handful of keys, however many
routes there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from contracts.identifiers import patterns_over
from contracts.party import ANYWHERE, BodyLevel, PartyId, PartyRole, Route

_RANKS: Final = {level: rank for rank, level in enumerate(BodyLevel)}


@dataclass(frozen=True, slots=True)
class _RoutesByPrefix:
    """The routes of one role and subject by KATO prefix; ``lengths``: those that occur, the longest first."""

    by_prefix: Mapping[str, tuple[Route, ...]]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, routes: Iterable[Route]) -> _RoutesByPrefix:
        grouped: dict[str, list[Route]] = {}
        for route in routes:
            grouped.setdefault(route.area, []).append(route)
        lengths = {len(prefix) for prefix in grouped if prefix != ANYWHERE}
        ordered = {prefix: tuple(sorted(alike, key=_by_level)) for prefix, alike in grouped.items()}
        return cls(ordered, tuple(sorted(lengths, reverse=True)))

    def fitting(self, kato: str) -> Iterator[Route]:
        for length in self.lengths:
            if length <= len(kato):
                yield from self.by_prefix.get(kato[:length], ())
        yield from self.by_prefix.get(ANYWHERE, ())


def _by_level(route: Route) -> tuple[int, PartyId]:
    return _RANKS[route.stands_at], route.party_id


@dataclass(frozen=True, slots=True)
class Routing:
    """The routes of one registry version, indexed."""

    places: Mapping[tuple[PartyRole, str], _RoutesByPrefix]

    @classmethod
    def of(cls, routes: Iterable[Route]) -> Routing:
        """Index ``routes``; their order does not matter."""
        grouped: dict[tuple[PartyRole, str], list[Route]] = {}
        for route in routes:
            grouped.setdefault((route.role, route.subject), []).append(route)
        return cls({key: _RoutesByPrefix.of(alike) for key, alike in grouped.items()})

    def fitting(self, role: PartyRole, *, subject: str, kato: str) -> Iterator[Route]:
        """Every route that fits, the one that wins first."""
        for pattern in patterns_over(subject):
            if (places := self.places.get((role, pattern))) is not None:
                yield from places.fitting(kato)

    def competent(self, role: PartyRole, *, subject: str, kato: str) -> PartyId | None:
        """The party whose route wins; None where no route fits."""
        return next((route.party_id for route in self.fitting(role, subject=subject, kato=kato)), None)

    def body_above(self, body: PartyId, *, subject: str, kato: str) -> PartyId | None:
        """The agency that the routes give at the next level above ``body``; None where they tell of none.

        A body that no route names for this subject and place stands at no level here, so nobody above it is known.
        """
        ranked = tuple(self.fitting(PartyRole.AGENCY, subject=subject, kato=kato))
        below = next((route for route in ranked if route.party_id == body), None)
        if below is None:
            return None
        best = {route.stands_at: route.party_id for route in reversed(ranked)}
        return next((best[level] for level in below.stands_at.above if best.get(level, body) != body), None)
