"""The simulated court: it believes a dossier only after verifying it, and takes each one once."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.ports.outcome import Acknowledged, Deferred, Delivered, Rejected
from connectors.sandbox import Behaviour, PartyFile
from connectors.sandbox.authorities.ca import Usage
from connectors.sandbox.party import SandboxParty
from contracts.codes import Code
from contracts.payloads import CaseStage, ReportCase
from contracts.receipt import ErrorSignal, Receipt
from dossier.packaging.assembly import assemble
from tests.integration.connectors.conftest import Panel
from tests.worlds import dossiers as dossier_builder
from tests.worlds.parties.world import SignedOutgoing, eventually, filing, key_of, make_party, outgoing


@pytest.fixture(scope="module")
def dossier(tmp_path_factory) -> bytes:
    """A whole dossier, sealed a moment ago by a key of the authority that the court trusts."""
    path = tmp_path_factory.mktemp("dossier") / "d.asice"
    given = dossier_builder.dossier_input(assembled_at=datetime.now(UTC))
    assemble(given, key_of("seal", Usage.SEAL), path)
    return path.read_bytes()


@pytest.fixture
def court(tmp_path: Path, exchange) -> PartyFile:
    return make_party(tmp_path / "smas", "smas-almaty", exchange_url=exchange.url)


def file_with(court: PartyFile, exchange, content: bytes, **changes: str) -> SignedOutgoing:
    number = changes.get("appeal_number", dossier_builder.NUMBER)
    return outgoing(court, filing(exchange.put(content), content, number))


async def test_a_sound_dossier_is_acknowledged_and_becomes_a_case(court, exchange, push, session, dossier):
    message = file_with(court, exchange, dossier)

    async with SandboxParty(court):
        outcome = await push.send(message)
        held = await Panel(session, court).get("dossiers")
        await eventually(lambda: len(exchange.payloads(ReportCase)) == 2)

    reports = exchange.payloads(ReportCase)
    assert isinstance(outcome, Acknowledged), outcome
    assert [(d["message_id"], d["appeal_number"], d["sha256"]) for d in held["dossiers"]] == [
        (message.message_id, dossier_builder.NUMBER, hashlib.sha256(dossier).hexdigest())
    ]
    assert [report.stage for report in reports] == [CaseStage.REGISTERED, CaseStage.ACCEPTED]
    assert {report.case_number for report in reports} == {"7594-26-00-4/1"}


async def test_the_same_filing_again_is_the_same_receipt_and_one_dossier(court, exchange, push, session, dossier):
    message = file_with(court, exchange, dossier)

    async with SandboxParty(court):
        first, again = await push.send(message), await push.send(message)
        held = await Panel(session, court).get("dossiers")

    assert isinstance(first, Acknowledged)
    assert isinstance(again, Acknowledged)
    assert again.receipt == first.receipt
    assert len(held["dossiers"]) == 1


@pytest.mark.parametrize("where", [0.02, 0.5, 0.98])
async def test_a_tampered_dossier_is_refused_for_good_and_not_kept_as_accepted(
    court, exchange, push, session, dossier, where
):
    tampered = bytearray(dossier)
    tampered[int(len(tampered) * where)] ^= 0x01
    message = file_with(court, exchange, bytes(tampered))

    async with SandboxParty(court):
        outcome, again = await push.send(message), await push.send(message)
        held = await Panel(session, court).get("dossiers")

    assert isinstance(outcome, Rejected), outcome
    assert outcome.signal.code is Code.DOSSIER_REFUSED
    assert outcome.signal.detail
    assert isinstance(again, Rejected)
    assert again.signal == outcome.signal
    assert held == {"dossiers": []}


async def test_a_dossier_sealed_under_an_authority_that_the_court_does_not_trust_is_refused(
    court, exchange, push, tmp_path
):
    path = tmp_path / "d.asice"
    now = datetime.now(UTC)
    stranger = dossier_builder.SandboxAuthority.create("A stranger", now=now)
    seal = stranger.issue("Dälel", bin="970340001029", usage=Usage.SEAL, now=now, key_kind="P-256")
    assemble(dossier_builder.dossier_input(assembled_at=now), seal, path)

    async with SandboxParty(court):
        outcome = await push.send(file_with(court, exchange, path.read_bytes()))

    assert isinstance(outcome, Rejected)
    assert "INDETERMINATE" in outcome.signal.detail


async def test_a_dossier_about_another_appeal_is_refused(court, exchange, push, dossier):
    async with SandboxParty(court):
        outcome = await push.send(file_with(court, exchange, dossier, appeal_number="DL-2026-0000000001"))

    assert isinstance(outcome, Rejected)
    assert dossier_builder.NUMBER in outcome.signal.detail


async def test_what_is_no_dossier_at_all_is_refused(court, exchange, push):
    async with SandboxParty(court):
        outcome = await push.send(file_with(court, exchange, b"%PDF-1.7 not a container"))

    assert isinstance(outcome, Rejected)


async def test_a_dossier_that_cannot_be_fetched_now_is_neither_taken_nor_refused(court, exchange, push, dossier):
    exchange.failing = 1
    message = file_with(court, exchange, dossier)

    async with SandboxParty(court):
        before, after = await push.send(message), await push.send(message)

    assert isinstance(before, Deferred)
    assert isinstance(after, Acknowledged)


@pytest.mark.parametrize(("damaged", "signal_type"), [(False, Receipt), (True, ErrorSignal)])
async def test_a_large_dossier_is_answered_202_and_its_signal_follows(
    tmp_path, exchange, push, dossier, damaged, signal_type
):
    behaviour = Behaviour(in_place_bytes=1)
    court = make_party(tmp_path / "smas", "smas-almaty", exchange_url=exchange.url, behaviour=behaviour)
    content = dossier[:-1] + b"?" if damaged else dossier
    message = file_with(court, exchange, content)

    async with SandboxParty(court):
        outcome = await push.send(message)
        await eventually(lambda: exchange.signals)
        settled = await push.send(message)

    [signal] = exchange.signals
    assert isinstance(outcome, Delivered)
    assert isinstance(signal, signal_type)
    assert (signal.message_id, signal.digest) == (message.message_id, message.digest)
    assert isinstance(settled, Rejected if damaged else Acknowledged)


async def test_a_second_appeal_gets_the_next_case_number(court, exchange, push, dossier):
    async with SandboxParty(court):
        for _ in range(2):
            await push.send(file_with(court, exchange, dossier))
        await eventually(lambda: len(exchange.payloads(ReportCase)) == 4)

    assert {report.case_number for report in exchange.payloads(ReportCase)} == {"7594-26-00-4/1", "7594-26-00-4/2"}
