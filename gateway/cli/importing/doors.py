"""Two ways to take a case in: through the exchange that runs, or in its place, under the lock of its store."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from contracts.header import DocumentId
from dossier.importing.record import ImportedAppeal
from gateway.bootstrap.imports import SourceRecord, record_form
from gateway.cli.frame import CommandFailed, Exit
from gateway.cli.store import call_server
from gateway.config.settings import Settings
from gateway.http.import_form import IMPORT, RESULT, ImportRequest, part_form
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportOrder, ImportRejected, take_in
from gateway.service.cases.keeping import NotKept, UploadPart, keep_part

if TYPE_CHECKING:
    from gateway.service.exchange import Exchange
    from signing.keys.keypair import KeySource


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record of the export and what it tells. ``key``: the text of the map that it was read by."""

    source: SourceRecord
    imported: ImportedAppeal
    key: str


class Importer(Protocol):
    """Keeps parts of files and takes cases in, each in one commit."""

    async def keep(self, part: UploadPart) -> DocumentId:
        """Raises NotKept."""
        ...

    async def take(
        self, record: ReadRecord, order: ImportOrder, documents: Sequence[DocumentId]
    ) -> ImportAccepted | AlreadyImported | ImportRejected: ...


@dataclass(frozen=True, slots=True)
class SocketImporter:
    """Through the admin socket. Raises CommandFailed when the exchange stops meanwhile."""

    settings: Settings

    async def keep(self, part: UploadPart) -> DocumentId:
        try:
            answer = await self._ask("/imports/part", part_form(part))
        except CommandFailed as refused:
            if refused.code is Exit.UNREACHABLE:
                raise
            raise NotKept(str(refused)) from refused  # this file only; the others go on
        return DocumentId(answer["document_id"])

    async def take(
        self, record: ReadRecord, order: ImportOrder, documents: Sequence[DocumentId]
    ) -> ImportAccepted | AlreadyImported | ImportRejected:
        import_request = ImportRequest(
            record_form(record.source, record.key), documents=tuple(documents), **asdict(order)
        )
        return RESULT.read(await self._ask("/imports/case", IMPORT.written(import_request)))

    async def _ask(self, path: str, form: dict[str, Any]) -> Any:  # noqa: ANN401 - JSON
        answer = await asyncio.to_thread(call_server, self.settings, "POST", path, form)
        if answer is None:
            raise CommandFailed("The exchange stopped. The same command goes on with what remains.", Exit.UNREACHABLE)
        return answer


@dataclass(frozen=True, slots=True)
class StoreImporter:
    """On the store itself, which nobody else holds."""

    exchange: Exchange
    key: KeySource

    async def keep(self, part: UploadPart) -> DocumentId:
        document_id, _ = await keep_part(self.exchange, part)
        return document_id

    async def take(
        self, record: ReadRecord, order: ImportOrder, documents: Sequence[DocumentId]
    ) -> ImportAccepted | AlreadyImported | ImportRejected:
        return await take_in(self.exchange, record.imported, order, documents, self.key)


__all__ = ["Importer", "NotKept", "ReadRecord", "SocketImporter", "StoreImporter"]
