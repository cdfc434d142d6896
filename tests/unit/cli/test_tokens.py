"""``dalel tokens``: made and shown once by whoever holds the machine, listed without what opens."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from gateway.cli.frame import Exit
from gateway.cli.store import read
from gateway.config.settings import load_settings
from gateway.domain.people.access import UserRole
from gateway.domain.people.tokens import is_token
from gateway.ports.people.tokens import FindToken, ListTokens


def known(home):
    return read(load_settings(home), lambda store: store.run(ListTokens()))


def test_a_token_is_printed_once_and_only_its_digest_is_kept(run, home):
    ran = run("tokens", "add", "night-report", "--role", "viewer", "--days", "30", "--home", home)
    assert ran.code == Exit.OK
    token = ran.out.strip()
    assert is_token(token)
    assert token not in ran.err
    digest = hashlib.sha256(token.encode()).hexdigest()
    found = read(load_settings(home), lambda store: store.run(FindToken(digest)))
    assert (found.name, found.role, found.hint) == ("night-report", UserRole.VIEWER, token[:12])
    assert found.expires_at - found.created_at == timedelta(days=30)
    assert token.encode() not in (home / "dalel.db").read_bytes()


@pytest.mark.parametrize(
    "wrong",
    [
        ("tokens", "add", "Night", "--role", "viewer"),
        ("tokens", "add", "night", "--role", "king"),
        ("tokens", "add", "night", "--role", "viewer", "--days", "367"),
        ("tokens", "add", "night", "--role", "viewer", "--days", "0"),
        ("tokens", "revoke", "night", "--reason", " "),
    ],
)
def test_a_command_called_wrongly_makes_nothing(run, home, wrong):
    assert run(*wrong, "--home", home).code == Exit.USAGE
    assert known(home) == ()


def test_a_name_is_given_once_and_a_token_is_revoked_once(run, home):
    run("tokens", "add", "night", "--role", "viewer", "--home", home)
    again = run("tokens", "add", "night", "--role", "admin", "--home", home)
    assert (again.code, again.out) == (Exit.FAILED, "")
    assert "already" in again.err
    assert run("tokens", "revoke", "night", "--reason", "leaked", "--home", home).code == Exit.OK
    assert run("tokens", "revoke", "night", "--reason", "leaked", "--home", home).code == Exit.FAILED
    (token,) = known(home)
    assert token.revoked_at is not None


def test_tokens_are_listed_for_people_and_for_scripts_by_their_beginning(run, home):
    token = run("tokens", "add", "night", "--role", "auditor", "--home", home).out.strip()
    listed = run("tokens", "list", "--home", home, "--lang", "kk")
    assert "аудитор" in listed.out
    assert token[:12] in listed.out
    output = run("tokens", "list", "--home", home, "--json").out
    assert [(one["name"], one["role"], one["hint"]) for one in json.loads(output)] == [("night", "auditor", token[:12])]
    assert token not in listed.out + output
