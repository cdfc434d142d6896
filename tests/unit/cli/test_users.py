"""``dalel users``: added by whoever holds the machine, with a password that no process list shows."""

from __future__ import annotations

import json
import stat

import pytest

from gateway.cli.frame import Exit
from gateway.cli.store import read
from gateway.config.settings import load_settings
from gateway.domain.people.access import UserRole
from gateway.ports.people.users import FindCredentials
from gateway.service.people.passwords import fits

PHRASE = "жеті рет өлшеп бір рет кес"


@pytest.fixture
def phrase(tmp_path):
    file = tmp_path / "phrase"
    file.write_text(PHRASE + "\nanother line\n", encoding="utf-8")
    file.chmod(stat.S_IRUSR)
    return file


@pytest.fixture
def add(run, home, phrase):
    def add_user(name: str, role: str = "admin"):
        return run("users", "add", name, "--role", role, "--password-file", phrase, "--home", home)

    return add_user


def credentials(home, name: str):
    return read(load_settings(home), lambda store: store.run(FindCredentials(name)))


def test_the_first_administrator_is_added_by_command_and_the_first_line_is_the_password(add, home):
    assert add("aigerim").code == Exit.OK
    known = credentials(home, "aigerim")
    assert known.user.role is UserRole.ADMIN
    assert known.password_hash.startswith("$argon2id$")
    assert fits(known.password_hash, PHRASE)
    assert not fits(known.password_hash, PHRASE + " ")


def test_a_typed_password_is_asked_for_twice(run, home, monkeypatch):
    requested = []

    def prompt(_words: str, **how: object) -> str:
        requested.append(how)
        return PHRASE

    monkeypatch.setattr("typer.prompt", prompt)
    assert run("users", "add", "dana", "--role", "viewer", "--home", home).code == Exit.OK
    assert requested == [{"hide_input": True, "confirmation_prompt": True, "err": True}]


@pytest.mark.parametrize("name", ["A", "Aigerim", "a b", "x" * 41, "../x", "айгерім"])
def test_a_name_that_could_be_mistaken_for_another_is_refused(add, name: str):
    assert add(name).code == Exit.USAGE


def test_a_name_is_given_once(add, home):
    add("aigerim")
    again = add("aigerim", "viewer")
    assert again.code == Exit.FAILED
    assert "already" in again.err
    assert credentials(home, "aigerim").user.role is UserRole.ADMIN


def test_a_weak_password_changes_nothing_and_is_not_printed(run, home, phrase):
    phrase.chmod(0o600)
    phrase.write_text("Secret1!", encoding="utf-8")
    ran = run("users", "add", "dana", "--role", "viewer", "--password-file", phrase, "--home", home)
    assert ran.code == Exit.FAILED
    assert "12 characters" in ran.err
    assert "Secret1!" not in ran.err + ran.out
    assert credentials(home, "dana") is None


def test_users_are_listed_for_people_and_for_scripts_and_never_with_their_hash(add, run, home):
    add("aigerim")
    add("dana", "auditor")
    listed = run("users", "list", "--home", home, "--lang", "kk")
    assert "аудитор" in listed.out
    body = json.loads(run("users", "list", "--home", home, "--json").out)
    assert [(user["name"], user["role"]) for user in body] == [("aigerim", "admin"), ("dana", "auditor")]
    assert "argon2" not in json.dumps(body)


def test_whoever_is_disabled_stays_so_until_enabled_and_their_name_taken(add, run, home, phrase):
    add("nurlan")
    add("aigerim")
    assert run("users", "disable", "aigerim", "--reason", "left", "--home", home).code == Exit.OK
    assert credentials(home, "aigerim").user.disabled_at is not None
    assert add("aigerim").code == Exit.FAILED
    again = run("users", "password", "aigerim", "--password-file", phrase, "--home", home)
    assert again.code == Exit.FAILED
    assert "disabled" in again.err
    assert run("users", "enable", "aigerim", "--reason", "is back", "--home", home).code == Exit.OK
    assert credentials(home, "aigerim").user.disabled_at is None


def test_the_last_administrator_stays_one_until_there_is_another(add, run, home):
    add("aigerim")
    last = run("users", "role", "aigerim", "viewer", "--reason", "x", "--home", home)
    assert last.code == Exit.FAILED
    assert "make another one first" in last.err
    add("dana", "viewer")
    assert run("users", "role", "dana", "admin", "--reason", "takes over", "--home", home).code == Exit.OK
    assert run("users", "role", "aigerim", "viewer", "--reason", "hands over", "--home", home).code == Exit.OK
    assert credentials(home, "aigerim").user.role is UserRole.VIEWER


@pytest.mark.parametrize("act", [("disable", "aigerim"), ("enable", "aigerim"), ("role", "aigerim", "viewer")])
def test_no_change_without_a_reason(add, run, home, act):
    add("aigerim")
    assert run("users", *act, "--reason", "  ", "--home", home).code == Exit.USAGE


def test_a_new_password_takes_the_place_of_the_old_one(add, run, home, phrase):
    add("aigerim")
    phrase.chmod(0o600)
    phrase.write_text("another long phrase of words", encoding="utf-8")
    assert run("users", "password", "aigerim", "--password-file", phrase, "--home", home).code == Exit.OK
    known = credentials(home, "aigerim").password_hash
    assert fits(known, "another long phrase of words")
    assert not fits(known, PHRASE)


@pytest.mark.parametrize("words", [("disable", "nobody", "--reason", "x"), ("password", "nobody")])
def test_of_a_user_who_is_not_there_it_says_so(run, home, phrase, words):
    extra = ("--password-file", phrase) if words[0] == "password" else ()
    ran = run("users", *words, *extra, "--home", home)
    assert ran.code == Exit.FAILED
    assert "there is no user nobody" in ran.err
