"""Take in a case that ran in another system: its record is kept, its history played, all of it in one commit.

The appeal is registered by a message of the exchange to itself, signed by it: what another system's export says is
told under our own name and no party's is borrowed. Taken in once; the same number again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from contracts import codec, xmlsafe
from contracts.errors import ContractError
from contracts.header import Action, ConversationId, DocumentId, Header, Message
from contracts.operations import OPERATIONS, Service
from contracts.party import PartyId, PartyRole
from contracts.payloads import AppealAccepted, DocumentKind, DocumentRef, RegisterAppeal
from contracts.validate import require_rules, validate_operation
from dossier.case.appeal import Status
from dossier.importing.record import ImportedAppeal
from dossier.importing.replay import ImportSource, RefusedStep, Replayed, replay
from dossier.importing.takeover import take_over
from dossier.procedure.decision import Decision, DecisionRefusal
from dossier.procedure.law.law_file import UnusableLaw
from gateway.domain.registry.mentions import documents_named
from gateway.ports.case import CaseWrite, FindConversation
from gateway.ports.documents import FindDocuments, StoredDocument
from gateway.ports.intake import Acceptance, AuditLine
from gateway.ports.results import Conflict
from gateway.service.cases.case_write import WriteCause, case_write, opening
from gateway.service.exchange import CONFLICT_TRIES, Exchange
from gateway.service.intake.admit import AdmittedMessage
from gateway.service.intake.answer import answer_bytes, receipt_for
from gateway.service.intake.once import incoming
from signing.keys.keypair import KeySource
from signing.profile.writing import sign_envelope

_REGISTER: Final = OPERATIONS[Service.APPEALS][Action.of(RegisterAppeal)]


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Who takes in and why, through which platform the applicant acts, and when the record was given out."""

    platform: PartyId
    by: str
    reason: str
    exported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportTrouble:
    """Why a record cannot be taken in: the field, what is wrong with it, what cures it."""

    field: str
    detail: str
    cure: str


@dataclass(frozen=True, slots=True)
class ImportAccepted:
    """The case is here. ``refused``: steps told there that the Code does not allow, kept as bare facts."""

    number: str
    conversation_id: ConversationId
    status: Status
    events: int
    refused: tuple[RefusedStep, ...]


@dataclass(frozen=True, slots=True)
class AlreadyImported:
    """An appeal of this number is here already; nothing was done."""

    number: str


@dataclass(frozen=True, slots=True)
class ImportRejected:
    """Nothing was done."""

    number: str
    troubles: tuple[ImportTrouble, ...]


async def take_in(
    exchange: Exchange,
    imported: ImportedAppeal,
    order: ImportOrder,
    documents: Sequence[DocumentId],
    key: KeySource,
) -> ImportAccepted | AlreadyImported | ImportRejected:
    """``documents``: the parts of the record, then its files, kept before. Raises SigningError."""
    stored = await exchange.store.run(FindDocuments(documents))
    held = [stored[document_id] for document_id in documents if document_id in stored]
    for _ in range(CONFLICT_TRIES):
        planned = await plan(exchange, imported, order, held)
        if not isinstance(planned, ImportPlan):
            return planned
        acceptance = _acceptance(exchange, planned, order, key)
        if not isinstance(await exchange.store.run(acceptance), Conflict):
            return planned.taken
    return ImportRejected(imported.number, (ImportTrouble("", "others write to the same appeal", "import it again"),))


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What would be written. ``operation``: canonical bytes of the message that registers the appeal."""

    message: Message
    operation: bytes
    replayed: Replayed
    write: CaseWrite
    now: datetime

    @property
    def taken(self) -> ImportAccepted:
        """What is told of it."""
        appeal, events = self.replayed.appeal, self.replayed.events
        return ImportAccepted(
            appeal.appeal_number, appeal.conversation_id, appeal.status, len(events), self.replayed.refused
        )


async def plan(
    exchange: Exchange, imported: ImportedAppeal, order: ImportOrder, documents: Sequence[StoredDocument]
) -> ImportPlan | AlreadyImported | ImportRejected:
    """Decide without an effect, as a dry run does."""
    if await exchange.store.run(FindConversation(imported.number)) is not None:
        return AlreadyImported(imported.number)
    now = exchange.clock.now()
    troubles = [
        *_strangers(exchange, imported, order),
        *_unfit(exchange, imported, documents),
        *_to_come(imported, now),
    ]
    if troubles:
        return ImportRejected(imported.number, tuple(troubles))
    appeal = replace(imported.appeal, documents=_named(imported, documents))
    header = Header(exchange.ids.message_id(), None, None, exchange.me, exchange.me, Action.of(RegisterAppeal), now)
    message = Message(header, appeal)
    try:
        operation = _valid(message, appeal)
    except ContractError as broken:
        return ImportRejected(imported.number, tuple(_breaches(broken)))
    return _decided(exchange, replace(imported, appeal=appeal), order, message, operation)


def _decided(
    exchange: Exchange, imported: ImportedAppeal, order: ImportOrder, message: Message, operation: bytes
) -> ImportPlan | ImportRejected:
    """The history played up to the moment at which the message was made."""
    record = tuple(hashlib.sha256(part.content).hexdigest() for part in imported.record)
    taking = ImportSource(
        exchange.ids.conversation_id(), message.header.message_id, order.platform, record, order.exported_at
    )
    moment = exchange.moment(imported.appeal, message.header.created_at)
    try:
        replayed = replay(imported, taking, moment, exchange.law)
    except UnusableLaw as without:
        return ImportRejected(
            imported.number, (ImportTrouble("start_date", str(without), "give the rules a row for that day"),)
        )
    if isinstance(replayed, DecisionRefusal):
        return ImportRejected(imported.number, (ImportTrouble("", replayed.detail, "mend the record or the routes"),))
    sent = take_over(replayed, imported.appeal, moment, exchange.law)
    decision = Decision(facts=tuple(event.fact for event in replayed.events), messages=sent)
    write = _write(exchange, imported.appeal, taking, decision, operation, now=moment.now)
    happened = tuple(event.happened_at for event in replayed.events)
    opened = opening(write, appeal_number=imported.number, opened_by=order.platform)
    return ImportPlan(message, operation, replayed, replace(opened, happened_at=happened), moment.now)


def _write(
    exchange: Exchange,
    appeal: RegisterAppeal,
    taking: ImportSource,
    decision: Decision,
    operation: bytes,
    *,
    now: datetime,
) -> CaseWrite:
    """All of it rests on our own message and on the documents that it names."""
    named = tuple((str(ref.document_id), ref.sha256) for ref in documents_named(appeal))
    identity = (str(taking.message_id), hashlib.sha256(operation).hexdigest())
    cause = WriteCause(exchange.me, taking.message_id, (identity, *named))
    return case_write(taking.conversation_id, 0, decision, cause, me=exchange.me, ids=exchange.ids, now=now)


def _acceptance(exchange: Exchange, planned: ImportPlan, order: ImportOrder, key: KeySource) -> Acceptance:
    """As of a message that came in: it is signed by who says it, and the answer is the receipt for it."""
    now, number = planned.now, planned.taken.number
    envelope = sign_envelope(planned.operation, key(), now=now)
    digest = hashlib.sha256(planned.operation).hexdigest()
    admitted = AdmittedMessage(Service.APPEALS, _REGISTER, planned.message, planned.operation, digest, envelope)
    conversation_id = planned.write.conversation_id
    receipt = receipt_for(admitted, now=now, conversation_id=conversation_id, appeal_number=number)
    answer = answer_bytes(admitted, AppealAccepted(receipt), ids=exchange.ids, now=now, conversation_id=conversation_id)
    message = replace(
        incoming(admitted, answer, now=now),
        conversation_id=conversation_id,
        answer_envelope=sign_envelope(answer, key(), now=now),
    )
    audit = AuditLine(order.by, "case.imported", number, order.reason, f"{planned.taken.events} events")
    return Acceptance(message, (planned.write,), audit=audit)


# --- what must fit --------------------------------------------------------------------------------------------------


def _strangers(exchange: Exchange, imported: ImportedAppeal, order: ImportOrder) -> Iterator[ImportTrouble]:
    """Every party that the case names must be on this exchange, as what the case takes it for."""
    parties = exchange.directory().parties
    for party_id, role in (
        (order.platform, PartyRole.PLATFORM),
        *((body, PartyRole.AGENCY) for body in imported.bodies()),
    ):
        party = parties.get(party_id)
        if party is None or party.role is not role:
            problem = f"{party_id} is no {role.value} on this exchange"
            yield ImportTrouble("parties", problem, "mend the map or the option --platform, or add the party")


def _unfit(
    exchange: Exchange, imported: ImportedAppeal, documents: Sequence[StoredDocument]
) -> Iterator[ImportTrouble]:
    """What was kept must be what the record names, byte for byte."""
    problem = [hashlib.sha256(part.content).hexdigest() for part in imported.record]
    expected = [*problem, *(file.sha256 for file in imported.files)]
    if len(documents) != len(expected):
        yield ImportTrouble("files", f"{len(documents)} documents are kept of {len(expected)}", "import it again")
    for number, (sha256, document) in enumerate(zip(expected, documents, strict=False), 1):
        if sha256 not in {None, document.sha256} or document.owner != exchange.me:
            yield ImportTrouble(
                f"files[{number}]", "its bytes are not those that the record names", "fetch the file anew"
            )


def _to_come(imported: ImportedAppeal, now: datetime) -> Iterator[ImportTrouble]:
    """Nothing has happened that is still to come, whatever clock says so."""
    cure = "mend the time, or the clock of whoever exported it"
    if imported.appeal.lodged_at > now:
        yield ImportTrouble("start_date", "it is in the future", cure)
    for step in imported.steps:
        if step.at > now:
            yield ImportTrouble(f"history[{step.row}]", "it is in the future", cure)


def _named(imported: ImportedAppeal, documents: Sequence[StoredDocument]) -> tuple[DocumentRef, ...]:
    kinds = [DocumentKind.OTHER] * len(imported.record) + [file.kind for file in imported.files]
    parts = [f"{imported.source}, № {imported.number}: {part.name}" for part in imported.record]
    titles = [*parts, *(file.title for file in imported.files)]
    return tuple(
        DocumentRef(one.document_id, kind, title, one.file_name, one.media_type, one.size, one.sha256)
        for one, kind, title in zip(documents, kinds, titles, strict=True)
    )


def _valid(message: Message, appeal: RegisterAppeal) -> bytes:
    """Operation bytes that keep the contract. Raises ContractError."""
    operation = codec.build_request(message)
    validate_operation(xmlsafe.parse(operation))
    require_rules(appeal)
    return operation


def _breaches(broken: ContractError) -> Iterator[ImportTrouble]:
    """By the names that the contract has for them."""
    cure = "complete or mend the record"
    if not broken.violations:
        yield ImportTrouble("", broken.detail, cure)
    for violation in broken.violations:
        yield ImportTrouble(violation.path, violation.message, cure)


__all__ = [
    "AlreadyImported",
    "ImportAccepted",
    "ImportOrder",
    "ImportPlan",
    "ImportRejected",
    "ImportTrouble",
    "plan",
    "take_in",
]
