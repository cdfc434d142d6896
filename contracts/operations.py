"""The index of contract v1: every operation, its service, its values and whether this release serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contracts import payloads as p
from contracts.header import Action, Header
from contracts.party import PartyRole

NAMESPACE: Final = "urn:dalel:exchange:v1"


class Service(StrEnum):
    """A WSDL service; the value is the last segment of its path ``/soap/v1/<value>``."""

    APPEALS = "appeals"
    AGENCY = "agency"
    COURT = "court"
    DOCUMENTS = "documents"
    INBOX = "inbox"  # implemented by parties, described in our WSDL


class Effect(StrEnum):
    """A write has an inbox key and a receipt; a read is repeatable and access-logged."""

    WRITE = "write"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service. ``name`` is its wrapper element, ``<name>Response`` that of the answer."""

    name: str
    effect: Effect
    request: type
    answer: type


def _table(*operations: Operation) -> Mapping[str, Operation]:
    return {operation.name: operation for operation in operations}


_W, _R = Effect.WRITE, Effect.READ
_ACKNOWLEDGE = Operation("Acknowledge", _W, p.Acknowledge, p.Accepted)

OPERATIONS: Final[Mapping[Service, Mapping[str, Operation]]] = {
    Service.APPEALS: _table(
        Operation("RegisterAppeal", _W, p.RegisterAppeal, p.AppealAccepted),
        Operation("AddDocuments", _W, p.AddDocuments, p.Accepted),
        Operation("Disagree", _W, p.Disagree, p.DisagreementAccepted),
        Operation("AnswerCourt", _W, p.AnswerCourt, p.Accepted),
        Operation("WithdrawAppeal", _W, p.WithdrawAppeal, p.Accepted),
        Operation("GetHistory", _R, p.GetHistory, p.History),
    ),
    Service.AGENCY: _table(
        Operation("ReportProgress", _W, p.ReportProgress, p.Accepted),
        Operation("Reply", _W, p.Reply, p.Accepted),
        Operation("SubmitMaterials", _W, p.SubmitMaterials, p.Accepted),
        Operation("SubmitPosition", _W, p.SubmitPosition, p.Accepted),
        Operation("DecideComplaint", _W, p.DecideComplaint, p.Accepted),
        Operation("FetchMessages", _R, p.FetchMessages, p.FetchedMessages),
        _ACKNOWLEDGE,
        Operation("ReportIncident", _W, p.ReportIncident, p.Accepted),
    ),
    Service.COURT: _table(
        _ACKNOWLEDGE,
        Operation("ReportCase", _W, p.ReportCase, p.Accepted),
        Operation("RequestPosition", _W, p.RequestPosition, p.Accepted),
        Operation("RequestMaterials", _W, p.RequestMaterials, p.Accepted),
    ),
    Service.DOCUMENTS: _table(
        Operation("PutDocument", _W, p.PutDocument, p.DocumentStored),
        Operation("GetDocumentPart", _R, p.GetDocumentPart, p.DocumentPart),
    ),
    Service.INBOX: _table(Operation("Deliver", _W, p.Deliver, p.DeliverAnswer)),
}

ADMITTED: Final[Mapping[Service, frozenset[PartyRole]]] = {
    Service.APPEALS: frozenset({PartyRole.PLATFORM}),
    Service.AGENCY: frozenset({PartyRole.AGENCY}),
    Service.COURT: frozenset({PartyRole.COURT}),
    Service.DOCUMENTS: frozenset({PartyRole.PLATFORM, PartyRole.AGENCY, PartyRole.COURT}),
    Service.INBOX: frozenset({PartyRole.EXCHANGE}),
}


@dataclass(frozen=True, slots=True)
class Message:
    """A header and what it carries; ``payload`` is a request value or an answer value."""

    header: Header
    payload: p.Request | p.Answer


def action_of(payload: p.Request | p.Answer) -> Action:
    """The action a header must name for this payload: the operation, or the payload within Deliver."""
    if isinstance(payload, p.Deliver):
        return Action(type(payload.payload).__name__)
    name = type(payload).__name__
    return Action(name) if name in Action._value2member_map_ else Action.ANSWER
