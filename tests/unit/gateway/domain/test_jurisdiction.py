"""Who decides, who stands above, which court: lazily, by routes, by what the parties file names, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contracts.identifiers import ANY
from contracts.party import BodyLevel, Party, PartyId, PartyRole, Registry, Route
from gateway.domain.lookup import Lookup
from gateway.domain.registry.explanation import RouteTiebreak, explain
from gateway.domain.registry.gaps import duty_gap, gaps
from gateway.domain.registry.jurisdiction import Jurisdiction
from tests.worlds.builders import mailbox_party
from tests.worlds.casework import appeal

DISTRICT, CITY, MINISTRY, DUTY, ALMATY, ASTANA = (
    PartyId(name) for name in ("district", "city", "ministry", "duty", "court-almaty", "court-astana")
)


def body(party_id: PartyId, **changes) -> Party:
    return mailbox_party(party_id, **changes)


REGISTRY = Registry(
    1,
    (
        body(DISTRICT, kato="751110000"),
        body(CITY, kato="750000000"),
        body(MINISTRY, kato="710000000"),
        body(DUTY, higher=MINISTRY),
        body(ALMATY, role=PartyRole.COURT),
        body(ASTANA, role=PartyRole.COURT),
    ),
    (),
    (
        Route(PartyRole.AGENCY, "LAND", "7511", DISTRICT),
        Route(PartyRole.AGENCY, "LAND", "75", CITY),
        Route(PartyRole.AGENCY, "LAND", ANY, MINISTRY),
        Route(PartyRole.COURT, ANY, "75", ALMATY),
        Route(PartyRole.COURT, ANY, "71", ASTANA),
    ),
    duty_body=DUTY,
)
KNOWN = Jurisdiction.of(REGISTRY)


def filed(subject="LAND-LEASE", kato="751110000", lives_in=None):
    whole = replace(appeal(subject), kato=kato)
    return replace(whole, applicant=replace(whole.applicant, kato=lives_in))


def test_an_appeal_has_its_body_the_bodies_above_and_the_court_of_its_place():
    found = KNOWN.competence(filed())

    assert (found.body, found.court, found.duty) == (DISTRICT, ALMATY, DUTY)
    assert dict(found.higher) == {DISTRICT: CITY, CITY: MINISTRY, DUTY: MINISTRY}
    assert dict(found.court_at) == {DISTRICT: ALMATY, CITY: ALMATY, MINISTRY: ASTANA}


def test_a_claim_goes_to_the_court_of_the_place_where_the_applicant_lives():
    assert KNOWN.competence(filed(lives_in="710000000")).court == ASTANA


def test_what_no_route_fits_has_no_body_of_its_own_and_a_duty_body():
    found = KNOWN.competence(filed(subject="TAX"))

    assert (found.body, found.duty) == (None, DUTY)
    assert found.higher.get(DUTY) == MINISTRY
    assert found.higher.get(CITY) is None


def test_a_higher_body_that_is_named_beats_the_routes():
    parties = tuple(replace(one, higher=MINISTRY) if one.party_id == DISTRICT else one for one in REGISTRY.parties)
    named = Jurisdiction.of(replace(REGISTRY, parties=parties))

    assert named.competence(filed()).higher[DISTRICT] == MINISTRY


def test_a_ladder_goes_up_to_the_highest_body_and_ends_where_it_would_come_back():
    assert KNOWN.ladder(DISTRICT, subject="LAND", kato="751110000") == (CITY, MINISTRY)
    parties = (body(CITY, higher=DISTRICT), body(DISTRICT, higher=CITY))
    round_about = Jurisdiction.of(replace(REGISTRY, parties=parties, routes=()))
    assert round_about.ladder(CITY, subject="LAND", kato="75") == (DISTRICT,)


def test_nothing_is_looked_up_before_it_is_asked():
    requested: list[PartyId] = []

    def find(party_id: PartyId) -> PartyId | None:
        requested.append(party_id)
        return MINISTRY if party_id == CITY else None

    lookup = Lookup((CITY, DUTY), find)
    assert requested == []
    assert (lookup[CITY], lookup.get(DUTY), lookup.get(PartyId("stranger"))) == (MINISTRY, None, None)
    assert requested == [CITY, DUTY]
    assert (len(lookup), lookup == {CITY: MINISTRY}, PartyId("stranger") in lookup) == (1, True, False)


# --- why ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("routes", "won"),
    [
        ([("LAND", "75", None)], RouteTiebreak.ALONE),
        ([("LAND", "75", None), (ANY, "7511", None)], RouteTiebreak.SUBJECT),
        ([("LAND", "7511", None), ("LAND", "75", None)], RouteTiebreak.PLACE),
        ([("LAND", "75", BodyLevel.DISTRICT), ("LAND", "75", None)], RouteTiebreak.LEVEL),
        ([("LAND", "75", None), ("LAND", "75", None)], RouteTiebreak.ID),
        ([], None),
    ],
)
def test_it_is_told_by_what_the_winner_won(routes, won):
    made = tuple(
        Route(PartyRole.AGENCY, subject, kato, PartyId(f"body-{number}"), level)
        for number, (subject, kato, level) in enumerate(routes)
    )
    reported = explain(Jurisdiction.of(replace(REGISTRY, routes=made)), subject="LAND-LEASE", kato="751110000")
    assert reported.bodies.won_by is won
    assert reported.body == (made[0].party_id if made else DUTY)
    assert reported.on_duty is not bool(made)


def test_an_explanation_tells_every_fitting_route_the_ladder_and_the_courts():
    reported = explain(KNOWN, subject="LAND-LEASE", kato="751110000", plaintiff_kato="710000000")

    assert [route.party_id for route in reported.bodies.routes] == [DISTRICT, CITY, MINISTRY]
    assert [route.level for route in reported.bodies.routes] == [
        BodyLevel.DISTRICT,
        BodyLevel.REGION,
        BodyLevel.NATIONAL,
    ]
    assert (reported.at_body, reported.higher) == (DISTRICT, (CITY, MINISTRY))
    assert (reported.court, reported.court_at_body, reported.case_numbers) == (ASTANA, ALMATY, "7194")


def test_an_explanation_may_be_asked_about_another_body():
    reported = explain(KNOWN, subject="LAND-LEASE", kato="751110000", at_body="city")
    assert (reported.body, reported.at_body, reported.higher) == (DISTRICT, CITY, (MINISTRY,))


def test_nobody_at_all_is_told_too():
    reported = explain(Jurisdiction.of(replace(REGISTRY, duty_body=None)), subject="TAX", kato="990000000")
    assert (reported.body, reported.at_body, reported.higher, reported.court, reported.case_numbers) == (
        None,
        None,
        (),
        None,
        None,
    )


# --- what is left open ----------------------------------------------------------------------------------------------


def test_a_registry_that_leaves_nothing_open_has_no_gaps():
    assert gaps(REGISTRY) == []


def test_a_missing_duty_body_is_a_gap_as_soon_as_there_are_agencies():
    assert "an appeal that no route fits is REFUSED" in gaps(replace(REGISTRY, duty_body=None))[0]
    assert duty_gap(Registry(0, (), (), ())) is None


def test_a_body_that_nobody_stands_above_is_a_gap():
    alone = replace(REGISTRY, routes=(*REGISTRY.routes, Route(PartyRole.AGENCY, "TAX", "75", CITY)))
    (gap,) = gaps(alone)
    assert gap.startswith("no higher body for complaints (АППК 91(3)) above city;")


def test_a_place_without_a_court_is_a_gap_and_a_country_of_courts_is_none():
    courtless = tuple(route for route in REGISTRY.routes if route.party_id != ALMATY)
    (gap,) = gaps(replace(REGISTRY, routes=courtless))
    assert gap == "no court for claims over LAND in 7511, LAND in 75; give a court's route there"


def test_many_alike_are_counted():
    routes = tuple(Route(PartyRole.AGENCY, f"S{number}", "75", PartyId(f"body-{number}")) for number in range(8))
    gap = gaps(replace(REGISTRY, routes=(*REGISTRY.routes, *routes)))[0]
    assert "above body-0, body-1, body-2, body-3, body-4 and 3 more;" in gap
