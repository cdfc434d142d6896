"""What one takes away as a file and shows to whoever doubts: the evidence of a delivery, the dossier of an appeal."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field

from dossier.case.papers import filed_of
from gateway.api.files import Binary, File, one_part, parts_of
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.appeals import TAG as APPEALS
from gateway.api.resources.appeals import AppealPath, row_and_case
from gateway.api.resources.deliveries import TAG as DELIVERIES
from gateway.api.resources.deliveries import DeliveryPath
from gateway.domain.people.access import Right
from gateway.lists.models import EmptyParams
from gateway.ports.audit import RecordAccess
from gateway.ports.documents import FindDocuments
from gateway.reading.evidence import MEDIA_TYPE, evidence_file, file_name
from gateway.service.evidence.message import Busy
from gateway.service.operate import reader_of

_AGAIN_S: Final = 30


class DossierPath(AppealPath):
    """Which dossier of it."""

    dossier_no: Annotated[int, Field(ge=1, le=9_999)]


async def take_evidence(call: ApiCall[DeliveryPath, EmptyParams, EmptyParams]) -> File:
    """The look is logged before anything is sealed."""
    number = call.path.delivery_id
    try:
        content = await evidence_file(call.context.serving, call.token, number)
    except Busy as others:
        raise RequestRefusal(ProblemType.BUSY, headers={"Retry-After": str(_AGAIN_S)}) from others
    if content is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return File(file_name(number), MEDIA_TYPE, len(content), one_part(content))


async def take_dossier(call: ApiCall[DossierPath, EmptyParams, EmptyParams]) -> File:
    """As it was filed, byte for byte; the look is logged before the first of them."""
    exchange = call.context.serving.exchange
    row, case = await row_and_case(call)
    filed = filed_of(case.events).get(call.path.dossier_no)
    document_id = None if filed is None else filed[1].document_id
    found = await exchange.store.run(FindDocuments([] if document_id is None else [document_id]))
    if document_id is None or document_id not in found:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    reader, number = reader_of(call.token), row.appeal_number
    subject = f"{number} {document_id}"
    await exchange.store.run(RecordAccess(reader, "document", subject, exchange.clock.now(), about=number))
    document = found[document_id]
    return File(document.file_name, MEDIA_TYPE, document.size, parts_of(exchange.documents, document))


_THERE: Final = frozenset({ProblemType.NOT_FOUND})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    ApiOperation(
        "GET", "/deliveries/{delivery_id}/evidence", "take_evidence", DELIVERIES,
        "Take away everything that proves what happened to its message, as one sealed file (ASiC-E), which is logged.",
        Right.READ_PERSONAL, Binary(MEDIA_TYPE), DeliveryPath, EmptyParams, EmptyParams, take_evidence,
        _THERE | {ProblemType.BUSY},
    ),
    ApiOperation(
        "GET", "/appeals/{appeal_number}/dossiers/{dossier_no}/container", "take_dossier", APPEALS,
        "Take away a dossier as it was filed with the court (ASiC-E), which is logged.",
        Right.READ_PERSONAL, Binary(MEDIA_TYPE), DossierPath, EmptyParams, EmptyParams, take_dossier, _THERE,
    ),
)  # fmt: skip
