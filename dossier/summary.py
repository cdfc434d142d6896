"""``dossier.pdf``: the description printed for people, Kazakh and Russian, as PDF/A-2b by typst.

What people wrote goes to the template as data and is shown as it stands, never read as markup. Characters that the
built-in fonts lack become ``□``: PDF/A forbids missing glyphs, and no applicant's emoji may stop a dossier.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Set
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import typst

from contracts.party import LocalText, PartyId, Role
from contracts.payloads import ElectronicSignature, Identification
from dossier.description import Description, EventEntry, MessageEntry, Proof, ReplyEntry, TermEntry
from dossier.history import TermState
from dossier.narration import action_text
from signing.keys import Certificate

TEMPLATE: Final = Path(__file__).parent / "typst" / "dossier.typ"
ZONE: Final = ZoneInfo("Asia/Almaty")
LONGEST_WORD: Final = 20
"""Characters after which a word without a break may be broken, so that no cell overflows."""

_BAD_FACTS: Final = frozenset({"term_breached", "default_recorded", "message_rejected"})
_DIGEST: Final = r"\b[0-9a-f]{64}\b"  # has its own place, and must be copied from the page as it is
_LONG_WORD: Final = re.compile(rf"{_DIGEST}|\S{{{LONGEST_WORD}}}(?=\S)")
_NOT_PRINTABLE: Final = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u017f\u0400-\u04ff\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u20b8\u2116\u2190-\u2193\u2212\u25a1]"
)


def build_summary(description: Description) -> bytes:
    """The PDF; the same description gives the same bytes."""
    # Fonts of the machine would change the bytes; the built-in ones are the same everywhere.
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)
    rendered = compiler.compile(
        sys_inputs={"dossier": json.dumps(_printable(_view(description)), ensure_ascii=False)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(description.assembled_at.timestamp()),
    )
    if not isinstance(rendered, bytes):
        raise TypeError(f"typst answered with {type(rendered).__name__} where one PDF was asked for")
    return rendered


# --- what the template sees -----------------------------------------------------------------------------------------


def _view(description: Description) -> dict[str, object]:
    """The description as plain JSON values, every time already in words."""
    missed = [term for term in description.terms if term.is_missed]
    platforms = {party.party_id for party in description.parties if party.role is Role.PLATFORM}
    return {
        **_front(description),
        "missed": [_term(term) for term in missed],
        "silent": len({term.party for term in missed if term.state is TermState.DEFAULT}),
        "disagreement": _disagreement(description),
        "timeline": [_event(event) for event in description.timeline if not _is_notice_receipt(event, platforms)],
        "notice-receipts": sum(_is_notice_receipt(event, platforms) for event in description.timeline),
        "terms": [_term(term) for term in description.terms],
        "replies": [_reply(entry) for entry in description.replies],
        "documents": _documents(description),
        "messages": [_message(number, entry) for number, entry in enumerate(description.messages, 1)],
        "parties": _parties(description),
    }


def _front(description: Description) -> dict[str, object]:
    appeal, applicant = description.appeal, description.appeal.applicant
    number = f"{description.appeal_number} / {description.dossier_no}"
    names = {party.party_id: _pair(party.name) for party in description.parties}
    exchange = next((_pair(party.name) for party in description.parties if party.role is Role.EXCHANGE), ["Dälel"] * 2)
    representative = appeal.representative
    return {
        "title": f"Дерекнама / Досье № {number}",
        "author": exchange[1],
        "exchange": exchange,
        "number": number,
        "number-short": description.appeal_number,
        "names": names,
        "applicant": applicant.name,
        "iin-bin": applicant.iin_bin,
        "address": ", ".join(part for part in (applicant.address, applicant.phone, applicant.email) if part),
        "representative": representative and f"{representative.name}, {representative.iin}; {representative.ground}",
        "identity": _identity(appeal.authentication),
        "kind": appeal.kind.value,
        "subject": f"{appeal.subject}, {appeal.kato}",
        "registered-on": _day(description.registered_on),
        "bodies": _bodies(description),
        "claim": description.disagreement and description.disagreement.claim.value,
        "court": description.court,
        "assembled-at": _time(description.assembled_at),
        "law": description.rules_label and _pair(description.rules_label),
        "proof": _proof(description),
        "text": appeal.text,
    }


def _proof(description: Description) -> dict[str, object]:
    """How this file can be checked: what speaks for it, and what is absent."""
    seals = [
        {"size": f"{seal.tree_size}", "root": seal.root, "stamped-at": seal.stamped_at and _time(seal.stamped_at)}
        for seal in description.seals
    ]
    return {
        "level": description.level,
        "note": _pair(description.level_note),
        "seals": seals,
        "absent": [_pair(entry.why) for entry in description.absent if entry.proof is not Proof.SIGNATURE_TOKEN],
    }


def _bodies(description: Description) -> list[str]:
    return [party.party_id for party in description.parties if party.role is Role.AGENCY]


def _identity(authentication: ElectronicSignature | Identification | None) -> dict[str, object]:
    match authentication:
        case ElectronicSignature():
            key, detail = "electronicSignature", authentication.format.value
        case Identification():
            detail = f"{authentication.method}, {authentication.reference}, {_time(authentication.identified_at)}"
            key = "identification"
        case None:
            key, detail = "absent", ""
    return {"key": key, "words": [text.format(detail=detail) for text in _words()["identity"][key]]}


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(TEMPLATE.with_name("words.toml").read_text("utf-8"))


def _disagreement(description: Description) -> dict[str, object] | None:
    disagreement = description.disagreement
    if disagreement is None:
        return None
    return {"text": disagreement.text, "pressed-at": _time(disagreement.pressed_at)}


def _event(event: EventEntry) -> dict[str, object]:
    return {"at": _time(event.at), "note": _pair(event.note), "bad": event.kind in _BAD_FACTS}


def _is_notice_receipt(event: EventEntry, platforms: Set[PartyId]) -> bool:
    """A platform gets notices for the applicant alone; their receipts are counted, not told one by one."""
    return event.kind == "message_acknowledged" and event.actor in platforms


def _term(term: TermEntry) -> dict[str, object]:
    state = "met_late" if term.state is TermState.MET and term.late else term.state.value
    return {
        "party": term.party,
        "wording": _pair(term.wording),
        "article": term.article,
        "due": _due(term),
        "state": state,
        "bad": term.is_missed,
    }


def _due(term: TermEntry) -> str:
    """The day alone where the term ends with it, else the second: terms in a sandbox last seconds."""
    local = term.due_at.astimezone(ZONE)
    ends_with_day = (local.hour, local.minute, local.second) == (23, 59, 59)
    return _day(term.due_on) if ends_with_day else _time(term.due_at)


def _reply(entry: ReplyEntry) -> dict[str, object]:
    reply = entry.reply
    until = reply.appeal_until and _day(reply.appeal_until)
    return {
        "body": entry.body,
        "decision": reply.decision.value,
        "act": f"{reply.act_number}, {_day(reply.act_date)}",
        "signed-by": reply.signed_by,
        "text": reply.text,
        "grounds": [{"article": ground.article, "text": ground.text} for ground in reply.grounds],
        "appeal-road": ", ".join(part for part in (reply.appeal_body, until) if part) or None,
    }


def _documents(description: Description) -> list[dict[str, object]]:
    return [
        {
            "number": number,
            "title": entry.document.title,
            "kind": entry.document.kind.value,
            "file": entry.file,
            "owner": entry.owner,
            "size": f"{entry.document.size:,}".replace(",", "\u00a0"),
            "sha256": entry.document.sha256,
        }
        for number, entry in enumerate(description.documents, 1)
    ]


def _message(number: int, entry: MessageEntry) -> dict[str, object]:
    return {
        "number": number,
        "action": _pair(action_text(entry.action)),
        "sender": entry.sender,
        "recipient": entry.recipient,
        "at": _time(entry.at),
        "receipt": entry.receipt is not None,
        "digest": entry.digest,
    }


def _parties(description: Description) -> list[dict[str, object]]:
    return [
        {
            "id": party.party_id,
            "name": _pair(party.name),
            "bin": party.bin,
            "certificates": [_certificate(der) for der in party.certificates],
        }
        for party in description.parties
    ]


def _certificate(der: bytes) -> str:
    return f"SHA-256 {Certificate.from_der(der).sha256}"


def _pair(words: LocalText) -> list[str]:
    return [words.kk, words.ru]


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _time(instant: datetime) -> str:
    return f"{instant.astimezone(ZONE):%d.%m.%Y %H:%M:%S}"


def _printable(value: object) -> object:
    """Every string without what the fonts lack, and with a place to break in every long word."""
    match value:
        case str():
            return _LONG_WORD.sub(_breakable, _NOT_PRINTABLE.sub("□", _flat(value)))
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case list():
            return [_printable(item) for item in value]
        case _:
            return value


def _flat(text: str) -> str:
    """Composed letters, which fonts have, and one kind of line end."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").replace("\r", "\n")


def _breakable(word: re.Match[str]) -> str:
    return word[0] if len(word[0]) > LONGEST_WORD else word[0] + "\u200b"
