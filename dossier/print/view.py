"""What the template of ``dossier.pdf`` sees: the description as plain JSON values, every time already in words."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Final

from contracts.party import PartyId, PartyRole
from dossier.case.history import TermState
from dossier.case.narration import action_text
from dossier.packaging.description import DossierDescription, EventEntry, MessageEntry, OptionalProof, TermEntry
from dossier.packaging.silence import DefaultAct
from dossier.print.chart import APPLICANT, chart_pages, term_lane
from dossier.print.front_page import front
from dossier.print.statements import complaint_text, position_text, reply_text, reply_texts, silence
from dossier.print.words import ZONE, day, pair, time, words
from signing.keys.keypair import Certificate

_BAD_FACTS: Final = frozenset({"term_breached", "default_recorded", "message_rejected"})


def view(description: DossierDescription, acts: Sequence[DefaultAct]) -> dict[str, object]:
    """The whole document; ``acts``: the acts of silence, which are printed too."""
    platforms = {party.party_id for party in description.parties if party.role is PartyRole.PLATFORM}
    shown = [event for event in description.timeline if not _is_notice_receipt(event, platforms)]
    return {
        **_cover(description),
        "front": front(description),
        "chart": chart_pages(description),
        "timeline": [_event(event) for event in shown],
        "notice-receipts": len(description.timeline) - len(shown),
        "terms": {term.term_id: _term(number, term) for number, term in enumerate(description.terms, 1)},
        "replies": [reply_text(entry) for entry in description.replies],
        "replies-told": reply_texts(description),
        "complaints": [complaint_text(entry) for entry in description.complaints],
        "positions": [position_text(entry) for entry in description.positions],
        "marks": [pair(mark.text) for mark in description.marks],
        "findings": [
            {"article": finding.article, "text": pair(finding.text), "cure": pair(finding.cure)}
            for finding in description.findings
        ],
        "acts": [silence(act) for act in acts],
        "documents": _documents(description),
        "messages": [_message(number, entry) for number, entry in enumerate(description.messages, 1)],
        "parties": _parties(description),
    }


def _cover(description: DossierDescription) -> dict[str, object]:
    number = f"{description.appeal_number} / {description.dossier_no}"
    names = {party.party_id: pair(party.name) for party in description.parties}
    exchange = next(
        (pair(party.name) for party in description.parties if party.role is PartyRole.EXCHANGE), ["Dälel"] * 2
    )
    return {
        "title": f"Дерекнама / Досье № {number}",
        "author": exchange[1],
        "exchange": exchange,
        "number": number,
        "number-short": description.appeal_number,
        "names": {**names, APPLICANT: words()["label"]["applicant"]},
        "purpose": (description.purpose or "claim") if description.dossier_no > 1 else None,
        "supplements": [
            {"number": entry.dossier_no, "at": time(entry.filed_at), "sha256": entry.sha256}
            for entry in description.supplements
        ],
        "assembled-at": time(description.assembled_at),
        "law": description.rules_label and pair(description.rules_label),
        "is-sandbox": any(term.rules_version.startswith("sandbox") for term in description.terms),
        "proof": _proof(description),
        "text": description.appeal.text,
        "disagreement": description.disagreement and description.disagreement.text,
    }


def _proof(description: DossierDescription) -> dict[str, object]:
    """How this file can be checked: what speaks for it, and what is absent."""
    seals = [
        {"size": f"{seal.tree_size}", "root": seal.root, "stamped-at": seal.stamped_at and time(seal.stamped_at)}
        for seal in description.seals
    ]
    return {
        "level": description.level,
        "note": pair(description.level_note),
        "seals": seals,
        "absent": [pair(entry.why) for entry in description.absent if entry.proof is not OptionalProof.SIGNATURE_TOKEN],
    }


# --- events and terms -----------------------------------------------------------------------------------------------


def _event(event: EventEntry) -> dict[str, object]:
    return {
        "seq": event.seq,
        "at": time(event.happened_at or event.at),
        "note": pair(event.note),
        "bad": event.kind in _BAD_FACTS,
    }


def _is_notice_receipt(event: EventEntry, platforms: Set[PartyId]) -> bool:
    """A platform gets notices for the applicant alone; their receipts are counted, not told one by one."""
    return event.kind == "message_acknowledged" and event.actor in platforms


def _term(number: int, term: TermEntry) -> dict[str, object]:
    return {
        "number": number,
        "party": term_lane(term),
        "duty": words()["duty"].get(term.duty),
        "wording": pair(term.wording),
        "article": term.article,
        "start": time(term.started_at) if _is_of_seconds(term) else day(term.started_at.astimezone(ZONE).date()),
        "due": _due(term),
        "span": _span(term),
        "done": term.done_at and (time(term.done_at) if _is_of_seconds(term) else _local_day(term.done_at)),
        "late-by": _late_by(term),
        "state": _state(term),
        "bad": term.is_violated,
    }


def _state(term: TermEntry) -> str:
    if term.state is TermState.MET and term.late:
        return "met_late"
    is_right_unused = term.is_missed and not term.is_violated and term.state is not TermState.DEFAULT
    return "expired" if is_right_unused else term.state.value


def _local_day(at: datetime) -> str:
    return day(at.astimezone(ZONE).date())


def _is_of_seconds(term: TermEntry) -> bool:
    """Terms in a sandbox last seconds; all others end with a day."""
    local = term.due_at.astimezone(ZONE)
    return (local.hour, local.minute, local.second) != (23, 59, 59)


def _due(term: TermEntry) -> str:
    return time(term.due_at) if _is_of_seconds(term) else day(term.due_on)


def _span(term: TermEntry) -> str:
    """From start to due day, short enough for the label of a bar."""
    begins, ends = term.started_at.astimezone(ZONE), term.due_at.astimezone(ZONE)
    form = "%H:%M:%S" if _is_of_seconds(term) else "%d.%m.%Y"
    return f"{begins:{form}} – {ends:{form}}"


def _late_by(term: TermEntry) -> list[str] | None:
    """Days, or seconds in a sandbox, from the due day to the deed."""
    if not term.is_violated or term.done_at is None:
        return None
    if _is_of_seconds(term):
        count, unit = int((term.done_at - term.due_at).total_seconds()), "seconds"
    else:
        count, unit = (term.done_at.astimezone(ZONE).date() - term.due_on).days, "days"
    return [text.replace("{count}", str(count)) for text in words()["late"][unit]]


# --- indexes --------------------------------------------------------------------------------------------------------


def _documents(description: DossierDescription) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "title": entry.document.title,
            "kind": entry.document.kind.value,
            "file": entry.file,
            "in-dossier": entry.in_dossier,
            "owner": entry.owner,
            "pages": entry.pages,
            "size": f"{entry.document.size:,}".replace(",", "\u00a0"),
            "sha256": entry.document.sha256,
        }
        for number, entry in enumerate(description.documents, 1)
    ]


def _message(number: int, entry: MessageEntry) -> dict[str, object]:
    return {
        "number": number,
        "action": pair(action_text(entry.action)),
        "sender": entry.sender,
        "recipient": entry.recipient,
        "at": time(entry.at),
        "receipt": entry.receipt is not None,
        "digest": entry.digest,
    }


def _parties(description: DossierDescription) -> list[dict[str, object]]:
    return [
        {
            "id": party.party_id,
            "name": pair(party.name),
            "bin": party.bin,
            "certificates": [f"SHA-256 {Certificate.from_der(der).sha256}" for der in party.certificates],
        }
        for party in description.parties
    ]
