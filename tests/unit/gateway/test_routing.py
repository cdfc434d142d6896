"""Competence by subject and place."""

from contracts.party import PartyId, Role, Route
from gateway.domain.routing import competent

AKIMAT, LAND, MINISTRY, COURT = (PartyId(name) for name in ("akimat", "land", "ministry", "court"))
ROUTES = (
    Route(Role.AGENCY, "*", "*", MINISTRY),
    Route(Role.AGENCY, "*", "75", AKIMAT),
    Route(Role.AGENCY, "LAND", "75", LAND),
    Route(Role.COURT, "*", "75", COURT),
)


def ask(subject, kato, role=Role.AGENCY):
    return competent(ROUTES, role, subject=subject, kato=kato)


def test_the_place_decides_between_bodies_of_equal_subject():
    assert ask("HOUSING-QUEUE", "751110000") == AKIMAT
    assert ask("HOUSING-QUEUE", "710000000") == MINISTRY


def test_a_named_subject_beats_a_general_one():
    assert ask("LAND-LEASE", "751110000") == LAND


def test_nobody_is_competent_where_no_route_fits():
    assert ask("LAND", "710000000", Role.COURT) is None


def test_the_order_of_the_routes_does_not_matter():
    backwards = competent(tuple(reversed(ROUTES)), Role.AGENCY, subject="LAND", kato="750000000")
    assert backwards == LAND
