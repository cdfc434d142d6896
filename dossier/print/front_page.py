"""The first page of the printed dossier: all that a judge asks first, what the claimant asks for uncut."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

from contracts.header import Action
from contracts.party import PartyId, PartyRole
from contracts.payloads import (
    AssignAppeal,
    DecideComplaint,
    ElectronicSignature,
    Finding,
    FindingCode,
    Identification,
    PositionKind,
    Reply,
    Representative,
    ReviewComplaint,
    RoadKind,
)
from dossier.case.citations import plain
from dossier.case.event_form import kind_of
from dossier.case.events import SignatureJudged
from dossier.case.history import TermState
from dossier.packaging.description import DossierDescription, RoadEntry, TermEntry
from dossier.print.burden import burden, claim_message, message_number
from dossier.print.statements import reply_texts
from dossier.print.words import articles, day, excerpt, pair, time, words
from dossier.procedure.admissibility import OWED_TO_A_CLAIM, finding, gaps_of_claim

_MARKED = frozenset({FindingCode.LATE, FindingCode.NOT_AUTHENTICATED})
MOST_REPLIES = 4
MOST_MISSED = 6
MOST_KEPT = 5
MOST_ROADS = 3
MOST_JOINED = 10
MOST_MARKS = 12
NAME_CHARS = 240
TEXT_CHARS = 2_400
PRAYER_CHARS = 12_000  # the page flows on before a prayer is cut
REPLY_CHARS = 280
JUDGED = kind_of(SignatureJudged)


def front(description: DossierDescription) -> dict[str, object]:
    """Who, which body, what was asked and answered, terms kept and missed, the claim, the road and why, marks."""
    counted = {
        **_who(description),
        **_appeal_text(description),
        **_answered(description),
        **_terms(description),
        **_claim(description),
        "burden": burden(description),
        "positions": _positions(description),
        **_marks(description),
        "counts": _counts(description),
    }
    terms = len(description.terms)
    return {**counted, "letters": _letters(_length(counted) + 230 * min(terms, MOST_MISSED + MOST_KEPT))}


def _who(description: DossierDescription) -> dict[str, object]:
    appeal, applicant = description.appeal, description.appeal.applicant
    representative = appeal.representative
    contact = (applicant.address, applicant.phone, applicant.email)
    return {
        "applicant": excerpt(applicant.name, NAME_CHARS),
        "iin-bin": applicant.iin_bin,
        "address": excerpt(", ".join(filter(None, contact)), NAME_CHARS),
        "joined-by": [excerpt(each.name, NAME_CHARS) for each in appeal.joined_by[:MOST_JOINED]],
        "joined-more": max(0, len(appeal.joined_by) - MOST_JOINED),
        "representative": representative and excerpt(_acting(representative), NAME_CHARS),
        "identity": _identity(appeal.authentication, _judged_in(description)),
        "bodies": _bodies(description),
        "court": description.court,
    }


def _bodies(description: DossierDescription) -> list[PartyId]:
    """Agencies that had the appeal or a complaint, or owed something; not those that were only told of it."""
    handed = (Action.of(AssignAppeal), Action.of(ReviewComplaint))
    had = {message.recipient for message in description.messages if message.action in handed}
    had |= {term.party for term in description.terms}
    return [party.party_id for party in description.parties if party.role is PartyRole.AGENCY and party.party_id in had]


def _acting(representative: Representative) -> str:
    return f"{representative.name}, {representative.iin}; {representative.ground}"


def _judged_in(description: DossierDescription) -> str:
    """Numbers of the events that tell what the applicant's signatures are worth; empty when nobody could be asked."""
    return ", ".join(str(entry.seq) for entry in description.timeline if entry.kind == JUDGED)


def _identity(authentication: ElectronicSignature | Identification | None, judged: str) -> dict[str, object]:
    match authentication:
        case ElectronicSignature() if judged:
            key, detail = "electronicSignatureJudged", authentication.format.value
        case ElectronicSignature():
            key, detail = "electronicSignature", authentication.format.value
        case Identification():
            detail = f"{authentication.method}, {authentication.reference}, {time(authentication.identified_at)}"
            key = "identification"
        case None:
            key, detail = "absent", ""
    return {"key": key, "words": [text.format(detail=detail, seq=judged) for text in words()["identity"][key]]}


def _appeal_text(description: DossierDescription) -> dict[str, object]:
    appeal = description.appeal
    return {
        "kind": appeal.kind.value,
        "subject": f"{appeal.subject}, {appeal.kato}",
        "registered-on": day(description.registered_on),
        "requested": excerpt(appeal.text, TEXT_CHARS),
    }


def _answered(description: DossierDescription) -> dict[str, object]:
    """Replies, then what higher bodies decided on complaints."""
    answers = [
        {**_act("decision", entry.body, entry.reply), "source": message_number(description, entry.message_id)}
        for entry in description.replies
    ]
    answers += [
        {**_act("complaint", entry.reviewer, entry.decision), "source": message_number(description, entry.message_id)}
        for entry in description.complaints
    ]
    elsewhere = reply_texts(description)
    return {
        "answered": answers[:MOST_REPLIES],
        "answered-told": elsewhere[:MOST_REPLIES],
        "answered-more": max(0, len(answers) - MOST_REPLIES) + max(0, len(elsewhere) - MOST_REPLIES),
    }


def _act(kind: str, body: PartyId, act: Reply | DecideComplaint) -> dict[str, object]:
    return {
        "body": body,
        "decision": words()[kind][act.decision.value],
        "act": f"{act.act_number}, {day(act.act_date)}",
        "text": excerpt(act.text, REPLY_CHARS),
    }


def _terms(description: DossierDescription) -> dict[str, object]:
    """Of what was missed first what was never done; silence has its own figure, so that a breach is counted once."""
    late = sorted((term for term in description.terms if _is_breach(term)), key=lambda term: term.done_at is not None)
    missed = [term.term_id for term in late]
    kept = [term.term_id for term in description.terms if _is_kept(term)]
    return {
        "missed": missed[:MOST_MISSED],
        "missed-more": max(0, len(missed) - MOST_MISSED),
        "kept": kept[:MOST_KEPT],
        "kept-more": max(0, len(kept) - MOST_KEPT),
    }


def _is_breach(term: TermEntry) -> bool:
    return term.is_violated and term.state is not TermState.DEFAULT


def _is_kept(term: TermEntry) -> bool:
    return term.done_at is not None and not term.is_violated


def _claim(description: DossierDescription) -> dict[str, object]:
    pressed = description.disagreement
    roads = [_road(road) for road in description.roads]
    return {
        "claim": pressed and pressed.claim.value,
        "claim-text": pressed and excerpt(pressed.text, PRAYER_CHARS),
        "claim-at": pressed and time(pressed.pressed_at),
        "late-reason": pressed and pressed.late_reason and excerpt(pressed.late_reason, PRAYER_CHARS),
        "claim-source": pressed and message_number(description, claim_message(description)),
        "roads": roads[-MOST_ROADS:],
    }


def _road(road: RoadEntry) -> dict[str, object]:
    return {
        "at": time(road.at),
        "kind": road.kind.value,
        "article": road.article,
        "until": road.until and day(road.until),
        "to": road.to,
        "through": road.through,
        "why": road.why and pair(road.why),
    }


def _positions(description: DossierDescription) -> list[dict[str, object]]:
    """Art. 138(5): whose position; that of the higher head may not be the word of who signed the act."""
    signed = {(entry.body, plain(entry.reply.signed_by)) for entry in description.replies}
    return [
        {
            "body": entry.body,
            "kind": entry.position.kind.value,
            "signed-by": excerpt(entry.position.signed_by, NAME_CHARS),
            "source": message_number(description, entry.message_id),
            "same-signer": entry.position.kind is PositionKind.HEAD_POSITION
            and (entry.body, plain(entry.position.signed_by)) in signed,
        }
        for entry in description.positions
    ]


def _findings(description: DossierDescription) -> list[Finding]:
    """What the applicant was notified of; what the claim lacks by this dossier (Art. 131(2), (5), (8))."""
    pressed, for_court = description.disagreement, any(road.kind is RoadKind.COURT for road in description.roads)
    held = tuple(entry.document for entry in description.documents)
    owed = gaps_of_claim(replace(pressed, documents=held), description.appeal) if pressed and for_court else ()
    notified = [one for one in description.findings if one.code not in OWED_TO_A_CLAIM]
    return [*notified, *(finding(code, for_court=True) for code in owed)]


def _marks(description: DossierDescription) -> dict[str, object]:
    """Silence; the first mark of each kind and how many more are like it; then the gaps that no mark has named."""
    silent = [text.format(count=len(description.defaults)) for text in words()["label"]["silence_acts"]]
    kinds = Counter(mark.kind for mark in description.marks)
    firsts = {mark.kind: mark.text for mark in reversed(description.marks)}
    marks: list[dict[str, object]] = [{"text": silent, "more": 0}] if description.defaults else []
    marks += [{"text": pair(firsts[kind]), "more": count - 1} for kind, count in kinds.items()]
    marks += [{"text": _cited(gap), "more": 0} for gap in _findings(description) if gap.code not in _MARKED]
    return {"marks": marks[:MOST_MARKS], "marks-more": max(0, len(marks) - MOST_MARKS)}


def _cited(gap: Finding) -> list[str]:
    return [f"{text} ({cited})" for text, cited in zip(pair(gap.text), articles(gap.article), strict=True)]


def _counts(description: DossierDescription) -> dict[str, int]:
    return {
        "terms": len(description.terms),
        "kept": sum(_is_kept(term) for term in description.terms),
        "missed": sum(_is_breach(term) for term in description.terms),
        "silent": len(description.defaults),
        "replies": len(description.replies) + len(reply_texts(description)),
        "documents": len(description.documents),
        "pages": sum(entry.pages or 0 for entry in description.documents),
        "messages": len(description.messages),
    }


def _length(value: object) -> int:
    """Characters of all that is said; 75 more for each thing with a party's name, which stands there by its id."""
    match value:
        case str():
            return len(value)
        case dict():
            return 75 + sum(map(_length, value.values()))
        case list():
            return sum(map(_length, value))
        case _:
            return 0


def _letters(characters: int) -> float:
    """Points that letters may have for the page to be full, by trials; the template makes them smaller if need be."""
    return max(7.0, min(11.0, math.sqrt(420_000 / (characters + 1_600))))
