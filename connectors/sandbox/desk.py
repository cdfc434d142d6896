"""Where the buttons of a control port post what was pressed, and wait for the exchange's answer to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiohttp import web

from connectors.ports.clock import Clock
from connectors.sandbox.json_port import answer
from connectors.sandbox.records import SandboxDuty
from connectors.sandbox.store import PartyStore
from connectors.sandbox.view import PartyView
from connectors.soap.ambient import MessageIds
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from contracts.codec import parse_operation
from contracts.header import ConversationId, MessageId
from contracts.payloads import Answer, AppealAccepted, DisagreementAccepted, Finding, Road, Ticket
from contracts.soap import operation_of
from contracts.xmlsafe import parse

WAIT_S: Final = 60.0
"""How long a button waits for the exchange's answer unless told otherwise; the message goes on in any case."""
_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class ButtonContext:
    """What every button needs. ``wake`` is called when there is something new to do."""

    store: PartyStore
    view: PartyView
    client: SoapClient
    clock: Clock
    ids: MessageIds
    wake: Callable[[], None]

    def now(self) -> datetime:
        return self.clock.now()

    async def post(self, call: PreparedCall, conversation_id: ConversationId, entry: dict[str, Any]) -> web.Response:
        """Send a message that is ready."""
        self.store.post(call, conversation_id, at=self.now())
        self.wake()
        return await self.answered(call.message_id, entry)

    async def undertake(self, duty: SandboxDuty, message_id: MessageId, entry: dict[str, Any]) -> web.Response:
        """Do what ends in a message under ``message_id``."""
        self.store.undertake(duty)
        self.wake()
        return await self.answered(message_id, entry)

    async def answered(
        self, message_id: MessageId, entry: dict[str, Any], details: Callable[[], dict[str, Any]] = dict
    ) -> web.Response:
        """200 with the answer, 409 with the refusal, or 202 when there is none yet; the message goes on then."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + float(entry.get("wait", WAIT_S))
        while True:
            result = self.view.posting_result(message_id)
            state = result.state if result else "due"
            if state != "due" or loop.time() >= give_up:
                break
            await asyncio.sleep(_POLL_S)
        body = {"message_id": message_id, "state": state, "note": result.note if result else ""}
        body |= details() | body_of(result.answer if result else None)
        return answer(body, status={"acknowledged": 200, "refused": 409}.get(state, 202))


def body_of(envelope: bytes | None) -> dict[str, Any]:
    """What the exchange's answer tells people: ticket, road and findings; nothing for a mere receipt."""
    if envelope is None:
        return {}
    payload: Answer | Any = parse_operation(operation_of(parse(envelope))).payload
    match payload:
        case AppealAccepted(ticket=ticket, findings=findings):
            return {"ticket": _ticket(ticket)} | _findings(findings)
        case DisagreementAccepted(road=road, findings=findings):
            return {"road": _road(road)} | _findings(findings)
        case _:
            return {}


def _ticket(ticket: Ticket | None) -> dict[str, Any] | None:
    if ticket is None:
        return None
    taken_by = ticket.received_by
    return {
        "number": ticket.number,
        "received_at": ticket.received_at.isoformat(),
        "registered_on": ticket.registered_on.isoformat(),
        "received_by": {"name": taken_by.name, "post": taken_by.post, "office": taken_by.office} if taken_by else None,
        "text": {"kk": ticket.text.kk, "ru": ticket.text.ru},
    }


def _road(road: Road) -> dict[str, Any]:
    return {
        "kind": road.kind.value,
        "article": road.article,
        "until": road.until.isoformat() if road.until else None,
        "reason": road.reason.ru,
        "to": road.to,
        "through": road.through,
    }


def _findings(findings: tuple[Finding, ...]) -> dict[str, Any]:
    return {
        "findings": [
            {"code": each.code.value, "article": each.article, "text": each.text.ru, "cure": each.cure.ru}
            for each in findings
        ]
    }
