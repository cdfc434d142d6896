"""The court's e-filing system: fetches a dossier, verifies it, and only then acknowledges it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from connectors.sandbox.behaviour import Behaviour
from connectors.sandbox.conduct import Accepts, NeedsTime, Refuses, Response
from connectors.sandbox.records import AcceptedDossier, Duty, DutyKind, Effects
from connectors.sandbox.view import PartyView
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.codes import Code
from contracts.operations import Service
from contracts.payloads import CaseStage, FileDossier, ReportCase
from dossier.inspection import inspect_container
from dossier.report import Indication, VerificationReport
from signing.keys import Certificate

_REGISTERED: Final = "Талап қою тіркелді · Иск зарегистрирован"
_ACCEPTED: Final = "Талап қою іс жүргізуге қабылданды · Иск принят к производству"


class CourtConduct:
    """What the court does. ``folder`` keeps the dossiers, accepted or not, under their message_id."""

    def __init__(
        self,
        client: SoapClient,
        behaviour: Behaviour,
        view: PartyView,
        *,
        folder: Path,
        anchors: Sequence[Certificate],
    ) -> None:
        self._client = client
        self._behaviour = behaviour
        self._view = view
        self._folder = folder
        self._anchors = tuple(anchors)
        folder.mkdir(parents=True, exist_ok=True)

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:
        if not isinstance(delivery.payload, FileDossier):
            return Accepts()
        if delivery.payload.dossier.size > self._behaviour.in_place_bytes and not at_leisure:
            return NeedsTime(Effects(duties=(self._duty(DutyKind.EXAMINE, delivery, now),)))
        return await self._examine(delivery, delivery.payload, now=now)

    async def _examine(self, delivery: VerifiedDelivery, filing: FileDossier, *, now: datetime) -> Response:
        conversation_id = delivery.header.conversation_id
        if conversation_id is None:
            return Refuses(Code.SCHEMA_VIOLATION, "a dossier without a conversation")
        path = self._folder / f"{delivery.header.message_id}.asice"
        await self._client.fetch_document(filing.dossier, path)
        report = await asyncio.to_thread(inspect_container, path, self._anchors, now=now)
        if (objection := objection_to(report, filing)) is not None:
            return Refuses(Code.DOSSIER_REFUSED, objection)
        dossier = AcceptedDossier(filing.appeal_number, conversation_id, report.sha256, report.size)
        return Accepts(Effects(duties=(self._duty(DutyKind.REPORT_CASE, delivery, now),), dossier=dossier))

    def _duty(self, kind: DutyKind, delivery: VerifiedDelivery, now: datetime) -> Duty:
        return Duty(kind, now, delivery.header.conversation_id, delivery.header.message_id)

    async def fulfil(self, duty: Duty, *, now: datetime) -> Sequence[PreparedCall]:
        """Report the case as registered, then as accepted; both under the number that the dossier was given."""
        if duty.message_id is None or (number := self._view.dossier_no(duty.message_id)) is None:
            raise ValueError(f"no dossier was accepted for {duty.message_id}")
        case_number = f"{self._behaviour.case_series}/{number}"
        return [
            self._client.prepare(
                Service.COURT,
                ReportCase(stage, case_number, now, None, text, ()),
                conversation_id=duty.conversation_id,
                ref=duty.message_id,
            )
            for stage, text in ((CaseStage.REGISTERED, _REGISTERED), (CaseStage.ACCEPTED, _ACCEPTED))
        ]


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
