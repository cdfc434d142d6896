"""What claims are worth: one role or none, a name or none."""

from __future__ import annotations

import pytest

from gateway.domain.people.access import UserRole
from gateway.domain.people.oidc_account import OidcAdmission, OidcRejection, OidcTerms, name_by_claim, role_by_claim

TERMS = OidcTerms(
    OidcAdmission.BY_CLAIM, role_claim="realm.roles", roles={"ops": UserRole.OPERATOR, "boss": UserRole.ADMIN}
)


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"realm": {"roles": ["ops", "cooks"]}}, UserRole.OPERATOR),
        ({"realm": {"roles": "ops"}}, UserRole.OPERATOR),
        ({"realm.roles": ["boss"]}, UserRole.ADMIN),
        ({"realm": {"roles": ["ops", "ops"]}}, UserRole.OPERATOR),
        ({"realm": {"roles": ["ops", "boss"]}}, OidcRejection.SEVERAL_ROLES),
        ({"realm": {"roles": []}}, OidcRejection.NO_ROLE),
        ({"realm": {"roles": [["ops"], {"ops": 1}, 7]}}, OidcRejection.NO_ROLE),
        ({"realm": ["ops"]}, OidcRejection.NO_ROLE),
        ({}, OidcRejection.NO_ROLE),
    ],
)
def test_a_claim_gives_one_role_or_none(claims: dict[str, object], role: UserRole | OidcRejection):
    assert role_by_claim(claims, TERMS) is role


def test_a_name_is_in_lower_case_and_of_the_letters_that_names_have():
    assert name_by_claim({"preferred_username": "Dana.S"}, TERMS) == "dana.s"
    for odd in ("dana@akimat.kz", "Дана", "", 7, None, ["dana"]):
        assert name_by_claim({"preferred_username": odd}, TERMS) is OidcRejection.NO_NAME
