"""What answers each operation of the table: a request that acts on a case goes through the procedure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from contracts.payloads import (
    Acknowledge,
    CaseRequest,
    FetchMessages,
    GetDocumentPart,
    GetHistory,
    PutDocument,
    ReportIncident,
    Request,
)
from gateway.service.exchange import Exchange
from gateway.service.intake.accept import accept
from gateway.service.intake.acknowledge import acknowledge
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.documents import get_document_part, put_document
from gateway.service.intake.fetch import fetch_messages
from gateway.service.intake.history import get_history
from gateway.service.intake.incident import report_incident
from signing.keys.keypair import KeySource

Read = Callable[[Exchange, AdmittedMessage, KeySource], Awaitable[bytes]]
"""Gives the operation bytes of the answer, which are signed now."""
Write = Callable[[Exchange, AdmittedMessage, KeySource], Awaitable[bytes]]
"""Gives the signed answer, which was signed and kept before the commit that carries its effects."""

READS: Final[Mapping[type[Request], Read]] = {
    GetHistory: lambda exchange, admitted, _: get_history(exchange, admitted),
    GetDocumentPart: lambda exchange, admitted, _: get_document_part(exchange, admitted),
    FetchMessages: lambda exchange, admitted, key: fetch_messages(exchange, admitted, key()),
}
_OWN_WRITES: Final[Mapping[type[Request], Write]] = {
    PutDocument: put_document,
    Acknowledge: acknowledge,
    ReportIncident: report_incident,
}


def write_of(request: type[Request]) -> Write:
    """Raises ``KeyError`` for what is no write of this exchange."""
    return accept if issubclass(request, CaseRequest) else _OWN_WRITES[request]
