"""The buttons of a court: what a judge's clerk does in a case beside what the court does of its own accord."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from connectors.sandbox.desk import ButtonContext
from connectors.sandbox.json_port import answer, read_entry
from connectors.sandbox.records import DutyKind, SandboxCase, SandboxDuty
from connectors.sandbox.roles import bench
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import CaseStage, ClaimOutcome, RequestMaterials, RequestPosition


class CourtButtons:
    """Each button names the appeal that has become a case."""

    def __init__(self, buttons: ButtonContext) -> None:
        self._desk = buttons

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/control/dossiers", self.dossiers)
        app.router.add_post("/control/report", self.report)
        app.router.add_post("/control/ask", self.ask)

    async def dossiers(self, _request: web.Request) -> web.Response:
        return answer({"dossiers": self._desk.view.dossiers()})

    async def report(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "stage": "leftWithoutMovement", "until": "2026-12-10", "text": …}``.

        With the stage ``ruling`` also ``outcome``, else how this court always holds.
        """
        entry = await read_entry(request)
        stage, case, message_id = CaseStage(entry.get("stage", "")), self._case(entry), self._desk.ids.message_id()
        until = _day(entry)
        note = {"stage": stage.value, "until": until.isoformat() if until else None, "text": entry.get("text")}
        note |= {"outcome": _outcome(entry), "send_as": message_id}
        duty = SandboxDuty(DutyKind.REPORT_CASE, self._desk.now(), case.conversation_id, case.message_id, note)
        return await self._desk.undertake(duty, message_id, entry)

    async def ask(self, request: web.Request) -> web.Response:
        """Positions: ``{"appeal": NUMBER, "bodies": [PARTY], "question": …, "until": "2026-12-10"}``.

        With ``items``, a list of words, it is materials that are asked for. No bodies: all that touched the appeal.
        """
        entry = await read_entry(request)
        case, payload = self._case(entry), question_of(entry)
        call = self._desk.client.prepare(
            Service.COURT, payload, conversation_id=case.conversation_id, ref=case.message_id
        )
        return await self._desk.post(call, case.conversation_id, entry)

    def _case(self, entry: dict[str, Any]) -> SandboxCase:
        number = str(entry.get("appeal", ""))
        case = self._desk.view.case_of(number)
        if case is None:
            raise ValueError(f"no claim about {number!r} was accepted by this court")
        return case


def question_of(entry: dict[str, Any]) -> RequestPosition | RequestMaterials:
    """What the court asks, from JSON."""
    bodies, until = tuple(PartyId(body) for body in entry.get("bodies", ())), _day(entry)
    if "items" in entry:
        return RequestMaterials(bodies, tuple(map(str, entry["items"])), until)
    return RequestPosition(bodies, str(entry.get("question", bench.QUESTION)), until)


def _outcome(entry: dict[str, Any]) -> str | None:
    return ClaimOutcome(entry["outcome"]).value if entry.get("outcome") else None


def _day(entry: dict[str, Any]) -> date | None:
    return date.fromisoformat(entry["until"]) if entry.get("until") else None
