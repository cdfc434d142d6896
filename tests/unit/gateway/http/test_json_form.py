"""Values cross the admin socket in the terms of their own types, and what is none of them is refused by its fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from gateway.domain.people.access import UserRole
from gateway.http.json_form import FormUnreadable
from gateway.http.orders import MOVED, TOKEN_CHANGE, USER_CHANGE
from gateway.ports.deliveries import Moved, RefusedMove
from gateway.ports.people.tokens import AddToken, RevokeToken
from gateway.ports.people.users import AddUser, ChangeRole, DisableUser, EnableUser, SetPassword

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
CHANGES = [
    AddUser("aigul", UserRole.OPERATOR, "$scrypt$1", "root", NOW),
    SetPassword("aigul", "$scrypt$2", "root", NOW),
    DisableUser("aigul", "she left", "root", NOW),
    EnableUser("aigul", "she is back", "root", NOW),
    ChangeRole("aigul", UserRole.AUDITOR, "another desk", "root", NOW),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: type(one).__name__)
def test_a_change_of_a_user_is_read_back_from_its_json(change):
    form = json.loads(json.dumps(USER_CHANGE.written(change)))

    assert form["change"] == type(change).__name__
    assert USER_CHANGE.read(form) == change


def test_changes_of_tokens_and_what_a_move_came_to_are_read_back():
    for change in (
        AddToken("bot", UserRole.AUDITOR, "ab" * 32, "…1", NOW, "root", NOW),
        RevokeToken("bot", "x", "y", NOW),
    ):
        assert TOKEN_CHANGE.read(json.loads(json.dumps(TOKEN_CHANGE.written(change)))) == change
    moved = Moved((1, 2), (RefusedMove(3, "it is parked already"),), None)
    assert MOVED.written(moved) == {
        "moved": [1, 2],
        "refused": [{"delivery_id": 3, "reason": "it is parked already"}],
        "go_on_after": None,
    }
    assert MOVED.read(json.loads(json.dumps(MOVED.written(moved)))) == moved


@pytest.mark.parametrize("form", [None, [], {}, {"change": "BindIdentity", "name": "aigul"}, {"change": ["AddUser"]}])
def test_what_is_no_change_that_crosses_the_socket_is_refused(form):
    with pytest.raises(FormUnreadable):
        USER_CHANGE.read(form)


def test_a_refusal_names_the_field_and_never_what_was_sent():
    form = USER_CHANGE.written(CHANGES[0]) | {"role": "emperor $scrypt$1"}

    with pytest.raises(FormUnreadable) as refused:
        USER_CHANGE.read(form)

    assert str(refused.value).startswith("role: ")
    assert "scrypt" not in str(refused.value)
