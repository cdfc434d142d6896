"""Assemble one dossier that is due, store it, and let the procedure file it with the court."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from contracts import codec
from contracts.header import DocumentId
from contracts.party import PartyId
from contracts.payloads import DocumentRef
from dossier.case.record import CaseDocument, KeptMessage
from dossier.packaging.assembly import AssembledDossier, DossierInput, Salt, assemble
from dossier.procedure.decision import DossierReady
from gateway.domain.registry.mentions import documents_named
from gateway.ports.case import Case, ClaimedAssembly, ListMessages, ListSalts, LoadCase
from gateway.ports.documents import FindDocuments, StoredDocument
from gateway.ports.pages import CountPages
from gateway.ports.parties import FindPartiesEver
from gateway.service.cases.advance import Advanced, advance
from gateway.service.cases.case_write import WriteCause, case_file
from gateway.service.cases.vouch import SignatureJudge, vouch
from gateway.service.evidence.proofs import Awaited, ProofRules, chain_of, seal_of, stamp_of
from gateway.service.exchange import Exchange
from signing.keys.keypair import SigningKey
from signing.timestamps.token import Stamp

MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"


class DossierImpossible(Exception):
    """The dossier can't be assembled now; its order stays and comes up again when the lease is over."""


async def assemble_due(
    exchange: Exchange,
    order: ClaimedAssembly,
    key: SigningKey,
    folder: Path,
    rules: ProofRules,
    judge: SignatureJudge | None = None,
) -> StoredDocument | Awaited:
    """Build the container in ``folder``, take it over into the documents, file it. Raises DossierImpossible.

    ``Awaited``: nothing was done, since the ledger's seal may still come in the set time. A crash at any point leaves
    the order: the next claim builds again, and only the dossier that a DossierFiled event names is ever sent.
    ``judge``: of the citizen's own signatures; without one the dossier says that nobody was asked.
    """
    case = await _case(exchange, order)
    if judge is not None and await vouch(exchange, case, judge):
        case = await _case(exchange, order)
    ledger = await seal_of(exchange, case, order, rules)
    if isinstance(ledger, Awaited):
        return ledger
    given = await _gather(exchange, case, order)
    chain = await chain_of(exchange, key.certificate, ledger, given.parties, rules)
    given = replace(given, certificates=chain.certificates, revocation=chain.revocation, ledger=ledger)
    built = await asyncio.to_thread(_build, given, key, folder, order, stamp_of(exchange, rules), exchange.count_pages)
    stored = await exchange.documents.add_file(
        owner=exchange.me,
        path=str(built.path),
        file_name=built.file_name,
        media_type=MEDIA_TYPE,
        document_id=exchange.ids.document_id(),
        at=exchange.clock.now(),
    )
    await _file(exchange, order, built, stored, case.seq)
    return stored


async def _case(exchange: Exchange, order: ClaimedAssembly) -> Case:
    case = await exchange.store.run(LoadCase(order.conversation_id))
    if case is None:
        raise DossierImpossible(f"conversation {order.conversation_id} is gone")
    return case


def _build(
    given: DossierInput,
    key: SigningKey,
    folder: Path,
    order: ClaimedAssembly,
    stamp: Stamp | None,
    count_pages: CountPages,
) -> AssembledDossier:
    """Build under a name of this claim alone; what an earlier claim left half-done has lost its lease and goes."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{order.conversation_id}-{order.dossier_no}"
    for leftover in folder.glob(f"{name}-*"):
        leftover.unlink(missing_ok=True)
    given = replace(given, documents=count_pages(given.documents))
    return assemble(given, key, folder / f"{name}-{order.fence}.asice", stamp)


async def _gather(exchange: Exchange, case: Case, order: ClaimedAssembly) -> DossierInput:
    messages = _reported_on(case, await exchange.store.run(ListMessages(case.conversation_id)))
    salts = await exchange.store.run(ListSalts(case.conversation_id))
    touched = {message.sender for message in messages} | {message.recipient for message in messages} | {order.court}
    parties = await exchange.store.run(FindPartiesEver(touched))
    court = next((party for party in parties if party.party_id == order.court), None)
    if court is None:
        raise DossierImpossible(f"the court {order.court} is in no version of the registry")
    return DossierInput(
        case=case_file(case),
        appeal_number=case.appeal_number,
        dossier_no=order.dossier_no,
        court=court,
        parties=parties,
        messages=messages,
        documents=await _documents(exchange, messages),
        salts=tuple(Salt(salted.subject, salted.salt) for salted in salts),
        rules_label=exchange.law.rules.label,
        assembled_at=exchange.clock.now(),
    )


def _reported_on(case: Case, messages: tuple[KeptMessage, ...]) -> tuple[KeptMessage, ...]:
    """Without what came in while the case was being read: its event and its documents belong to a later dossier."""
    named = {event.message_id for event in case.events}
    last = case.events[-1].at
    return tuple(kept for kept in messages if kept.outgoing or kept.message_id in named or kept.at <= last)


async def _documents(exchange: Exchange, messages: tuple[KeptMessage, ...]) -> tuple[CaseDocument, ...]:
    named = _named_in(messages)
    stored = await exchange.store.run(FindDocuments(list(named)))
    if missing := [document_id for document_id in named if document_id not in stored]:
        raise DossierImpossible(f"documents are named but not stored: {', '.join(missing)}")
    return tuple(
        CaseDocument(ref, owner, _opener(exchange, stored[document_id])) for document_id, (ref, owner) in named.items()
    )


def _named_in(messages: tuple[KeptMessage, ...]) -> dict[DocumentId, tuple[DocumentRef, PartyId]]:
    """Every document that the parties' own messages name, with who named it first."""
    named: dict[DocumentId, tuple[DocumentRef, PartyId]] = {}
    for message in messages:
        if not message.outgoing:  # ours only repeat what they named
            for ref in documents_named(codec.parse_operation(message.operation).payload):
                named.setdefault(ref.document_id, (ref, message.sender))
    return named


def _opener(exchange: Exchange, document: StoredDocument) -> Callable[[], BinaryIO]:
    return partial(exchange.documents.open, document)


async def _file(
    exchange: Exchange, order: ClaimedAssembly, built: AssembledDossier, stored: StoredDocument, up_to_seq: int
) -> None:
    ready = DossierReady(
        dossier_no=order.dossier_no,
        document_id=stored.document_id,
        sha256=stored.sha256,
        size=stored.size,
        level=built.level,
        file_name=built.file_name,
        title=built.file_name,
        up_to_seq=up_to_seq,
    )
    cause = WriteCause(exchange.me, None, ((str(stored.document_id), stored.sha256),))
    if await advance(exchange, order.conversation_id, ready, cause) is Advanced.CONTENDED:
        raise DossierImpossible(f"conversation {order.conversation_id} is being written to by many at once")
