"""Two nodes over one PostgreSQL: who leads is followed when it is gone, and a restart of each in turn costs nothing."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.e2e.nodes import FailoverCaller, Nodes, nodes_over, sandbox, until
from tests.worlds.postgres import Postgres, postgres

__all__ = ["postgres"]  # a fixture

CALLERS = 3
SECONDS_EACH = 2
PACE_S = 0.05


@pytest.fixture
def url(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as fresh:
        yield fresh


@pytest.fixture
def two(url: str, tmp_path: Path) -> Iterator[Nodes]:
    with nodes_over(url, tmp_path, "a", "b") as nodes:
        nodes.start("a")
        until(lambda: nodes.leader_of("sealer") == "a")
        nodes.start("b")
        yield nodes


def other(name: str) -> str:
    return {"a": "b", "b": "a"}[name]


def test_nodes_are_listed_with_their_release_and_what_they_lead(two: Nodes):
    listed = two.listed()

    assert set(listed) == {"a", "b"}
    assert {row["node"]["version"] for row in listed.values()} == {"0.1.0"}
    assert {"clock", "rescuer", "sealer"} <= set(listed["a"]["leads"])
    assert listed["b"]["leads"] == []
    assert "is there" in two.dalel("nodes")
    assert '"node": "a"' in two.log("a").read_text()


def test_what_a_killed_node_led_goes_on_at_the_other(two: Nodes):
    two.kill("a")

    until(lambda: two.leader_of("sealer") == "b")

    until(lambda: "silent" in two.dalel("nodes"))
    assert two.leader_of("sealer") == "b"


def test_what_a_hanging_node_led_goes_on_at_the_other_and_it_follows_when_it_wakes(two: Nodes):
    two.tell("a", signal.SIGSTOP)
    try:
        until(lambda: two.leader_of("sealer") == "b")
    finally:
        two.tell("a", signal.SIGCONT)

    until(lambda: "loop.follows" in two.log("a").read_text())
    until(lambda: two.leader_of("sealer") == "b")
    assert set(two.listed()) == {"a", "b"}


def test_a_node_that_leaves_says_so_and_is_followed_at_once(two: Nodes):
    two.tell("a", signal.SIGTERM)
    until(lambda: is_leaving(two.ports["a"]) or two.running["a"].poll() is not None)

    assert two.running.pop("a").wait(20) == 0
    until(lambda: two.leader_of("sealer") == "b")
    assert set(two.listed()) == {"b"}
    assert not (two.home / "admin-a.sock").exists()


def test_a_name_is_given_once(two: Nodes):
    reported = two.serve_in_vain("b")

    assert "another node is there under the name b; give each its own with --node" in reported


def test_commands_find_any_node_and_pass_over_the_socket_of_a_killed_one(two: Nodes):
    two.kill("a")
    assert (two.home / "admin-a.sock").exists()

    reported = json.loads(two.dalel("keys", "list", "--json"))
    two.dalel("keys", "reload")
    two.dalel("parties", "apply", str(two.home / "parties.yaml"))

    assert [key["name"] for key in reported] == ["message", "seal"]


def test_nodes_may_share_a_port(url: str, tmp_path: Path):
    with nodes_over(url, tmp_path, "a", "b") as nodes:
        nodes.ports["b"] = nodes.ports["a"]
        for name in ("a", "b"):
            nodes.start(name, "--shared-port")
        with closing(FailoverCaller(nodes.home, [nodes.ports["a"]])) as caller:
            assert caller.register() == 200
            assert nodes.stop("a") == 0
            assert caller.register() == 200
            assert nodes.stop("b") == 0


def test_each_node_restarted_in_turn_under_load_fails_no_message_and_no_delivery_waits_for_a_lease(
    two: Nodes, url: str, capsys: pytest.CaptureFixture
):
    begun, stop, statuses = time.monotonic(), threading.Event(), Counter()
    callers = [FailoverCaller(two.home, list(two.ports.values())[:: 1 if n % 2 else -1]) for n in range(CALLERS)]

    def call(caller: FailoverCaller) -> None:
        while not stop.wait(PACE_S):
            statuses[caller.register()] += 1

    with sandbox(two.home, "akimat-almaty", "eotinish"):
        calling = [threading.Thread(target=call, args=(caller,)) for caller in callers]
        for thread in calling:
            thread.start()
        for name in ("a", "b"):
            time.sleep(SECONDS_EACH)  # under load, which is the matter here
            assert two.stop(name) == 0
            two.start(name)
        time.sleep(SECONDS_EACH)
        stop.set()
        for thread in calling:
            thread.join()
        for caller in callers:
            caller.close()
        until_delivered(url)
    took_s = time.monotonic() - begun
    rejected = sum(caller.rejected for caller in callers)
    with capsys.disabled():
        print(f"\nrolling restart: {statuses[200]} appeals, {rejected} went to the other node, {took_s:.0f} s")  # noqa: T201
    assert set(statuses) == {200}
    assert lost_leases(url) == 0


def until_delivered(url: str) -> None:
    """Every hand-over is acknowledged, long before a lease of 60 s would be over."""
    waiting = "SELECT count(*) FROM deliveries WHERE recipient = 'akimat-almaty' AND state <> 'acknowledged'"
    with psycopg.connect(url, autocommit=True) as connection:
        until(lambda: connection.execute(waiting).fetchone() == (0,))


def lost_leases(url: str) -> int:
    with psycopg.connect(url) as connection:
        failing_channels = "SELECT count(*) FROM attempts WHERE detail LIKE 'the lease ended%'"
        return connection.execute(failing_channels).fetchone()[0]


def is_leaving(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=2):
            return False
    except urllib.error.HTTPError as refused:
        return refused.code == 503 and b"finishes what it has in hand" in refused.read()
    except (urllib.error.URLError, ConnectionError):
        return False
