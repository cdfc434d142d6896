"""Every act that the code writes into the audit log is told in words: found in the code itself, not in a list of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway
from gateway.domain.delivery.acts import PAST
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.people.audit_result import detail_of, is_not_allowed, is_refused, role_given, state_before
from gateway.texts.logs import ACTS, name_of, place_of

PLACES = ("api", "http", "ports", "service", "store")
FAMILIES = {act.partition(".")[0] for act in ACTS}
ACT = re.compile(r"([a-z]+)\.[a-z_]+")
FILLED = {"delivery.": set(PAST.values()), "party.": {"paused", "resumed"}, "incident.": {"taken", "closed"}}
"""What stands behind the point where code writes ``f"delivery.{…}"``."""


def trees() -> Iterator[ast.Module]:
    root = Path(gateway.__file__).parent
    for place in PLACES:
        for file in (root / place).rglob("*.py"):
            if file.name == "tracing.py":  # spans are named alike, and are no acts
                continue
            yield ast.parse(file.read_text(encoding="utf-8"))


def logged(tree: ast.Module) -> set[int]:
    """Names of lines of the machine's log, which look alike."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {
        id(one.args[0])
        for one in calls
        if isinstance(one.func.value, ast.Name) and one.func.value.id == "log" and one.args
    }  # type: ignore[union-attr]


def written() -> set[str]:
    found: set[str] = set()
    for tree in trees():
        of_log = logged(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(words)) if id(node) not in of_log and (named := ACT.fullmatch(words)):
                    found |= {words} if named[1] in FAMILIES else set()
                case ast.JoinedStr(values=[ast.Constant(value=str(words)), *_]) if words in FILLED:
                    found |= {words + past for past in FILLED[words]}
                case ast.Call(func=ast.Name(id="AuditNote" | "AuditLine"), args=[_, ast.Constant(value=words), *_]):
                    found.add(words)
    return found


def test_every_act_that_is_written_has_words_and_no_words_are_left_over():
    """Whoever adds an act adds its words to ``gateway/console/proof/words.py`` and to the catalogues."""
    assert written() - ACTS.keys() == set()
    assert ACTS.keys() - written() == set()


@pytest.mark.parametrize(
    ("by", "name", "place"),
    [
        ("console:aigerim", "aigerim", "in the console"),
        ("token:nagios", "nagios", "a program, by a token"),
        ("nurlan", "nurlan", "on the command line of a node"),
        ("uid 1000", "uid 1000", "on the command line of a node"),
        ("cleaner", "cleaner", "the exchange, by its settings"),
        ("other:x", "x", ""),
    ],
)
def test_a_name_of_the_log_tells_who_and_from_where(by: str, name: str, place: str):
    assert (name_of(by), place_of(by)) == (name, place)


def test_what_came_of_an_act_is_read_off_the_words_that_are_written():
    assert is_refused("refused: the role viewer may not")
    assert not is_refused("parked, was pending")
    assert state_before("parked, was retry_scheduled") is DeliveryState.RETRY_SCHEDULED
    assert state_before("done") is None
    assert [detail_of(one) for one in ("done", "refused", "refused: taken", "reached in 0.12 s")] == [
        "", "", "taken", "reached in 0.12 s",
    ]  # fmt: skip
    assert role_given("added as support") is UserRole.SUPPORT
    assert role_given("added as support, signs in elsewhere") is UserRole.SUPPORT
    assert role_given("admin from now on") is UserRole.ADMIN
    assert role_given("added as king") is None
    assert is_not_allowed("refused: the role viewer may not")
    assert not is_not_allowed("refused: there is no such delivery")
    assert state_before("parked, was lost") is None
