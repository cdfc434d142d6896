"""``dalel alarms``: what is wrong is listed, told, taken up; whether messages arrive is tried out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from gateway.cli.frame import Exit, operator
from gateway.cli.store import act
from gateway.config.settings import load_settings
from gateway.domain.alarms.kinds import AlarmKind, Condition
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from gateway.ports.alarms import WatchJob

NOW = datetime.now(UTC)
SILENT = Condition(AlarmKind.PARTY_SILENT, "smas-almaty", EscalationStep.ALARM, since=NOW, count=3)


@pytest.fixture
def alarmed(home):
    """An installation with alarm 1."""
    job = WatchJob((SILENT,), lambda _: True, AlarmRhythm(), lambda _alarm, _happening: (), NOW)
    act(load_settings(home), lambda store: store.run(job))
    return home


def test_nothing_is_wrong(run, home):
    messages = run("alarms", "list", "--home", home)
    assert (messages.code, messages.out.strip()) == (Exit.OK, "No alarm is open.")
    assert json.loads(run("alarms", "list", "--over", "--json", "--home", home).out) == []


def test_an_alarm_is_listed_and_a_script_hears_of_it_until_it_is_acknowledged(run, alarmed):
    messages = run("alarms", "list", "--lang", "en", "--home", alarmed)
    assert messages.code == Exit.FAILED
    assert "A party is silent" in messages.out
    assert run("alarms", "ack", "1", "--reason", "they mend it", "--home", alarmed).code == Exit.OK
    messages = run("alarms", "list", "--json", "--kind", "party_silent", "--home", alarmed)
    assert messages.code == Exit.OK
    (alarm,) = json.loads(messages.out)
    assert (alarm["subject"], alarm["acknowledged"]["by"]) == ("smas-almaty", operator())
    assert run("alarms", "list", "--json", "--kind", "node_lost", "--home", alarmed).out.strip() == "[]"


def test_one_is_shown_with_what_helps_and_what_happened(run, alarmed):
    run("alarms", "ack", "1", "--reason", "they mend it", "--home", alarmed)
    messages = run("alarms", "show", "1", "--lang", "en", "--home", alarmed)
    assert messages.code == Exit.OK
    assert "Make a test ping on the party's page" in messages.out
    assert "they mend it" in messages.out
    whole = json.loads(run("alarms", "show", "1", "--json", "--home", alarmed).out)
    assert [step["happening"] for step in whole["steps"]] == ["acknowledged", "raised"]


@pytest.mark.parametrize("words", [("show", "9"), ("ack", "9", "--reason", "x")])
def test_one_that_never_was_is_told(run, alarmed, words):
    messages = run("alarms", *words, "--home", alarmed)
    assert messages.code == Exit.FAILED
    assert "here is no alarm 9" in messages.out + messages.err


def test_nobody_acknowledges_without_a_reason(run, alarmed):
    assert run("alarms", "ack", "1", "--reason", " ", "--home", alarmed).code == Exit.USAGE


def test_where_nobody_is_told_a_trial_says_so(run, home):
    messages = run("alarms", "test", "--home", home)
    assert messages.code == Exit.FAILED
    assert "[alarms]" in messages.err


def test_a_trial_tells_what_the_server_said(run, home):
    with (home / "dalel.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '\n[alarms.mail]\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\nsender = "d@example.kz"\n'
            'to = [{ address = "duty@example.kz" }]\n'
        )
    messages = run("alarms", "test", "--home", home)
    assert messages.code == Exit.FAILED
    assert "not taken mail duty@example.kz: SMTPConnectError" in messages.out
    (one,) = json.loads(run("alarms", "test", "--json", "--home", home).out)
    assert (one["to"], one["result"]["is_taken"]) == ("duty@example.kz", False)
