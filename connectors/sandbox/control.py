"""The control port: plain JSON on 127.0.0.1, to look inside a simulated party, to bend it and to press its buttons."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import structlog
from aiohttp import web

from connectors.sandbox import samples
from connectors.sandbox.behaviour import Bend, BendKind, Bends
from connectors.sandbox.door import Door
from connectors.sandbox.folder import PartyFile, bend_of
from connectors.sandbox.jsonport import answer, read_entry, refuse_in_json
from connectors.sandbox.platform import disagreement, lodging, withdrawal
from connectors.sandbox.store import PartyStore
from connectors.sandbox.view import PartyView
from connectors.soap.ambient import Clock, MessageIds
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from contracts.codec import parse_operation
from contracts.header import ConversationId, MessageId
from contracts.party import Role
from contracts.payloads import ClaimKind, DisagreementAccepted
from contracts.soap import operation_of
from contracts.xmlsafe import parse

WAIT_S: Final = 60.0
"""How long a button waits for the exchange's answer unless told otherwise; the message goes on in any case."""
_POLL_S: Final = 0.05
_STRAIGHT: Final = "straight"

_log = structlog.get_logger(__name__)


class Control:
    """Handlers of the control port. ``wake`` is called when there is something new to do."""

    def __init__(
        self,
        file: PartyFile,
        store: PartyStore,
        view: PartyView,
        client: SoapClient,
        bends: Bends,
        door: Door | None,
        *,
        clock: Clock,
        ids: MessageIds,
        wake: Callable[[], None],
    ) -> None:
        self._file = file
        self._store = store
        self._view = view
        self._client = client
        self._bends = bends
        self._door = door
        self._clock = clock
        self._ids = ids
        self._wake = wake

    def application(self) -> web.Application:
        app = web.Application(middlewares=[refuse_in_json])
        app.router.add_get("/control/state", self.state)
        app.router.add_post("/control/bend", self.bend)
        match self._file.kind:
            case Role.PLATFORM:
                app.router.add_post("/control/appeal", self.appeal)
                app.router.add_post("/control/disagree", self.disagree)
                app.router.add_post("/control/withdraw", self.withdraw)
                app.router.add_get("/control/appeals", self.appeals)
                app.router.add_get("/control/notices", self.notices)
            case Role.COURT:
                app.router.add_get("/control/dossiers", self.dossiers)
            case _:
                pass
        return app

    async def state(self, _request: web.Request) -> web.Response:
        return answer(
            {
                "party_id": self._file.party_id,
                "kind": self._file.kind.value,
                "listening": self._door is not None and self._door.is_open,
                "bends": [bend.kind.value for bend in self._bends],
                **self._view.figures(),
            }
        )

    async def bend(self, request: web.Request) -> web.Response:
        """``{"kind": "silent", "times": 2}``, ``{"kind": "down", "seconds": 5}``, ``{"kind": "straight"}``."""
        entry = await read_entry(request)
        if entry.get("kind") == _STRAIGHT:
            self._bends.straighten()
            if self._door is not None:
                await self._door.open()
        else:
            await apply_bend(bend_of(entry), self._bends, self._door)
        _log.info("sandbox.bent", party_id=self._file.party_id, **entry)
        return await self.state(request)

    async def appeal(self, request: web.Request) -> web.Response:
        """Lodge the sample appeal. ``reference``: the same one again is the same appeal."""
        entry = await read_entry(request)
        sample = entry.get("sample", samples.HOUSING_QUEUE)
        if sample != samples.HOUSING_QUEUE:
            raise ValueError(f"no sample {sample!r}; there is {samples.HOUSING_QUEUE!r}")
        reference = str(entry.get("reference") or uuid.uuid4())
        duty = lodging(reference, self._ids.message_id(), now=self._clock.now())
        message_id = self._store.open_appeal(reference, duty)
        self._wake()
        return await self._answered(message_id, entry, self._appeal_of(reference))

    async def disagree(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "claim": "contest", "text": …}``."""
        entry = await read_entry(request)
        claim = ClaimKind(entry.get("claim", ClaimKind.CONTEST.value))
        text = str(entry.get("text", samples.DISAGREEMENT))
        conversation_id = self._conversation(entry)
        call = disagreement(self._client, conversation_id, claim=claim, text=text, now=self._clock.now())
        return await self._post(call, conversation_id, entry)

    async def withdraw(self, request: web.Request) -> web.Response:
        """``{"appeal": NUMBER, "reason": …}``."""
        entry = await read_entry(request)
        reason = str(entry.get("reason", "Мәселе шешілді · Вопрос решён"))
        conversation_id = self._conversation(entry)
        call = withdrawal(self._client, conversation_id, reason=reason, now=self._clock.now())
        return await self._post(call, conversation_id, entry)

    async def appeals(self, _request: web.Request) -> web.Response:
        return answer({"appeals": self._view.appeals()})

    async def notices(self, request: web.Request) -> web.Response:
        return answer({"notices": self._view.notices(request.query.get("appeal"))})

    async def dossiers(self, _request: web.Request) -> web.Response:
        return answer({"dossiers": self._view.dossiers()})

    def _conversation(self, entry: dict[str, Any]) -> ConversationId:
        number = str(entry.get("appeal", ""))
        conversation_id = self._view.conversation_of(number)
        if conversation_id is None:
            raise ValueError(f"no appeal {number!r} was registered through this platform")
        return conversation_id

    def _appeal_of(self, reference: str) -> Callable[[bytes | None], dict[str, Any]]:
        def details(_answer: bytes | None) -> dict[str, Any]:
            return next((row for row in self._view.appeals() if row["reference"] == reference), {})

        return details

    async def _post(self, call: PreparedCall, conversation_id: ConversationId, entry: dict[str, Any]) -> web.Response:
        self._store.post(call, conversation_id, at=self._clock.now())
        self._wake()
        return await self._answered(call.message_id, entry, _road_of)

    async def _answered(
        self, message_id: MessageId, entry: dict[str, Any], details: Callable[[bytes | None], dict[str, Any]]
    ) -> web.Response:
        """200 with the answer, 409 with the refusal, or 202 when there is none yet; the message goes on then."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + float(entry.get("wait", WAIT_S))
        while True:
            result = self._view.posting_result(message_id)
            state = result.state if result else "due"
            if state != "due" or loop.time() >= give_up:
                break
            await asyncio.sleep(_POLL_S)
        body = {"message_id": message_id, "state": state, "note": result.note if result else ""}
        body |= details(result.answer if result else None)
        return answer(body, status={"acknowledged": 200, "refused": 409}.get(state, 202))


async def apply_bend(bend: Bend, bends: Bends, door: Door | None) -> None:
    """Down is done to the socket, at once; everything else waits for its occasion."""
    if bend.kind is not BendKind.DOWN:
        bends.put(bend)
    elif door is None:
        raise ValueError("this party fetches from its mailbox; there is no socket to close, stop the process instead")
    else:
        await door.close_for(timedelta(seconds=bend.seconds))


def _road_of(answer: bytes | None) -> dict[str, Any]:
    """Where the disagreement goes, from the exchange's answer; nothing for other answers."""
    if answer is None:
        return {}
    payload = parse_operation(operation_of(parse(answer))).payload
    if not isinstance(payload, DisagreementAccepted):
        return {}
    road = payload.road
    return {"road": {"kind": road.kind.value, "article": road.article, "reason": road.reason.ru}}
