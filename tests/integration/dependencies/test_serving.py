"""A node as a process over a PostgreSQL that hangs or restarts: it stays, says why, and goes on by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contracts.codes import Code
from tests.e2e.exposition import scraped_from
from tests.e2e.nodes import Nodes, nodes_over, until
from tests.integration.dependencies.sender import an_envelope, ask, post
from tests.worlds.postgres import Postgres, running_postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """One of our own, that keeps what it has committed."""
    with running_postgres(durable=True) as started:
        yield started


@pytest.fixture
def node(server: Postgres, tmp_path: Path) -> Iterator[Nodes]:
    with server.database() as url, nodes_over(url, tmp_path, "a") as nodes:
        nodes.start("a")
        yield nodes


def test_a_node_outlives_a_database_that_hangs_and_tells_senders_and_operator_meanwhile(node: Nodes, server: Postgres):
    url = f"http://127.0.0.1:{node.ports['a']}"
    before, during = an_envelope(node.home), an_envelope(node.home)
    taken = [post(url, before)]
    with ThreadPoolExecutor(1) as other:
        with server.frozen():
            waiting = other.submit(post, url, during)
            until(lambda: _is_closed(url))
            refused = post(url, before)
            alive = ask(url, "/health/live").status
        caught = waiting.result()
    until(lambda: ask(url, "/health/ready").status == 200)
    taken += [post(url, before), post(url, during)]

    assert (refused.status, refused.fault.code) == (503, Code.SERVER_BUSY)
    assert alive == 200
    assert [answer.status for answer in taken] == [200] * 3
    # the database thaws before or after the bound on a statement; either answer is the truth, and none is no answer
    assert caught.status == 200 or (caught.status, caught.fault.code) == (503, Code.SERVER_BUSY)
    until(lambda: node.leader_of("rescuer") == "a")


def test_a_node_outlives_a_database_that_restarts_and_its_loops_go_on(node: Nodes, server: Postgres):
    url = f"http://127.0.0.1:{node.ports['a']}"
    envelope = an_envelope(node.home)
    with server.away():
        until(lambda: _is_closed(url))
        refused = post(url, envelope)
    until(lambda: ask(url, "/health/ready").status == 200)
    taken = post(url, envelope)

    assert (refused.status, taken.status) == (503, 200)
    until(lambda: node.leader_of("sealer") == "a")
    until(lambda: '"ledger.sealed"' in node.log("a").read_text())


def test_a_node_whose_database_is_away_tells_prometheus_so_and_nothing_that_is_old(node: Nodes, server: Postgres):
    admin = node.home / "admin-a.sock"
    well = scraped_from(admin)
    with server.away():
        until(lambda: scraped_from(admin).total("dalel_store_up") == 0)
        away = scraped_from(admin)
    until(lambda: scraped_from(admin).total("dalel_store_up") == 1)

    assert (well.total("dalel_store_up"), away.total("dalel_store_up")) == (1, 0)
    assert away.total("dalel_intake_closed", cause="store") == 1
    gone = well.families.keys() - away.families.keys()
    assert {"dalel_deliveries_open", "dalel_terms_near", "dalel_ledger_size_leaves"} <= gone
    assert "dalel_party_certificate_end_timestamp_seconds" in away.families


def test_a_node_whose_database_hangs_answers_prometheus_in_time(node: Nodes, server: Postgres):
    admin = node.home / "admin-a.sock"
    with server.frozen():  # an answer at all is the point: who waits for the database waits until it is let go
        until(lambda: scraped_from(admin).total("dalel_store_up") == 0)
        reported = scraped_from(admin)
    until(lambda: scraped_from(admin).total("dalel_store_up") == 1)

    assert reported.total("dalel_store_up") == 0


def _is_closed(url: str) -> bool:
    ready = ask(url, "/health/ready")
    return ready.status == 503 and '"intake": {"ok": false' in ready.body.decode()
