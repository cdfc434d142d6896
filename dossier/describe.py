"""From what an assembly is given to what the dossier says of itself. Pure: no document is opened here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from contracts import codec
from contracts.header import Action
from contracts.party import LocalText, Party
from contracts.payloads import Disagree, DocumentKind, Reply
from dossier import layout
from dossier.description import (
    FORM,
    AbsentEntry,
    Description,
    DocumentEntry,
    EventEntry,
    EvidenceEntry,
    MessageEntry,
    MessageFile,
    MessageForm,
    PartyEntry,
    ReplyEntry,
    TermEntry,
)
from dossier.eventform import event_bytes, fact_kind, leaf_digest
from dossier.events import Event
from dossier.evidence import absent_proofs, evidence_files, seal_entries
from dossier.history import Term, fold
from dossier.material import DossierInput
from dossier.narration import narrate_all, term_wording
from dossier.record import CaseDocument, KeptMessage
from dossier.wording import absence_text, level_text
from signing.xades import Level

_KIND_ORDER: Final = {kind: place for place, kind in enumerate(DocumentKind)}


class NothingToDescribe(ValueError):
    """The case has no registered appeal: there is no dossier of it."""


def describe(given: DossierInput, level: Level = Level.B) -> Description:
    """Everything in the order in which it is shown. ``level``: B or T. Raises ``NothingToDescribe``."""
    if given.case.appeal is None:
        raise NothingToDescribe(f"conversation {given.case.conversation_id} holds no registered appeal")
    return Description(
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
        disagreement=next(_disagreements(given.messages), None),
        parties=tuple(_party(party) for party in _with_court(given)),
        timeline=_timeline(given),
        terms=term_entries(given.case.events),
        replies=tuple(_replies(given.messages)),
        documents=tuple(_documents(given.documents)),
        messages=tuple(_message(number, kept) for number, kept in enumerate(given.messages, 1)),
        seals=seal_entries(given),
        evidence=tuple(EvidenceEntry(file.name, file.kind, file.sha256) for file in evidence_files(given)),
        absent=tuple(AbsentEntry(proof, absence_text(proof)) for proof in absent_proofs(given, level)),
    )


def in_shown_order(documents: Sequence[CaseDocument]) -> list[CaseDocument]:
    """By kind, as the index lists them, and within a kind as they came."""
    return sorted(documents, key=lambda document: _KIND_ORDER[document.ref.kind])


def _timeline(given: DossierInput) -> tuple[EventEntry, ...]:
    notes = narrate_all(given.case.events, {party.party_id: party.name for party in _with_court(given)})
    return tuple(_event(event, note) for event, note in zip(given.case.events, notes, strict=True))


def _event(event: Event, note: LocalText) -> EventEntry:
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
    )


def term_entries(events: Sequence[Event]) -> tuple[TermEntry, ...]:
    """Every term of the history as it stands after ``events``."""
    return tuple(_term(term) for term in fold(events).terms.values())


def _term(term: Term) -> TermEntry:
    opened = term.opened
    return TermEntry(
        term_id=opened.term_id,
        duty=opened.duty,
        article=opened.article,
        wording=term_wording(opened),
        party=opened.party,
        started_at=opened.started_at,
        due_on=opened.due_on,
        due_at=opened.due_at,
        zone=opened.zone,
        rules_version=opened.rules_version,
        calendar_version=opened.calendar_version,
        tzdata_version=opened.tzdata_version,
        state=term.state,
        late=term.late,
        closed_at=term.closed_at,
    )


def _with_court(given: DossierInput) -> tuple[Party, ...]:
    known = {party.party_id for party in given.parties}
    return given.parties if given.court.party_id in known else (*given.parties, given.court)


def _party(party: Party) -> PartyEntry:
    return PartyEntry(party.party_id, party.role, party.bin, party.name, party.certificates)


def _disagreements(messages: Sequence[KeptMessage]) -> Iterator[Disagree]:
    for kept in messages:
        if kept.action is Action.DISAGREE:
            payload = codec.parse_operation(kept.operation).payload
            if isinstance(payload, Disagree):
                yield payload


def _replies(messages: Sequence[KeptMessage]) -> Iterator[ReplyEntry]:
    for kept in messages:
        if kept.action is Action.REPLY:
            payload = codec.parse_operation(kept.operation).payload
            if isinstance(payload, Reply):
                yield ReplyEntry(kept.sender, kept.message_id, kept.at, payload)


def _documents(documents: Sequence[CaseDocument]) -> Iterator[DocumentEntry]:
    for number, document in enumerate(in_shown_order(documents), 1):
        yield DocumentEntry(layout.document_path(number, document.ref.file_name), document.owner, document.ref)


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
