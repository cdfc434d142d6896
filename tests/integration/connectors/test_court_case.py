"""What the simulated court makes of a claim: stages, questions, and dossiers that belong to an earlier one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from connectors.ports.outcome import Acknowledged, Outcome, Rejected
from connectors.sandbox import Behaviour
from connectors.sandbox.authorities.ca import Usage
from connectors.sandbox.party import SandboxParty
from connectors.sandbox.roles import bench
from contracts.codes import Code
from contracts.header import ConversationId, DocumentId
from contracts.party import Agreement
from contracts.payloads import (
    CaseStage,
    ClaimOutcome,
    DocumentKind,
    FilingPurpose,
    ReportCase,
    RequestMaterials,
    RequestPosition,
)
from dossier.case.events import DossierFiled
from dossier.packaging.assembly import assemble
from tests.integration.connectors.conftest import Panel
from tests.worlds import dossiers as dossier_builder
from tests.worlds.parties.world import SignedOutgoing, deliver, eventually, filing, key_of, make_party, new_id, row_of
from tests.worlds.supplement_story import carried_on, supplement_input


@pytest.fixture(scope="module")
def dossier(tmp_path_factory) -> bytes:
    """A whole dossier, sealed a moment ago by a key of the authority that the court trusts."""
    path = tmp_path_factory.mktemp("dossier") / "d.asice"
    assemble(dossier_builder.dossier_input(assembled_at=datetime.now(UTC)), key_of("seal", Usage.SEAL), path)
    return path.read_bytes()


def court_of(folder, exchange, **fields):
    return make_party(folder, "smas-almaty", exchange_url=exchange.url, behaviour=Behaviour(**fields))


def supplement_to(folder: Path, claim: DocumentId, sha256: str) -> bytes:
    """The dossier that follows the one of the fixture, which was filed as this document."""
    reported = carried_on()
    reported.events = [
        replace(event, fact=replace(event.fact, document_id=claim, sha256=sha256))
        if isinstance(event.fact, DossierFiled)
        else event
        for event in reported.events
    ]
    path = folder / "supplement.asice"
    assemble(replace(supplement_input(reported), assembled_at=datetime.now(UTC)), key_of("seal", Usage.SEAL), path)
    return path.read_bytes()


class Docket:
    """Files dossiers about one appeal with the court."""

    def __init__(self, court, exchange, push) -> None:
        self._court, self._exchange, self._push = court, exchange, push
        self.conversation_id = ConversationId(new_id())

    async def file(
        self, content: bytes, purpose: FilingPurpose | None = None, supplements: DocumentId | None = None
    ) -> tuple[Outcome, DocumentId]:
        """What came of it, and the document that was filed."""
        document_id = self._exchange.put(content)
        payload = filing(document_id, content, dossier_builder.NUMBER, purpose=purpose, supplements=supplements)
        message_id, operation = deliver(payload, self._court.party_id, conversation_id=self.conversation_id)
        agreement = Agreement(self._court.party_id)
        return await self._push.send(SignedOutgoing(row_of(self._court), operation, message_id, agreement)), document_id


async def test_a_court_asks_bodies_once_the_claim_is_registered(tmp_path, exchange, push, dossier):
    court = court_of(tmp_path, exchange, asks_positions=True, asks_materials=True, asks_bodies=["akimat-almaty"])

    async with SandboxParty(court):
        await Docket(court, exchange, push).file(dossier)
        await eventually(lambda: exchange.payloads(RequestMaterials))

    stated = [type(m.payload) for m in exchange.requests if isinstance(m.payload, ReportCase | RequestPosition)]
    [question], [wanted] = exchange.payloads(RequestPosition), exchange.payloads(RequestMaterials)
    assert stated == [ReportCase, ReportCase, RequestPosition]
    assert question.bodies == wanted.bodies == ("akimat-almaty",)
    assert (question.question, wanted.items) == (bench.QUESTION, (bench.ITEM,))


async def test_a_supplement_joins_its_case_and_gets_no_number_of_its_own(tmp_path, exchange, push, session, dossier):
    court = court_of(tmp_path, exchange)
    docket = Docket(court, exchange, push)

    async with SandboxParty(court):
        _, claim = await docket.file(dossier)
        content = supplement_to(tmp_path, claim, hashlib.sha256(dossier).hexdigest())
        outcome, supplement = await docket.file(content, FilingPurpose.SUPPLEMENT, claim)
        held = (await Panel(session, court).get("dossiers"))["dossiers"]
        await eventually(lambda: len(exchange.payloads(ReportCase)) == 2)

    assert isinstance(outcome, Acknowledged)
    assert [(d["document_id"], d["purpose"], d["supplements"], d["dossier_no"]) for d in held] == [
        (claim, "claim", None, 1),
        (supplement, "supplement", claim, 1),
    ]
    assert len(exchange.payloads(ReportCase)) == 2


@pytest.mark.parametrize("first", [False, True])
async def test_a_supplement_to_something_else_is_refused(tmp_path, exchange, push, dossier, first):
    court = court_of(tmp_path, exchange)
    docket = Docket(court, exchange, push)

    async with SandboxParty(court):
        if first:
            await docket.file(dossier)
        outcome, _ = await docket.file(dossier, FilingPurpose.SUPPLEMENT, DocumentId("A" * 43))

    assert isinstance(outcome, Rejected)
    assert outcome.signal.code is Code.DOSSIER_REFUSED


async def test_a_supplement_is_verified_as_the_claim_was(tmp_path, exchange, push, dossier):
    court = court_of(tmp_path, exchange)
    docket = Docket(court, exchange, push)

    async with SandboxParty(court):
        _, claim = await docket.file(dossier)
        content = supplement_to(tmp_path, claim, hashlib.sha256(dossier).hexdigest())
        outcome, _ = await docket.file(content[:-1] + b"?", FilingPurpose.SUPPLEMENT, claim)

    assert isinstance(outcome, Rejected)
    assert "TOTAL-FAILED" in outcome.signal.detail


async def test_a_supplement_must_name_the_very_bytes_of_the_claim(tmp_path, exchange, push, dossier):
    court = court_of(tmp_path, exchange)
    docket = Docket(court, exchange, push)

    async with SandboxParty(court):
        _, claim = await docket.file(dossier)
        content = supplement_to(tmp_path, claim, "ab" * 32)
        outcome, _ = await docket.file(content, FilingPurpose.SUPPLEMENT, claim)

    assert isinstance(outcome, Rejected)
    assert hashlib.sha256(dossier).hexdigest() in outcome.signal.detail


@pytest.mark.parametrize("stage", [CaseStage.LEFT_WITHOUT_MOVEMENT, CaseStage.RETURNED])
async def test_a_claim_that_is_stopped_comes_with_the_ruling_and_a_day_and_goes_on_once_answered(
    tmp_path, exchange, push, dossier, stage
):
    court = court_of(tmp_path, exchange, course=["registered", stage.value])
    docket = Docket(court, exchange, push)

    async with SandboxParty(court):
        _, claim = await docket.file(dossier)
        await eventually(lambda: len(exchange.payloads(ReportCase)) == 2)
        cured = supplement_to(tmp_path, claim, hashlib.sha256(dossier).hexdigest())
        await docket.file(cured, FilingPurpose.CURED, claim)
        await eventually(lambda: len(exchange.payloads(ReportCase)) == 3)

    _, stopped, accepted = exchange.payloads(ReportCase)
    assert stopped.stage is stage
    assert stopped.until is not None
    assert f"{stopped.until:%d.%m.%Y}" in stopped.text
    assert [document.kind for document in stopped.documents] == [DocumentKind.RULING]
    assert (accepted.stage, accepted.case_number) == (CaseStage.ACCEPTED, stopped.case_number)


async def test_a_clerk_of_the_court_reports_and_asks_by_hand(tmp_path, exchange, push, session, dossier):
    court = court_of(tmp_path, exchange, course=["registered"])
    until = date(2026, 12, 18)

    async with SandboxParty(court):
        panel = Panel(session, court)
        await Docket(court, exchange, push).file(dossier)
        await eventually(lambda: exchange.payloads(ReportCase))
        number = dossier_builder.NUMBER
        reported, _ = await panel.post(
            "report", appeal=number, stage="ruling", until=until.isoformat(), outcome="refused"
        )
        requested, _ = await panel.post("ask", appeal=number, items=["Хаттама"], until=until.isoformat())
        unknown, _ = await panel.post("ask", appeal="DL-2026-0000000001")

    assert (reported, requested, unknown) == (200, 200, 400)
    report = exchange.payloads(ReportCase)[-1]
    assert (report.until, report.outcome) == (until, ClaimOutcome.REFUSED)
    assert "отказал в иске" in report.text
    assert exchange.payloads(RequestMaterials) == [RequestMaterials((), ("Хаттама",), until)]
