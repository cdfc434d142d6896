"""``dalel evidence``: one message, one file; and what is said when it is not one."""

from __future__ import annotations

import asyncio
import json

import pytest

from gateway.cli.frame import Exit
from gateway.config.settings import load_settings
from gateway.store.database import open_store
from tests.worlds.builders import AKIMAT, COURT, NOON, acceptance, message_id, refusal, registration, sha256


@pytest.fixture
def holding(home):
    """Put things into the store of an installation."""

    def put(*acceptances, refusals=()):
        async def write():
            store = await open_store(load_settings(home).database_url)
            for one in acceptances:
                await store.run(one)
            for one in refusals:
                await store.run(one)
            await store.close()

        asyncio.run(write())
        return home

    return put


def test_a_message_is_written_into_one_sealed_file(run, holding, tmp_path):
    taken = registration()
    home = holding(taken)
    target = tmp_path / "out.asice"

    ran = run("evidence", taken.incoming.message_id, "-o", target, "--home", home, "--lang", "en")

    assert ran.code == Exit.OK, ran.err
    assert "SubmissionAcceptance" in ran.out
    assert target.stat().st_size > 1000
    verified = json.loads(run("verify", target, "--home", home, "--json").out)
    assert verified["kind"] == "evidence"
    assert {step["verdict"] for step in verified["steps"][:7]} == {"passed"}


def test_what_is_told_can_be_had_as_json(run, holding, tmp_path):
    of = message_id()
    home = holding(refusals=[refusal(message_id=of, signer=AKIMAT, digest=sha256(b"x"), answer=b"<fault/>")])

    body = json.loads(run("evidence", of, "-o", tmp_path / "out.asice", "--home", home, "--json").out)

    assert [one["kind"] for one in body["evidence"]] == ["SubmissionRejection"]
    assert body["evidence"][0]["at"] == NOON.isoformat()
    assert body["record"]["refusals"][0]["code"] == "SignatureInvalid"
    assert body["level"] == "B-B"  # nobody stamps in this test


def test_an_unknown_message_is_said_to_be_unknown_and_nothing_is_written(run, home, tmp_path):
    ran = run("evidence", "no-such-message", "-o", tmp_path / "out.asice", "--home", home)

    assert ran.code == Exit.FAILED
    assert "no message with the message_id no-such-message" in ran.err
    assert not (tmp_path / "out.asice").exists()


def test_a_message_id_of_several_senders_is_asked_back(run, holding, tmp_path):
    same = message_id()
    home = holding(acceptance(sender=AKIMAT, message_id=same), acceptance(sender=COURT, message_id=same))

    output = run("evidence", same, "-o", tmp_path / "out.asice", "--home", home)
    one = run("evidence", same, "-o", tmp_path / "out.asice", "--home", home, "--sender", COURT)
    nobody = run("evidence", same, "-o", tmp_path / "other.asice", "--home", home, "--sender", "nobody")

    assert (output.code, one.code, nobody.code) == (Exit.FAILED, Exit.OK, Exit.FAILED)
    assert f"--sender {AKIMAT}" in output.err
    assert f"--sender {COURT}" in output.err
    assert "no message of nobody" in nobody.err


def test_a_file_that_is_there_is_not_replaced(run, home, tmp_path):
    target = tmp_path / "out.asice"
    target.write_bytes(b"mine")

    ran = run("evidence", "any", "-o", target, "--home", home)

    assert ran.code == Exit.FAILED
    assert "exists already" in ran.err
    assert target.read_bytes() == b"mine"


def test_without_a_key_nothing_is_written(run, holding, tmp_path):
    taken = registration()
    home = holding(taken)
    (home / "keys" / "seal.key").unlink()

    ran = run("evidence", taken.incoming.message_id, "-o", tmp_path / "out.asice", "--home", home)

    assert ran.code == Exit.UNREACHABLE
    assert "seal key" in ran.err
    assert not (tmp_path / "out.asice").exists()
