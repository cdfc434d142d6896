"""Competence by subject, place and level."""

from __future__ import annotations

import re
from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identifiers import ANY, covers, patterns_over
from contracts.party import BodyLevel, PartyId, PartyRole, Route
from gateway.domain.registry.routing import Routing

AKIMAT, LAND, MINISTRY, COURT = (PartyId(name) for name in ("akimat", "land", "ministry", "court"))
ROUTES = (
    Route(PartyRole.AGENCY, "*", "*", MINISTRY),
    Route(PartyRole.AGENCY, "*", "75", AKIMAT),
    Route(PartyRole.AGENCY, "LAND", "75", LAND),
    Route(PartyRole.COURT, "*", "75", COURT),
)
ROUTING = Routing.of(ROUTES)


def ask(subject, kato, role=PartyRole.AGENCY):
    return ROUTING.competent(role, subject=subject, kato=kato)


def test_the_place_decides_between_bodies_of_equal_subject():
    assert ask("HOUSING-QUEUE", "751110000") == AKIMAT
    assert ask("HOUSING-QUEUE", "710000000") == MINISTRY


def test_a_named_subject_beats_a_general_one():
    assert ask("LAND-LEASE", "751110000") == LAND


def test_a_subject_ends_at_a_boundary():
    assert ask("LANDLORD", "751110000") == AKIMAT


def test_a_deeper_subject_beats_a_nearer_place():
    deep, near = (
        Route(PartyRole.AGENCY, "LAND.LEASE", "*", MINISTRY),
        Route(PartyRole.AGENCY, "LAND", "751110000", LAND),
    )
    found = Routing.of([near, deep]).competent(PartyRole.AGENCY, subject="LAND.LEASE-TERM", kato="751110000")
    assert found == MINISTRY


@pytest.mark.parametrize("code", ["75", "750000000", "7511", "751100000", "751110000", "751110101"])
def test_a_whole_code_is_that_of_a_unit_with_all_that_lies_in_it(code):
    routing = Routing.of([Route(PartyRole.AGENCY, "*", code, AKIMAT)])
    assert routing.competent(PartyRole.AGENCY, subject="LAND", kato="751110101") == AKIMAT
    assert routing.competent(PartyRole.AGENCY, subject="LAND", kato="761110101") is None


def test_of_equal_routes_the_lowest_level_wins():
    routes = [
        Route(PartyRole.AGENCY, "*", "75", AKIMAT, BodyLevel.REGION),
        Route(PartyRole.AGENCY, "*", "75", LAND, BodyLevel.DISTRICT),
    ]
    assert Routing.of(routes).competent(PartyRole.AGENCY, subject="LAND", kato="751110000") == LAND


def test_nobody_is_competent_where_no_route_fits():
    assert ask("LAND", "710000000", PartyRole.COURT) is None


@pytest.mark.parametrize(
    ("kato", "level"),
    [("*", BodyLevel.NATIONAL), ("75", BodyLevel.REGION), ("750000000", BodyLevel.REGION), ("10", BodyLevel.REGION),
     ("7511", BodyLevel.DISTRICT), ("751110000", BodyLevel.DISTRICT), ("101033102", BodyLevel.DISTRICT)],
)  # fmt: skip
def test_a_route_stands_at_the_level_of_its_place_unless_it_says_another(kato, level):
    assert Route(PartyRole.AGENCY, "*", kato, AKIMAT).stands_at is level
    assert Route(PartyRole.AGENCY, "*", kato, AKIMAT, BodyLevel.NATIONAL).stands_at is BodyLevel.NATIONAL


# --- the winner, told in another way --------------------------------------------------------------------------------

SUBJECTS = st.lists(st.sampled_from(["A", "B", "AB"]), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from(["-", "."]).map(lambda mark: mark.join(parts))
)
PLACES = st.text("07", min_size=1, max_size=9) | st.sampled_from(["070000000", "700000000", "770700000", "000000000"])
BODIES = st.sampled_from([PartyId(name) for name in "abcd"])
SOME_ROUTES = st.lists(
    st.builds(
        Route,
        st.sampled_from([PartyRole.AGENCY, PartyRole.COURT]),
        SUBJECTS | st.just(ANY),
        PLACES | st.just(ANY),
        BODIES,
        st.none() | st.sampled_from(BodyLevel),
    ),
    max_size=30,
)


def unit(kato: str) -> str:
    """A whole code without the zeros of the units below it, told by a pattern."""
    whole = re.fullmatch(r"(\d\d)(?:0000000|(\d\d)(?:00000|(\d\d)(?:000|(\d{3}))))", kato)
    return "".join(part or "" for part in whole.groups()) if whole else kato


def fits(route: Route, subject: str, kato: str) -> bool:
    return covers(route.subject, subject) and (route.kato == ANY or kato.startswith(unit(route.kato)))


def duel(one: Route, other: Route) -> int:
    """Two fitting routes against each other, criterion by criterion; below zero when ``one`` is the more exact."""
    if one.subject != other.subject:
        return -1 if covers(other.subject, one.subject) else 1
    if unit(one.kato) != unit(other.kato):
        return -1 if other.kato == ANY or (unit(one.kato).startswith(unit(other.kato)) and one.kato != ANY) else 1
    if one.stands_at != other.stands_at:
        return -1 if other.stands_at in one.stands_at.above else 1
    return -1 if one.party_id < other.party_id else 1 if one.party_id > other.party_id else 0


@given(SOME_ROUTES, SUBJECTS, st.text("07", min_size=9, max_size=9))
def test_the_winner_is_the_one_that_beats_every_other_in_a_duel(routes, subject, kato):
    fitting = [route for route in routes if route.role is PartyRole.AGENCY and fits(route, subject, kato)]
    winners = [one for one in fitting if all(duel(one, other) <= 0 for other in fitting)]
    expected = winners[0].party_id if winners else None

    assert bool(winners) == bool(fitting)
    assert Routing.of(routes).competent(PartyRole.AGENCY, subject=subject, kato=kato) == expected


@given(SOME_ROUTES, SUBJECTS, st.text("07", min_size=9, max_size=9))
def test_every_fitting_route_is_ranked_once_and_the_order_of_the_file_does_not_matter(routes, subject, kato):
    ranked = list(Routing.of(routes).fitting(PartyRole.AGENCY, subject=subject, kato=kato))
    backwards = list(Routing.of(reversed(routes)).fitting(PartyRole.AGENCY, subject=subject, kato=kato))
    fitting = [route for route in routes if route.role is PartyRole.AGENCY and fits(route, subject, kato)]

    assert [(r.subject, unit(r.kato), r.stands_at, r.party_id) for r in ranked] == [
        (r.subject, unit(r.kato), r.stands_at, r.party_id) for r in sorted(fitting, key=cmp_to_key(duel))
    ]
    assert len(backwards) == len(ranked)


@given(SUBJECTS, SUBJECTS | st.just(ANY))
def test_a_pattern_covers_a_subject_exactly_when_it_is_among_those_over_it(subject, pattern):
    assert covers(pattern, subject) == (pattern in set(patterns_over(subject)))


# --- who stands above -----------------------------------------------------------------------------------------------

DISTRICT, CITY, CAPITAL, ELSEWHERE = (PartyId(name) for name in ("district", "city", "capital", "elsewhere"))
LADDER = Routing.of(
    [
        Route(PartyRole.AGENCY, "LAND", "7511", DISTRICT),
        Route(PartyRole.AGENCY, "*", "75", CITY),
        Route(PartyRole.AGENCY, "LAND", "75", CITY, BodyLevel.REGION),
        Route(PartyRole.AGENCY, "*", "*", CAPITAL),
        Route(PartyRole.AGENCY, "TAX", "*", ELSEWHERE),
    ]
)


def above(body, routing=LADDER, subject="LAND-LEASE"):
    return routing.body_above(body, subject=subject, kato="751110000")


def test_above_a_body_stands_that_of_the_next_level():
    assert (above(DISTRICT), above(CITY), above(CAPITAL)) == (CITY, CAPITAL, None)


def test_above_a_body_that_no_route_names_here_nobody_is_known():
    assert above(ELSEWHERE) is None


def test_a_body_never_stands_above_itself():
    routes = [
        Route(PartyRole.AGENCY, "*", "7511", CITY),
        Route(PartyRole.AGENCY, "*", "75", CITY),
        Route(PartyRole.AGENCY, "*", "*", CAPITAL),
    ]
    assert above(CITY, Routing.of(routes)) == CAPITAL


def test_a_level_without_a_body_is_passed_over():
    routes = [Route(PartyRole.AGENCY, "LAND", "7511", DISTRICT), Route(PartyRole.AGENCY, "*", "*", CAPITAL)]
    assert above(DISTRICT, Routing.of(routes)) == CAPITAL


@given(SOME_ROUTES, SUBJECTS, st.text("07", min_size=9, max_size=9), BODIES)
def test_who_stands_above_is_another_body_of_a_higher_level(routes, subject, kato, body):
    routing = Routing.of(routes)
    found = routing.body_above(body, subject=subject, kato=kato)
    if found is not None:
        ranked = list(routing.fitting(PartyRole.AGENCY, subject=subject, kato=kato))
        own = next(route for route in ranked if route.party_id == body)
        assert found != body
        assert any(route.party_id == found and route.stands_at in own.stands_at.above for route in ranked)
