"""Accept a message on a case: load, decide, save; the receipt exists only in the commit that carries its effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

from contracts.codes import Code
from contracts.errors import Violation
from contracts.header import ConversationId
from contracts.party import PartyId, PartyRole
from contracts.payloads import (
    Accepted,
    AppealAccepted,
    CaseRequest,
    DisagreementAccepted,
    DocumentRef,
    Redirected,
    RegisterAppeal,
    Reply,
    ReportProgress,
    RequestMaterials,
    RequestPosition,
)
from dossier.procedure.decide import decide
from dossier.procedure.decision import CaseFile, Decision, DecisionRefusal, MessageArrived
from gateway.domain.registry.mentions import documents_named
from gateway.ports.case import Case, CaseWrite, LoadCase
from gateway.ports.documents import FindDocuments, FindGranted, StoredDocument
from gateway.ports.intake import Acceptance, FindSimilarReplies
from gateway.service.cases.case_write import WriteCause, case_file, case_write, opening
from gateway.service.exchange import Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes, receipt_for
from gateway.service.intake.likeness import sketched_reply
from gateway.service.intake.once import incoming, once
from gateway.service.intake.refused import Refused
from signing.keys.keypair import KeySource


async def accept(exchange: Exchange, admitted: AdmittedMessage, key: KeySource) -> bytes:
    """Act on RegisterAppeal, ReportProgress, Reply, Disagree … and return the signed answer. Raises Refused."""
    payload = cast("CaseRequest", admitted.message.payload)
    named = documents_named(payload)

    async def plan(now: datetime) -> Acceptance:
        await require_documents(exchange, admitted.header.sender, named)
        if isinstance(payload, RegisterAppeal):
            return _register(exchange, admitted, payload, now=now)
        return await _continue(exchange, admitted, payload, now=now)

    return await once(exchange, admitted, plan, key)


def _register(exchange: Exchange, admitted: AdmittedMessage, payload: RegisterAppeal, *, now: datetime) -> Acceptance:
    conversation_id = exchange.ids.conversation_id()
    number = exchange.ids.appeal_number(now.year)
    case = CaseFile(conversation_id, (), None)
    decision = _decide(exchange, admitted, case, payload, appeal=payload, number=number, now=now)
    write = _write(exchange, admitted, conversation_id, 0, decision, now=now)
    receipt = receipt_for(admitted, now=now, conversation_id=conversation_id, appeal_number=number)
    accepted = AppealAccepted(receipt, decision.ticket, decision.findings)
    answer = answer_bytes(admitted, accepted, ids=exchange.ids, now=now, conversation_id=conversation_id)
    message = replace(incoming(admitted, answer, now=now), conversation_id=conversation_id)
    return Acceptance(message, (opening(write, appeal_number=number, opened_by=admitted.header.sender),))


async def _continue(
    exchange: Exchange, admitted: AdmittedMessage, payload: CaseRequest, *, now: datetime
) -> Acceptance:
    conversation_id = admitted.header.conversation_id
    case = await exchange.store.run(LoadCase(conversation_id)) if conversation_id else None
    if case is None:
        raise Refused(Code.UNKNOWN_CONVERSATION, f"no appeal has the conversation_id {conversation_id}")
    file = _file_for(exchange, case, payload)
    sketched = sketched_reply(file, admitted.header.sender, payload) if isinstance(payload, Reply) else None
    if sketched:
        file = replace(file, resembling=await exchange.store.run(FindSimilarReplies(sketched)))
    decision = _decide(exchange, admitted, file, payload, appeal=file.appeal, number=None, now=now)
    write = _write(exchange, admitted, case.conversation_id, case.seq, decision, now=now)
    receipt = receipt_for(admitted, now=now)
    result = DisagreementAccepted(receipt, decision.road, decision.findings) if decision.road else Accepted(receipt)
    message = incoming(admitted, answer_bytes(admitted, result, ids=exchange.ids, now=now), now=now)
    return Acceptance(message, (write,), sketched=sketched)


def _file_for(exchange: Exchange, case: Case, payload: CaseRequest) -> CaseFile:
    if not case.registration:
        raise Refused(Code.WRONG_STATE, f"the appeal {case.appeal_number} is over, and its file was erased")
    for party_id in _bodies_named(payload):
        party = exchange.directory().parties.get(party_id)
        if party is None or party.role is not PartyRole.AGENCY:
            raise Refused(Code.UNKNOWN_PARTY, f"no agency {party_id!r} on this exchange")
    return case_file(case)


def _bodies_named(payload: CaseRequest) -> tuple[PartyId, ...]:
    """Bodies that a message would set to work: whether they exist is for the registry to say."""
    match payload:
        case ReportProgress(step=Redirected(to=to)):
            return (to,)
        case RequestPosition() | RequestMaterials():
            return payload.bodies
        case _:
            return ()


def _decide(
    exchange: Exchange,
    admitted: AdmittedMessage,
    case: CaseFile,
    payload: CaseRequest,
    *,
    appeal: RegisterAppeal | None,
    number: str | None,
    now: datetime,
) -> Decision:
    if appeal is None:
        raise Refused(Code.INTERNAL, f"conversation {case.conversation_id} has no registered appeal")
    arrival = MessageArrived(admitted.header.message_id, admitted.header.sender, payload, number)
    moment = exchange.moment(appeal, now)
    match decide(case, arrival, moment, exchange.law):
        case DecisionRefusal(code=code, detail=detail):
            raise Refused(code, detail)
        case Decision() as decision:
            return decision


def _write(
    exchange: Exchange,
    admitted: AdmittedMessage,
    conversation_id: ConversationId,
    expected_seq: int,
    decision: Decision,
    *,
    now: datetime,
) -> CaseWrite:
    header = admitted.header
    documents = tuple((str(ref.document_id), ref.sha256) for ref in documents_named(admitted.message.payload))
    cause = WriteCause(header.sender, header.message_id, ((str(header.message_id), admitted.digest), *documents))
    return case_write(
        conversation_id, expected_seq, decision, cause,
        me=exchange.me, ids=exchange.ids, now=now, trace=exchange.tracer.here(),
    )  # fmt: skip


async def require_documents(exchange: Exchange, sender: PartyId, named: tuple[DocumentRef, ...]) -> None:
    """Every named document is complete, granted to the sender and what it is said to be; else all are listed."""
    if not named:
        return
    ids = [ref.document_id for ref in named]
    stored = await exchange.store.run(FindDocuments(ids))
    granted = await exchange.store.run(FindGranted(sender, ids))
    findings = [
        (code, Violation(0, f"documents/{ref.document_id}", words))
        for ref in named
        for code, words in _document_problems(ref, stored.get(ref.document_id), ref.document_id in granted)
    ]
    if findings:
        code, first = findings[0]
        raise Refused(code, first.message, violations=tuple(violation for _, violation in findings))


def _document_problems(
    ref: DocumentRef,
    stored: StoredDocument | None,
    is_granted: bool,  # noqa: FBT001 - a fact, not a switch
) -> list[tuple[Code, str]]:
    if stored is None:
        return [(Code.DOCUMENT_ABSENT, f"document {ref.document_id} was not uploaded, or not completely")]
    if not is_granted:
        return [(Code.DOCUMENT_NOT_GRANTED, f"document {ref.document_id} is not yours to name")]
    if (ref.size, ref.sha256) != (stored.size, stored.sha256):
        words = f"document {ref.document_id} has size {stored.size} and SHA-256 {stored.sha256}, not what is named"
        return [(Code.DOCUMENT_MISMATCH, words)]
    return []
