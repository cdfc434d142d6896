"""The court's e-filing system: fetches a dossier, verifies it, only then acknowledges it, and leads the case on."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, assert_never

from connectors.sandbox.behaviour import Behaviour, LiveBehaviour
from connectors.sandbox.paper import SandboxPaper, compose
from connectors.sandbox.records import AcceptedDossier, Claim, DutyKind, Effects, SandboxDuty
from connectors.sandbox.roles import bench
from connectors.sandbox.roles.clerk import local_day
from connectors.sandbox.roles.conduct import Accepts, NeedsTime, Refuses, Response
from connectors.sandbox.view import PartyView
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.codes import Code
from contracts.header import ConversationId
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import (
    CaseStage,
    ClaimOutcome,
    DocumentKind,
    DocumentRef,
    FileDossier,
    FilingPurpose,
    ReportCase,
    RequestMaterials,
    RequestPosition,
)
from dossier.check.inspection import inspect_container
from dossier.check.report import Indication, VerificationReport
from dossier.packaging.description_xml import parse_description
from dossier.packaging.layout import DESCRIPTION
from signing.keys.keypair import Certificate


def duties_of(
    delivery: VerifiedDelivery, filing: FileDossier, behaviour: Behaviour, *, now: datetime
) -> Iterator[SandboxDuty]:
    """A claim opens a case; its cure or an appeal moves the case on; a supplement is read with the rest."""
    match purpose_of(filing):
        case FilingPurpose.CLAIM:
            yield from _course(delivery, behaviour.course, behaviour, now)
            yield from _questions(delivery, behaviour, now)
        case FilingPurpose.CURED | FilingPurpose.APPEALED:
            yield from _course(delivery, behaviour.course_after_answer, behaviour, now)
        case FilingPurpose.SUPPLEMENT:
            return
        case unknown:
            assert_never(unknown)


def _course(
    delivery: VerifiedDelivery, stages: Sequence[CaseStage], behaviour: Behaviour, now: datetime
) -> Iterator[SandboxDuty]:
    for number, stage in enumerate(stages):
        at = now + timedelta(seconds=number * behaviour.step_after)
        yield _duty(DutyKind.REPORT_CASE, delivery, at, {"stage": stage.value})


def _questions(delivery: VerifiedDelivery, behaviour: Behaviour, now: datetime) -> Iterator[SandboxDuty]:
    at = now + timedelta(seconds=behaviour.asks_after)
    flags = {DutyKind.ASK_POSITIONS: behaviour.asks_positions, DutyKind.ASK_MATERIALS: behaviour.asks_materials}
    for kind, asks in flags.items():
        if asks:
            yield _duty(kind, delivery, at, {"bodies": list(behaviour.asks_bodies)})


def _duty(kind: DutyKind, delivery: VerifiedDelivery, at: datetime, note: dict[str, Any]) -> SandboxDuty:
    return SandboxDuty(kind, at, delivery.header.conversation_id, delivery.header.message_id, note)


def purpose_of(filing: FileDossier) -> FilingPurpose:
    """Why it is filed; one that does not say is the claim."""
    return filing.purpose or FilingPurpose.CLAIM


class CourtConduct:
    """What the court does. ``folder`` keeps the dossiers, accepted or not, under their message_id."""

    def __init__(
        self,
        client: SoapClient,
        manner: LiveBehaviour,
        view: PartyView,
        *,
        folder: Path,
        anchors: Sequence[Certificate],
    ) -> None:
        self._client = client
        self._manner = manner
        self._view = view
        self._folder = folder
        self._anchors = tuple(anchors)
        folder.mkdir(parents=True, exist_ok=True)

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:
        if not isinstance(delivery.payload, FileDossier):
            return Accepts()
        if delivery.payload.dossier.size > self._manner.behaviour.in_place_bytes and not at_leisure:
            header = delivery.header
            return NeedsTime(
                Effects(duties=(SandboxDuty(DutyKind.EXAMINE, now, header.conversation_id, header.message_id),))
            )
        return await self._examine(delivery, delivery.payload, now=now)

    async def _examine(self, delivery: VerifiedDelivery, filing: FileDossier, *, now: datetime) -> Response:
        conversation_id = delivery.header.conversation_id
        if conversation_id is None:
            return Refuses(Code.SCHEMA_VIOLATION, "a dossier without a conversation")
        claim = self._view.claim_of(conversation_id)
        if (objection := misplaced(filing, claim)) is not None:
            return Refuses(Code.DOSSIER_REFUSED, objection)
        path = self._folder / f"{delivery.header.message_id}.asice"
        await self._client.fetch_document(filing.dossier, path)
        report = await asyncio.to_thread(inspect_container, path, self._anchors, now=now)
        objection = objection_to(report, filing) or await asyncio.to_thread(foreign, path, filing, claim)
        if objection is not None:
            return Refuses(Code.DOSSIER_REFUSED, objection)
        duties = tuple(duties_of(delivery, filing, self._manner.behaviour, now=now))
        return Accepts(Effects(duties=duties, dossier=_accepted(filing, conversation_id, report)))

    async def fulfil(self, duty: SandboxDuty, *, now: datetime) -> Sequence[PreparedCall]:
        """What the duty comes to, under the case number that the claim was given."""
        match duty.kind:
            case DutyKind.REPORT_CASE:
                payload: ReportCase | RequestPosition | RequestMaterials = await self._report(duty, now=now)
            case DutyKind.ASK_POSITIONS:
                payload = RequestPosition(_bodies(duty.note), bench.QUESTION, None)
            case DutyKind.ASK_MATERIALS:
                payload = RequestMaterials(_bodies(duty.note), (bench.ITEM,), None)
            case _:
                raise ValueError(f"a court has no duty to {duty.kind}")
        return [
            self._client.prepare(
                Service.COURT,
                payload,
                conversation_id=duty.conversation_id,
                ref=duty.message_id,
                message_id=duty.note.get("send_as"),
            )
        ]

    async def _report(self, duty: SandboxDuty, *, now: datetime) -> ReportCase:
        """``until``, ``text`` and ``outcome`` of the duty's note go before the court's usual ones."""
        if duty.conversation_id is None or (number := self._view.case_no(duty.conversation_id)) is None:
            raise ValueError(f"no dossier was accepted in {duty.conversation_id}")
        case_number = f"{self._manner.behaviour.case_series}/{number}"
        stage, today = CaseStage(duty.note["stage"]), local_day(now)
        named = duty.note.get("until")
        until = date.fromisoformat(named) if named else bench.until_of(stage, today)
        held = ClaimOutcome(duty.note.get("outcome") or self._manner.behaviour.holds)
        text = duty.note.get("text") or bench.text_of(stage, until, held)
        paper = bench.act_of(stage, case_number=case_number, until=until, held=held, made_on=today)
        documents = await self._act(duty, stage, paper)
        return ReportCase(stage, case_number, now, until, text, documents, bench.outcome_of(stage, held))

    async def _act(self, duty: SandboxDuty, stage: CaseStage, paper: SandboxPaper | None) -> tuple[DocumentRef, ...]:
        if paper is None:
            return ()
        content = await asyncio.to_thread(compose, paper)
        name, title = f"sot-{stage.value}.pdf", f"{paper.title_kk} · {paper.title_ru}"
        kind, upload_id = DocumentKind.RULING, duty.upload_id(content)
        return (await self._client.put_document(content, name, "application/pdf", kind, title, upload_id=upload_id),)


def _bodies(note: dict[str, Any]) -> tuple[PartyId, ...]:
    return tuple(PartyId(body) for body in note["bodies"])


def _accepted(filing: FileDossier, conversation_id: ConversationId, report: VerificationReport) -> AcceptedDossier:
    return AcceptedDossier(
        appeal_number=filing.appeal_number,
        conversation_id=conversation_id,
        document_id=filing.dossier.document_id,
        purpose=purpose_of(filing),
        supplements=filing.supplements,
        sha256=report.sha256,
        size=report.size,
    )


def misplaced(filing: FileDossier, claim: Claim | None) -> str | None:
    """A claim stands alone; anything else belongs to a claim that was accepted here. None: it is in its place."""
    if purpose_of(filing) is FilingPurpose.CLAIM:
        return None
    if claim is None:
        return f"no claim about {filing.appeal_number} was accepted, so nothing can be added to it"
    if filing.supplements != claim.document_id:
        return f"it is said to belong to {filing.supplements}; the claim is document {claim.document_id}"
    return None


def foreign(path: Path, filing: FileDossier, claim: Claim | None) -> str | None:
    """Whether the container, verified before, says itself that it supplements the very bytes of the claim."""
    if claim is None or purpose_of(filing) is FilingPurpose.CLAIM:
        return None
    with zipfile.ZipFile(path) as container:
        description = parse_description(container.read(DESCRIPTION))
    digests = {entry.document_id: entry.sha256 for entry in description.supplements}
    if digests.get(claim.document_id) == claim.sha256:
        return None
    return f"the container does not name the claim, document {claim.document_id} with SHA-256 {claim.sha256}"


def objection_to(report: VerificationReport, filing: FileDossier) -> str | None:
    """Why the court will not take this container for this filing; None: it will."""
    if report.indication is not Indication.TOTAL_PASSED:
        return "; ".join([report.indication.value, *(_complaints(report))])
    if report.appeal_number != filing.appeal_number:
        return f"the container is about {report.appeal_number}, the filing about {filing.appeal_number}"
    if report.sha256 != filing.dossier.sha256:
        return "the container is not the document that the filing names"
    return None


def _complaints(report: VerificationReport) -> list[str]:
    return [f"{finding.part}: {finding.text.en}" for finding in islice(report.findings(), 5)]
