"""Who may do what, and when a name is locked."""

from __future__ import annotations

import pytest

from gateway.domain.delivery.acts import Act
from gateway.domain.people.access import (
    LOCKED_FOR,
    MOST_FAILURES,
    RIGHT_FOR,
    RIGHTS,
    Authorisation,
    LoginStanding,
    Right,
    UserRole,
    authorise,
    password_trouble,
)
from tests.worlds.builders import MINUTE, NOON


def test_every_role_may_see_and_every_act_needs_a_right_that_some_role_has():
    assert all(authorise(role, Right.SEE).is_allowed for role in UserRole)
    assert set(RIGHTS) == set(UserRole)
    assert set(RIGHT_FOR) == set(Act)
    assert {right for rights in RIGHTS.values() for right in rights} == set(Right)


def test_nobody_both_moves_deliveries_and_reads_what_citizens_wrote():
    both = {
        role
        for role in UserRole
        if authorise(role, Right.MOVE).is_allowed and authorise(role, Right.READ_PERSONAL).is_allowed
    }
    assert both == set()


def test_a_name_is_locked_by_so_many_wrong_passwords_in_a_row_and_opens_by_itself():
    standing = LoginStanding()
    for _ in range(MOST_FAILURES - 1):
        standing = standing.after_failure(NOON)
    assert not standing.is_locked(NOON)

    standing = standing.after_failure(NOON)
    assert standing.is_locked(NOON + LOCKED_FOR - MINUTE)
    assert not standing.is_locked(NOON + LOCKED_FOR)


def test_trying_a_locked_name_locks_it_no_longer_than_it_was():
    locked = LoginStanding(MOST_FAILURES - 1).after_failure(NOON)
    assert locked.after_failure(NOON + MINUTE) == locked


def test_after_a_lock_the_count_begins_anew():
    locked = LoginStanding(MOST_FAILURES - 1).after_failure(NOON)
    assert locked.after_failure(NOON + LOCKED_FOR) == LoginStanding(1)


@pytest.mark.parametrize("password", ["short", "x" * 201, "aigerim-is-here", "abababababab"])
def test_a_password_that_is_short_endless_named_or_monotonous_is_refused(password: str):
    assert password_trouble(password, "aigerim") is not None


def test_a_long_phrase_of_plain_words_will_do():
    assert password_trouble("жеті рет өлшеп бір рет кес", "aigerim") is None


@pytest.mark.parametrize("role", UserRole)
@pytest.mark.parametrize("act", Act)
def test_an_act_is_authorised_as_the_right_that_it_needs(role: UserRole, act: Act):
    needed = RIGHT_FOR[act]
    expected = Authorisation.ALLOWED if needed in RIGHTS[role] else Authorisation.NO_RIGHT
    assert authorise(role, act) is authorise(role, needed) is expected
