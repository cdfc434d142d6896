"""``dalel parties pause`` and ``resume``: who holds the machine does what the console does."""

from __future__ import annotations

import pytest

from gateway.cli.frame import Exit, operator
from gateway.cli.store import read
from gateway.config.settings import load_settings
from gateway.ports.parties import ListPauses


def paused(home) -> dict[str, tuple[str, str]]:
    """Who, and by whom and why."""
    pauses = read(load_settings(home), lambda store: store.run(ListPauses()))
    return {one.party_id: (one.by, one.reason) for one in pauses}


def test_a_party_is_paused_with_a_reason_and_resumed(run, home):
    output = run("parties", "pause", "smas-almaty", "--reason", "they move until 18:00", "--home", home)
    assert (output.code, "dalel parties resume smas-almaty" in output.out) == (Exit.OK, True)
    assert paused(home) == {"smas-almaty": (operator(), "they move until 18:00")}
    assert run("parties", "resume", "smas-almaty", "--reason", "moved", "--home", home).code == Exit.OK
    assert paused(home) == {}


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (("pause", "nobody"), "there is no such party in the registry"),
        (("resume", "smas-almaty"), "it is not paused"),
    ],
)
def test_what_cannot_be_done_is_told(run, home, words, output):
    ran = run("parties", *words, "--reason", "x", "--home", home)
    assert ran.code != Exit.OK
    assert output in ran.out + ran.err
    assert paused(home) == {}


def test_nobody_pauses_without_a_reason(run, home):
    assert run("parties", "pause", "smas-almaty", "--reason", "  ", "--home", home).code != Exit.OK
    assert paused(home) == {}
