from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import CheckConstraint

from connectors import by_channel
from connectors.by_channel import CallersByChannel, registered
from connectors.channel import CallContext, ChannelConnector
from connectors.ports.outcome import Acknowledged, Deferred
from contracts.party import Channel
from gateway.store.tables import metadata
from tests.worlds.builders import mailbox_party, party

ROOT = Path(__file__).parents[3]
NAMES_A_CHANNEL = re.compile(r"\bChannel\.(?:PUSH|MAILBOX)\b|channel\b[^\n]{0,20}=[^\n]{0,4}['\"](?:push|mailbox)")
CONTEXT = cast("CallContext", None)


class Caller:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def send(self, outgoing: Any) -> Any:
        self.sent.append(outgoing)
        return Acknowledged


class Outgoing:
    def __init__(self, to: Any) -> None:
        self.party, self.envelope = to, b"<e/>"


def test_every_channel_has_one_connector_and_only_those_that_are_called_call():
    assert {one.channel: one.open is not None for one in registered().values()} == {
        channel: channel.is_called for channel in Channel
    }


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ([ChannelConnector(Channel.MAILBOX)], "no connector registers for push"),
        ([ChannelConnector(Channel.MAILBOX)] * 2, "two connectors register for mailbox"),
        ([ChannelConnector(Channel.PUSH)], "the connector of push must call"),
        ([ChannelConnector(Channel.MAILBOX, lambda _: Caller())], "the connector of mailbox must not call"),
    ],
)
def test_a_channel_without_its_connector_is_found_at_the_start(
    monkeypatch: pytest.MonkeyPatch, found: list[ChannelConnector], problem: str
):
    monkeypatch.setattr(by_channel, "_found", lambda: iter(found))

    with pytest.raises(LookupError, match=problem):
        registered.__wrapped__()


async def test_a_message_goes_through_the_caller_of_its_partys_channel(monkeypatch: pytest.MonkeyPatch):
    caller = Caller()
    found = {
        Channel.PUSH: ChannelConnector(Channel.PUSH, lambda _: caller),
        Channel.MAILBOX: ChannelConnector(Channel.MAILBOX),
    }
    monkeypatch.setattr(by_channel, "registered", lambda: found)
    callers = CallersByChannel(CONTEXT)
    called, fetching = Outgoing(party("akimat-almaty")), Outgoing(mailbox_party("jer-almaty"))

    outcomes = [await callers.send(cast("Any", one)) for one in (called, fetching)]

    assert caller.sent == [called]
    assert isinstance(outcomes[1], Deferred)


def test_what_a_party_is_called_by_follows_its_channel():
    akimat = party("akimat-almaty")

    assert (akimat.is_called, replace(akimat, channel=Channel.MAILBOX, endpoint=None).is_called) == (True, False)


def test_nothing_but_connectors_and_what_furnishes_a_sandbox_names_a_channel():
    rooms = ("contracts", "signing", "dossier", "gateway")
    naming = {
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts and NAMES_A_CHANNEL.search(path.read_text(encoding="utf-8"))
    }

    assert naming == {
        "contracts/party.py",  # the words themselves
        "gateway/bootstrap/creation.py",  # the exchange's own entry in a new parties file
        "gateway/bootstrap/sandbox_parties.py",  # how each of the sandbox is reached
    }


def test_a_new_channel_needs_no_migration_since_no_constraint_of_the_store_names_one():
    rules = [
        str(rule.sqltext)
        for table in metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    ]

    assert rules
    assert not [rule for rule in rules for channel in Channel if f"'{channel.value}'" in rule]
