"""Taking cases in through the admin socket: files by parts, then each case with the documents that were kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import web

from dossier.importing.record import ImportedAppeal
from gateway.http.import_form import IMPORT, RESULT, read_part
from gateway.service.cases.importing import ImportAccepted, take_in
from gateway.service.cases.keeping import NotKept, keep_part
from gateway.service.exchange import Exchange
from signing.keys.keypair import KeySource

log = structlog.get_logger()

ReadRecord = Callable[[Mapping[str, Any]], ImportedAppeal]
"""Reads the form of a record, as its dialect's connector wrote it. Raises ValueError."""

_NOT_IMPORT: Final = (KeyError, ValueError, TypeError)


@dataclass(frozen=True, slots=True)
class Imports:
    """What taking in needs: the exchange, the key that it signs by, who reads the dialect, who wakes the loops."""

    exchange: Exchange
    key: KeySource
    read_record: ReadRecord
    wake: Callable[[], None]

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/imports/part", self.keep)
        app.router.add_post("/imports/case", self.take_in)

    async def keep(self, request: web.Request) -> web.Response:
        try:
            part = read_part(await request.json())
            document_id, complete = await keep_part(self.exchange, part)
        except (*_NOT_IMPORT, NotKept) as invalid:
            return web.json_response({"error": str(invalid)}, status=422)
        return web.json_response({"document_id": document_id, "complete": complete})

    async def take_in(self, request: web.Request) -> web.Response:
        try:
            import_request = IMPORT.read(await request.json())
            imported = self.read_record(import_request.record)
        except _NOT_IMPORT as invalid:
            return web.json_response({"error": f"not an import: {invalid}"}, status=422)
        result = await take_in(self.exchange, imported, import_request.order, import_request.documents, self.key)
        if isinstance(result, ImportAccepted):
            log.info("case.imported", conversation_id=result.conversation_id, events=result.events)
            self.wake()
        return web.json_response(RESULT.written(result))
