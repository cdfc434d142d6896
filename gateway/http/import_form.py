"""Imports as they cross the admin socket: what is asked and what is told."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from contracts.header import DocumentId
from contracts.party import PartyId
from gateway.http.json_form import FormUnreadable, JsonForm, Stated, form_of
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportOrder, ImportRejected
from gateway.service.cases.keeping import UploadPart

Result = ImportAccepted | AlreadyImported | ImportRejected


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One case to be taken in. ``record``: in the form of whoever reads its dialect; ``documents``: kept before."""

    record: Mapping[str, Any]
    platform: PartyId
    by: Stated
    reason: Stated
    exported_at: datetime | None
    documents: tuple[DocumentId, ...]

    @property
    def order(self) -> ImportOrder:
        """Who takes it in, and why."""
        return ImportOrder(self.platform, self.by, self.reason, self.exported_at)


IMPORT: Final = form_of(ImportRequest)
RESULT: Final[JsonForm[Result]] = JsonForm(
    {"taken": ImportAccepted, "known": AlreadyImported, "not_taken": ImportRejected}, "result"
)
_PART: Final = form_of(UploadPart)


def part_form(part: UploadPart) -> dict[str, Any]:
    """A part of a file in terms of JSON, its bytes in base64."""
    return {**asdict(part), "content": b64encode(part.content).decode()}


def read_part(form: Mapping[str, Any]) -> UploadPart:
    """The part of a form. Raises ``FormUnreadable``."""
    try:
        return _PART.read({**form, "content": b64decode(form["content"], validate=True)})
    except (KeyError, TypeError, ValueError) as unreadable:
        raise FormUnreadable(str(unreadable)) from unreadable
