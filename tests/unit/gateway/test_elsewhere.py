"""What claims are worth: one role or none, a name or none."""

from __future__ import annotations

import pytest

from gateway.domain.access import Role
from gateway.domain.elsewhere import Admission, NotAdmitted, Terms, name_by_claim, role_by_claim

TERMS = Terms(Admission.BY_CLAIM, role_claim="realm.roles", roles={"ops": Role.OPERATOR, "boss": Role.ADMIN})


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"realm": {"roles": ["ops", "cooks"]}}, Role.OPERATOR),
        ({"realm": {"roles": "ops"}}, Role.OPERATOR),
        ({"realm.roles": ["boss"]}, Role.ADMIN),
        ({"realm": {"roles": ["ops", "ops"]}}, Role.OPERATOR),
        ({"realm": {"roles": ["ops", "boss"]}}, NotAdmitted.SEVERAL_ROLES),
        ({"realm": {"roles": []}}, NotAdmitted.NO_ROLE),
        ({"realm": {"roles": [["ops"], {"ops": 1}, 7]}}, NotAdmitted.NO_ROLE),
        ({"realm": ["ops"]}, NotAdmitted.NO_ROLE),
        ({}, NotAdmitted.NO_ROLE),
    ],
)
def test_a_claim_gives_one_role_or_none(claims: dict[str, object], role: Role | NotAdmitted):
    assert role_by_claim(claims, TERMS) is role


def test_a_name_is_in_lower_case_and_of_the_letters_that_names_have():
    assert name_by_claim({"preferred_username": "Dana.S"}, TERMS) == "dana.s"
    for odd in ("dana@akimat.kz", "Дана", "", 7, None, ["dana"]):
        assert name_by_claim({"preferred_username": odd}, TERMS) is NotAdmitted.NO_NAME
