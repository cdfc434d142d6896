"""From what an assembly is given to what the dossier says of itself. Pure: no document is opened here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from contracts import codec
from contracts.header import Action, MessageId
from contracts.party import LocalText, Party, PartyId
from contracts.payloads import DecideComplaint, Disagree, DocumentKind, FilingPurpose, Reply, SubmitPosition
from dossier.case.earlier import document_paths, filed_before, held_before
from dossier.case.event_form import event_bytes, fact_kind, leaf_digest
from dossier.case.events import Event, Replied
from dossier.case.grounds import compare
from dossier.case.history import fold
from dossier.case.marks import mark_entries
from dossier.case.narration import Names, narrate_all
from dossier.case.own_answers import findings_reported, road_entries
from dossier.case.record import CaseDocument, KeptMessage
from dossier.case.term_entries import term_entries
from dossier.check.wording import absence_text, level_text
from dossier.packaging import layout
from dossier.packaging.description import (
    FORM,
    AbsentEntry,
    ComplaintEntry,
    DocumentEntry,
    DossierDescription,
    EventEntry,
    EvidenceEntry,
    MessageEntry,
    MessageFile,
    MessageForm,
    PartyEntry,
    PositionEntry,
    ReplyEntry,
    StandingEntry,
)
from dossier.packaging.evidence import absent_proofs, evidence_files, seal_entries
from dossier.packaging.material import DossierInput
from dossier.packaging.silence import default_entries
from signing.xades.container import XadesLevel


def standings_of(position: SubmitPosition, replies: Sequence[ReplyEntry]) -> tuple[StandingEntry, ...]:
    """One for each ground of the position, in its order. ``replies``: of the same body, before the position."""
    acts = tuple(ground for entry in replies for ground in entry.reply.grounds)
    return tuple(StandingEntry(one.relation, one.reason) for one in compare(position.grounds, acts).grounds)


_KIND_ORDER: Final = {kind: place for place, kind in enumerate(DocumentKind)}


class NothingToDescribe(ValueError):
    """The case has no registered appeal: there is no dossier of it."""


def describe(given: DossierInput, level: XadesLevel = XadesLevel.B) -> DossierDescription:
    """Everything in the order in which it is shown. ``level``: B or T. Raises ``NothingToDescribe``."""
    if given.case.appeal is None:
        raise NothingToDescribe(f"conversation {given.case.conversation_id} holds no registered appeal")
    replies = tuple(ReplyEntry(*entry) for entry in _answers_of(given.messages, Action.of(Reply), Reply))
    described = DossierDescription(
        form=FORM,
        appeal_number=given.appeal_number,
        registered_on=fold(given.case.events).registered_on,
        conversation_id=given.case.conversation_id,
        dossier_no=given.dossier_no,
        court=given.court.party_id,
        assembled_at=given.assembled_at,
        level=level.value,
        level_note=level_text(level),
        rules_label=given.rules_label,
        appeal=given.case.appeal,
        disagreement=_disagreement(given),
        parties=tuple(_party(party) for party in _with_court(given)),
        timeline=_timeline(given),
        terms=term_entries(given.case.events),
        replies=replies,
        documents=_documents(given),
        messages=tuple(_message(number, kept) for number, kept in enumerate(given.messages, 1)),
        seals=seal_entries(given),
        evidence=tuple(EvidenceEntry(file.name, file.kind, file.sha256) for file in evidence_files(given)),
        absent=tuple(AbsentEntry(proof, absence_text(proof)) for proof in absent_proofs(given, level)),
        purpose=_purpose(given),
        supplements=filed_before(given.case.events, given.dossier_no),
        roads=road_entries(given.case.events, given.messages),
        complaints=tuple(
            ComplaintEntry(*entry) for entry in _answers_of(given.messages, Action.of(DecideComplaint), DecideComplaint)
        ),
        positions=tuple(_positions(given, replies)),
        marks=mark_entries(given.case.events, _names(given)),
        findings=findings_reported(given.messages),
    )
    return replace(described, defaults=default_entries(described, given.case.events))


def in_shown_order(documents: Sequence[CaseDocument]) -> list[CaseDocument]:
    """By kind, as the index lists them, and within a kind as they came."""
    return sorted(documents, key=lambda document: _KIND_ORDER[document.ref.kind])


def _timeline(given: DossierInput) -> tuple[EventEntry, ...]:
    notes = narrate_all(given.case.events, _names(given))
    return tuple(event_entry(event, note) for event, note in zip(given.case.events, notes, strict=True))


def event_entry(event: Event, note: LocalText) -> EventEntry:
    """One line of the timeline: all of it but the words is derived again by an inspection."""
    return EventEntry(
        seq=event.seq,
        at=event.at,
        actor=event.actor,
        message_id=event.message_id,
        kind=fact_kind(event.fact),
        leaf=leaf_digest(event_bytes(event)).hex(),
        note=note,
        commitments=event.commitments,
        happened_at=event.happened_at,
    )


def _with_court(given: DossierInput) -> tuple[Party, ...]:
    known = {party.party_id for party in given.parties}
    return given.parties if given.court.party_id in known else (*given.parties, given.court)


def _party(party: Party) -> PartyEntry:
    return PartyEntry(party.party_id, party.role, party.bin, party.name, party.certificates)


def _names(given: DossierInput) -> Names:
    return {party.party_id: party.name for party in _with_court(given)}


def _purpose(given: DossierInput) -> FilingPurpose:
    dossier = fold(given.case.events).dossiers.get(given.dossier_no)
    return dossier.purpose if dossier else FilingPurpose.CLAIM


_P = TypeVar("_P")


def _answers_of(
    messages: Sequence[KeptMessage], action: Action, kind: type[_P]
) -> Iterator[tuple[PartyId, MessageId, datetime, _P]]:
    """Who said it, in which message, when, and the payload: of all messages with this action, in order."""
    for kept in messages:
        if kept.action is action:
            payload = codec.parse_operation(kept.operation).payload
            if isinstance(payload, kind):
                yield kept.sender, kept.message_id, kept.at, payload


def _disagreement(given: DossierInput) -> Disagree | None:
    """The one whose claim this dossier is filed with, else the last: earlier ones went to the higher body."""
    claimed = fold(given.case.events).claim_of(given.dossier_no)
    pressed = list(_answers_of(given.messages, Action.of(Disagree), Disagree))
    own = (payload for _, message_id, _, payload in pressed if claimed and message_id == claimed.message_id)
    return next(own, pressed[-1][3] if pressed else None)


def _positions(given: DossierInput, replies: Sequence[ReplyEntry]) -> Iterator[PositionEntry]:
    """Of an act in another system, that was imported, the grounds are not at hand: nothing is held against it."""
    stated = {event.fact.body for event in given.case.events if isinstance(event.fact, Replied) and event.happened_at}
    for body, message_id, at, position in _answers_of(given.messages, Action.of(SubmitPosition), SubmitPosition):
        before = [entry for entry in replies if entry.body == body and entry.at <= at]
        yield PositionEntry(body, message_id, at, position, () if body in stated else standings_of(position, before))


def _documents(given: DossierInput) -> tuple[DocumentEntry, ...]:
    named = [
        DocumentEntry("", document.owner, document.ref, document.pages) for document in in_shown_order(given.documents)
    ]
    return document_paths(named, held_before(given.case.events, given.dossier_no))


def _message(number: int, kept: KeptMessage) -> MessageEntry:
    return MessageEntry(
        message_id=kept.message_id,
        action=kept.action,
        sender=kept.sender,
        recipient=kept.recipient,
        outgoing=kept.outgoing,
        at=kept.at,
        digest=kept.digest,
        message=_file(
            layout.message_path(number, kept.action, outgoing=kept.outgoing),
            MessageForm.OPERATION if kept.envelope is None else MessageForm.ENVELOPE,
            message_bytes(kept),
        ),
        receipt=_receipt(number, kept),
    )


def message_bytes(kept: KeptMessage) -> bytes:
    """What lies in the container for a message: its envelope, or the bare operation where there is none."""
    return kept.operation if kept.envelope is None else kept.envelope


def _receipt(number: int, kept: KeptMessage) -> MessageFile | None:
    if kept.receipt is None:
        return None
    path = layout.message_path(number, kept.action, outgoing=kept.outgoing, receipt=True)
    return _file(path, kept.receipt_form, kept.receipt)


def _file(path: str, form: MessageForm, data: bytes) -> MessageFile:
    return MessageFile(path, form, hashlib.sha256(data).hexdigest())
