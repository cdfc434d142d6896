"""What roles, rights and acts on users are called: nothing that a user may do goes untold on their own page."""

from __future__ import annotations

from gateway.console.users.words import ACTS, NEW_PASSWORD, PURPOSES, ROLE_RIGHTS
from gateway.domain.people.access import PasswordTrouble, Right, UserRole
from gateway.reading.users import UserAct
from gateway.service.people.own_account import PasswordChangeRefusal


def test_every_right_role_act_and_trouble_has_words():
    assert set(ROLE_RIGHTS) == set(Right)
    assert set(PURPOSES) == set(UserRole)
    assert set(ACTS) == set(UserAct)
    assert set(NEW_PASSWORD) == {*PasswordTrouble, *PasswordChangeRefusal}
