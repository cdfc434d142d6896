"""Imports as they cross the admin socket: what is asked and what is told, JSON to values and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from contracts.header import ConversationId, DocumentId
from contracts.party import PartyId
from dossier.case.appeal import Status
from dossier.importing.replay import RefusedStep
from gateway.service.cases.importing import AlreadyImported, ImportAccepted, ImportOrder, ImportRejected, ImportTrouble
from gateway.service.cases.keeping import UploadPart

Result = ImportAccepted | AlreadyImported | ImportRejected


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One case to be taken in. ``record``: in the form of whoever reads its dialect; ``documents``: kept before."""

    record: Mapping[str, Any]
    order: ImportOrder
    documents: tuple[DocumentId, ...]


def part_form(part: UploadPart) -> dict[str, Any]:
    """A part of a file in terms of JSON."""
    return {
        "upload_id": part.upload_id,
        "part": part.part,
        "parts": part.parts,
        "size": part.size,
        "sha256": part.sha256,
        "file_name": part.file_name,
        "media_type": part.media_type,
        "content": b64encode(part.content).decode(),
    }


def read_part(form: Mapping[str, Any]) -> UploadPart:
    """The part of a form. Raises KeyError, ValueError, TypeError for what is none."""
    return UploadPart(
        upload_id=str(form["upload_id"]),
        part=int(form["part"]),
        parts=int(form["parts"]),
        size=int(form["size"]),
        sha256=str(form["sha256"]),
        file_name=str(form["file_name"]),
        media_type=str(form["media_type"]),
        content=b64decode(form["content"], validate=True),
    )


def import_form(request: ImportRequest) -> dict[str, Any]:
    """What is asked in terms of JSON."""
    order = request.order
    return {
        "record": dict(request.record),
        "platform": order.platform,
        "by": order.by,
        "reason": order.reason,
        "exported_at": order.exported_at and order.exported_at.isoformat(),
        "documents": list(request.documents),
    }


def read_import(form: Mapping[str, Any]) -> ImportRequest:
    """What a form asks. Raises KeyError, ValueError, TypeError for what asks nothing."""
    by, reason, exported = str(form["by"]).strip(), str(form["reason"]).strip(), form.get("exported_at")
    if not (by and reason):
        raise ValueError("who acts and why must be said")
    exported_at = datetime.fromisoformat(exported) if exported else None
    order = ImportOrder(PartyId(str(form["platform"])), by, reason, exported_at)
    return ImportRequest(form["record"], order, tuple(DocumentId(str(one)) for one in form["documents"]))


def result_form(result: Result) -> dict[str, Any]:
    """What came of it in terms of JSON."""
    match result:
        case ImportAccepted():
            refused = [{"row": one.row, "at": one.at.isoformat(), "why": one.why} for one in result.refused]
            body = {"conversation_id": result.conversation_id, "status": result.status.value, "events": result.events}
            return {"result": "taken", "number": result.number, **body, "refused": refused}
        case AlreadyImported():
            return {"result": "known", "number": result.number}
        case ImportRejected():
            troubles = [{"field": one.field, "detail": one.detail, "cure": one.cure} for one in result.troubles]
            return {"result": "not_taken", "number": result.number, "troubles": troubles}
        case _:
            assert_never(result)


def read_result(form: Mapping[str, Any]) -> Result:
    """What a form tells."""
    number = str(form["number"])
    if form["result"] == "known":
        return AlreadyImported(number)
    if form["result"] == "not_taken":
        return ImportRejected(
            number, tuple(ImportTrouble(one["field"], one["detail"], one["cure"]) for one in form["troubles"])
        )
    refused = tuple(RefusedStep(one["row"], datetime.fromisoformat(one["at"]), one["why"]) for one in form["refused"])
    return ImportAccepted(
        number, ConversationId(form["conversation_id"]), Status(form["status"]), form["events"], refused
    )
