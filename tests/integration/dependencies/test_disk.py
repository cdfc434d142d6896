"""A disk that is full: the process stays, senders are told to come again, and what was promised is there afterwards.

The kernel refuses the bytes, as it does on a full disk; by the limit on files of one process, which a test may set
and lift anywhere, where it may not mount.
"""

from __future__ import annotations

import hashlib
import resource
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.codes import Code
from contracts.payloads import PutDocument
from gateway.store.tables import inbox
from tests.e2e.running import RunningExchange, an_exchange, an_installation, until
from tests.integration.dependencies.kept import count_of
from tests.integration.dependencies.sender import SenderAnswer, an_envelope, ask, post


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningExchange]:
    home = tmp_path / "home"
    with an_exchange(home, an_installation(home), DALEL_SEAL_EVERY_S="3600", DALEL_DISK_RESERVE_BYTES="0") as exchange:
        yield exchange


def limit_files(running: RunningExchange, most_bytes: int | None) -> None:
    """No file of the process grows beyond this from now on; None: as far as it may."""
    _, hard = resource.prlimit(running.child.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.child.pid, resource.RLIMIT_FSIZE, (hard if most_bytes is None else most_bytes, hard))


def test_a_full_disk_costs_no_message_that_has_its_receipt_and_heals_when_there_is_room(running: RunningExchange):
    before = [post(running.url, an_envelope(running.home)) for _ in range(3)]
    limit_files(running, 4096)
    envelope = an_envelope(running.home)
    content = bytes(8192)
    put = PutDocument(
        str(uuid.uuid4()), 1, 1, 8192, hashlib.sha256(content).hexdigest(), "скан.pdf", "application/pdf", content
    )
    document = an_envelope(running.home, put)
    while_full = [*(post(running.url, envelope) for _ in range(3)), post(running.url, document, "documents")]
    read_while_full = ask(running.url, "/health/live").status

    limit_files(running, None)
    afterwards = [post(running.url, envelope), post(running.url, document, "documents")]
    until(lambda: ask(running.url, "/health/ready").status == 200)
    again = post(running.url, envelope)

    assert [answer.status for answer in (*before, *afterwards, again)] == [200] * 6
    assert {(answer.status, answer.fault.code) for answer in while_full} == {(503, Code.SERVER_BUSY)}
    assert {answer.retry_after for answer in while_full} == {"10"}
    assert read_while_full == 200
    assert running.child.poll() is None
    assert count_of(f"sqlite:///{running.home / 'dalel.db'}", inbox) == 5
    running.dalel("ledger", "verify")


def test_at_the_reserve_nothing_new_is_taken_and_the_operator_is_told_why(tmp_path: Path):
    home = tmp_path / "home"
    port = an_installation(home)
    with an_exchange(home, port, answering="live", DALEL_DISK_RESERVE_BYTES=str(1 << 60)) as running:
        until(lambda: ask(running.url, "/health/ready").status == 503)
        reported = ask(running.url, "/health/ready").body.decode()
        refused: SenderAnswer = post(running.url, an_envelope(running.home))

    assert "are kept in reserve" in reported
    assert (refused.status, refused.fault.code, refused.retry_after) == (503, Code.SERVER_BUSY, "60")
