"""The control port: plain JSON on 127.0.0.1, to look inside a simulated party, to bend it and to press its buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from connectors.sandbox.behaviour import Bend, BendKind, Bends, LiveBehaviour
from connectors.sandbox.desk import ButtonContext
from connectors.sandbox.folder import PartyFile, bend_of
from connectors.sandbox.json_port import answer, read_entry, refuse_in_json
from connectors.sandbox.listening import ListeningSocket
from connectors.sandbox.roles.court_buttons import CourtButtons
from connectors.sandbox.roles.platform_buttons import PlatformButtons
from contracts.party import PartyRole

_STRAIGHT: Final = "straight"

_log = structlog.get_logger(__name__)


class Control:
    """Handlers that every party has; the buttons of its kind stand beside them."""

    def __init__(
        self, file: PartyFile, buttons: ButtonContext, bends: Bends, manner: LiveBehaviour, door: ListeningSocket | None
    ) -> None:
        self._file = file
        self._desk = buttons
        self._bends = bends
        self._manner = manner
        self._door = door

    def application(self) -> web.Application:
        app = web.Application(middlewares=[refuse_in_json])
        app.router.add_get("/control/state", self.state)
        app.router.add_post("/control/bend", self.bend)
        app.router.add_post("/control/behave", self.behave)
        app.router.add_get("/control/notices", self.notices)
        match self._file.kind:
            case PartyRole.PLATFORM:
                PlatformButtons(self._desk).add_to(app)
            case PartyRole.COURT:
                CourtButtons(self._desk).add_to(app)
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
                **self._desk.view.figures(),
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

    async def behave(self, request: web.Request) -> web.Response:
        """Any fields of ``Behaviour``, from now until the process ends: ``{"on_review": "cancelled"}``.

        What the party has set itself to do already, it does as it meant to.
        """
        entry = await read_entry(request)
        self._manner.change(entry)
        _log.info("sandbox.behaves", party_id=self._file.party_id, **entry)
        return await self.state(request)

    async def notices(self, request: web.Request) -> web.Response:
        """What applicants, or the body itself, were told; ``?appeal=NUMBER`` for one appeal."""
        return answer({"notices": self._desk.view.notices(request.query.get("appeal"))})


async def apply_bend(bend: Bend, bends: Bends, door: ListeningSocket | None) -> None:
    """Down is done to the socket, at once; everything else waits for its occasion."""
    if bend.kind is not BendKind.DOWN:
        bends.put(bend)
    elif door is None:
        raise ValueError("this party fetches from its mailbox; there is no socket to close, stop the process instead")
    else:
        await door.close_for(timedelta(seconds=bend.seconds))
