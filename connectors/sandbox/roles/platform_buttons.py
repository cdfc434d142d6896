"""The buttons of a platform or reception centre: what an applicant presses, or has a clerk press."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import web

from connectors.sandbox.desk import ButtonContext
from connectors.sandbox.json_port import answer, read_entry
from connectors.sandbox.roles import additions, samples
from connectors.sandbox.roles.platform import HOUSING_QUEUE, addition, court_answer, disagreement, lodging, withdrawal
from contracts.header import ConversationId
from contracts.party import PartyId
from contracts.payloads import ClaimKind, CourtResponse


class PlatformButtons:
    """Each button answers what the exchange answered; ``wait``: for so many seconds at most."""

    def __init__(self, buttons: ButtonContext) -> None:
        self._desk = buttons

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/control/appeal", self.appeal)
        app.router.add_post("/control/add", self.add)
        app.router.add_post("/control/disagree", self.disagree)
        app.router.add_post("/control/answer-court", self.answer_court)
        app.router.add_post("/control/withdraw", self.withdraw)
        app.router.add_get("/control/appeals", self.appeals)

    async def appeal(self, request: web.Request) -> web.Response:
        """Lodge a sample appeal; the answer has its ticket. ``reference``: the same one again is the same appeal.

        ``{"sample": "on-paper"}``: as a reception centre. ``{"subject": "COMPLAINT-FIRST"}``: on the road over the
        higher body, in the sandbox's rules.
        """
        entry = await read_entry(request)
        reference = str(entry.get("reference") or uuid.uuid4())
        sample, subject = str(entry.get("sample", HOUSING_QUEUE)), str(entry.get("subject", samples.SUBJECT))
        message_id, now = self._desk.ids.message_id(), self._desk.now()
        duty = lodging(reference, message_id, now=now, sample=sample, subject=subject)
        message_id = self._desk.store.open_appeal(reference, duty)
        self._desk.wake()
        return await self._desk.answered(message_id, entry, self._appeal_of(reference))

    async def add(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "text": …}``: add a paper, such as a body that named defects waits for."""
        entry = await read_entry(request)
        message_id, text = self._desk.ids.message_id(), str(entry.get("text", additions.NOTE))
        duty = addition(self._conversation(entry), message_id, text=text, now=self._desk.now())
        return await self._desk.undertake(duty, message_id, entry)

    async def disagree(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "claim": "contest", "text": …, "body": PARTY}``; the answer has the road.

        May be pressed again after the higher body has decided. Without ``body`` it is about the last act or silence.
        """
        entry = await read_entry(request)
        claim = ClaimKind(entry.get("claim", ClaimKind.CONTEST.value))
        text = str(entry.get("text", samples.DISAGREEMENT))
        body = PartyId(entry["body"]) if entry.get("body") else None
        conversation_id = self._conversation(entry)
        now = self._desk.now()
        call = disagreement(self._desk.client, conversation_id, claim=claim, text=text, body=body, now=now)
        return await self._desk.post(call, conversation_id, entry)

    async def answer_court(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "response": "cured" or "appealed", "text": …}``; the cure takes a paper along."""
        entry = await read_entry(request)
        response = CourtResponse(entry.get("response", CourtResponse.CURED.value))
        usual = additions.CURE if response is CourtResponse.CURED else additions.APPEAL
        message_id, text = self._desk.ids.message_id(), str(entry.get("text", usual))
        conversation_id, now = self._conversation(entry), self._desk.now()
        duty = court_answer(conversation_id, message_id, response=response, text=text, now=now)
        return await self._desk.undertake(duty, message_id, entry)

    async def withdraw(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "reason": …}``."""
        entry = await read_entry(request)
        reason = str(entry.get("reason", "Мәселе шешілді · Вопрос решён"))
        conversation_id = self._conversation(entry)
        call = withdrawal(self._desk.client, conversation_id, reason=reason, now=self._desk.now())
        return await self._desk.post(call, conversation_id, entry)

    async def appeals(self, _request: web.Request) -> web.Response:
        return answer({"appeals": self._desk.view.appeals()})

    def _conversation(self, entry: dict[str, Any]) -> ConversationId:
        number = str(entry.get("appeal", ""))
        conversation_id = self._desk.view.conversation_of(number)
        if conversation_id is None:
            raise ValueError(f"no appeal {number!r} was registered through this platform")
        return conversation_id

    def _appeal_of(self, reference: str) -> Callable[[], dict[str, Any]]:
        def details() -> dict[str, Any]:
            return next((row for row in self._desk.view.appeals() if row["reference"] == reference), {})

        return details
