"""The table of contract v1: every operation, its service, values and words; WSDL, dispatch, schema follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_args

from contracts import payloads as p
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
    """One operation of one service. ``about``: what its WSDL tells integrators."""

    effect: Effect
    request: type[p.Request]
    answer: type[p.Answer]
    about: str

    @property
    def name(self) -> str:
        """Its wrapper element; ``<name>Response`` is that of the answer."""
        return self.request.__name__


def _table(*operations: Operation) -> Mapping[str, Operation]:
    return {operation.name: operation for operation in operations}


_W, _R = Effect.WRITE, Effect.READ
_ACKNOWLEDGE = Operation(
    _W,
    p.Acknowledge,
    p.Accepted,
    "Receipts and error signals for messages delivered or fetched before. Only they end a delivery.",
)

OPERATIONS: Final[Mapping[Service, Mapping[str, Operation]]] = {
    Service.APPEALS: _table(
        Operation(
            _W,
            p.RegisterAppeal,
            p.AppealAccepted,
            "Registers an appeal. The receipt carries conversationId and appealNumber; repeat the call unchanged "
            "until it arrives.",
        ),
        Operation(
            _W,
            p.AddDocuments,
            p.Accepted,
            "Adds documents of the applicant to a running appeal.",
        ),
        Operation(
            _W,
            p.Disagree,
            p.DisagreementAccepted,
            "The applicant does not accept the answer or its absence; the answer says which road it takes.",
        ),
        Operation(
            _W,
            p.AnswerCourt,
            p.Accepted,
            "Answers the court: what it named is cured, or its act is appealed.",
        ),
        Operation(
            _W,
            p.WithdrawAppeal,
            p.Accepted,
            "The applicant withdraws the appeal before the decision.",
        ),
        Operation(
            _R,
            p.GetHistory,
            p.History,
            "Reads the path of one appeal: events and terms. Repeatable, without effect.",
        ),
    ),
    Service.AGENCY: _table(
        Operation(
            _W,
            p.ReportProgress,
            p.Accepted,
            "Reports one step of the procedure: registered, redirected, extended, hearing scheduled, terminated.",
        ),
        Operation(
            _W,
            p.Reply,
            p.Accepted,
            "Gives the answer or act. It must say where and until when it may be appealed.",
        ),
        Operation(
            _W,
            p.SubmitMaterials,
            p.Accepted,
            "Answers ProvideMaterials; refToMessageId names it.",
        ),
        Operation(
            _W,
            p.SubmitPosition,
            p.Accepted,
            "Answers ProvidePosition; refToMessageId names it. Not served by this release: OperationNotOffered.",
        ),
        Operation(
            _W,
            p.DecideComplaint,
            p.Accepted,
            "Decides on a complaint that ReviewComplaint brought (АППК Art. 100).",
        ),
        Operation(
            _R,
            p.FetchMessages,
            p.FetchedMessages,
            "Fetches signed Deliver envelopes from the mailbox. Check each signature, store it, then Acknowledge it.",
        ),
        _ACKNOWLEDGE,
        Operation(
            _W,
            p.ReportIncident,
            p.Accepted,
            "Tells the support desk that something does not work. The receipt's conversationId is the incident's "
            "thread; a report that names it adds to the incident, or is refused with WrongState and what was found, "
            "once it is closed.",
        ),
    ),
    Service.COURT: _table(
        _ACKNOWLEDGE,
        Operation(
            _W,
            p.ReportCase,
            p.Accepted,
            "Reports a step of the court case: registered, returned, left without movement, accepted, hearing, "
            "ruling, in force.",
        ),
        Operation(
            _W,
            p.RequestPosition,
            p.Accepted,
            "Asks bodies for their positions. Not served by this release: OperationNotOffered.",
        ),
        Operation(
            _W,
            p.RequestMaterials,
            p.Accepted,
            "Asks bodies for materials. Not served by this release: OperationNotOffered.",
        ),
    ),
    Service.DOCUMENTS: _table(
        Operation(
            _W,
            p.PutDocument,
            p.DocumentStored,
            "Uploads one part of a document, 4 MiB each but the last. Once complete, messages may name its documentId.",
        ),
        Operation(
            _R,
            p.GetDocumentPart,
            p.DocumentPart,
            "Reads one part of a document that was granted by a message to you. Check size and SHA-256 of the whole.",
        ),
    ),
    Service.INBOX: _table(
        Operation(
            _W,
            p.Deliver,
            p.DeliverAnswer,
            "Takes one message of the exchange. Answer with a receipt only after it is durably stored; take the same "
            "messageId once and answer it with the same receipt.",
        )
    ),
}

ABOUT: Final[Mapping[Service, str]] = {
    Service.APPEALS: "Appeals: called by the appeals platform and by reception centres.",
    Service.AGENCY: "Agency: called by the information systems of state bodies.",
    Service.COURT: "Court: called by the court's e-filing system.",
    Service.DOCUMENTS: "Documents: called by every party, to upload documents and to read granted ones by parts.",
    Service.INBOX: "Inbox: implemented by every party that the exchange can call; the exchange is its client.",
}
"""Who calls each, as its WSDL tells integrators."""

ADMITTED: Final[Mapping[Service, frozenset[PartyRole]]] = {
    Service.APPEALS: frozenset({PartyRole.PLATFORM}),
    Service.AGENCY: frozenset({PartyRole.AGENCY}),
    Service.COURT: frozenset({PartyRole.COURT}),
    Service.DOCUMENTS: frozenset({PartyRole.PLATFORM, PartyRole.AGENCY, PartyRole.COURT}),
    Service.INBOX: frozenset({PartyRole.EXCHANGE}),
}

ACTIONS: Final[tuple[str, ...]] = (
    *dict.fromkeys(name for service in OPERATIONS if service is not Service.INBOX for name in OPERATIONS[service]),
    *(kind.__name__ for kind in get_args(p.Deliverable)),
    p.Answer.__name__,
)
"""What headers may name, in the order of the schema: an operation, what is delivered, and every signed answer."""
